"""The `operations` section, on the house itself: what was read and refused, when nothing came, what was proved."""

from datetime import date
from typing import TypedDict

from cowrie_assets import __version__
from cowrie_assets.clock import from_us, iso_us
from cowrie_assets.reports.activity import US_PER_HOUR, Activity
from cowrie_assets.reports.averages import share
from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.top_list import TopItem

_MOST_GAPS = 100


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
    """At most 100, the longest first, then by sensor and start."""
    gap_hours: int
    """Of all gaps."""
    missing_days: list[str]
    """Days of the period with loaded events that a summary lacks."""
    checks: ChecksOfPeriod | None


def operations_section(scope: Scope, activity: Activity, missing: list[date]) -> OperationsSection:
    """The section; `missing` are the days that lack a summary, those beside the period may be among them."""
    window = {"start_us": scope.period.start_us, "end_us": scope.period.end_us}
    logs = scope.rows("logs", None, **window).one()
    gaps = sorted(activity.gaps(), key=lambda gap: (-gap.hours, gap.sensor, gap.start))
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
            {"sensor": gap.sensor, "start": hour_iso(gap.start), "end": hour_iso(gap.end), "hours": gap.hours}
            for gap in gaps[:_MOST_GAPS]
        ],
        "gap_hours": sum(gap.hours for gap in gaps),
        "missing_days": [str(day) for day in missing if scope.period.start <= day < scope.period.end],
        "checks": _checks(scope),
    }


def hour_iso(hour: int) -> str:
    """An hour since 1970-01-01 UTC as `2026-08-31T05:00:00Z`."""
    return from_us(hour * US_PER_HOUR).isoformat(timespec="seconds").removesuffix("+00:00") + "Z"


def _by_reason(scope: Scope, window: dict[str, int]) -> list[TopItem]:
    found = [(row.reason, row.dead_letters) for row in scope.rows("dead_letters", None, **window)]
    return [{"value": reason, "count": count} for reason, count in sorted(found, key=lambda item: (-item[1], item[0]))]


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
