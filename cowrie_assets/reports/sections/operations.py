"""The `operations` section, on the house itself: what was read and refused, when nothing came, what was proved."""

from datetime import date
from typing import TypedDict

from cowrie_assets import __version__
from cowrie_assets.clock import US_PER_DAY, US_PER_HOUR, from_us, iso_us
from cowrie_assets.reports.activity import Activity
from cowrie_assets.reports.averages import share
from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.sensors import sensor_label
from cowrie_assets.reports.top_list import TopItem
from cowrie_assets.warehouse.codec import decode_text

_MOST_GAPS = 100
_MOST_REUSED = 20


class DeadLettersOfPeriod(TypedDict):
    """Lines that are no events."""

    total: int
    percent: float | None
    """Of all lines, rounded to 2 decimals; null where there is no line."""
    by_reason: list[TopItem]
    """Each stored once, though a copy of its log may count it again in `total`."""


class Gap(TypedDict):
    """Whole hours in which a sensor wrote no event, from `start` to before `end`."""

    sensor: str
    start: str
    end: str
    hours: int
    unusual_hours: int
    """Those in which the sensor writes on most days: one at least."""


class ReplacedName(TypedDict):
    """A name that another one of the same folder or `uuid` took the place of: one machine, no silent sensor."""

    sensor: str
    by: str
    since: str
    """The hour of the first event under the new name."""


class ReusedId(TypedDict):
    """A session whose events span a week and more: the id came again, and two connections look like one."""

    sensor: str
    session_id: str
    first_event_at: str
    last_event_at: str
    days: int
    """Whole days from the first event to the last."""


class ReusedIds(TypedDict):
    """Those sessions whose first or last event lies in the period."""

    total: int
    sessions: list[ReusedId]
    """At most 20, the longest first, then by sensor and session id."""


class ChecksOfPeriod(TypedDict):
    """The checks that looked at a day of the period."""

    passed: int
    failed: list[str]
    checked_at: str
    """When the last of them did."""


class OperationsSection(TypedDict):
    """The first numbers are of the logs whose first event lies in the period: of the sensor's folder, or of all.

    `lines` = `events` + `duplicates` + `blank` + `dead_letters.total`.
    """

    version: str
    logs: int
    lines: int
    events: int
    duplicates: int
    blank: int
    dead_letters: DeadLettersOfPeriod
    gaps: list[Gap]
    """Those with an unusual hour: at most 100, the longest first, then by sensor and start."""
    unusual_gaps: int
    """How many there are."""
    usual_gaps: int
    """How many others: of hours in which the sensor is quiet on most days."""
    gap_hours: int
    """Of all gaps."""
    usual_gap_hours: int
    """Of the others."""
    replaced_names: list[ReplacedName]
    """In the order of time."""
    reused_ids: ReusedIds
    missing_days: list[str]
    """Days of the period with loaded events that a summary lacks."""
    checks: ChecksOfPeriod | None


def operations_section(scope: Scope, activity: Activity, missing: list[date]) -> OperationsSection:
    """The section; `missing` are the days that lack a summary, those beside the period may be among them."""
    window = {"start_us": scope.period.start_us, "end_us": scope.period.end_us}
    logs = scope.one("logs", **window)
    gaps = sorted(activity.gaps(), key=lambda gap: (-gap.hours, gap.sensor, gap.start))
    told = [gap for gap in gaps if gap.unusual]
    return {
        "version": __version__,
        "logs": logs.logs,
        "lines": logs.lines,
        "events": logs.events,
        "duplicates": logs.duplicates,
        "blank": logs.blank,
        "dead_letters": {
            "total": logs.dead_letters,
            "percent": share(logs.dead_letters, logs.lines, decimals=2),
            "by_reason": _by_reason(scope, window) if logs.dead_letters else [],
        },
        "gaps": [
            {
                "sensor": gap.sensor,
                "start": hour_iso(gap.start),
                "end": hour_iso(gap.end),
                "hours": gap.hours,
                "unusual_hours": gap.unusual,
            }
            for gap in told[:_MOST_GAPS]
        ],
        "unusual_gaps": len(told),
        "usual_gaps": len(gaps) - len(told),
        "gap_hours": sum(gap.hours for gap in gaps),
        "usual_gap_hours": sum(gap.hours for gap in gaps if not gap.unusual),
        "replaced_names": [
            {"sensor": each.sensor, "by": each.by, "since": hour_iso(each.since)} for each in activity.replaced
        ],
        "reused_ids": _reused_ids(scope),
        "missing_days": [str(day) for day in missing if scope.period.start <= day < scope.period.end],
        "checks": _checks(scope),
    }


def hour_iso(hour: int) -> str:
    """An hour since 1970-01-01 UTC as `2026-08-31T05:00:00Z`."""
    return from_us(hour * US_PER_HOUR).isoformat(timespec="seconds").removesuffix("+00:00") + "Z"


def _by_reason(scope: Scope, window: dict[str, int]) -> list[TopItem]:
    found = [(row.reason, row.dead_letters) for row in scope.rows("dead_letters", None, **window)]
    return [{"value": reason, "count": count} for reason, count in sorted(found, key=lambda item: (-item[1], item[0]))]


def _reused_ids(scope: Scope) -> ReusedIds:
    found: list[ReusedId] = [
        {
            "sensor": sensor_label(decode_text(row.sensor)),
            "session_id": decode_text(row.session_id),
            "first_event_at": iso_us(row.first_event_at),
            "last_event_at": iso_us(row.last_event_at),
            "days": (row.last_event_at - row.first_event_at) // US_PER_DAY,
        }
        for row in scope.rows("reused_ids")
    ]
    found.sort(key=lambda each: (-each["days"], each["sensor"], each["session_id"]))
    return {"total": len(found), "sessions": found[:_MOST_REUSED]}


def _checks(scope: Scope) -> ChecksOfPeriod | None:
    rows = scope.rows("check_results").all()
    if not rows:
        return None
    failed = sorted(row.name for row in rows if row.failed)
    return {
        "passed": len(rows) - len(failed),
        "failed": failed,
        "checked_at": iso_us(max(row.checked_at for row in rows)),
    }
