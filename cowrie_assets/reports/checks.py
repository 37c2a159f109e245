"""Whether the reports that stand as files are right: their sections agree, and days sum up to weeks and months.

Looked at is every report that is as new as its numbers. One whose sessions changed since is late, not wrong, and is
written anew; a file that is not the one recorded (taken elsewhere, just being replaced) is passed over.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from cowrie_assets.clock import day_number, iso_us
from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.periods import REPORT_TYPES, Period, ReportType, parse_period
from cowrie_assets.reports.sensors import AGGREGATE, sensor_label
from cowrie_assets.reports.session_figures import average
from cowrie_assets.summaries.checks import EXAMPLES, CheckResult, result
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import reports, sensors
from cowrie_assets.warehouse.sql import statement

SECTIONS_AGREE = "sections_agree"
DAYS_SUM_UP = "days_sum_up"
PROMISES = {
    SECTIONS_AGREE: "the sections of each report agree with each other",
    DAYS_SUM_UP: "each report counts what the sessions of its days come to, for all sensors and for each",
}
"""The checks of reports, and what each proves."""

Document = dict[str, Any]
Difference = dict[str, Any]

_SECTIONS = ("sessions", "credentials", "commands", "files", "sources", "clients")
_OF_SESSIONS = (
    *("total", "closed", "with_commands", "with_login_success"),
    *("login_attempts", "login_successes", "login_failures", "file_downloads", "file_uploads"),
)
"""Numbers of the section `sessions` that add up over days and sensors."""


def check_reports(
    warehouse: Warehouse,
    report_dir: Path,
    *,
    report_types: Iterable[ReportType] = REPORT_TYPES,
    start: date | None = None,
    end: date | None = None,
) -> list[CheckResult]:
    """Look at the written reports of every period that has one of the days `start` to `end`, both inclusive.

    A day that is None is open. Gives a result for each of `PROMISES`.
    """
    found: dict[str, list[Difference]] = {name: [] for name in PROMISES}
    with warehouse.read() as connection:
        for report_type in report_types:
            for period, documents in _written(connection, report_dir, report_type, start, end):
                counts = _counts(connection, period)
                for document in documents:
                    where = {"report_type": report_type, "period": period.label, "sensor": document.get("sensor")}
                    found[SECTIONS_AGREE] += [{**where, "broken": rule} for rule in disagreements(document)]
                    found[DAYS_SUM_UP] += [{**where, **wrong} for wrong in _miscounted(document, counts)]
    return [result(name, promise, len(found[name]), found[name][:EXAMPLES]) for name, promise in PROMISES.items()]


def disagreements(document: Document) -> list[str]:
    """The rules that a document breaks, whatever the data it was made from."""
    try:
        rules = _rules(**{name: document[name] for name in _SECTIONS})
        return [rule for rule, holds in rules.items() if not holds]
    except (KeyError, TypeError, AttributeError) as error:
        return [f"it is no report document: {type(error).__name__} {error}"]


def _rules(
    *,
    sessions: Document,
    credentials: Document,
    commands: Document,
    files: Document,
    sources: Document,
    clients: Document,
) -> dict[str, bool]:
    total, attempts = sessions["total"], sessions["login_attempts"]
    commands_of_sessions = [sessions[f"{name}_commands"] for name in ("min", "median", "p95", "max")]
    return {
        "login_attempts = login_successes + login_failures": attempts
        == sessions["login_successes"] + sessions["login_failures"],
        "closed, with_commands and with_login_success are at most total": total
        >= max(sessions["closed"], sessions["with_commands"], sessions["with_login_success"]),
        "with_login_success is at most login_successes": sessions["with_login_success"] <= sessions["login_successes"],
        "protocols sum up to at most total": sum(sessions["protocols"].values()) <= total,
        "unique_ips is at most total": sessions["unique_ips"] <= total,
        "min, median, p95 and max are in order": sorted(commands_of_sessions) == commands_of_sessions,
        "avg_commands = commands.total / total": sessions["avg_commands"] == average(commands["total"], total),
        "downloads and uploads of files are those of sessions": (files["downloads"], files["uploads"])
        == (sessions["file_downloads"], sessions["file_uploads"]),
        "commands: unique and high_risk_total are at most total": commands["total"]
        >= max(commands["unique"], commands["high_risk_total"]),
        "top_commands": _is_top(commands["top_commands"], commands["total"], commands["unique"]),
        "top_usernames": _is_top(credentials["top_usernames"], attempts),
        "top_passwords": _is_top(credentials["top_passwords"], attempts),
        "top_combinations": _is_top(credentials["top_combinations"], attempts),
        "top_hashes": _is_top(files["top_hashes"], files["downloads"] + files["uploads"]),
        "top_urls": _is_top(files["top_urls"], files["downloads"]),
        "top_ips": _is_top(sources["top_ips"], total),
        "top_hassh": _is_top(clients["top_hassh"], total),
        "top_versions": _is_top(clients["top_versions"], total),
    }


def _is_top(items: Sequence[Document], whole: int, unique: int | None = None) -> bool:
    """Whether a top list is in order and counts no more than there is; all of it, where it holds each of `unique`."""
    ranks = [(-item["count"], item["value"]) for item in items]
    counted = sum(item["count"] for item in items)
    in_order = all(before < after for before, after in pairwise(ranks))
    return in_order and (counted == whole if unique == len(items) else counted <= whole)


def _written(
    connection: Connection, report_dir: Path, report_type: ReportType, start: date | None, end: date | None
) -> Iterator[tuple[Period, list[Document]]]:
    """The documents as they stand in their files, of each period whose report is as new as its numbers."""
    for row in connection.execute(select(reports).where(reports.c.report_type == report_type)).all():
        period = parse_period(report_type, row.period)
        outside = (start is not None and period.end <= start) or (end is not None and period.start > end)
        if outside or Scope(connection, period, 0, 0).rows("newest_revision").scalar_one() != row.revision:
            continue
        generated_at = iso_us(row.generated_at)
        documents = [_read(path) for path in sorted((report_dir / report_type / row.period).glob("*.json"))]
        yield period, [each for each in documents if each.get("generated_at", generated_at) == generated_at]


def _read(path: Path) -> Document:
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {"sensor": path.name}
    return document if isinstance(document, dict) else {"sensor": path.name}


def _counts(connection: Connection, period: Period) -> dict[str, Counter[str]]:
    """`{sensor as documents name it: {number: count}}` of the sessions of a period's days, with the aggregate."""
    names = {row.id: sensor_label(decode_text(row.name)) for row in connection.execute(select(sensors))}
    days = {"start_day": day_number(period.start), "end_day": day_number(period.end)}
    counts: dict[str, Counter[str]] = {AGGREGATE: Counter()}
    for row in connection.execute(statement("checks/report_counts"), days).mappings():
        of_sensor = Counter({name: number for name, number in row.items() if name != "sensor_id"})
        counts[names[row["sensor_id"]]] = of_sensor
        counts[AGGREGATE] += of_sensor
    return counts


def _miscounted(document: Document, counts: Mapping[str, Counter[str]]) -> Iterator[Difference]:
    """Each number that adds up over days and sensors and is not what the sessions come to."""
    try:
        sessions = document["sessions"]
        shown = {name: sessions[name] for name in _OF_SESSIONS} | {
            "commands": document["commands"]["total"],
            "file_downloads_failed": document["files"]["downloads_failed"],
        }
        right = counts.get(document["sensor"], Counter())
    except (KeyError, TypeError):
        return
    for name, number in shown.items():
        if number != right[name]:
            yield {"number": name, "in_report": number, "in_summaries": right[name]}
