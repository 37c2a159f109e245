"""What a load step brings of sealed days: events that are known behind a seal, and events that come too late for it.

A sealed day does not change. Its events are those of the sessions that began on it, whatever day they lie on, and those
of no session that lie on it. One that the seal knows by its identity is never stored a second time: where the raw
events have left the warehouse the log counts it as archived. One that the seal does not know is late: it is kept in
`events_behind_seal`, which is the view `late_events`, and counts as archived, too, until the day is unsealed.

Of a session that nobody knows yet, the day of its first event decides. Where some events of a session stand on an open
day already, one that would move it to a sealed day is late alone.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select
from sqlalchemy.dialects import postgresql, sqlite

from cowrie_assets.warehouse.bulk_insert import Group
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.schema import events, events_behind_seal, sealed_identities, seals, session_facts
from cowrie_assets.warehouse.sql import statement

IDENTITY_BYTES = 16
_SECONDS_PER_DAY = 86_400
_NEWEST_SEALED = select(func.max(seals.c.session_day))
_LATE_COLUMNS = ("event_hash", "sensor_id", "session_ref", "event_type_id", "event_at", "byte_offset", "payload")


@dataclass(slots=True)
class FilteredEvents:
    """What is left of a step's events, and what was set apart of them."""

    groups: Sequence[Group]
    """What may be stored."""
    archived: int = 0
    """Lines that are events of sealed days and are not in `events`."""
    late: int = 0
    """How many of them are late and were not seen before."""
    known: Collection[bytes] = field(default_factory=frozenset)
    """Identities that a seal knows, and that are in `events` still."""


def has_seals(connection: Connection) -> bool:
    """Whether a day is sealed."""
    return connection.execute(select(seals.c.session_day).limit(1)).scalar() is not None


def written_day(identity: bytes) -> int:
    """The UTC day in which an event says that it was written, as its identity begins with it."""
    return int.from_bytes(identity[:4], "big") // _SECONDS_PER_DAY


def filter_sealed(connection: Connection, groups: Sequence[Group], log_id: int, now: int) -> FilteredEvents:
    """Take the events of sealed days that are not in `events` out of a step's, and keep those that are late.

    Costs two look-ups where no day is sealed. `now` is in microseconds since 1970-01-01 UTC.
    """
    if not groups or connection.execute(_NEWEST_SEALED).scalar() is None:
        return FilteredEvents(groups)
    days = {row[columns.index("event_day")] for columns, rows in groups for row in rows}
    sealed = select(seals.c.session_day).where(seals.c.session_day.between(min(days), max(days)))
    return _Step(connection, frozenset(connection.execute(sealed).scalars()), groups).filter_sealed(log_id, now)


def sealed_day_of_sessions(connection: Connection, sessions: Collection[int]) -> dict[int, int]:
    """The sealed days of those sessions that belong to one."""
    found: dict[int, int] = {}
    for some in chunks(sorted(sessions)):
        query = select(session_facts.c.session_ref, session_facts.c.session_day)
        is_sealed = session_facts.c.session_day.in_(select(seals.c.session_day))
        rows = connection.execute(query.where(session_facts.c.session_ref.in_(some), is_sealed))
        found |= dict(rows.all())
    return found


def sealed_events(connection: Connection, rows: Collection[Mapping[Any, Any]]) -> dict[int, int]:
    """The `id` of those events, rows with `id`, `session_ref` and `event_day`, that belong to a sealed day, with this
    day."""
    days = set(connection.execute(select(seals.c.session_day)).scalars())
    if not days:
        return {}
    sessions = sealed_day_of_sessions(connection, {row["session_ref"] for row in rows} - {None})
    found: dict[int, int] = {}
    for row in rows:
        if row["session_ref"] is not None and row["session_ref"] in sessions:
            found[row["id"]] = sessions[row["session_ref"]]
        elif row["session_ref"] is None and row["event_day"] in days:
            found[row["id"]] = row["event_day"]
    return found


def would_join(connection: Connection, moving: Collection[Mapping[Any, Any]], sessions: Collection[int]) -> set[int]:
    """The `id` of those events, rows as they shall be, that would make a seal wrong: they would come to a sealed day or
    to one of its sessions, or leave a session (one of `sessions`, as stored) that has other events on a sealed day."""
    days = set(connection.execute(select(seals.c.session_day)).scalars())
    if not days:
        return set()
    found = {*sealed_events(connection, moving), *(row["id"] for row in moving if row["event_day"] in days)}
    bound: set[int] = set()
    for some in chunks(sorted(sessions)):
        of_seals = events.c.session_ref.in_(some) & events.c.event_day.in_(days)
        bound.update(connection.execute(select(events.c.session_ref).where(of_seals).distinct()).scalars())
    return found | {row["id"] for row in moving if row["stored_session"] in bound}


def archived_of(connection: Connection, identities: Sequence[bytes]) -> set[bytes]:
    """Those of the identities whose events are of sealed days and not in `events`, or too late for one."""
    if not identities or connection.execute(_NEWEST_SEALED).scalar() is None:
        return set()
    return _Step(connection, frozenset(), ()).away(identities)


class _Step:
    def __init__(self, connection: Connection, sealed: Collection[int], groups: Sequence[Group]) -> None:
        self._connection = connection
        self._sealed = sealed
        """The sealed days among those of the events."""
        self._groups = groups

    def filter_sealed(self, log_id: int, now: int) -> FilteredEvents:
        identities = [row[at] for columns, rows in self._groups for at in (_at(columns),) for row in rows]
        is_away = self._known(identities) | dict.fromkeys(self._late_before(identities), True)
        days = self._days_of_sessions(is_away)
        is_away |= dict.fromkeys(self._stored(days, is_away), False)
        kept: list[Group] = []
        late: list[tuple[int, dict[str, Any]]] = []
        archived = 0
        for columns, rows in self._groups:
            places = {name: columns.index(name) for name in (*_LATE_COLUMNS, "event_day")}
            left: list[tuple[Any, ...]] = []
            for row in rows:
                away = is_away.get(row[places["event_hash"]])
                if away is None:
                    day = self._late_for(days, row[places["session_ref"]], row[places["event_day"]])
                    away = day is not None
                    if day is not None:
                        late.append((day, {name: row[places[name]] for name in _LATE_COLUMNS}))
                if away:
                    archived += 1
                else:
                    left.append(row)
            if left:
                kept.append((columns, left))
        new = self._keep_late(late, log_id, now)
        return FilteredEvents(kept, archived, new, {identity for identity, away in is_away.items() if not away})

    def away(self, identities: Sequence[bytes]) -> set[bytes]:
        """Those that a seal knows and that left the warehouse, and those that came too late."""
        known = {identity for identity, is_removed in self._known(identities).items() if is_removed}
        return known | self._late_before(identities)

    def _stored(self, days: "_Days", known: Collection[bytes]) -> set[bytes]:
        """Of the identities that would be late, those that stand in the warehouse under other settings: duplicates."""
        late: list[bytes] = []
        for columns, rows in self._groups:
            identity, ref, day = _at(columns), columns.index("session_ref"), columns.index("event_day")
            late += [
                row[identity]
                for row in rows
                if row[identity] not in known and self._late_for(days, row[ref], row[day]) is not None
            ]
        found: set[bytes] = set()
        for some in chunks(late):
            query = select(events.c.event_hash).where(events.c.event_hash.in_(some))
            found.update(bytes(identity) for identity in self._connection.execute(query).scalars())
        return found

    def _known(self, identities: Sequence[bytes]) -> dict[bytes, bool]:
        """Of the identities that a seal knows, whether the event has left the warehouse."""
        newest = self._connection.execute(select(func.max(sealed_identities.c.written_day))).scalar()
        by_day: dict[int, set[bytes]] = defaultdict(set)
        for identity in identities:
            day = written_day(identity)
            if newest is not None and day <= newest:
                by_day[day].add(identity)
        found: dict[bytes, bool] = {}
        for day, some in by_day.items():
            binds = {"written_day": day, "least": min(some), "greatest": max(some)}
            for row in self._connection.execute(statement("ingest/sealed_identities"), binds):
                packed = bytes(row.identities)
                of_seal = {packed[at : at + IDENTITY_BYTES] for at in range(0, len(packed), IDENTITY_BYTES)}
                found |= dict.fromkeys(some & of_seal, bool(row.is_removed))
        return found

    def _late_before(self, identities: Sequence[bytes]) -> set[bytes]:
        """Those that came too late before, for a day that is sealed still."""
        last = select(events_behind_seal.c.event_hash).order_by(events_behind_seal.c.event_hash.desc()).limit(1)
        newest = self._connection.execute(last).scalar()
        found: set[bytes] = set()
        if newest is None:
            return found
        for some in chunks([identity for identity in identities if identity <= bytes(newest)]):
            query = select(events_behind_seal.c.event_hash).where(
                events_behind_seal.c.event_hash.in_(some), _is_late_still()
            )
            found.update(bytes(identity) for identity in self._connection.execute(query).scalars())
        return found

    def _days_of_sessions(self, known: Collection[bytes]) -> "_Days":
        """Where the sessions belong whose events no seal knows."""
        first: dict[int, int] = {}
        questionable: set[int] = set()
        for columns, rows in self._groups:
            identity, ref, day = _at(columns), columns.index("session_ref"), columns.index("event_day")
            for row in rows:
                if row[ref] is None or row[identity] in known:
                    continue
                first[row[ref]] = min(first.get(row[ref], row[day]), row[day])
                if row[day] in self._sealed:
                    questionable.add(row[ref])
        sealed = sealed_day_of_sessions(self._connection, first)
        late: dict[int, int] = {}
        for some in chunks(sorted(first.keys() - sealed.keys())):
            of_some = (events_behind_seal.c.session_ref.in_(some), _is_late_still())
            days = select(events_behind_seal.c.session_ref, func.min(events_behind_seal.c.session_day)).where(*of_some)
            late |= dict(self._connection.execute(days.group_by(events_behind_seal.c.session_ref)).all())
        stored: dict[int, int] = {}
        for some in chunks(sorted((questionable | late.keys()) - sealed.keys())):
            earliest = select(events.c.session_ref, func.min(events.c.event_day)).where(events.c.session_ref.in_(some))
            stored |= dict(self._connection.execute(earliest.group_by(events.c.session_ref)).all())
        sealed |= {session: day for session, day in late.items() if session not in stored}
        return _Days(sealed, first, stored)

    def _late_for(self, days: "_Days", session: int | None, event_day: int) -> int | None:
        """The sealed day that an event which no seal knows is late for; None where it is not late."""
        if session is None:
            return event_day if event_day in self._sealed else None
        if session in days.sealed:
            return days.sealed[session]
        stored, first = days.stored.get(session), days.first[session]
        if stored is None:
            return first if first in self._sealed else None
        begins = min([stored, *([first] if first not in self._sealed else [])])
        return event_day if event_day in self._sealed and begins >= event_day else None

    def _keep_late(self, late: Sequence[tuple[int, dict[str, Any]]], log_id: int, now: int) -> int:
        first = {values["event_hash"]: (day, values) for day, values in reversed(late)}
        rows = [
            {**values, "payload": _text(values["payload"]), "session_day": day, "log_id": log_id, "seen_at": now}
            for _, (day, values) in sorted(first.items())
        ]
        if not rows:
            return 0
        insert = postgresql.insert if self._connection.dialect.name == "postgresql" else sqlite.insert
        keep = insert(events_behind_seal).on_conflict_do_nothing(index_elements=["event_hash"])
        self._connection.execute(keep, rows)  # in order: another log may bring the same at this moment
        return len(rows)


@dataclass(frozen=True, slots=True)
class _Days:
    """Of the sessions of a step's events that no seal knows."""

    sealed: dict[int, int]
    """The sealed day of those that belong to one."""
    first: dict[int, int]
    """The first day of the step's events."""
    stored: dict[int, int]
    """The first day of the stored events, of the sessions that have an event on a sealed day in the step."""


def _is_late_still() -> ColumnElement[bool]:
    return events_behind_seal.c.session_day.in_(select(seals.c.session_day))


def _at(columns: Sequence[str]) -> int:
    return columns.index("event_hash")


def _text(payload: bytes | str) -> str:
    return payload if isinstance(payload, str) else payload.decode("utf-8")
