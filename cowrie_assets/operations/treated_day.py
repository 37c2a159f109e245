"""What a sealed day's rows name as passwords and addresses, hashed or dropped within one transaction.

Its summaries, sightings, raw events, late events and its seal become those that a load of the treated events would have
made. What services said of a value goes with the last day that has it as it was written.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from cowrie_assets.cowrie.event_types import KNOWN
from cowrie_assets.cowrie.lenient_json import NotJsonError
from cowrie_assets.cowrie.privacy import Personal, TreatedEvent, Treatment, Way, as_copy, treated_event
from cowrie_assets.enrichment.answers import Kind
from cowrie_assets.ingest.dead_letters import rename_replayed, replayed_identities
from cowrie_assets.ingest.rederive import identities_of
from cowrie_assets.ingest.sources import StoredSources
from cowrie_assets.ingest.treated_days import json_of
from cowrie_assets.sensor_registry import SensorRegistry
from cowrie_assets.summaries.networks import map_addresses
from cowrie_assets.summaries.seals import RawEvents, keep_identities, raw_events_of_day, summary_digests
from cowrie_assets.warehouse import day_versions
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.codec import decode_text, encode_utf8
from cowrie_assets.warehouse.dictionary import Dictionaries
from cowrie_assets.warehouse.schema import (
    event_days,
    events,
    events_behind_seal,
    sealed_identities,
    seals,
    treated_days,
    verdict_changes,
    verdict_data,
    verdict_facts,
)
from cowrie_assets.warehouse.sighting_kinds import SightingKind
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.temporary_tables import make_empty
from cowrie_assets.warehouse.upsert import upsert

_SIGHTED = {Personal.PASSWORDS: SightingKind.PASSWORD, Personal.ADDRESSES: SightingKind.NETWORK}
_JUDGED = {Personal.PASSWORDS: Kind.PASSWORD, Personal.ADDRESSES: Kind.ADDRESS}
_COLUMNS = {
    Personal.PASSWORDS: ("username_id", "password_id"),
    Personal.ADDRESSES: ("src_ip_id",),
}
_STORED = (
    *(events.c.event_hash, events.c.payload, events.c.log_id, events.c.event_day),
    *(events.c.src_ip_id, events.c.username_id, events.c.password_id),
)


class Treating:
    """Treats the events of a day one after the other, and tells those apart that become equal."""

    def __init__(self, treatment: Treatment) -> None:
        self.treatment = treatment
        self._seen: dict[bytes, int] = {}
        self.renamed: dict[bytes, bytes] = {}
        """The identities that dead letters may name, with what these are now."""

    def event(self, payload: str, folder: str, identity: bytes, named: frozenset[bytes]) -> TreatedEvent:
        """An event by its stored payload. `named` are the identities that dead letters name. Raises NotJsonError."""
        value = json_of(payload)
        treated = treated_event(value, self.treatment, folder, identity)
        number = self._seen[treated.identity] = self._seen.get(treated.identity, 0) + 1
        if number > 1:
            treated = as_copy(treated, self.treatment.event(value), folder, number)
        if identity in named:
            self.renamed[identity] = treated.identity
        return treated


def treat_day(
    connection: Connection,
    day: int,
    treatment: Treatment,
    *,
    now: int,
    file_waits: bool,
    archived: tuple[RawEvents, Iterable[bytes]] | None,
) -> None:
    """Treat a sealed day within a transaction that is alone. `archived` is what its file, written anew, holds where
    its raw events left: what a seal says of it, and the identities in order; None where they are here. `now` is in
    microseconds since 1970-01-01 UTC, and becomes the time of the seal."""
    for kind, key in treatment.keys.items():
        row = {"way": Way.DROP if key is None else Way.HASH, "key_mark": None if key is None else key.mark}
        upsert(
            connection,
            treated_days,
            {"session_day": day, "kind": int(kind)},
            {**row, "treated_at": now, "file_waits": int(file_waits)},
        )
    mapped = _map_texts(connection, day, treatment)
    if archived is None:
        _treat_events(connection, day, treatment, mapped)
    for kind in treatment.keys:
        _treat_summaries(connection, day, kind)
    _treat_late(connection, day, treatment)
    connection.execute(delete(sealed_identities).where(sealed_identities.c.session_day == day))
    if archived is None:
        raw = raw_events_of_day(connection, day, keep_identities=True)
    else:
        raw, identities = archived
        keep_identities(connection, day, identities)
    values = {"raw_digest": raw.digest, "sealed_at": now, **summary_digests(connection, day)}
    connection.execute(update(seals).where(seals.c.session_day == day).values(values))
    day_versions.renew_sessions(connection, day_versions.of_all_sensors(connection, {day}))


def _map_texts(connection: Connection, day: int, treatment: Treatment) -> dict[Personal, dict[int, int]]:
    """The numbers of the texts that a day names, by those of what they were; also as the table `treated_texts`."""
    make_empty(connection, "treated_texts", "kind INTEGER, old_id BIGINT, new_id BIGINT, PRIMARY KEY (kind, old_id)")
    make_empty(
        connection, "treated_sightings", "kind INTEGER, old_id BIGINT, new_id BIGINT, PRIMARY KEY (kind, old_id)"
    )
    dictionary = Dictionaries(KNOWN.__contains__).texts
    found: dict[Personal, dict[int, int]] = {}
    for kind in treatment.keys:
        named = connection.execute(statement(f"privacy/{kind.name.lower()}_of_day"), {"day": day}).all()
        treated = [treatment.text(kind, decode_text(row.text)) for row in named]
        numbers = dict(zip([row.id for row in named], _resolved(connection, dictionary, treated), strict=True))
        rows = [{"kind": int(kind), "old": old, "new": new} for old, new in numbers.items()]
        if rows:
            put = text("INSERT INTO treated_texts (kind, old_id, new_id) VALUES (:kind, :old, :new)")
            connection.execute(put, rows)
        found[kind] = numbers
    return found


def _resolved(connection: Connection, dictionary: Any, treated: Sequence[str]) -> list[int]:  # noqa: ANN401
    distinct = list(dict.fromkeys(treated))
    numbers = dict(zip(distinct, dictionary.resolve(connection, distinct), strict=True))
    return [numbers[each] for each in treated]


def _treat_events(
    connection: Connection, day: int, treatment: Treatment, mapped: Mapping[Personal, Mapping[int, int]]
) -> None:
    treating, named = Treating(treatment), frozenset(replayed_identities(connection))
    sources, days = StoredSources(SensorRegistry()), set[int]()
    identities = sorted(map(bytes, connection.execute(statement("privacy/identities_of_day"), {"day": day}).scalars()))
    new_numbers = {column: mapped[kind] for kind in treatment.keys for column in _COLUMNS[kind]}
    for some in chunks(identities):
        rows = connection.execute(select(*_STORED).where(events.c.event_hash.in_(some))).mappings().all()
        changes = []
        for row in sorted(rows, key=lambda row: bytes(row["event_hash"])):
            identity = bytes(row["event_hash"])
            folder = sources.of(connection, row["log_id"]).folder
            treated = treating.event(row["payload"], folder, identity, named)
            days.add(row["event_day"])
            numbers = {
                column: new_numbers[column].get(row[column]) if column in new_numbers else row[column]
                for columns in _COLUMNS.values()
                for column in columns
            }
            stored = {"stored": identity, "treated": treated.identity, "payload": _payload(treated)}
            changes.append({**stored, **numbers})
        connection.execute(statement("privacy/treat_event"), changes)
    rename_replayed(connection, treating.renamed)
    day_versions.renew(connection, event_days, days)


def _treat_summaries(connection: Connection, day: int, kind: Personal) -> None:
    binds = {"day": day, "kind": int(kind)}
    if kind is Personal.ADDRESSES:
        connection.execute(statement("privacy/treat_session_addresses"), binds)
        map_addresses(connection, day)
        connection.execute(statement("privacy/networks_of_treated"), {"kind": int(kind)})
    else:
        make_empty(
            connection,
            "treated_logins",
            "session_ref BIGINT, username_id BIGINT, password_id BIGINT, attempts INTEGER, successes INTEGER, "
            "first_seen BIGINT, last_seen BIGINT",
        )
        connection.execute(statement("privacy/treat_session_passwords"), binds)
        connection.execute(statement("privacy/treated_logins"), binds)
        connection.execute(statement("privacy/remove_logins"), {"day": day})
        connection.execute(statement("privacy/put_logins"))
        connection.execute(statement("privacy/passwords_of_treated"), {"kind": int(kind)})
    connection.execute(statement("privacy/add_sightings"), {"day": day})
    sighted = {"kind": int(kind), "sighting_kind": int(_SIGHTED[kind])}
    connection.execute(statement("privacy/forget_sightings"), sighted)
    _forget_answers(connection, kind)


def forget_addresses(connection: Connection) -> None:
    """Remove what is kept of addresses that no session has any more. To be alone with: a refresh puts in what it
    needs."""
    for name in ("addresses", "places", "tags"):
        connection.execute(statement(f"privacy/forget_{name}"))


def _forget_answers(connection: Connection, kind: Personal) -> None:
    """Remove what services said of values that no day has any more as they were written."""
    make_empty(connection, "unnamed_values", "id BIGINT PRIMARY KEY")
    connection.execute(statement(f"privacy/unnamed_{kind.name.lower()}"), {"kind": int(kind)})
    unnamed = text("SELECT id FROM unnamed_values")
    for some in chunks(list(connection.execute(unnamed).scalars())):
        for table in (verdict_facts, verdict_data, verdict_changes):
            connection.execute(delete(table).where(table.c.kind == int(_JUDGED[kind]), table.c.value_id.in_(some)))


def _treat_late(connection: Connection, day: int, treatment: Treatment) -> None:
    """Late events of a day as they would have come, had it been treated before."""
    of_day = events_behind_seal.c.session_day == day
    late = connection.execute(select(events_behind_seal).where(of_day)).mappings().all()
    if not late:
        return
    sources = StoredSources(SensorRegistry())
    rows = {}
    for row in late:
        folder = sources.of(connection, row["log_id"]).folder
        treated = treated_event(json_of(row["payload"]), treatment, folder, bytes(row["event_hash"]))
        rows[treated.identity] = {**row, "event_hash": treated.identity, "payload": _payload(treated)}
    connection.execute(delete(events_behind_seal).where(of_day))
    engine = postgresql if connection.dialect.name == "postgresql" else sqlite
    put = engine.insert(events_behind_seal).on_conflict_do_nothing(index_elements=["event_hash"])
    connection.execute(put, list(rows.values()))


def treated_rows(
    rows: Iterable[Sequence[Mapping[str, Any]]], treating: Treating, named: frozenset[bytes] = frozenset()
) -> Iterator[list[dict[str, Any]]]:
    """The rows of a day's file as they are treated, some at a time. Raises NotJsonError."""
    for some in rows:
        folders = [row["log_folder"] for row in some]
        identities = identities_of([row["payload"] for row in some], folders)
        treated = []
        for row, folder, identity in zip(some, folders, identities, strict=True):
            if identity is None:
                raise NotJsonError("invalid_json")
            event = treating.event(row["payload"], decode_text(folder), identity, named)
            address = row["src_ip"]
            if address is not None and Personal.ADDRESSES in treating.treatment.keys:
                address = treating.treatment.text(Personal.ADDRESSES, decode_text(address))
            treated.append({**row, "payload": _payload(event), "src_ip": address})
        yield treated


def _payload(treated: TreatedEvent) -> str:
    return encode_utf8(treated.text).decode("utf-8")
