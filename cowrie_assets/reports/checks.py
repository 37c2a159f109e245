"""Whether reports are right: sections agree, days sum up to weeks and months, files are there and show what is stored.

A report whose sessions or verdicts changed since it was written is late, not wrong, and is written anew: its files are
passed over.
What is told of snowshoes and the long tail is late until it was worked out again (`reports.rare_versions`).
So are those of another version of the document, and so is what disagrees in a report while a day of it waits for its
summaries.
"""

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from cowrie_assets.clock import day_number, iso_us, now_us
from cowrie_assets.reports.agreement import Document, disagreements
from cowrie_assets.reports.completeness import without_missing_days
from cowrie_assets.reports.differing import differing
from cowrie_assets.reports.document import ReportDocument, build_report
from cowrie_assets.reports.document_version import DOCUMENT_VERSION
from cowrie_assets.reports.files import report_path
from cowrie_assets.reports.gone_files import gone_files
from cowrie_assets.reports.memo import Memo
from cowrie_assets.reports.periods import REPORT_TYPES, Period, ReportType, parse_period
from cowrie_assets.reports.rare_versions import waiting
from cowrie_assets.reports.sensors import AGGREGATE, sensor_label, sensor_slug, sensors_with_sessions
from cowrie_assets.reports.staleness import made_from_of_all, with_other_verdicts, written_at
from cowrie_assets.reports.standing import writing_of
from cowrie_assets.summaries import mending
from cowrie_assets.summaries.checks import CheckResult, result
from cowrie_assets.summaries.found_rows import EXAMPLES
from cowrie_assets.summaries.pending import days_with_data
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import reports, sensors
from cowrie_assets.warehouse.sql import statement

SECTIONS_AGREE = "sections_agree"
DAYS_SUM_UP = "days_sum_up"
FILES_ARE_THERE = "report_files_are_there"
FILES_ARE_CURRENT = "report_files_are_current"
PROMISES = {
    SECTIONS_AGREE: "the sections of each report agree with each other",
    DAYS_SUM_UP: "each report counts what the sessions of its days come to, for all sensors and for each",
}
"""The checks of any report, written or not, and what each proves."""
PROMISES_OF_FILES = {FILES_ARE_THERE: "each report that was written has its files in the report folder"}
"""The checks of report files that need no report to be built."""

_PROMISES_OF_BUILT = PROMISES_OF_FILES | {FILES_ARE_CURRENT: "each report file that is not late shows what is stored"}
_DEFAULT_TOP = 10
_MOST = 1_000_000
"""A greater number in a file was not written here."""
_OF_SESSIONS = (
    *("total", "closed", "with_commands", "with_login_success"),
    *("login_attempts", "login_successes", "login_failures", "file_downloads", "file_uploads"),
    *("tunnel_requests", "with_tunnel_requests"),
)
"""Numbers of the section `sessions` that add up over days and sensors."""

Difference = dict[str, Any]
Findings = dict[str, list[Difference]]
"""What was found, by the check's name."""
Counts = Mapping[str, Counter[str]]
"""`{sensor as documents name it: {number: count}}`"""


def check_reports(
    warehouse: Warehouse,
    start: date | None = None,
    end: date | None = None,
    report_dir: Path | None = None,
    *,
    report_types: Iterable[ReportType] = REPORT_TYPES,
    periods: Collection[Period] | None = None,
    examples: int = EXAMPLES,
) -> list[CheckResult]:
    """Build and check every report of the periods that have a day from `start` to `end` (inclusive; open where None),
    or of those of `periods` that have sessions or a report.

    Gives a result for each of `PROMISES` and, with a `report_dir`, whether the files are there and the
    JSON shows the same. All is one snapshot of the warehouse; a file that is newer than it is passed over.
    """
    promises = PROMISES if report_dir is None else PROMISES | _PROMISES_OF_BUILT
    found: Findings = {name: [] for name in promises}
    late: Findings = {name: [] for name in promises}
    snapshot_at, memo = now_us(), Memo()
    with warehouse.read() as connection:
        types = list(report_types)
        recorded = {period for each in types for period in _recorded(connection, each)}
        written = {period for each in types for period in written_at(connection, each)}
        with_data = {period for each in types for period in made_from_of_all(connection, each)}
        chosen = [
            period
            for period in recorded | with_data
            if _overlaps(period, start, end) and (periods is None or period in periods)
        ]
        unknown = waiting(connection).keys()
        settled = set(without_missing_days(connection, chosen))
        for period in sorted(chosen, key=_when):
            into = found if period in settled else late
            folder = report_dir if period in recorded else None
            counts = _counts(connection, period)
            if report_dir is not None and period in written:
                into[FILES_ARE_THERE] += _gone(connection, period, report_dir)
            for document, file in _built(connection, period, counts, folder, snapshot_at=snapshot_at, memo=memo):
                _check(document, period, counts, into)
                if file is not None and (sections := differing(file, document, knows_rare=period not in unknown)):
                    into[FILES_ARE_CURRENT].append({**_where(document, period), "differing": sections})
    return _results(warehouse, promises, found, late, examples)


def periods_to_check(connection: Connection, start: date | None = None, end: date | None = None) -> list[Period]:
    """The periods with sessions or a report that have a day from `start` to `end`, in their order."""
    there = {period for each in REPORT_TYPES for period in made_from_of_all(connection, each)}
    return sorted((period for period in there if _overlaps(period, start, end)), key=_when)


def check_written_reports(
    warehouse: Warehouse,
    report_dir: Path,
    *,
    report_types: Iterable[ReportType] = REPORT_TYPES,
    start: date | None = None,
    end: date | None = None,
) -> list[CheckResult]:
    """Check the numbers of written reports without building them again: as cheap as reading the files.

    Looked at is every period that has a day from `start` to `end` (inclusive; open where None). A file that is not the
    one recorded (taken elsewhere, just being replaced), or is late, is passed over; one that is gone is not. Gives
    a result for each of `PROMISES` and of `PROMISES_OF_FILES`.
    """
    promises = PROMISES | PROMISES_OF_FILES
    found: Findings = {name: [] for name in promises}
    late: Findings = {name: [] for name in promises}
    with warehouse.read() as connection:
        for report_type in report_types:
            recorded = _recorded(connection, report_type)
            for period in written_at(connection, report_type):
                if not _overlaps(period, start, end):
                    continue
                into = found if without_missing_days(connection, [period]) else late
                into[FILES_ARE_THERE] += _gone(connection, period, report_dir)
                writing = writing_of(connection, period) if period in recorded else None
                if writing is None:
                    continue
                counts = _counts(connection, period)
                for path in sorted((report_dir / report_type / period.label).glob("*.json")):
                    document = _read(path)
                    if "generated_at" not in document or writing.has(document):
                        _check(document, period, counts, into)
    return _results(warehouse, promises, found, late, EXAMPLES)


def _results(
    warehouse: Warehouse, promises: Mapping[str, str], found: Findings, late: Findings, examples: int
) -> list[CheckResult]:
    results = []
    for name, promise in promises.items():
        told = found[name] or late[name]
        days = _days_to_write(warehouse, told)
        number = len(found[name]) + len(late[name])
        mend = mending.rewrite(days)
        results.append(result(name, promise, number, told[:examples], len(late[name]), mend=mend, days=days))
    return results


def _days_to_write(warehouse: Warehouse, differences: Iterable[Difference]) -> list[date]:
    """A day of each of the reports: those of a day are written with those of its week and of its month. It is one with
    data, where there is one, for what lies before the first day or in the future is else not written."""
    periods = {parse_period(each["report_type"], each["period"]) for each in differences}
    with_data = days_with_data(warehouse) if periods else []
    days = ([day for day in with_data if period.start <= day < period.end] or [period.start] for period in periods)
    return sorted({some[-1] for some in days})


def _check(document: Document, period: Period, counts: Counts, found: Findings) -> None:
    where = _where(document, period)
    found[SECTIONS_AGREE] += [{**where, "broken": rule} for rule in disagreements(document)]
    found[DAYS_SUM_UP] += [{**where, **wrong} for wrong in _miscounted(document, counts)]


def _gone(connection: Connection, period: Period, report_dir: Path) -> Iterator[Difference]:
    for gone in gone_files(connection, period, report_dir):
        yield {**_where({"sensor": gone.sensor}, period), "gone": str(gone.path)}


def _where(document: Document, period: Period) -> Difference:
    return {"report_type": period.report_type, "period": period.label, "sensor": document.get("sensor")}


def _recorded(connection: Connection, report_type: ReportType) -> set[Period]:
    """The periods whose written reports are of this version and as new as their numbers."""
    today = made_from_of_all(connection, report_type)
    outdated = with_other_verdicts(connection, report_type)
    rows = connection.execute(select(reports).where(reports.c.report_type == report_type)).all()
    recorded = {parse_period(report_type, row.period): row for row in rows}
    return {
        period
        for period, row in recorded.items()
        if bytes(row.made_from) == today[period]
        and row.document_version == DOCUMENT_VERSION
        and period.label not in outdated
    }


def _when(period: Period) -> tuple[date, date]:
    return period.start, period.end


def _overlaps(period: Period, start: date | None, end: date | None) -> bool:
    return (start is None or start < period.end) and (end is None or period.start <= end)


def _built(
    connection: Connection, period: Period, counts: Counts, report_dir: Path | None, *, snapshot_at: int, memo: Memo
) -> Iterator[tuple[ReportDocument, Document | None]]:
    """The document of the aggregate and of each sensor that has sessions or a file, with what its file shows."""
    names = memo.once(("sensors with sessions",), lambda: sensors_with_sessions(connection))
    there = set() if report_dir is None else _slugs_in(report_dir / period.report_type / period.label)
    for name in (None, *names):
        label = sensor_label(name)
        written = None
        if report_dir is not None and sensor_slug(label) in there:
            written = _written(report_path(report_dir, period.report_type, period.label, label), snapshot_at)
        if label in counts or written is not None:
            document = build_report(
                connection,
                period,
                name,
                top=_top_of(written),
                look_back_days=_look_back_of(written),
                without_known_scanners=_is_without_known_scanners(written),
                now_us=snapshot_at,
                memo=memo,
            )
            yield document, written


def _slugs_in(folder: Path) -> set[str]:
    """Whose JSON is in the folder of a period."""
    return {path.stem for path in folder.glob("*.json")}


def _written(path: Path, snapshot_at: int) -> Document | None:
    if not path.is_file():
        return None
    document = _read(path)
    generated_at = document.get("generated_at")
    return None if isinstance(generated_at, str) and generated_at > iso_us(snapshot_at) else document


def _read(path: Path) -> Document:
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {"sensor": path.name}
    return document if isinstance(document, dict) else {"sensor": path.name}


def _top_of(written: Document | None) -> int:
    """How many items to list, for the file may be written with any number.

    The longest list it has, and the greatest place that a value held before, are either that number or give the same.
    """
    items = [item for top_list in _top_lists(written or {}) for item in top_list]
    before = [item.get("previous_rank") for item in items if isinstance(item, dict)]
    lengths = map(len, _top_lists(written or {}))
    known = max([*lengths, *(place for place in before if isinstance(place, int))], default=0) or _DEFAULT_TOP
    return min(known, _MOST)


def _top_lists(document: Document) -> Iterator[list[Any]]:
    for section in document.values():
        for key, found in section.items() if isinstance(section, dict) else ():
            items = found.get("items") if isinstance(found, dict) else found
            if isinstance(items, list) and (key.startswith("top_") or isinstance(found, dict)):
                yield items
    try:
        enrichments = document["enrichments"]
        yield enrichments["files"]["classifications"]
        yield enrichments["places"]["autonomous_systems"]
        yield from (service["labels"] for service in enrichments["services"])
    except (KeyError, TypeError):
        return


def _look_back_of(written: Document | None) -> int | None:
    """How far back the file looks for what it calls new."""
    new = (written or {}).get("new")
    days = new.get("look_back_days") if isinstance(new, dict) else None
    return days if isinstance(days, int) and 0 < days < _MOST else None


def _is_without_known_scanners(written: Document | None) -> bool:
    """Whether the file's top lists are made without known scanners."""
    try:
        return (written or {})["enrichments"]["tags"]["known_scanners"]["left_out"] is True
    except (KeyError, TypeError):
        return False


def _counts(connection: Connection, period: Period) -> Counts:
    """What the sessions of a period's days come to, of each sensor that has some and of the aggregate."""
    names = {row.id: sensor_label(decode_text(row.name)) for row in connection.execute(select(sensors))}
    days = {"start_day": day_number(period.start), "end_day": day_number(period.end)}
    counts: dict[str, Counter[str]] = {AGGREGATE: Counter()}
    for row in connection.execute(statement("checks/report_counts"), days).mappings():
        of_sensor = Counter({name: number for name, number in row.items() if name != "sensor_id"})
        counts[names[row["sensor_id"]]] = of_sensor
        counts[AGGREGATE] += of_sensor
    return counts


def _miscounted(document: Document, counts: Counts) -> Iterator[Difference]:
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
