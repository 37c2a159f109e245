"""The queue of what is loaded and not yet summarised: `waiting_sessions`.

Whoever changes `events` writes to it in the same transaction, and the refresh of a day deletes the rows that it read. A
row is of one step, known by a random number: nothing rests on the order in which transactions end. The load writes a
row for each session and day that it brought events of (`warehouse.bulk_insert`); what changes stored events, or the
rules by which they are counted, has days made anew as a whole.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, insert

from cowrie_assets.warehouse.bulk_insert import new_step
from cowrie_assets.warehouse.schema import waiting_sessions


def make_days_anew(connection: Connection, days: Iterable[int]) -> None:
    """Have every session of `days` computed anew, and all else that the summaries hold of them."""
    step = new_step()
    rows = [{"event_day": day, "session_ref": 0, "step": step} for day in sorted(set(days))]
    if rows:
        connection.execute(insert(waiting_sessions), rows)
