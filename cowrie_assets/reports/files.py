"""Reports as files: `<report_dir>/<report_type>/<period>/<sensor>.json`, `.txt` and `.html`.

Beside the HTML lie, in `pages/`, the pages of what the reports of the period list.
"""

import json
from collections.abc import Collection, Container, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

from sqlalchemy import Connection

from cowrie_assets import clock
from cowrie_assets.amounts import counted
from cowrie_assets.progress import Tell, say_nothing, within
from cowrie_assets.reports.differing import differing
from cowrie_assets.reports.document import ReportDocument, build_report
from cowrie_assets.reports.document_version import DOCUMENT_VERSION
from cowrie_assets.reports.former_sensors import remove_former
from cowrie_assets.reports.json_writer import dump
from cowrie_assets.reports.kept_documents import KeptDocuments
from cowrie_assets.reports.memo import Memo
from cowrie_assets.reports.pages.build import Pages, build_pages
from cowrie_assets.reports.pages.subjects import FOLDER, listed
from cowrie_assets.reports.periods import Period, ReportType, parse_period
from cowrie_assets.reports.relinking import relink
from cowrie_assets.reports.render.html import render_html
from cowrie_assets.reports.render.links import NO_LINKS, Links
from cowrie_assets.reports.render.pages import render_pages
from cowrie_assets.reports.render.text import render_text
from cowrie_assets.reports.sensors import (
    AGGREGATE,
    sensor_label,
    sensor_slug,
    sensors_of_logs,
    sensors_of_period,
    sensors_with_sessions,
)
from cowrie_assets.reports.staged_files import StagedFiles
from cowrie_assets.reports.standing import Writing, record_sensors, sources_of, standing, standing_document
from cowrie_assets.reports.unlisted_pages import names_there, remove_unlisted
from cowrie_assets.reports.ways import ReportFolder
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.verdict_lock import read_between_verdicts
from cowrie_assets.warehouse.write_scope import of_name

ReportFormat = Literal["json", "text", "html"]
FORMATS: tuple[ReportFormat, ...] = get_args(ReportFormat)

_SUFFIXES: dict[ReportFormat, str] = {"json": ".json", "text": ".txt", "html": ".html"}


@dataclass(frozen=True, slots=True)
class WrittenReport:
    """One file of a report."""

    path: Path
    format: ReportFormat
    sensor: str
    """As documents name it."""
    document: ReportDocument | None
    """Of the aggregate; None of a sensor's report: a fleet's are many."""
    changed: bool
    """Its numbers are not those of the file that stood there."""
    left: bool = False
    """It was not written: it stands, and shows what it would show."""


def sentence_of(written: Sequence[WrittenReport]) -> str:
    """What was written, in one line: a report is one in all its formats."""
    reports = {report.path.with_suffix("") for report in written if not report.left}
    changed = {report.path.with_suffix("") for report in written if report.changed}
    left = {report.path.with_suffix("") for report in written if report.left}
    of_others = f"; {counted(len(left), 'report')} of other sensors left" if left else ""
    return f"{counted(len(reports), 'report')} written, {len(changed):,} of them changed{of_others}"


def write_reports(
    warehouse: Warehouse,
    period: Period,
    report_dir: Path,
    *,
    sensors: Sequence[str | None] | None = None,
    formats: Sequence[ReportFormat] = FORMATS,
    top: int = 10,
    look_back_days: int | None = None,
    without_known_scanners: bool = False,
    masked: bool = False,
    now_us: int | None = None,
    memo: Memo | None = None,
    tell: Tell = say_nothing,
) -> list[WrittenReport]:
    """Write the reports of `period`: of `sensors` (None is the aggregate), or else of the aggregate and of every sensor
    that has a session in it or in a period that it is compared with, or a report there already. Of a report that is
    stale because sensors changed, those of the others are left (`reports.standing`), and so is what they say of when.

    All come from one snapshot of the warehouse. Those of every sensor are recorded, which is what `stale_periods` goes
    by; their files move to their places in the transaction that does so: of two writers, the record is of the one whose
    files stand. Who writes many periods gives each the same `memo`, in the order of time: then each is counted once,
    though others are compared with it. With those of every sensor, the files of sensors that are none any more go.
    `top`, `look_back_days` and `without_known_scanners` are as in `build_report`, `masked` is as in `render`. The index
    is written apart, once for all reports of a command (`render/index.py`). `tell` hears of the steps. Raises
    UnknownSensorError, and OSError where a file cannot be written.
    """
    now = clock.now_us() if now_us is None else now_us
    memo = memo or Memo()
    whole, with_pages = sensors is None, "html" in formats
    with KeptDocuments() as documents:
        with read_between_verdicts(warehouse) as connection:
            memo.renew(connection)
            sources = sources_of(connection, period, top, look_back_days, masked, without_known_scanners)
            folder, suffixes = report_dir / period.report_type / period.label, [_SUFFIXES[each] for each in formats]
            stands, left = standing(connection, period, sources) if whole else None, set[str]()
            names = [None, *_sensors_of(connection, period, report_dir)] if sensors is None else sensors
            for position, name in enumerate(names, 1):
                label = sensor_label(name)
                if (document := standing_document(folder, label, stands, suffixes)) is not None:
                    documents.add(document)
                    left.add(label)
                    continue
                documents.add(
                    build_report(
                        connection,
                        period,
                        name,
                        top=top,
                        look_back_days=look_back_days,
                        without_known_scanners=without_known_scanners,
                        now_us=now,
                        memo=memo,
                        tell=within(tell, f"{label} ({position} of {len(names)})"),
                    )
                )
            tell("what the reports list")
            pages = build_pages(connection, period, documents) if with_pages else None
        tell(f"writing {counted((len(documents) - len(left)) * len(formats), 'file')}")
        if not whole:
            return write_documents(documents, report_dir, formats=formats, masked=masked, pages=pages)
        record = {
            "report_type": period.report_type,
            "period": period.label,
            "made_from": sources.made_from,
            "complete": int(documents.are_complete),
            "generated_at": now,
            "document_version": DOCUMENT_VERSION,
            "verdicts_as_of": sources.verdicts_as_of,
        }
        with StagedFiles() as staged:
            written = _stage(staged, documents, report_dir, formats, masked=masked, pages=pages, left=left)
            with warehouse.write(of_name("reports")) as connection:
                staged.place()
                _remove_former(connection, report_dir, period, documents.sensors, pages)
                connection.execute(statement("reports/record_report"), record)
                of_sensors = set(documents.sensors) - {AGGREGATE}
                record_sensors(connection, period, sources, written=of_sensors - left, left=left, now=now)
    return written


def write_configured_reports(
    warehouse: Warehouse, settings: Settings, period: Period, *, memo: Memo | None = None, tell: Tell = say_nothing
) -> list[WrittenReport]:
    """As `write_reports`: the aggregate's and every sensor's, in every format, as the settings say."""
    return write_reports(
        warehouse,
        period,
        settings.report_dir,
        look_back_days=settings.new_look_back_days,
        without_known_scanners=settings.hide_known_scanners,
        masked=settings.mask_passwords,
        memo=memo,
        tell=tell,
    )


def _remove_former(
    connection: Connection, report_dir: Path, period: Period, sensors: Iterable[str], pages: Pages | None
) -> None:
    """Take out the files of sensors that are none any more, and pages of what is not listed any more; set the ways."""
    sensors_today = {*sensors, *map(sensor_label, sensors_of_logs(connection))}
    gone = remove_former(report_dir / period.report_type / period.label, period, sensors_today)
    if pages is not None:
        remove_unlisted(pages_folder(report_dir, period), {each.file_name for each in pages.subjects()})
    if gone or pages is not None:
        relink(report_dir, [period])


def _sensors_of(connection: Connection, period: Period, report_dir: Path) -> list[str]:
    """The sensors of the period, and those that have sessions elsewhere only and a report of it that stands already."""
    of_period = sensors_of_period(connection, period)
    folder = report_path(report_dir, period.report_type, period.label, AGGREGATE).parent
    others = {path.stem for path in folder.glob("[!.]*.json")}
    others -= {sensor_slug(sensor_label(name)) for name in (None, *of_period)}
    if not others:
        return of_period
    everywhere = sensors_with_sessions(connection)
    return sorted({*of_period, *(name for name in everywhere if sensor_slug(sensor_label(name)) in others)})


def write_documents(
    documents: Collection[ReportDocument] | KeptDocuments,
    report_dir: Path,
    *,
    formats: Sequence[ReportFormat] = FORMATS,
    masked: bool = False,
    pages: Pages | None = None,
) -> list[WrittenReport]:
    """Write documents that stand already, with the `pages` that were built from them, and record nothing.

    Raises OSError where a file cannot be written.
    """
    with StagedFiles() as staged:
        written = _stage(staged, documents, report_dir, formats, masked=masked, pages=pages)
        staged.place()
    if "html" in formats:
        relink(report_dir, {_period(document) for document in documents})
    return written


def recorded_reports(report_dir: Path, period: Period, writing: Writing) -> list[WrittenReport]:
    """The files of a writing, read back from the disk.

    Empty where the aggregate's is not among them: it was taken elsewhere, or is another writing's.
    """
    folder = report_path(report_dir, period.report_type, period.label, AGGREGATE).parent
    found: list[WrittenReport] = []
    for path in sorted(folder.glob("[!.]*.json")):
        try:
            document = json.loads(path.read_bytes())
        except (OSError, ValueError, RecursionError):
            continue
        if isinstance(document, dict) and writing.has(document):
            beside = ((path.with_suffix(suffix), name) for name, suffix in _SUFFIXES.items())
            read = cast(ReportDocument, document)
            sensor = read.get("sensor", "")
            kept = read if sensor == AGGREGATE else None
            found += [WrittenReport(file, name, sensor, kept, changed=False) for file, name in beside if file.exists()]
    return found if any(each.sensor == AGGREGATE for each in found) else []


def render(document: ReportDocument, report_format: ReportFormat, *, masked: bool = False) -> bytes:
    """`document` as a file of its own: its page leads nowhere else.

    With `masked`, the text and the page show no password: the JSON has them all.
    """
    match report_format:
        case "json":
            return dump(document)
        case "text":
            return render_text(document, masked=masked).encode("utf-8")
        case "html":
            return render_html(document, masked=masked)


def report_path(
    report_dir: Path, report_type: ReportType, period: str, sensor: str, report_format: ReportFormat = "json"
) -> Path:
    """Where a report lies; `period` and `sensor` as documents name them."""
    return report_dir / report_type / period / f"{sensor_slug(sensor)}{_SUFFIXES[report_format]}"


def pages_folder(report_dir: Path, period: Period) -> Path:
    """Where the pages of what the reports of a period list lie."""
    return report_dir / period.report_type / period.label / FOLDER


def _stage(
    staged: StagedFiles,
    documents: Collection[ReportDocument] | KeptDocuments,
    report_dir: Path,
    formats: Sequence[ReportFormat],
    *,
    masked: bool,
    pages: Pages | None,
    left: Container[str] = frozenset(),
) -> list[WrittenReport]:
    """Pages go to their places before the reports that lead to them. Of the sensors `left`, as documents name them,
    only what would lead to other pages now is staged."""
    folder = ReportFolder(report_dir)
    other_pages = set[str]()
    if pages is not None:
        if left:
            other_pages = names_there(pages_folder(report_dir, pages.period)) ^ {
                each.file_name for each in pages.subjects()
            }
        for name, content in render_pages(pages, documents, folder, masked=masked):
            staged.add_changed(pages_folder(report_dir, pages.period) / name, content)
    links = NO_LINKS if pages is None else Links.of(pages)
    if "html" in formats:
        for document in documents:
            folder.add(_period(document), sensor_slug(document["sensor"]))
    written = []
    for document in documents:
        report_type, period, sensor = document["report_type"], document["period"], document["sensor"]
        is_left = sensor in left
        changed = not is_left and _is_changed(document, report_path(report_dir, report_type, period, sensor))
        for each in formats:
            path = report_path(report_dir, report_type, period, sensor, each)
            if is_left and (
                each != "html" or other_pages.isdisjoint(subject.file_name for subject in listed([document]))
            ):
                pass
            elif each == "html":
                ways = folder.ways(_period(document), sensor_slug(sensor))
                leading = links.masked(document) if masked else links
                staged.add(path, render_html(document, masked=masked, ways=ways, links=leading))
            else:
                staged.add(path, render(document, each, masked=masked))
            written.append(
                WrittenReport(path, each, sensor, document if sensor == AGGREGATE else None, changed, is_left)
            )
    return written


def _period(document: ReportDocument) -> Period:
    return parse_period(document["report_type"], document["period"])


def _is_changed(document: ReportDocument, before: Path) -> bool:
    """Whether the numbers of `document` are not those of the JSON file `before`."""
    try:
        said = json.loads(before.read_bytes())
    except (OSError, ValueError):
        return True
    return not isinstance(said, dict) or bool(differing(said, json.loads(dump(document))))
