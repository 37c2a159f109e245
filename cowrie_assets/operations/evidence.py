"""The check of the evidence: every stored event's JSON, read again, gives what its columns say, identity included.

What was derived under other settings, or by an older reader, is no damage: it is told apart by what the ledger says it
was derived as (`log_origins`), and `reparse` derives it anew.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from cowrie_assets.amounts import counted
from cowrie_assets.clock import day_number
from cowrie_assets.cowrie.event import READER_VERSION, NotAnEventError, Source, read_event
from cowrie_assets.cowrie.lenient_json import NotJsonError, decode
from cowrie_assets.ingest.batch import DETAILED_NUMBERS, DETAILED_TEXTS, Origin
from cowrie_assets.ingest.origins import origin_digest
from cowrie_assets.ingest.outdated import COMMAND
from cowrie_assets.ingest.sources import StoredSources
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.sensor_registry import SensorRegistry
from cowrie_assets.summaries import mending
from cowrie_assets.summaries.checks import CheckResult, result
from cowrie_assets.summaries.found_rows import EXAMPLES, dates, named
from cowrie_assets.summaries.refresh import days_with_data
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import log_origins, sensors
from cowrie_assets.warehouse.sql import statement

NAME = "evidence_says_what_is_stored"
_Written = tuple[str, str]
"""Sensor as written and `uuid`."""
_Derived = tuple[str, int]
"""Sensor and clock offset."""
_PROMISE = "each event's JSON gives the values and the identity that are stored with it"
_TEXTS = ("sensor", "session_id", "event_type", "src_ip", "protocol")
_NUMBERS = ("matcher", "counts_as", "event_at", "event_day", "src_port", "dst_port")


def check_evidence(
    warehouse: Warehouse,
    registry: SensorRegistry,
    start: date | None = None,
    end: date | None = None,
    progress: ProgressSink = silent,
) -> CheckResult:
    """Read every event of the days `start` to `end` (inclusive; open where None) again."""
    days = days_with_data(warehouse, start, end)
    reading = _Reading(registry)
    for position, day in enumerate(days):
        progress(Progress("read again", position, len(days), "days", str(day)))
        with warehouse.read() as connection:
            reading.read_day(connection, day)
    progress(Progress("read again", len(days), len(days), "days"))
    with warehouse.read() as connection:
        rows = named(connection, reading.rows)
    touched = dates(reading.days)
    mend = mending.rederive(touched, from_logs=reading.is_spoiled)
    found = result(NAME, _PROMISE, reading.differences, rows, mend=mend, days=touched)
    if not reading.outdated:
        return found
    were_derived = counted(reading.outdated, "event was derived", "events were derived")
    told = f"{were_derived} under other settings or by an older reader: {COMMAND}"
    return replace(found, summary=f"{found.summary}; {told}")


class _Reading:
    """Reads days again and counts what differs: as damage, or as derived otherwise than today."""

    def __init__(self, registry: SensorRegistry) -> None:
        self.differences = 0
        self.outdated = 0
        self.rows: list[dict[str, Any]] = []
        """The first of those that differ."""
        self.days: set[int] = set()
        """Those of all that differ."""
        self.is_spoiled = False
        """The JSON itself differs from what its identity was taken of."""
        self._sources = StoredSources(registry)
        self._derived_as: dict[int, dict[_Written, set[_Derived]]] = {}
        """By log: what this reader derived its events as."""
        self._read_before: set[int] = set()
        """The logs of which an older reader derived events."""

    def read_day(self, connection: Connection, day: date) -> None:
        number = day_number(day)
        query = connection.execution_options(yield_per=1000)
        rows = query.execute(statement("checks/evidence"), {"first_day": number, "last_day": number}).mappings()
        for row, source, columns in self._differing(connection, rows):
            if self._was_derived_otherwise(connection, row, source):
                self.outdated += 1
                continue
            self.differences += 1
            self.days.add(number)
            self.is_spoiled |= not {"payload", "event_hash"}.isdisjoint(columns)
            if len(self.rows) < EXAMPLES:
                self.rows.append(
                    {
                        "event_day": number,
                        "sensor": decode_text(row["sensor"]),
                        "session": decode_text(row["session_id"]),
                        "log_id": row["log_id"],
                        "byte_offset": row["byte_offset"],
                        "event": decode_text(row["event_type"]),
                        "differing": ", ".join(columns),
                    }
                )

    def _differing(
        self, connection: Connection, rows: Iterable[RowMapping]
    ) -> Iterator[tuple[RowMapping, Source, list[str]]]:
        for row in rows:
            source = self._sources.of(connection, row["log_id"])
            if columns := _differing_columns(row, source):
                yield row, source, columns

    def _was_derived_otherwise(self, connection: Connection, row: RowMapping, source: Source) -> bool:
        """Whether the event is what the ledger says that its log's events were derived as."""
        log_id = row["log_id"]
        if log_id not in self._derived_as:
            self._look_up(connection, log_id)
        if log_id in self._read_before:
            return True
        try:
            event = read_event(_loads(decode_text(row["payload"])), Source(source.folder))
        except (NotAnEventError, NotJsonError):
            return False
        written = event.whose.written_sensor
        return any(
            not _differing_columns(row, Source(source.folder, {written: sensor}, {sensor: offset}))
            for sensor, offset in self._derived_as[log_id].get((written, event.whose.uuid), ())
        )

    def _look_up(self, connection: Connection, log_id: int) -> None:
        origin = log_origins.c
        texts = (origin.written_sensor, origin.uuid, sensors.c.name)
        numbers = (origin.named_by_folder, origin.clock_offset_us, origin.reader, origin.digest)
        query = select(*texts, *numbers).where(sensors.c.id == origin.sensor_id, origin.log_id == log_id)
        derived_as: dict[_Written, set[_Derived]] = defaultdict(set)
        for row in connection.execute(query):
            written, uuid, name = map(decode_text, row[:3])
            said = Origin(written, bool(row.named_by_folder), uuid, name, row.clock_offset_us, 0, 0)
            if row.reader != READER_VERSION:
                self._read_before.add(log_id)
            elif bytes(row.digest) == origin_digest(said):
                derived_as[written, uuid].add((name, row.clock_offset_us))
        self._derived_as[log_id] = derived_as


def _differing_columns(row: RowMapping, source: Source) -> list[str]:
    try:
        event = read_event(_loads(decode_text(row["payload"])), source)
    except (NotAnEventError, NotJsonError):
        return ["payload"]
    matcher, session_id = event.session or (None, None)
    derived = {"sensor": event.sensor, "matcher": matcher, "session_id": session_id, "event_day": event.event_day}
    says = event._asdict() | derived
    differs = [name for name in _NUMBERS if says[name] != row[name]]
    differs += [name for name in DETAILED_NUMBERS if event.detail(name) != row[name]]
    differs += [name for name in _TEXTS if says[name] != decode_text(row[name])]
    differs += [name for name in DETAILED_TEXTS if event.detail(name) != decode_text(row[name])]
    return [*differs, "event_hash"] if bytes(row["event_hash"]) != event.identity else differs


def _loads(payload: str) -> dict[str, Any]:
    value = decode(payload.encode("utf-8")).value
    if type(value) is not dict:
        raise NotJsonError("not_an_object")
    return value
