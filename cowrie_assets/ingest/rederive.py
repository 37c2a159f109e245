"""Stored events derived anew from their payloads, as a load under today's settings and code derives them.

The same code as in a load makes the values; what differs from the stored row is written over it. An event keeps its
number, the log that brought it and its place there. Two events that are one under today's rules become one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, delete, func, select

from cowrie_assets.cowrie.event import NotAnEventError, Source, read_event
from cowrie_assets.cowrie.framing import Item, Whole
from cowrie_assets.cowrie.lenient_json import NotJsonError, decode
from cowrie_assets.ingest.batch import Batch
from cowrie_assets.ingest.batch_builder import BatchBuilder
from cowrie_assets.ingest.dead_letters import rename_replayed, replayed_identities
from cowrie_assets.ingest.distinct import Distinct
from cowrie_assets.ingest.origins import record_origins
from cowrie_assets.ingest.precedence import precedence
from cowrie_assets.ingest.resolving import Resolver
from cowrie_assets.ingest.restating import Restated, mark, withdraw
from cowrie_assets.ingest.sealed_events import sealed_events, would_join
from cowrie_assets.ingest.sources import StoredSources
from cowrie_assets.ingest.spoiled import keeps_identities, mark_spoiled
from cowrie_assets.sensor_registry import SensorRegistry
from cowrie_assets.warehouse.bulk_insert import insert_rows
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.month_partitions import add_month_partitions
from cowrie_assets.warehouse.schema import events, sensors

_ROWS = 2_000
_CHARACTERS = 8 * 1024 * 1024
"""So many events, and characters of their payloads, are in memory at a time, but at least one event."""
_KEPT = ("id", "log_id", "byte_offset", "ingested_at", "payload")
_COLUMNS = tuple(column.name for column in events.columns)
_DERIVED = tuple(name for name in _COLUMNS if name not in _KEPT)

Values = dict[str, Any]
"""An event's row by column."""


@dataclass(slots=True)
class Rederived:
    """What a day, or several, came to."""

    events: int = 0
    """Read again, each counted once though it moves to another day."""
    changed: int = 0
    merged: int = 0
    """Those that turned out to be one with another event."""
    unreadable: int = 0
    """Their payloads are no event for today's reader, or have no usable time: they stay as they were."""
    spoiled: int = 0
    """Their payloads are not what their identities were taken of: they are read from their logs again."""
    sealed: int = 0
    """Events of sealed days, and those that would become such: they stay as they are."""
    left_logs: frozenset[int] = frozenset()
    """Logs (`logs.id`) with events that would become events of sealed days."""


class Rehearsed(NamedTuple):
    """What a rehearsal, which writes nothing, would have done to a day so far."""

    settled: set[int]
    """The events (`events.id`) that are what they shall be."""
    gone: set[int]
    """Those that were found to be one with another."""
    holders: dict[bytes, int]
    """The settled ones by the identities that they got."""


class Rederiver:
    """Derives the events of days anew. Holds the dictionaries' memory between them: call `forget` after a rollback.

    With `rehearses` nothing is written; then all logs but those in `keeping` are taken as if they bore today's names of
    their folders, where it is not None.
    """

    def __init__(
        self, registry: SensorRegistry, *, rehearses: bool = False, keeping: Collection[int] | None = None
    ) -> None:
        self._sources = StoredSources(registry, keeping)
        self._configured = frozenset(sensor.name for sensor in registry.sensors)
        self._resolver = Resolver(rehearses=rehearses)
        self.rehearsed: Rehearsed | None = Rehearsed(set(), set(), {}) if rehearses else None
        self._keeping: dict[int, bool] = {}
        self._replayed: set[bytes] | None = None
        self.read = Distinct()
        """The numbers of the events read so far: one that moves to a later day is read there again."""

    def forget(self) -> None:
        """Drop what is in memory of the dictionaries."""
        self._resolver.forget()
        self._keeping.clear()
        self._replayed = None
        if self.rehearsed is not None:
            self.rehearsed = Rehearsed(set(), set(), {})

    def derive_day(self, connection: Connection, day: int) -> Rederived:
        """Derive the events of a day anew within the caller's write transaction, and mark what changed; a rehearsal's
        may only read."""
        result = Rederived()
        restated = Restated()
        after = 0
        while ids := _next_ids(connection, day, after):
            after = ids[-1]
            rows = connection.execute(select(events).where(events.c.event_day == day, events.c.id.in_(ids))).mappings()
            _Chunk(connection, self, result, restated).derive(self._open(connection, rows.all(), result))
        if self.rehearsed is None:
            mark(connection, restated)
        return result

    def _open(self, connection: Connection, rows: Sequence[RowMapping], result: Rederived) -> list[RowMapping]:
        """Those of `rows` that belong to no sealed day."""
        sealed = sealed_events(connection, rows)
        result.sealed += sum(self.read.add(number) for number in sealed)
        return [row for row in rows if row["id"] not in sealed]

    def keeps_identities(self, connection: Connection, log_id: int) -> bool:
        """As `spoiled.keeps_identities`, each log looked up once."""
        if log_id not in self._keeping:
            self._sources.of(connection, log_id)
            self._keeping[log_id] = log_id not in self._sources.renamed and keeps_identities(connection, log_id)
        return self._keeping[log_id]

    def follow_replayed(self, connection: Connection, changed: Mapping[bytes, bytes]) -> None:
        """Let the dead letters that were replayed follow their events from an identity to another."""
        if self._replayed is None:
            self._replayed = replayed_identities(connection)
        moved = {old: new for old, new in changed.items() if old in self._replayed and old != new}
        if moved:
            rename_replayed(connection, moved)
            self._replayed = None

    def identity(self, connection: Connection, row: RowMapping) -> bytes | None:
        """The identity that a payload has whatever the settings; None where it is no event."""
        source = Source(self._sources.of(connection, row["log_id"]).folder)
        item = _item(row)
        try:
            return None if item is None else read_event(item.value, source).identity
        except NotAnEventError:
            return None

    def values(self, connection: Connection, rows: Sequence[Mapping[Any, Any]]) -> dict[int, Values]:
        """The values of stored events as they are derived today, by `events.id`; of what is no event any more, none."""
        items: dict[int, list[Item]] = defaultdict(list)
        for row in rows:
            if (item := _item(row)) is not None:
                items[row["log_id"]].append(item)
        found: dict[int, Values] = {}
        for log_id, of_log in items.items():
            batch = _batch(self._sources.of(connection, log_id), of_log)
            if self.rehearsed is None:
                record_origins(connection, self._resolver.dictionaries.sensors, log_id, batch.origins)
            found |= _resolved(connection, self._resolver, batch)
        return found

    def better_claim(self, connection: Connection, rows: Iterable[Values]) -> Values:
        """Of equal events the one that stays: that of the sensor that comes first, then the one stored first."""
        candidates = list(rows)
        numbers = {row["sensor_id"] for row in candidates}
        query = select(sensors.c.id, sensors.c.name).where(sensors.c.id.in_(numbers))
        names = {number: decode_text(name) for number, name in connection.execute(query)}
        names |= {number: name for name, number in (self._resolver.dictionaries.sensors.rehearsed or {}).items()}
        return min(candidates, key=lambda row: (precedence(names[row["sensor_id"]], self._configured), row["id"]))


class _Chunk:
    """Some events of a day, and those elsewhere that they turn out to be equal to."""

    def __init__(self, connection: Connection, rederiver: Rederiver, result: Rederived, restated: Restated) -> None:
        self._connection = connection
        self._rederiver = rederiver
        self._rehearsed = rederiver.rehearsed
        self._result = result
        self._restated = restated
        self._stored: dict[int, Mapping[Any, Any]] = {}
        self._sealed: set[int] = set()
        self._today: dict[int, Values] = {}
        """The rows as they shall be, whole, of all that was read."""

    def derive(self, rows: Sequence[RowMapping]) -> None:
        if self._rehearsed is not None:
            rows = [row for row in rows if row["id"] not in self._rehearsed.gone]
        new = {row["id"] for row in rows if self._rederiver.read.add(row["id"])}
        self._read(rows)
        spoiled = self._set_spoiled_apart(rows)
        self._result.events += len(new)
        self._result.spoiled += len(new & spoiled)
        self._result.unreadable += len(new - self._today.keys() - spoiled - self._sealed)
        changed = [number for number in self._today if self._differs(number)]
        if not changed:
            return
        self._read_holders(changed)
        losers = self._losers()
        rewritten = [number for number in self._today if number not in losers and self._differs(number)]
        self._result.changed += len(rewritten)
        self._result.merged += len(losers)
        if self._rehearsed is not None:
            self._rehearsed.gone.update(losers)
            self._rehearsed.settled.update(rewritten)
            self._rehearsed.holders.update((self._identity(number), number) for number in rewritten)
            return
        identities = {bytes(self._stored[number]["event_hash"]): self._identity(number) for number in self._today}
        self._rederiver.follow_replayed(self._connection, identities)
        withdraw(self._connection, sorted(losers), self._restated)
        self._rewrite(rewritten)

    def _read(self, rows: Sequence[RowMapping]) -> None:
        """Take rows in as they shall be, those that are still events. What is sealed stays as it is, and nothing joins
        it."""
        sealed = sealed_events(self._connection, rows)
        self._sealed.update(sealed)
        derived = self._rederiver.values(self._connection, [row for row in rows if row["id"] not in sealed])
        stored = {row["id"]: row for row in rows}
        moving: list[Mapping[Any, Any]] = [
            {**values, "id": number, "stored_session": stored[number]["session_ref"]}
            for number, values in derived.items()
            if _moves(stored[number], values)
        ]
        sessions = {row["stored_session"] for row in moving} - {None}
        joining = would_join(self._connection, moving, sessions)
        self._result.sealed += len(joining - self._sealed)
        self._result.left_logs |= {stored[number]["log_id"] for number in joining}
        self._sealed |= joining
        for number in joining:
            del derived[number]
        for row in rows:
            self._stored[row["id"]] = row
            if row["id"] in derived:
                self._today[row["id"]] = {**{name: row[name] for name in _KEPT}, **derived[row["id"]]}
                if self._rehearsed is not None and row["id"] in self._rehearsed.settled:
                    self._stored[row["id"]] = self._today[row["id"]]

    def _set_spoiled_apart(self, rows: Sequence[RowMapping]) -> set[int]:
        """Mark the events whose payloads are not what their identities were taken of; their numbers."""
        spoiled = [row for row in rows if self._is_spoiled(row)]
        if self._rehearsed is None:
            mark_spoiled(self._connection, spoiled)
        numbers = {row["id"] for row in spoiled}
        for number in numbers:
            self._today.pop(number, None)
        return numbers

    def _is_spoiled(self, row: RowMapping) -> bool:
        identity = bytes(row["event_hash"])
        today = self._today.get(row["id"])
        if today is not None and today["event_hash"] == identity:
            return False
        if not self._rederiver.keeps_identities(self._connection, row["log_id"]):
            return False
        return today is not None or self._rederiver.identity(self._connection, row) != identity

    def _differs(self, number: int) -> bool:
        stored, today = self._stored[number], self._today[number]
        return any(_plain(stored[name]) != today[name] for name in _DERIVED)

    def _identity(self, number: int) -> bytes:
        """As it shall be; that of an event that stays as it is, as stored."""
        row: Mapping[Any, Any] = self._today.get(number, self._stored[number])
        return bytes(row["event_hash"])

    def _read_holders(self, changed: Sequence[int]) -> None:
        """Read the events that have the identity that a changed one shall get: they are equal, or about to change."""
        wanted = [self._identity(number) for number in changed]
        while wanted:
            rows: list[RowMapping] = []
            for some in chunks(wanted):
                rows += [row for row in self._holders(some) if row["id"] not in self._stored]
            self._read(rows)
            wanted = [
                self._identity(row["id"]) for row in rows if self._identity(row["id"]) != bytes(row["event_hash"])
            ]

    def _holders(self, identities: Sequence[bytes]) -> list[RowMapping]:
        """The events that have some identities; in a rehearsal those that would have them by now."""
        query = select(events).where(events.c.event_hash.in_(identities))
        rows = list(self._connection.execute(query).mappings())
        if self._rehearsed is None:
            return rows
        settled, gone, holders = self._rehearsed
        numbers = [holders[identity] for identity in identities if identity in holders]
        got = self._connection.execute(select(events).where(events.c.id.in_(numbers))).mappings() if numbers else ()
        return [*got, *(row for row in rows if row["id"] not in settled and row["id"] not in gone)]

    def _losers(self) -> set[int]:
        """All but one of those that shall have one identity."""
        equal: dict[bytes, list[Values]] = defaultdict(list)
        for number, row in self._stored.items():
            equal[self._identity(number)].append(self._today.get(number) or dict(row))
        losers: set[int] = set()
        for rows in equal.values():
            if len(rows) > 1:
                sealed = [row for row in rows if row["id"] in self._sealed]
                best = sealed[0] if sealed else self._rederiver.better_claim(self._connection, rows)
                losers |= {row["id"] for row in rows if row["id"] != best["id"]}
        return losers

    def _rewrite(self, numbers: Sequence[int]) -> None:
        """Take the rows out before any is put in: identities may be exchanged among them."""
        for some in chunks(numbers):
            self._connection.execute(delete(events).where(events.c.id.in_(some)))
        rows = [self._today[number] for number in numbers]
        if self._connection.dialect.name == "postgresql":
            add_month_partitions(self._connection, {row["event_hash"][:4] for row in rows})
        insert_rows(self._connection, "events", _COLUMNS, [tuple(row[name] for name in _COLUMNS) for row in rows])
        for number in numbers:
            self._restated.add(self._stored[number]["session_ref"], self._stored[number]["event_day"])
            self._restated.days.add(self._today[number]["event_day"])


def values_as_archived(
    connection: Connection, resolver: Resolver, rows: Sequence[Mapping[str, Any]]
) -> Iterator[Values | None]:
    """The rows of `events`, in their order, that archived events had: sensor, time and place are those that the archive
    says, all else is derived from the payload. None for one that is no event any more.

    `rows` have the columns of a file of the archive, texts as stored, times in microseconds and days as the warehouse
    counts them.
    """
    of_sources: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for place, row in enumerate(rows):
        if (item := _item({"id": place, "payload": row["payload"]})) is not None:
            of_sources[row["log_folder"], row["sensor"]].append(item)
    found: dict[int, Values] = {}
    for (folder, sensor), items in of_sources.items():
        batch = _batch(Source(decode_text(folder), folder_sensor=decode_text(sensor)), items)
        found |= _resolved(connection, resolver, batch)
    for place, row in enumerate(rows):
        said = {
            "event_at": row["event_timestamp"],
            "event_day": row["event_date"],
            "log_id": row["log_file_id"],
            **{name: row[name] for name in ("byte_offset", "ingested_at", "payload")},
        }
        yield {**found[place], **said} if place in found else None


def identities_of(payloads: Sequence[str], folders: Sequence[str]) -> list[bytes | None]:
    """The identities that payloads have, whatever the settings, of logs that were first read in folders of these names;
    texts are as stored. None of what is no event."""
    of_folders: dict[str, list[Item]] = defaultdict(list)
    for place, (payload, folder) in enumerate(zip(payloads, folders, strict=True)):
        if (item := _item({"id": place, "payload": payload})) is not None:
            of_folders[folder].append(item)
    found: list[bytes | None] = [None] * len(payloads)
    for folder, items in of_folders.items():
        for table in _batch(Source(decode_text(folder)), items).tables:
            columns = dict(table.items())
            for place, identity in zip(columns["byte_offset"], columns["event_hash"], strict=True):
                found[place] = identity
    return found


def _batch(source: Source, items: list[Item]) -> Batch:
    builder = BatchBuilder(source, 0)
    builder.add(items)
    return builder.finish(0, 0)


def _resolved(connection: Connection, resolver: Resolver, batch: Batch) -> dict[int, Values]:
    """What is derived of the events of a batch, by their offsets."""
    found: dict[int, Values] = {}
    for columns, rows in resolver.rows(connection, batch):
        for row in rows:
            values = dict(zip(columns, row, strict=True))
            found[values.pop("byte_offset")] = {name: values.get(name) for name in _DERIVED}
    return found


def _next_ids(connection: Connection, day: int, after: int) -> list[int]:
    """The next events of a day behind number `after`: as many as may be in memory."""
    query = (
        select(events.c.id, func.length(events.c.payload))
        .where(events.c.event_day == day, events.c.id > after)
        .order_by(events.c.id)
        .limit(_ROWS)
    )
    ids: list[int] = []
    characters = 0
    for number, length in connection.execute(query):
        characters += length
        if ids and characters > _CHARACTERS:
            break
        ids.append(number)
    return ids


def _item(row: Mapping[Any, Any]) -> Whole | None:
    """A stored payload as framing gives it, with the event's number in the place of its offset."""
    text = decode_text(row["payload"]).encode("utf-8", "surrogatepass")
    try:
        decoded = decode(text)
    except NotJsonError:
        return None
    if type(decoded.value) is not dict:
        return None
    return Whole(row["id"], 0, 0, decoded.text, decoded.value, decoded.invalid_utf8)


def _moves(stored: RowMapping, today: Values) -> bool:
    """Whether an event would belong to another session or day."""
    return any(stored[name] != today[name] for name in ("event_day", "session_ref"))


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value
