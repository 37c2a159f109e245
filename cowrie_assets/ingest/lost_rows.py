"""A log whose row in the ledger is lost, while its events are there: who reads it again takes them over.

What the path of a log held is remembered apart (`log_paths`), so the lost row's number is known when the log gets a
new one. Each line that is read tells which of the lost row's events and dead letters are the log's.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, bindparam, delete, select, update

from cowrie_assets.ingest.batch import Batch
from cowrie_assets.ingest.dead_letters import take_over_letters
from cowrie_assets.ingest.ledger import Plan
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.engine import require_alone
from cowrie_assets.warehouse.schema import events, log_origins, logs

_THERE = select(logs.c.id).where(logs.c.id.in_(bindparam("numbers", expanding=True)))


def lost_row(connection: Connection, plan: Plan) -> int | None:
    """The number that the log of `plan` had in the ledger, where its row is lost; None where it is not."""
    if plan.log_at_path is None or plan.known is not None:
        return None
    there = connection.execute(select(logs.c.id).where(logs.c.id == plan.log_at_path)).scalar()
    return plan.log_at_path if there is None else None


def lost_logs(connection: Connection, numbers: Collection[int]) -> set[int]:
    """Those of some numbers of logs that the ledger does not have."""
    there: set[int] = set()
    for some in chunks(list(numbers)):
        there.update(connection.execute(_THERE, {"numbers": some}).scalars())
    return set(numbers) - there


def take_over_events(connection: Connection, lost: int, log_id: int, identities: Sequence[bytes]) -> None:
    """Give events of the `lost` log to the log `log_id`."""
    require_alone(connection)
    connection.execute(delete(log_origins).where(log_origins.c.log_id == lost))
    for some in chunks(identities):
        of_lost = (events.c.event_hash.in_(some), events.c.log_id == lost)
        connection.execute(update(events).where(*of_lost).values(log_id=log_id))


def take_over(connection: Connection, lost: int, log_id: int, batch: Batch) -> int:
    """Give what `batch` holds of the `lost` row to the log `log_id`; tell how many events that were."""
    require_alone(connection)
    connection.execute(delete(log_origins).where(log_origins.c.log_id == lost))
    taken = 0
    for some in chunks(_identities(batch)):
        of_lost = (events.c.event_hash.in_(some), events.c.log_id == lost)
        taken += connection.execute(update(events).where(*of_lost).values(log_id=log_id)).rowcount
    take_over_letters(connection, lost, log_id, batch)
    return taken


def _identities(batch: Batch) -> list[bytes]:
    return [identity for table in batch.tables for identity in table.column("event_hash")]
