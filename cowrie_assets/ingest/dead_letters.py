"""Dead letters in the load step: each dead line of each log, once, with its place; resolved when it is read well."""

from collections.abc import Mapping

from sqlalchemy import Connection, func, select, update

from cowrie_assets.ingest.batch import Batch, DeadLetter
from cowrie_assets.warehouse.bulk_insert import insert_rows
from cowrie_assets.warehouse.codec import encode_text
from cowrie_assets.warehouse.dictionary import digest_of
from cowrie_assets.warehouse.schema import dead_letters
from cowrie_assets.warehouse.sql import statement

_CHUNK = 500


def add_letters(connection: Connection, log_id: int, batch: Batch, now: int) -> None:
    """List the dead letters of what is new in a log; those that are listed already stay as they are."""
    letters = _by_digest(log_id, batch)
    known = _listed(connection, letters)
    _insert(connection, log_id, {digest: letters[digest] for digest in letters if digest not in known}, now)


def renew_letters(connection: Connection, log_id: int, batch: Batch, now: int) -> tuple[int, int]:
    """Make the list say of a stretch of a log what this reading of it says; how many were resolved, and how many are
    new or dead again."""
    letters = _by_digest(log_id, batch)
    in_stretch = select(dead_letters.c.id, dead_letters.c.digest).where(
        dead_letters.c.log_id == log_id,
        dead_letters.c.byte_offset >= batch.start,
        dead_letters.c.byte_offset < batch.end,
        dead_letters.c.resolved_at.is_(None),
    )
    alive = [row.id for row in connection.execute(in_stretch) if bytes(row.digest) not in letters]
    listed = _listed(connection, letters)
    again = [number for number, is_resolved in listed.values() if is_resolved]
    _mark(connection, alive, {"resolved_at": now, "resolution": "read well"})
    _mark(connection, again, {"resolved_at": None, "resolution": None})
    new = {digest: letter for digest, letter in letters.items() if digest not in listed}
    _insert(connection, log_id, new, now)
    return len(alive), len(again) + len(new)


def resolve_behind(connection: Connection, log_id: int, last: Batch | None, now: int) -> None:
    """Resolve the dead letters of a log that lie behind the end of what it holds now; `last` is its last batch."""
    behind = select(dead_letters.c.id, dead_letters.c.digest).where(
        dead_letters.c.log_id == log_id,
        dead_letters.c.byte_offset >= (last.end if last else 0),
        dead_letters.c.resolved_at.is_(None),
    )
    still = _by_digest(log_id, last) if last else {}
    gone = [row.id for row in connection.execute(behind) if bytes(row.digest) not in still]
    _mark(connection, gone, {"resolved_at": now, "resolution": "no longer in the log"})


def resolve_stored(connection: Connection, log_id: int, days: tuple[int, int], now: int) -> int:
    """Resolve the dead letters of lines that are stored as events of `days` (both inclusive) all the same; how many."""
    found = statement("ingest/dead_lines_stored")
    parameters = {"log_id": log_id, "first_day": days[0], "last_day": days[1]}
    stored = list(connection.execute(found, parameters).scalars())
    _mark(connection, stored, {"resolved_at": now, "resolution": "read well"})
    return len(stored)


def resolve_all(connection: Connection, log_id: int, resolution: str, now: int) -> None:
    """Resolve every dead letter of a log."""
    connection.execute(
        update(dead_letters)
        .where(dead_letters.c.log_id == log_id, dead_letters.c.resolved_at.is_(None))
        .values(resolved_at=now, resolution=resolution)
    )


def digest_of_letter(log_id: int, byte_offset: int, reason: str, content: str) -> bytes:
    """What makes a dead letter one: the log, the place in it, why it is dead, and what stands there."""
    return digest_of(str(log_id), str(byte_offset), reason, content)


def _by_digest(log_id: int, batch: Batch) -> dict[bytes, DeadLetter]:
    return {
        digest_of_letter(log_id, letter.byte_offset, letter.reason, letter.content): letter
        for letter in batch.dead_letters
    }


def _listed(connection: Connection, letters: Mapping[bytes, DeadLetter]) -> dict[bytes, tuple[int, bool]]:
    """Those of `letters` that are listed: their ids, and whether they are resolved."""
    digests = list(letters)
    listed: dict[bytes, tuple[int, bool]] = {}
    for begin in range(0, len(digests), _CHUNK):
        query = select(dead_letters.c.id, dead_letters.c.digest, dead_letters.c.resolved_at).where(
            dead_letters.c.digest.in_(digests[begin : begin + _CHUNK])
        )
        for number, digest, resolved_at in connection.execute(query):
            listed[bytes(digest)] = number, resolved_at is not None
    return listed


def _mark(connection: Connection, ids: list[int], values: Mapping[str, object]) -> None:
    for begin in range(0, len(ids), _CHUNK):
        chunk = ids[begin : begin + _CHUNK]
        connection.execute(update(dead_letters).where(dead_letters.c.id.in_(chunk)).values(**values))


def _insert(connection: Connection, log_id: int, letters: dict[bytes, DeadLetter], now: int) -> None:
    first = (connection.execute(select(func.max(dead_letters.c.id))).scalar() or 0) + 1
    insert_rows(
        connection,
        "dead_letters",
        ("id", "digest", "log_id", "line_number", "byte_offset", "reason", "content", "content_bytes", "created_at"),
        [
            (
                *(first + position, digest, log_id, letter.line_number, letter.byte_offset, letter.reason),
                *(encode_text(letter.content), letter.content_bytes, now),
            )
            for position, (digest, letter) in enumerate(letters.items())
        ],
    )
