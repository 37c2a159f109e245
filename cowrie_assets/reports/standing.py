"""Which reports of a period that is written anew show what they would show then: those of sensors that did not change.

A change of one sensor's sessions, or of a verdict on what it saw, changes the report of all sensors and its own; the
others are left as they are. What else makes reports stale (another version of the document, a period that ran on, files
that are not as they were recorded) makes all of a period stale: then nothing is left.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Select, delete, select

from cowrie_assets.clock import iso_us
from cowrie_assets.reports.completeness import without_missing_days
from cowrie_assets.reports.document import ReportDocument
from cowrie_assets.reports.document_version import DOCUMENT_VERSION
from cowrie_assets.reports.periods import Period
from cowrie_assets.reports.sensors import sensor_label, sensor_slug
from cowrie_assets.reports.staleness import made_from, made_from_by_sensor, verdicts_as_of
from cowrie_assets.warehouse.codec import decode_text, encode_text
from cowrie_assets.warehouse.dictionary import digest_of
from cowrie_assets.warehouse.schema import reports, sensor_reports, sensors
from cowrie_assets.warehouse.sql import statement


@dataclass(frozen=True, slots=True)
class Writing:
    """When the reports of a period were written last, in microseconds since 1970-01-01 UTC."""

    generated_at: int
    """That of all sensors, and each of those that are not named."""
    of_sensors: Mapping[str, int] = field(default_factory=dict)
    """By sensor, as documents name it."""

    def at(self, sensor: object) -> int:
        """When the report of a sensor was written, as its document names it, or that of all."""
        return self.of_sensors.get(sensor, self.generated_at) if isinstance(sensor, str) else self.generated_at

    def has(self, document: Mapping[str, object]) -> bool:
        """Whether a document is the one that was written last."""
        return document.get("generated_at") == iso_us(self.at(document.get("sensor")))


@dataclass(frozen=True, slots=True)
class Sources:
    """What the reports of a period are written from, in one snapshot of the warehouse."""

    made_from: bytes
    """That of all sensors."""
    verdicts_as_of: int
    of_sensors: Mapping[str, bytes]
    """By sensor, as documents name it."""
    of_none: bytes
    """That of a sensor without sessions."""

    def of(self, sensor: str) -> bytes:
        """What a sensor's report is written from."""
        return self.of_sensors.get(sensor, self.of_none)


def sources_of(connection: Connection, period: Period, *settings: object) -> Sources:
    """What the reports of `period` are written from now; other `settings` make another report."""
    names = {row.id: sensor_label(decode_text(row.name)) for row in connection.execute(select(sensors))}
    written_with = repr(settings)
    as_of = verdicts_as_of(connection, period)
    of_sensors = {
        names[number]: digest_of(digest.hex(), written_with, str(as_of.get(number, 0)))
        for number, digest in made_from_by_sensor(connection, period).items()
        if number in names  # else it was lost, and its sessions have another number by now
    }
    return Sources(made_from(connection, period), as_of.get(0, 0), of_sensors, digest_of("", written_with, "0"))


def writing_of(connection: Connection, period: Period) -> Writing | None:
    """When the reports of a period were written last; None if never."""
    of_period = reports.c.report_type == period.report_type, reports.c.period == period.label
    generated_at = connection.execute(select(reports.c.generated_at).where(*of_period)).scalar()
    if generated_at is None:
        return None
    rows = connection.execute(_of_period(period))
    return Writing(generated_at, {decode_text(row.sensor): row.generated_at for row in rows})


def standing(connection: Connection, period: Period, sources: Sources) -> Writing | None:
    """When those reports of a period were written that need not be written again: of the sensors it names, none else.
    None where all are to be written.

    A report that is not stale is asked for because of its files: nothing of it is left. Nor is anything of one that was
    written before all its days were in, for what it says of silence goes by the clock.
    """
    of_period = reports.c.report_type == period.report_type, reports.c.period == period.label
    written = connection.execute(select(reports).where(*of_period)).first()
    if (
        written is None
        or not written.complete
        or written.document_version != DOCUMENT_VERSION
        or (bytes(written.made_from), written.verdicts_as_of) == (sources.made_from, sources.verdicts_as_of)
        or not without_missing_days(connection, [period])
    ):
        return None
    rows = {decode_text(row.sensor): row for row in connection.execute(_of_period(period))}
    right = {sensor: row.generated_at for sensor, row in rows.items() if bytes(row.made_from) == sources.of(sensor)}
    return Writing(written.generated_at, right)


def standing_document(
    folder: Path, sensor: str, writing: Writing | None, suffixes: Iterable[str]
) -> ReportDocument | None:
    """The document in `folder` of a sensor, as documents name it, that `standing` gives; None where it gives none, or
    where its files are not all there and those that were recorded."""
    if writing is None or sensor not in writing.of_sensors:
        return None
    slug = sensor_slug(sensor)
    try:
        document = json.loads((folder / f"{slug}.json").read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    is_it = isinstance(document, dict) and document.get("sensor") == sensor and writing.has(document)
    is_whole = all((folder / f"{slug}{suffix}").is_file() for suffix in suffixes)
    return cast(ReportDocument, document) if is_it and is_whole else None


def record_sensors(
    connection: Connection, period: Period, sources: Sources, *, written: Iterable[str], left: Iterable[str], now: int
) -> None:
    """Record what the reports of the sensors `written`, as documents name them, were written from; of those that are
    neither written nor `left`, forget it."""
    of_period = {"report_type": period.report_type, "period": period.label}
    rows = [
        {**of_period, "sensor": encode_text(each), "made_from": sources.of(each), "generated_at": now}
        for each in sorted(written)
    ]
    stay = {*(row["sensor"] for row in rows), *map(encode_text, left)}
    gone = [row.sensor for row in connection.execute(_of_period(period)) if row.sensor not in stay]
    if rows:
        connection.execute(statement("reports/record_sensor_report"), rows)
    for sensor in gone:
        is_it = (sensor_reports.c[name] == value for name, value in {**of_period, "sensor": sensor}.items())
        connection.execute(delete(sensor_reports).where(*is_it))


def _of_period(period: Period) -> Select[Any]:
    return select(sensor_reports).where(
        sensor_reports.c.report_type == period.report_type, sensor_reports.c.period == period.label
    )
