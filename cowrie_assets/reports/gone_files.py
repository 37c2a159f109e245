"""Files of written reports that are not in the report folder any more.

The warehouse records of which sensors the reports of a period were written, not in which formats: these are told by the
files that are there. Where no file of a period is, the report of all sensors stands for all of them.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, select

from cowrie_assets.reports.periods import Period, ReportType
from cowrie_assets.reports.sensors import AGGREGATE, sensor_slug
from cowrie_assets.reports.staleness import written_at
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.schema import sensor_reports

_SUFFIXES = (".html", ".json", ".txt")


@dataclass(frozen=True, slots=True)
class GoneFile:
    """A file of a report that was written."""

    sensor: str
    """As documents name it; as its file does, where no document tells."""
    path: Path


def gone_files(connection: Connection, period: Period, report_dir: Path) -> list[GoneFile]:
    """The files of a written period that are not there, whether its reports are late or not: of all sensors, of each of
    which a report was written, and of each that has another file."""
    folder = report_dir / period.report_type / period.label
    there = _files_in(folder)
    if not there:
        return [GoneFile(AGGREGATE, folder / f"{AGGREGATE}.json")]
    labels = (AGGREGATE, *_written_of(connection, period))
    names = {slug: slug for slug, _ in there} | {sensor_slug(label): label for label in labels}
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
    return sorted(
        (each for each in written if gone_files(connection, each, report_dir)), key=lambda period: period.start
    )


def _written_of(connection: Connection, period: Period) -> list[str]:
    """The sensors of which a report was written, as documents name them."""
    of_period = sensor_reports.c.report_type == period.report_type, sensor_reports.c.period == period.label
    return [
        decode_text(each) for each in connection.execute(select(sensor_reports.c.sensor).where(*of_period)).scalars()
    ]


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
