"""Rows that are known by a digest of what they say, and do not say it: one of the two was spoiled in the database.

Which of the two is true, the events tell that name the row.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Row, Table, delete, select, update

from cowrie_assets.cowrie.event import Event, NotAnEventError, read_event
from cowrie_assets.cowrie.lenient_json import NotJsonError
from cowrie_assets.cowrie.rule_set import rule_set
from cowrie_assets.cowrie.rule_table import RuleError
from cowrie_assets.ingest.restating_logs import UNRECORDED, find_sealed_logs
from cowrie_assets.ingest.sources import StoredSources
from cowrie_assets.ingest.spoiled import no_text
from cowrie_assets.ingest.treated_days import json_of
from cowrie_assets.sensor_registry import SensorRegistry
from cowrie_assets.warehouse.codec import decode_text, encode_text
from cowrie_assets.warehouse.dictionary import digest_of
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import (
    event_types,
    events,
    log_origins,
    sensors,
    session_keys,
    technique_rules,
    technique_ruleset,
    texts,
)

_AT_ONCE = 1000
_ASKED = 20
"""So many events are asked what a row says: of a spoiled one the payload may be spoiled, too."""
_Says = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Named:
    """A dictionary that events refer to."""

    table: Table
    named_by: Column[Any]
    """The column of `events` with its numbers."""
    name: str
    """The column that holds the name."""
    said_by: Callable[[Event], set[str]]
    """The names that an event may give it."""

    def says(self, sensor_id: int | None, name: str) -> _Says:
        """What the digest is taken of."""
        return (name,) if sensor_id is None else (str(sensor_id), name)


_SENSORS = _Named(sensors, events.c.sensor_id, "name", lambda event: {event.sensor, event.whose.written_sensor})
_EVENT_TYPES = _Named(event_types, events.c.event_type_id, "name", lambda event: {event.event_type})
_SESSIONS = _Named(
    session_keys, events.c.session_ref, "session_id", lambda event: {event.session[1]} if event.session else set()
)
_NAMED = (_SENSORS, _EVENT_TYPES, _SESSIONS)


def spoiled_rows(connection: Connection) -> Iterator[tuple[str, str]]:
    """The table and what stands in it, of each row that is not what its digest was taken of. Reads all there are."""
    for named in _NAMED:
        yield from ((named.table.name, decode_text(getattr(row, named.name))) for row in _spoiled(connection, named))
    rows = connection.execute(select(texts.c.id, texts.c.digest, texts.c.text), execution_options=_streaming())
    for number, digest, text in rows:
        if digest_of(decode_text(text)) != bytes(digest) != no_text(number):
            yield texts.name, decode_text(text)
    yield from ((technique_rules.name, decode_text(row.rule) or "") for row, _ in spoiled_rules(connection))
    yield from ((technique_ruleset.name, "the rules in force") for _ in range(_has_spoiled_ruleset(connection)))
    yield from ((log_origins.name, decode_text(row.written_sensor)) for row in _spoiled_origins(connection))


def restore_names(warehouse: Warehouse, registry: SensorRegistry) -> int:
    """Put the sensors, event types and sessions right that are not what their digests were taken of; tell how many.

    What the events say that name a row is true, and so is the name where one of them says it. What none tells of stays
    as it is.
    """
    restored = 0
    for named in _NAMED:
        with warehouse.read() as connection:
            spoiled = [row.id for row in _spoiled(connection, named)]
        for number in spoiled:
            with warehouse.write() as connection:
                restored += _restore(connection, named, number, StoredSources(registry))
    return restored


def forget_spoiled_origins(warehouse: Warehouse) -> int:
    """Take out what is recorded of the events of logs that its digest was not taken of; tell how many rows that is.

    Who derives all events anew records it. Logs with events of sealed days, which are not derived anew, keep theirs.
    """
    with warehouse.read() as connection:
        spoiled = [(row.log_id, row.digest) for row in _spoiled_origins(connection)]
    if not spoiled:
        return 0
    with warehouse.write() as connection:
        sealed = find_sealed_logs(connection)
        gone = [(log_id, digest) for log_id, digest in spoiled if log_id not in sealed]
        for log_id, digest in gone:
            row = (log_origins.c.log_id == log_id, log_origins.c.digest == digest)
            connection.execute(delete(log_origins).where(*row))
    return len(gone)


def _spoiled(connection: Connection, named: _Named) -> Iterator[Row[Any]]:
    has_sensor = named is _SESSIONS
    for row in connection.execute(select(named.table), execution_options=_streaming()):
        says = named.says(row.sensor_id if has_sensor else None, decode_text(getattr(row, named.name)))
        if row.digest is not None and bytes(row.digest) != digest_of(*says):
            yield row


def _spoiled_origins(connection: Connection) -> Iterator[Row[Any]]:
    """Rows of `log_origins`; those of before origins were recorded have a digest that tells it."""
    query = select(log_origins, sensors.c.name).outerjoin(sensors, sensors.c.id == log_origins.c.sensor_id)
    for row in connection.execute(query, execution_options=_streaming()):
        numbers = (row.named_by_folder, row.clock_offset_us, row.reader)
        words = map(decode_text, (row.written_sensor, row.uuid, row.name or ""))
        right = digest_of(*words, *map(str, numbers)) if row.reader else UNRECORDED
        if bytes(row.digest) != right:
            yield row


def spoiled_rules(connection: Connection) -> Iterator[tuple[Row[Any], bytes]]:
    """Rows of `technique_rules` that are not what their digests were taken of, each with the digest of what it says."""
    rule, technique = texts.alias("rule"), texts.alias("technique")
    query = (
        select(technique_rules, rule.c.text.label("rule"), technique.c.text.label("technique"))
        .outerjoin(rule, rule.c.id == technique_rules.c.rule_id)
        .outerjoin(technique, technique.c.id == technique_rules.c.technique_id)
    )
    for row in connection.execute(query).all():
        words = (decode_text(row.rule) or "", decode_text(row.technique) or "", row.attack_version, row.needs)
        digest = digest_of(*words)
        if bytes(row.digest) != digest:
            yield row, digest


def _has_spoiled_ruleset(connection: Connection) -> bool:
    """Whether the digest of the rules in force is not theirs; those of another release nobody can tell."""
    row = connection.execute(select(technique_ruleset)).one_or_none()
    try:
        rules = rule_set("" if row is None else decode_text(row.own_rules) or "")
    except RuleError:
        return True
    return row is not None and (row.version == rules.version) != (bytes(row.digest) == rules.digest)


def _restore(connection: Connection, named: _Named, number: int, sources: StoredSources) -> bool:
    table = named.table
    row = connection.execute(select(table).where(table.c.id == number)).one()
    query = select(events.c.payload, events.c.log_id, events.c.sensor_id).where(named.named_by == number).limit(_ASKED)
    for payload, log_id, sensor_id in connection.execute(query).all():
        try:
            event = read_event(json_of(payload), sources.of(connection, log_id))
        except (NotAnEventError, NotJsonError):
            continue
        sensor = sensor_id if named is _SESSIONS else None
        for name in named.said_by(event):
            digest = digest_of(*named.says(sensor, name))
            is_same_sensor = sensor is None or sensor == row.sensor_id
            is_name = name == decode_text(getattr(row, named.name)) and is_same_sensor
            if digest == bytes(row.digest) or (is_name and _is_free(connection, table, digest)):
                right = {named.name: encode_text(name), "digest": digest}
                right |= {} if sensor is None else {"sensor_id": sensor}
                connection.execute(update(table).where(table.c.id == number).values(right))
                return True
    return False


def _is_free(connection: Connection, table: Table, digest: bytes) -> bool:
    return connection.execute(select(table.c.id).where(table.c.digest == digest)).scalar() is None


def _streaming() -> dict[str, int]:
    return {"yield_per": _AT_ONCE}
