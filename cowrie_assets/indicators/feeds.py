"""The feed beside each report: the indicators of its days as files, below `feeds/` of the report folder.

A feed is written where its report is newer than it is: when a report follows what came in or what became known, so does
its feed. The file as JSON is written last, and tells when that was. The pages of the period then lead to the files, and
the collection of TAXII (`collection.py`) has what is new in them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from cowrie_assets.clock import now_us
from cowrie_assets.indicators.collecting import Wanted, indicators
from cowrie_assets.indicators.collection import is_late, write_collection
from cowrie_assets.indicators.formats import SUFFIXES, formats
from cowrie_assets.indicators.indicator import Indicator, IndicatorType
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.reports.files import report_path
from cowrie_assets.reports.periods import REPORT_TYPES, Period, PeriodError, parse_period
from cowrie_assets.reports.relinking import relink
from cowrie_assets.reports.sensors import AGGREGATE
from cowrie_assets.reports.staged_files import StagedFiles
from cowrie_assets.reports.ways import feed_folder
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.write_scope import of_name

_NAME = "indicators"
_LAST = "json"


@dataclass(frozen=True, slots=True)
class Feed:
    """One that was written."""

    period: Period
    folder: Path
    indicators: int


def write_feeds(warehouse: Warehouse, report_dir: Path, *, progress: ProgressSink = silent) -> list[Feed]:
    """Write the feed of each report that is newer than its feed, the newest period first. Raises OSError."""
    waiting = [period for period in _reported(report_dir) if _is_late(report_dir, period)]
    written = []
    if waiting:
        with warehouse.read() as connection:
            as_of = now_us()
            every = {each.key: each for each in indicators(connection, Wanted(all=True))}
            for place, period in enumerate(waiting):
                progress(Progress("write feeds", place, len(waiting), "feeds", period.label))
                written.append(_write(connection, report_dir, period, every, as_of))
        progress(Progress("write feeds", len(waiting), len(waiting), "feeds"))
    if waiting or is_late(report_dir):
        with warehouse.write(of_name("reports")):
            relink(report_dir, waiting)
            write_collection(report_dir, now_us())
    return written


def _reported(report_dir: Path) -> Iterator[Period]:
    for report_type in REPORT_TYPES:
        folder = report_dir / report_type
        for entry in sorted(folder.iterdir(), reverse=True) if folder.is_dir() else ():
            try:
                yield parse_period(report_type, entry.name)
            except PeriodError:
                continue


def _is_late(report_dir: Path, period: Period) -> bool:
    report = report_path(report_dir, period.report_type, period.label, AGGREGATE)
    feed = feed_folder(report_dir, period) / f"{_NAME}{SUFFIXES[_LAST]}"
    try:
        written = report.stat().st_mtime_ns
    except FileNotFoundError:
        return False
    try:
        return feed.stat().st_mtime_ns < written
    except FileNotFoundError:
        return True


def _write(
    connection: Connection,
    report_dir: Path,
    period: Period,
    every: Mapping[tuple[IndicatorType, str], Indicator],
    as_of: int,
) -> Feed:
    """Write one feed; `every` has the figures of all days."""
    folder = feed_folder(report_dir, period)
    found = list(indicators(connection, Wanted(period.start, period.last_day)))
    made = formats(f"Cowrie honeypots, {period.label}", as_of)
    with StagedFiles() as files:
        for name in (*(each for each in made if each != _LAST), _LAST):
            told = [every[each.key] for each in found] if name == "stix" else found
            files.add(folder / f"{_NAME}{SUFFIXES[name]}", b"".join(made[name](told)))
        files.place()
    return Feed(period, folder, len(found))
