"""The queue of what is loaded and not yet summarised: `waiting_sessions`.

Whoever changes `events` writes to it in the same transaction, and the refresh of a day deletes the rows that it took. A
row is of one step, known by a random number: nothing rests on the order in which transactions end. The load writes a
row for each session and day that it brought events of (`warehouse.bulk_insert`); what changes stored events, or the
rules by which they are counted, queues whole days.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, insert

from cowrie_assets.warehouse.schema import waiting_sessions
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.temporary_tables import make_empty


@dataclass(frozen=True, slots=True)
class Taken:
    """What the queue held of a day when it was taken."""

    whole: bool
    """Everything of the day is to be computed again."""
    first_event_id: int | None
    """No new event of the day has a lesser `events.id`; None where no event is new."""


def new_step() -> int:
    """A number for `waiting_sessions.step` that no other step has."""
    return secrets.randbits(62)


def queue_days(connection: Connection, days: Iterable[int]) -> None:
    """Have every session of `days` (`clock.day_number`) computed again, and all else that the summaries hold of
    them."""
    step = new_step()
    rows = [{"event_day": day, "session_ref": 0, "step": step} for day in sorted(set(days))]
    if rows:
        connection.execute(insert(waiting_sessions), rows)


def take(connection: Connection, day: int) -> Taken:
    """Look at what waits of a day, and remember which it is in `taken_steps`. What others write to the queue meanwhile
    stays there, also where the statements that follow see its events already."""
    make_empty(connection, "taken_steps", "step BIGINT PRIMARY KEY")
    connection.execute(statement("warehouse/take_steps"), {"day": day})
    row = connection.execute(statement("warehouse/taken"), {"day": day}).one()
    return Taken(bool(row.whole), row.first_event_id)


def remove_taken(connection: Connection, day: int) -> None:
    """Take out of the queue what was taken of a day. Give it the transaction that took it."""
    connection.execute(statement("warehouse/remove_taken"), {"day": day})
