"""What a seal says of a day, worked out from the tables: its numbers, its identities, and digests of its rows.

A digest is BLAKE2b-256. Of raw events it is taken over identity and payload, in the order of identities. Of a summary
it is taken over the rows of the day's sessions as `sql/seals/` selects them: what follows from events alone, in words.
What newer rules give (scores), what tells of the load (`updated_at`) and what is enriched has no part in it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import orjson
from sqlalchemy import Connection, RowMapping, func, select

from cowrie_assets.ingest.sealed_events import written_day
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
"""What else differs from a seal."""


@dataclass(frozen=True, slots=True)
class RawEvents:
    """What `events` holds of a day, as a seal has it."""

    events: int
    digest: bytes


def raw_events_of_day(connection: Connection, day: int, *, keep_identities: bool = False) -> RawEvents:
    """Count and digest of a day's raw events; with `keep_identities` these are written beside the seal."""
    digest = blake2b(digest_size=32)
    count = 0
    packed = _Packer(connection, day) if keep_identities else None
    for identity, payload in _stream(connection, "raw_events", day):
        content = payload.encode("utf-8")
        digest.update(bytes(identity) + len(content).to_bytes(8, "big"))
        digest.update(content)
        count += 1
        if packed is not None:
            packed.add(bytes(identity))
    if packed is not None:
        packed.finish()
    return RawEvents(count, digest.digest())


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
    """Which parts of a sealed day are not as they were sealed; its raw events where they are there."""
    day = seal["session_day"]
    found = summary_digests(connection, day)
    wrong = [summary for summary, column in DIGESTS.items() if found[column] != bytes(seal[column])]
    raw = raw_events_of_day(connection, day)
    is_right = (
        raw == RawEvents(seal["events"], bytes(seal["raw_digest"])) if seal["removed_at"] is None else raw.events == 0
    )
    return wrong if is_right else [RAW_EVENTS, *wrong]


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
