"""What a seal says of a day, worked out from the tables: its numbers, its identities, and digests of its rows.

A digest is BLAKE2b-256. Of raw events it is taken over identity and payload, in the order of identities. Of a summary
it is taken over the rows of the day's sessions as `sql/seals/` selects them: what follows from events alone, in words.
What newer rules give (scores), what tells of the load (`updated_at`) and what is enriched has no part in it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import orjson
from sqlalchemy import Connection, RowMapping, func, select

from cowrie_assets.ingest.sealed_events import IDENTITY_BYTES, written_day
from cowrie_assets.warehouse.schema import sealed_identities, seals, session_facts
from cowrie_assets.warehouse.sql import statement

_ROWS_AT_ONCE = 500
_IN_A_ROW = 4_096
"""Identities that stand in one row of `sealed_identities`."""
DIGESTS = {
    "session_summaries": "sessions_digest",
    "command_stats": "commands_digest",
    "login_stats": "logins_digest",
    "files": "files_digest",
}
"""The column of `seals` that holds each summary's digest."""
RAW_EVENTS = "raw_events"
IDENTITIES = "sealed_identities"
"""What else differs from a seal."""


@dataclass(frozen=True, slots=True)
class RawEvents:
    """What `events` holds of a day, as a seal has it."""

    events: int
    digest: bytes
    identities: bytes = field(default=b"", compare=False)
    """Their digest: a seal has the identities themselves."""


def raw_events_of_day(connection: Connection, day: int, *, keep_identities: bool = False) -> RawEvents:
    """Count and digest of a day's raw events; with `keep_identities` these are written beside the seal."""
    digest, identities = blake2b(digest_size=32), blake2b(digest_size=32)
    count = 0
    packed = _Packer(connection, day) if keep_identities else None
    for identity, payload in _stream(connection, "raw_events", day):
        content = payload.encode("utf-8")
        digest.update(bytes(identity) + len(content).to_bytes(8, "big"))
        digest.update(content)
        identities.update(bytes(identity))
        count += 1
        if packed is not None:
            packed.add(bytes(identity))
    if packed is not None:
        packed.finish()
    return RawEvents(count, digest.digest(), identities.digest())


def keep_identities(connection: Connection, day: int, identities: Iterable[bytes]) -> None:
    """Write identities, which come in their order, beside a day's seal."""
    packed = _Packer(connection, day)
    for identity in identities:
        packed.add(identity)
    packed.finish()


def summary_digests(connection: Connection, day: int) -> dict[str, bytes]:
    """The digests of the rows that the summaries have of a day's sessions, by the columns of `seals`."""
    return {column: _digest(_stream(connection, summary, day)) for summary, column in DIGESTS.items()}


def write_seal(connection: Connection, day: int, now: int) -> RawEvents:
    """Seal a day as it stands. Its summaries must be up to date; the transaction is alone with everything."""
    raw = raw_events_of_day(connection, day, keep_identities=True)
    of_day = select(func.count()).select_from(session_facts).where(session_facts.c.session_day == day)
    connection.execute(
        seals.insert().values(
            session_day=day,
            events=raw.events,
            sessions=connection.execute(of_day).scalar_one(),
            raw_digest=raw.digest,
            sealed_at=now,
            removed_at=None,
            **summary_digests(connection, day),
        )
    )
    return raw


def differences_from_seal(connection: Connection, seal: RowMapping) -> list[str]:
    """Which parts of a sealed day are not as they were sealed; its raw events where they are there, and what is kept to
    know them by."""
    day = seal["session_day"]
    found = summary_digests(connection, day)
    wrong = [summary for summary, column in DIGESTS.items() if found[column] != bytes(seal[column])]
    raw = raw_events_of_day(connection, day)
    is_there = seal["removed_at"] is None
    is_right = raw == RawEvents(seal["events"], bytes(seal["raw_digest"])) if is_there else raw.events == 0
    kept = _kept_identities(connection, day)
    if kept is None or kept.events != seal["events"] or (is_there and is_right and kept.identities != raw.identities):
        wrong = [IDENTITIES, *wrong]
    return wrong if is_right else [RAW_EVENTS, *wrong]


def _kept_identities(connection: Connection, day: int) -> RawEvents | None:
    """What is kept of the identities of a day; None where a row is not what can be looked up in it."""
    digest, count, last = blake2b(digest_size=32), 0, b""
    query = select(sealed_identities).where(sealed_identities.c.session_day == day)
    in_order = query.order_by(sealed_identities.c.written_day, sealed_identities.c.first_identity)
    for row in connection.execute(in_order):
        packed = bytes(row.identities)
        identities = [packed[at : at + IDENTITY_BYTES] for at in range(0, len(packed), IDENTITY_BYTES)]
        if not identities:
            return None
        bounds = (bytes(row.first_identity), bytes(row.last_identity))
        rise = [last, *identities] == sorted({last, *identities})
        if not rise or bounds != (identities[0], identities[-1]) or set(map(written_day, bounds)) != {row.written_day}:
            return None
        digest.update(packed)
        count, last = count + len(identities), identities[-1]
    return RawEvents(count, b"", digest.digest())


class _Packer:
    """Writes identities that come in their order, some thousands of a day a row."""

    def __init__(self, connection: Connection, session_day: int) -> None:
        self._connection = connection
        self._session_day = session_day
        self._day: int | None = None
        self._identities: list[bytes] = []

    def add(self, identity: bytes) -> None:
        if self._day != written_day(identity) or len(self._identities) == _IN_A_ROW:
            self.finish()
            self._day = written_day(identity)
        self._identities.append(identity)

    def finish(self) -> None:
        if self._identities:
            self._connection.execute(
                sealed_identities.insert().values(
                    written_day=self._day,
                    first_identity=self._identities[0],
                    session_day=self._session_day,
                    last_identity=self._identities[-1],
                    identities=b"".join(self._identities),
                )
            )
        self._identities = []


def _stream(connection: Connection, name: str, day: int) -> Iterator[Sequence[Any]]:
    rows = connection.execute(statement(f"seals/{name}"), {"day": day}, execution_options={"yield_per": _ROWS_AT_ONCE})
    for some in rows.partitions():
        yield from some


def _digest(rows: Iterable[Sequence[Any]]) -> bytes:
    digest = blake2b(digest_size=32)
    for row in rows:
        digest.update(orjson.dumps(list(row)) + b"\n")
    return digest.digest()
