"""Events of a log that its last reading did not find where they stood: a hole came into it, or the limit was lowered.

They were written, and stay. The ledger's numbers of the log are those of what it holds now, so that what it held before
gets a row of its own, the next generation at its path, which owns them.
"""

from array import array

from sqlalchemy import Connection, func, insert, literal, select, update

from cowrie_assets.ingest.ledger import KnownLog
from cowrie_assets.warehouse.schema import events, log_origins, logs
from cowrie_assets.warehouse.sql import statement

_CHUNK = 500
_NO_CONTENT = b""
"""The fingerprint of a row that no file is known by."""


def give_lost_to_a_row_of_their_own(connection: Connection, known: KnownLog, found: "array[int]", now: int) -> None:
    """Take the stored events of `known` that do not stand at one of the offsets `found` from it."""
    stored = select(events.c.event_hash, events.c.byte_offset).where(events.c.log_id == known.id)
    at = set(found)
    lost = [bytes(identity) for identity, offset in connection.execute(stored) if offset not in at]
    number = _open(connection, known, len(lost), now)
    for begin in range(0, len(lost), _CHUNK):
        chunk = lost[begin : begin + _CHUNK]
        connection.execute(update(events).where(events.c.event_hash.in_(chunk)).values(log_id=number))
    connection.execute(statement("ingest/span_of_log"), {"log_id": number})


def _open(connection: Connection, known: KnownLog, lost: int, now: int) -> int:
    number = int(connection.execute(select(func.max(logs.c.id))).scalar_one()) + 1
    row = dict(connection.execute(select(logs).where(logs.c.id == known.id)).mappings().one())
    generation = connection.execute(select(func.max(logs.c.generation)).where(logs.c.path == row["path"])).scalar_one()
    counted = (
        "duplicates",
        "dead_letters",
        "blank",
        "invalid_utf8",
        "unknown_event_ids",
        "naive_timestamps",
        "unusual",
    )
    row |= dict.fromkeys((*counted, "bytes_read", "unterminated", "doubt"), 0)
    row |= {"id": number, "generation": generation + 1, "lines": lost, "events": lost, "next_line": 1, "suspects": None}
    row |= {"fingerprint": _NO_CONTENT, "checkpoint": b"", "status": "closed", "proved": 1, "last_ingested_at": now}
    connection.execute(logs.insert().values(**row))
    names = [column.name for column in log_origins.columns if column.name != "log_id"]
    origins = select(literal(number), *(log_origins.c[name] for name in names)).where(log_origins.c.log_id == known.id)
    connection.execute(insert(log_origins).from_select(["log_id", *names], origins))
    return number
