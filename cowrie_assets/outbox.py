"""What is to be sent, kept in a table until its receiver took it: the mechanics that such tables share.

A row is one thing for one receiver. Its columns `attempts`, `error` and `next_attempt_at` say how often sending failed
since it was taken last, why, and when it is tried next (NULL: not at all). No transaction is open while the network is
used, so another process may write the row while one sends. The *fence* is the column that tells: every claim and every
attempt gives it another value, and what came of an attempt is recorded only where it still has the sender's.

A receiver that cannot know a second message from the first wants a *claim*: the row is taken before it is sent, and no
other process sends it. A claim ends by itself, for its process may have died. Where sending twice does no harm (a
document replaces itself), none is needed, and the fence alone tells that two were at it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, RowMapping, Select, Table, select, update

from cowrie_assets.backoff import Backoff
from cowrie_assets.clock import US_PER_SECOND
from cowrie_assets.warehouse.codec import encode_text
from cowrie_assets.warehouse.upsert import insert_new
from cowrie_assets.warehouse.write_scope import WriteScope, of_name

CLAIM_US = 600 * US_PER_SECOND
"""How long a claim lasts: longer than any one message takes to send."""

TAKEN: Mapping[str, Any] = {"attempts": 0, "error": None, "next_attempt_at": None}
"""The columns of a row whose receiver took it."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """A table of what is to be sent. Keys are the columns of its primary key, as they are stored."""

    table: Table
    fence: Column[Any]
    backoff: Backoff

    @property
    def scope(self) -> WriteScope:
        """In which its rows are written: by one process at a time."""
        return of_name(self.table.name)

    def due(self, now_us: int) -> Select[Any]:
        """The query for the rows that are to be sent now, the longest waiting first."""
        columns = self.table.c
        return (
            select(self.table)
            .where(columns.next_attempt_at <= now_us)
            .order_by(columns.next_attempt_at, *self.table.primary_key.columns)
        )

    def claim(self, connection: Connection, key: Mapping[str, Any], now_us: int, fence: str) -> RowMapping | None:
        """Take a row that is due, under a fence of one's own; None where another process was faster."""
        claimed = (
            update(self.table)
            .where(*self._is(key), self.table.c.next_attempt_at <= now_us)
            .values({"next_attempt_at": now_us + CLAIM_US, self.fence.name: fence})
            .returning(*self.table.columns)
        )
        return connection.execute(claimed).mappings().first()

    def settle(self, connection: Connection, key: Mapping[str, Any], seen: object, values: Mapping[str, Any]) -> bool:
        """Write what came of an attempt; `values` give the fence another value.

        `seen` is the fence under which it was sent, None where there was no row. Where that is not so any more, nothing
        is written, and the result is False.
        """
        if seen is None:
            return insert_new(connection, self.table, {**key, **values})
        mine = update(self.table).where(*self._is(key), self.fence == seen).values(values)
        return connection.execute(mine).rowcount > 0

    def failed(self, attempts: int, error: str, now_us: int, retry_after: float) -> dict[str, Any]:
        """The columns of a row after an attempt failed, and `attempts` before it since it was taken last.

        It rests by the backoff, or for the `retry_after` seconds that the receiver asks for where these are more.
        """
        rest = max(self.backoff.pause(attempts + 1), retry_after)
        return {
            "attempts": attempts + 1,
            "error": encode_text(error),
            "next_attempt_at": now_us + round(rest * US_PER_SECOND),
        }

    def _is(self, key: Mapping[str, Any]) -> list[Any]:
        return [self.table.c[name] == value for name, value in key.items()]
