"""Events that were spoiled in the database: their JSON is not what their identity was taken of.

What is true stands in their log. A reparse gives such an event a mark in the place of its identity, which sets that
free, and has the log read again; when the event is read from it, the marked one in its place goes. Nothing is lost
where the log is gone: the marked event stays, and the check of the evidence goes on to tell it.
"""

from collections.abc import Iterable
from hashlib import blake2b

from sqlalchemy import Connection, RowMapping, delete, select, update

from cowrie_assets.cowrie.event import READER_VERSION
from cowrie_assets.ingest.restating import Restated, mark
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.dictionary import digest_of
from cowrie_assets.warehouse.engine import Warehouse, require_alone
from cowrie_assets.warehouse.schema import events, log_origins, logs, texts
from cowrie_assets.warehouse.sql import statement

_TIME_BYTES = 4
"""Of an identity: the month's partition goes by them."""


def mark_spoiled(connection: Connection, rows: Iterable[RowMapping]) -> int:
    """Set the identities of spoiled events free, and their logs in doubt; tell how many events it were."""
    spoiled = list(rows)
    for row in spoiled:
        taken = _mark_of(bytes(row["event_hash"]), row["payload"])
        connection.execute(update(events).where(events.c.id == row["id"]).values(event_hash=taken))
    of_logs = logs.c.id.in_({row["log_id"] for row in spoiled})
    connection.execute(update(logs).where(of_logs).values(doubt=1))
    return len(spoiled)


def remove_replaced(connection: Connection, log_id: int, days: tuple[int, int]) -> int:
    """Take out the marked events of a log, on `days` (both inclusive), in whose place it holds another event; tell how
    many."""
    binds = {"log_id": log_id, "first_day": days[0], "last_day": days[1]}
    gone, restated = [], Restated()
    for row in connection.execute(statement("ingest/events_replaced"), binds):
        if bytes(row.event_hash) == _mark_of(bytes(row.event_hash), row.payload):
            gone.append(row.id)
            restated.add(row.session_ref, row.event_day)
    if gone:
        require_alone(connection)
    for some in chunks(gone):
        connection.execute(delete(events).where(events.c.id.in_(some)))
    mark(connection, restated)
    return len(gone)


def keeps_identities(connection: Connection, log_id: int) -> bool:
    """Whether the events of a log have the identities that this reader takes of them: it read them all, under the name
    that the ledger has for their folder."""
    readers = set(connection.execute(select(log_origins.c.reader).where(log_origins.c.log_id == log_id)).scalars())
    known = connection.execute(select(logs.c.id).where(logs.c.id == log_id)).scalar()
    return known is not None and readers == {READER_VERSION}


def forget_spoiled_texts(warehouse: Warehouse) -> int:
    """Let no value be taken for a text of the dictionary that is not what its digest was taken of; tell how many such
    texts there are. Events that are derived anew get their values as new texts."""
    with warehouse.read() as connection:
        rows = connection.execution_options(yield_per=1000).execute(select(texts.c.id, texts.c.digest, texts.c.text))
        right = ((row, (digest_of(decode_text(row.text)), no_text(row.id))) for row in rows)
        spoiled = [row.id for row, digests in right if bytes(row.digest) not in digests]
    if spoiled:
        with warehouse.write() as connection:
            for number in spoiled:
                connection.execute(update(texts).where(texts.c.id == number).values(digest=no_text(number)))
    return len(spoiled)


def no_text(number: int) -> bytes:
    """A digest that no text has: of a text that is not to be taken for any."""
    return digest_of("spoiled", str(number))


def _mark_of(identity: bytes, payload: str) -> bytes:
    digest = blake2b(payload.encode("utf-8", "surrogatepass"), digest_size=len(identity) - _TIME_BYTES, key=b"spoiled")
    return identity[:_TIME_BYTES] + digest.digest()
