"""Files of written reports that are not in the report folder any more.

The warehouse records that the reports of a period were written, not in which formats: these are told by the files that
are there. Where no file of a period is, the report of all sensors stands for all of them.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection

from cowrie_assets.reports.periods import Period, ReportType
from cowrie_assets.reports.sensors import AGGREGATE, sensor_slug
from cowrie_assets.reports.staleness import written_at

_SUFFIXES = (".html", ".json", ".txt")


@dataclass(frozen=True, slots=True)
class GoneFile:
    """A file of a report that was written."""

    sensor: str
    """As documents name it; as its file does, where no document tells."""
    path: Path


def gone_files(report_dir: Path, period: Period, sensors: Iterable[str] = ()) -> list[GoneFile]:
    """The files of a written period that are not there: of all sensors, of each that has another file, and of `sensors`
    (as documents name them) that are known to have a report."""
    folder = report_dir / period.report_type / period.label
    there = _files_in(folder)
    if not there:
        return [GoneFile(AGGREGATE, folder / f"{AGGREGATE}.json")]
    names = {slug: slug for slug, _ in there} | {sensor_slug(label): label for label in (AGGREGATE, *sensors)}
    formats = {suffix for _, suffix in there}
    return [
        GoneFile(name, folder / f"{slug}{suffix}")
        for slug, name in sorted(names.items())
        for suffix in sorted(formats)
        if (slug, suffix) not in there
    ]


def gone_reports(connection: Connection, report_type: ReportType, report_dir: Path) -> list[Period]:
    """The periods, in order, whose reports were written and have a file that is not there."""
    written = written_at(connection, report_type)
    return sorted((each for each in written if gone_files(report_dir, each)), key=lambda period: period.start)


def _files_in(folder: Path) -> set[tuple[str, str]]:
    """The reports that are there, as (slug, suffix). A folder that cannot be read has none."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries]
    except OSError:
        return set()
    return {
        (name[: -len(suffix)], suffix)
        for name in names
        for suffix in _SUFFIXES
        if name[:1] != "." and name.endswith(suffix)
    }
