"""Days whose passwords or addresses were hashed or dropped, and what a load brings of them: it is treated as they are.

So an event that is read again is known, one that comes late is kept without what was taken out of its day, and no
dictionary gets a value that went. An event belongs to the day of its session, as a seal has it. Where a day was hashed
with a key that is not at hand, what is read again of it is dropped: it is late then, though its like is known.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, func, select

from cowrie_assets.clock import US_PER_DAY
from cowrie_assets.cowrie.lenient_json import NotJsonError, decode
from cowrie_assets.cowrie.privacy import DROPPED, LEAST_KEY, Key, Personal, Treatment, Way, treated_event
from cowrie_assets.ingest.batch import Batch, SessionKey
from cowrie_assets.ingest.batch_builder import Numbering
from cowrie_assets.ingest.bookkeeping import StalePlanError
from cowrie_assets.ingest.event_table import EventTable
from cowrie_assets.secrets import SecretError, resolve
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.codec import Utf8, decode_text, encode_utf8
from cowrie_assets.warehouse.dictionary import digest_of
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import events_behind_seal, sensors, session_facts, session_keys, treated_days

_LOG = logging.getLogger(__name__)
_LONGEST_SESSION = 31
"""Days behind a treated day on which events of its sessions are looked for."""
_TREATED = {"username": Personal.PASSWORDS, "password": Personal.PASSWORDS, "src_ip": Personal.ADDRESSES}
"""The texts of an event's row that are treated."""


class KeyNotAtHandError(ValueError):
    """The key cannot be had, or is none; the message says why, and never the key."""


def read_key(reference: str) -> Key:
    """The key that a reference names. Raises KeyNotAtHandError."""
    try:
        secret = resolve(reference)
    except SecretError as error:
        raise KeyNotAtHandError(f"the key of COWRIE_PRIVACY_KEY cannot be had: {error}") from None
    if len(secret) < LEAST_KEY:
        raise KeyNotAtHandError(f"the key of COWRIE_PRIVACY_KEY is shorter than {LEAST_KEY} characters")
    return Key(secret.encode())


def json_of(stored: str) -> dict[str, Any]:
    """The object in a payload as it is stored. Raises NotJsonError."""
    value = decode(decode_text(stored).encode("utf-8", "surrogatepass")).value
    if not isinstance(value, dict):
        raise NotJsonError("not_an_object")
    return value


def dropped_without_key(connection: Connection, day: int, payloads: Sequence[str]) -> list[bool]:
    """Whether each payload, as stored, is of an event that was dropped though its session day is hashed: it was read
    while the key was not at hand, so nobody can tell whether the day has it already."""
    of_day = select(treated_days.c.kind).where(treated_days.c.session_day == day, treated_days.c.way == int(Way.HASH))
    hashed = {Personal(kind) for kind in connection.execute(of_day).scalars()}
    fields = [name for name, kind in _TREATED.items() if kind in hashed]
    if not fields:
        return [False] * len(payloads)
    return [any(json_of(payload).get(name) == DROPPED for name in fields) for payload in payloads]


class TreatedDays:
    """The treated days of a warehouse, as one loader knows them."""

    def __init__(self, warehouse: Warehouse, key: str | None) -> None:
        """`key`: the reference of COWRIE_PRIVACY_KEY."""
        self._warehouse = warehouse
        self._reference = key
        self._state: tuple[int, int] | None = None
        self._days: dict[int, Treatment] = {}

    def treat(self, batches: Sequence[Batch]) -> list[Batch]:
        """Batches as they are to be stored; those that have no event of a treated day are the very same."""
        if self._state is None:
            with self._warehouse.read() as connection:
                self._load(connection)
        if not any(map(self._may_concern, batches)):
            return list(batches)
        with self._warehouse.read() as connection:
            return [self._treated(connection, batch) for batch in batches]

    def treat_within(self, connection: Connection, batch: Batch) -> Batch:
        """As `treat` of a batch that is made within the transaction that stores it."""
        self._load(connection)
        return self._treated(connection, batch)

    def drops_letters_of(self, last_event_at: int | None) -> bool:
        """Whether what stands in dead letters of a log is dropped, as `privacy` does with those that are stored: its
        last event so far (microseconds since 1970-01-01 UTC) is of a treated day, or lies before one."""
        return bool(self._days) and last_event_at is not None and last_event_at // US_PER_DAY <= max(self._days)

    def require_current(self, connection: Connection) -> None:
        """Raises StalePlanError where days were treated since this loader looked: what it holds may be of them."""
        if _state(connection) != self._state:
            self._state = None
            raise StalePlanError

    def _load(self, connection: Connection) -> None:
        state = _state(connection)
        if state == self._state:
            return
        rows = connection.execute(select(treated_days).order_by(treated_days.c.session_day)).all()
        key = self._key() if any(row.way == Way.HASH for row in rows) else None
        keys: dict[int, dict[Personal, Key | None]] = {}
        for row in rows:
            keys.setdefault(row.session_day, {})[Personal(row.kind)] = _key_of(row, key)
        if any(row.way == Way.HASH and keys[row.session_day][Personal(row.kind)] is None for row in rows):
            _LOG.warning("days were hashed with a key that is not at hand: what is read again of them is dropped")
        self._days = {day: Treatment(of_day) for day, of_day in keys.items()}
        self._state = state

    def _key(self) -> Key | None:
        try:
            return None if self._reference is None else read_key(self._reference)
        except KeyNotAtHandError as error:
            _LOG.warning("%s", error)
            return None

    def _may_concern(self, batch: Batch) -> bool:
        if not self._days or batch.first_event_at is None:
            return False
        return batch.first_event_at // US_PER_DAY <= max(self._days) + _LONGEST_SESSION

    def _treated(self, connection: Connection, batch: Batch) -> Batch:
        if not self._may_concern(batch):
            return batch
        of_sessions = self._of_sessions(connection, batch)
        concerned = [self._of_table(table, of_sessions) for table in batch.tables]
        return _Rewriting(batch, concerned).batch if any(map(any, concerned)) else batch

    def _of_table(self, table: EventTable, of_sessions: Mapping[int, int]) -> list[Treatment | None]:
        """How each event of a table is treated."""
        days = zip(table.column("session_ref"), table.column("event_day"), strict=True)
        return [self._days.get(of_sessions[session] if session else day) for session, day in days]

    def _of_sessions(self, connection: Connection, batch: Batch) -> dict[int, int]:
        """The day of each session, by its position: as stored, or of one that came too late; else that of its first
        event in the batch."""
        first: dict[int, int] = {}
        for table in batch.tables:
            for session, day in zip(table.column("session_ref"), table.column("event_day"), strict=True):
                if session:
                    first[session] = min(first.get(session, day), day)
        known = _known_days(connection, [batch.sessions[position - 1] for position in first])
        return {position: known.get(batch.sessions[position - 1], day) for position, day in first.items()}


class _Rewriting:
    """A batch with some of its events treated, and no text that these alone named."""

    def __init__(self, batch: Batch, concerned: Sequence[Sequence[Treatment | None]]) -> None:
        self._batch = batch
        self._folder = next((origin.written_sensor for origin in batch.origins if origin.named_by_folder), "")
        self._texts: Numbering[str | Utf8] = Numbering()
        tables = [self._table(*each) for each in zip(batch.tables, concerned, strict=True)]
        self.batch = replace(batch, tables=tables, texts=self._texts.things())

    def _table(self, table: EventTable, concerned: Sequence[Treatment | None]) -> EventTable:
        columns = {name: list(column) for name, column in table.items()}
        texts = {"src_ip": "src_ip_id", "protocol": "protocol_id", **{name: f"{name}_id" for name in table.shape.texts}}
        for place, treatment in enumerate(concerned):
            if treatment is not None:
                self._treat(columns, place, treatment)
        for name, column in texts.items():
            columns[column] = [
                self._position(position, None if treatment is None else treatment, _TREATED.get(name))
                for position, treatment in zip(columns[column], concerned, strict=True)
            ]
        return table.like(columns.values())

    def _treat(self, columns: Mapping[str, list[Any]], place: int, treatment: Treatment) -> None:
        value = json_of(columns["payload"][place].decode("utf-8"))
        treated = treated_event(value, treatment, self._folder, columns["event_hash"][place])
        columns["event_hash"][place] = treated.identity
        columns["payload"][place] = encode_utf8(treated.text)

    def _position(self, position: int, treatment: Treatment | None, kind: Personal | None) -> int:
        if not position:
            return 0
        text = self._batch.texts[position - 1]
        if treatment is not None and kind is not None and kind in treatment.keys:
            text = treatment.text(kind, text.decode("utf-8") if isinstance(text, Utf8) else text)
        return self._texts[text]


def _key_of(row: Row[Any], key: Key | None) -> Key | None:
    """What a day is treated with; None where it was dropped, or its key is not at hand."""
    return key if row.way == Way.HASH and key is not None and bytes(row.key_mark) == key.mark else None


def _state(connection: Connection) -> tuple[int, int]:
    query = select(func.count(), func.coalesce(func.max(treated_days.c.treated_at), 0))
    count, newest = connection.execute(query).one()
    return count, newest


def _known_days(connection: Connection, sessions: Sequence[SessionKey]) -> dict[SessionKey, int]:
    """The days of those sessions that are stored, or of which an event came too late."""
    names = {digest_of(sensor): sensor for sensor, _ in sessions}
    numbers: dict[str, int] = {}
    for some in chunks(list(names)):
        of_some = select(sensors.c.digest, sensors.c.id).where(sensors.c.digest.in_(some))
        numbers |= {names[bytes(digest)]: number for digest, number in connection.execute(of_some)}
    marks = {digest_of(str(numbers[key[0]]), key[1]): key for key in sessions if key[0] in numbers}
    found: dict[SessionKey, int] = {}
    late = func.min(events_behind_seal.c.session_day)
    for some in chunks(list(marks)):
        keys = select(session_keys.c.digest).where(session_keys.c.digest.in_(some))
        of_late = keys.add_columns(late).join(events_behind_seal, events_behind_seal.c.session_ref == session_keys.c.id)
        of_facts = keys.add_columns(session_facts.c.session_day).join(
            session_facts, session_facts.c.session_ref == session_keys.c.id
        )
        for query in (of_late.group_by(session_keys.c.digest), of_facts):
            found |= {marks[bytes(digest)]: day for digest, day in connection.execute(query)}
    return found
