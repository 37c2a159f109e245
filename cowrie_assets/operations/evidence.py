"""The check of the evidence: every stored event's JSON, read again, gives what its columns say, identity included.

What was derived under other settings, or by an older reader, is no damage: it is told apart by what the ledger says it
was derived as (`log_origins`), and `reparse` derives it anew. It passes sealed days by, which have to be unsealed
before and may be sealed again behind it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Result, Row, select

from cowrie_assets.amounts import counted
from cowrie_assets.clock import day_number
from cowrie_assets.cowrie.event import READER_VERSION, NotAnEventError, Source, read_event
from cowrie_assets.cowrie.lenient_json import NotJsonError, decode
from cowrie_assets.garbage_collection import no_garbage_collection
from cowrie_assets.ingest.batch import Origin
from cowrie_assets.ingest.event_table import DETAILED_NUMBERS, DETAILED_TEXTS
from cowrie_assets.ingest.origins import origin_digest
from cowrie_assets.ingest.outdated import COMMAND
from cowrie_assets.ingest.sealed_events import has_seals, sealed_events
from cowrie_assets.ingest.sources import StoredSources
from cowrie_assets.operations.stored_events import COMPARED, Stored, StoredEvents
from cowrie_assets.sensor_registry import SensorRegistry
from cowrie_assets.summaries import mending
from cowrie_assets.summaries.checks import CheckResult, result
from cowrie_assets.summaries.differences import SeenOnDay
from cowrie_assets.summaries.found_rows import EXAMPLES, dates, named
from cowrie_assets.summaries.pending import days_with_data
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.numbered_texts import NOT_THERE
from cowrie_assets.warehouse.schema import log_origins, sensors
from cowrie_assets.warehouse.sql import statement

NAME = "evidence_says_what_is_stored"
_Written = tuple[str, str]
"""Sensor as written and `uuid`."""
_Derived = tuple[str, int]
"""Sensor and clock offset."""
_Differing = tuple[Stored, Source, list[str], int | None]
"""An event, whence it comes, the columns that differ, and the sealed day that it belongs to."""
_OTHERWISE = "under other settings or by an older reader"
_PROMISE = "each event's JSON gives the values and the identity that are stored with it"
_AT_ONCE = 1000
"""Rows that are fetched, and whose numbers are looked up."""
_READ_AT_ONCE = 250
"""Those whose JSON is read: more of them do not stay in a processor's cache."""


@dataclass(slots=True)
class Reread:
    """What differs of events that were read again."""

    differences: int = 0
    outdated: int = 0
    """Those that were derived otherwise, but for the sealed ones; some may wait for an unseal, too."""
    outdated_and_sealed: int = 0
    outdated_seals: set[int] = field(default_factory=set)
    """The sealed days of these."""
    rows: list[dict[str, Any]] = field(default_factory=list)
    """The first of those that differ."""
    days: set[int] = field(default_factory=set)
    """Those of all that differ."""
    sealed_days: set[int] = field(default_factory=set)
    """The sealed days that these belong to."""
    is_spoiled: bool = False
    """The JSON itself differs from what its identity was taken of."""

    def add(self, other: "Reread") -> None:
        """Take in what differs of other events."""
        self.differences += other.differences
        self.outdated += other.outdated
        self.outdated_and_sealed += other.outdated_and_sealed
        self.outdated_seals |= other.outdated_seals
        self.rows += other.rows
        self.days |= other.days
        self.sealed_days |= other.sealed_days
        self.is_spoiled |= other.is_spoiled

    def told_of_outdated(self, *, has_seals: bool) -> list[str]:
        """What was derived otherwise than today, each with the command that derives it anew."""
        told = []
        of_seals = "; what would come to a sealed day stays as it is until that is unsealed"
        if self.outdated:
            were_derived = counted(self.outdated, "event was derived", "events were derived")
            told.append(f"{were_derived} {_OTHERWISE}: {COMMAND}{of_seals if has_seals else ''}")
        if self.outdated_and_sealed:
            were_derived = counted(self.outdated_and_sealed, "event was derived", "events were derived")
            command = mending.line(mending.resealed(dates(self.outdated_seals), mending.rederive([], from_logs=False)))
            told.append(f"of sealed days {were_derived} {_OTHERWISE}: they stay so until you run `{command}`")
        return told


def check_evidence(
    warehouse: Warehouse,
    registry: SensorRegistry,
    start: date | None = None,
    end: date | None = None,
    *,
    examples: int = EXAMPLES,
) -> CheckResult:
    """Read every event of the days `start` to `end` (inclusive; open where None) again, each day in a snapshot of its
    own; the result shows so many rows as `examples`."""
    evidence = Evidence(registry, examples)
    for day in days_with_data(warehouse, start, end):
        with warehouse.read() as connection:
            evidence.read_day(connection, day_number(day))
    return evidence_result(warehouse, [evidence.found], examples=examples)


def evidence_result(warehouse: Warehouse, parts: Iterable[Reread], *, examples: int = EXAMPLES) -> CheckResult:
    """The check's result, of what was found of all its days, in their order."""
    found = Reread()
    for part in parts:
        found.add(part)
    with warehouse.read() as connection:
        rows = named(connection, found.rows[:examples])
        told = found.told_of_outdated(has_seals=has_seals(connection))
    touched = dates(found.days)
    work = mending.rederive(touched, from_logs=found.is_spoiled)
    mend = mending.resealed(dates(found.sealed_days), work, as_they_are=found.is_spoiled)
    of_all = result(NAME, _PROMISE, found.differences, rows, mend=mend, days=touched)
    return replace(of_all, summary="; ".join([of_all.summary, *told]))


class Evidence:
    """Reads days again and counts in `found` what differs: as damage, or as derived otherwise than today. Of rows that
    differ it keeps so many as `examples`."""

    def __init__(self, registry: SensorRegistry, examples: int) -> None:
        self.found = Reread()
        self._examples = examples
        self._sources = StoredSources(registry)
        self._derived_as: dict[int, dict[_Written, set[_Derived]]] = {}
        """By log: what this reader derived its events as."""
        self._read_before: set[int] = set()
        """The logs of which an older reader derived events."""

    def read_day(self, connection: Connection, day: int) -> SeenOnDay | None:
        """Read every event of a day; tells what was seen of the day. None where it has more sessions than may be kept
        in memory."""
        events = StoredEvents()  # numbers may stand for something else in the next snapshot
        with no_garbage_collection():
            self._read_day(connection, day, events)
        return events.seen

    def _read_day(self, connection: Connection, day: int, events: StoredEvents) -> None:
        found = self.found
        binds = {"first_day": day, "last_day": day}
        rows = connection.execute(statement("checks/evidence"), binds, execution_options={"yield_per": _AT_ONCE})
        for stored, source, columns, sealed_day in self._differing(connection, rows, events):
            if self._was_derived_otherwise(connection, stored, source):
                found.outdated += sealed_day is None
                if sealed_day is not None:
                    found.outdated_and_sealed += 1
                    found.outdated_seals.add(sealed_day)
                continue
            found.differences += 1
            found.days.add(day)
            if sealed_day is not None:
                found.sealed_days.add(sealed_day)
            found.is_spoiled |= not {"payload", "event_hash"}.isdisjoint(columns)
            if len(found.rows) < self._examples:
                found.rows.append(
                    {
                        "event_day": day,
                        "sensor": _shown(stored["sensor"]),
                        "session": _shown(stored["session_id"]),
                        "log_id": stored["log_id"],
                        "byte_offset": stored["byte_offset"],
                        "event": _shown(stored["event_type"]),
                        "differing": ", ".join(columns),
                    }
                )

    def _differing(self, connection: Connection, found: Result[Any], events: StoredEvents) -> Iterator[_Differing]:
        for rows in found.partitions(_AT_ONCE):
            differing = list(self._differing_of(connection, rows, events))
            sealed = sealed_events(connection, [stored for stored, _, _ in differing]) if differing else {}
            for stored, source, columns in differing:
                yield stored, source, columns, sealed.get(stored["id"])

    def _differing_of(
        self, connection: Connection, rows: Sequence[Row[Any]], events: StoredEvents
    ) -> Iterator[tuple[Stored, Source, list[str]]]:
        events.look_up(connection, rows)
        for log_id, of_log in _by_log(rows):
            source = self._sources.of(connection, log_id)
            if events.are_as_read(of_log, source):
                continue
            for row in of_log:
                stored = events.said(row)
                if columns := _differing_columns(stored, source):
                    yield stored, source, columns

    def _was_derived_otherwise(self, connection: Connection, stored: Stored, source: Source) -> bool:
        """Whether the event is what the ledger says that its log's events were derived as."""
        log_id = stored["log_id"]
        if log_id not in self._derived_as:
            self._look_up(connection, log_id)
        if log_id in self._read_before:
            return True
        try:
            event = read_event(_loads(decode_text(stored["payload"])), Source(source.folder))
        except (NotAnEventError, NotJsonError):
            return False
        written = event.whose.written_sensor
        return any(
            not _differing_columns(stored, Source(source.folder, {written: sensor}, {sensor: offset}))
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


def _by_log(rows: Sequence[Row[Any]]) -> Iterator[tuple[int, Sequence[Row[Any]]]]:
    """Logs with some rows of each, few enough to be read at once."""
    place = rows[0]._fields.index("log_id")
    for some in chunks(rows, _READ_AT_ONCE):
        found: dict[int, list[Row[Any]]] = defaultdict(list)
        for row in some:
            found[row[place]].append(row)
        yield from found.items()


def _differing_columns(stored: Stored, source: Source) -> list[str]:
    try:
        event = read_event(_loads(decode_text(stored["payload"])), source)
    except (NotAnEventError, NotJsonError):
        return ["payload"]
    matcher, session_id = event.session or (None, None)
    says = {
        **event._asdict(),
        **{name: event.detail(name) for name in (*DETAILED_NUMBERS, *DETAILED_TEXTS)},
        **{"sensor": event.sensor, "matcher": matcher, "session_id": session_id, "event_day": event.event_day},
        **{"event_type": event.event_type, "counts_as": event.counts_as},
    }
    differs = [name for name in COMPARED if says[name] != stored[name]]
    return [*differs, "event_hash"] if bytes(stored["event_hash"]) != event.identity else differs


def _shown(name: object) -> str | None:
    return None if name is None or name is NOT_THERE else str(name)


def _loads(payload: str) -> dict[str, Any]:
    value = decode(payload.encode("utf-8")).value
    if type(value) is not dict:
        raise NotJsonError("not_an_object")
    return value
