"""What is late: events that are loaded and that the summaries have not taken in yet, as beside a load that runs.

A row that differs because of them is not wrong: the next refresh brings it. It is told apart within the snapshot in
which it was found, for a refresh may end at any moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, bindparam, text

from cowrie_assets.summaries.found_rows import Row
from cowrie_assets.warehouse.sql import source, statement
from cowrie_assets.warehouse.temporary_tables import make_empty

Waits = Literal["session", "day", "hour"]
"""By what a row of a check is known to be late: its session waits; it says itself that its day waits; it is an hour,
missing on a day that waits."""


@dataclass(frozen=True, slots=True)
class Lateness:
    """The days with something that the summaries have yet to take in, in one snapshot, as numbers."""

    days: frozenset[int]

    @classmethod
    def of(cls, connection: Connection) -> "Lateness":
        """What is late in the snapshot of `connection`."""
        return cls(frozenset(connection.execute(statement("summaries/pending_days")).scalars()))

    def is_waited_for(self, day: int) -> bool:
        """Whether the summaries have yet to take in something of `day`."""
        return day in self.days

    def of_rows(self, connection: Connection, waits: Waits | None, rows: Sequence[Row]) -> list[bool]:
        """Of each row that a check found whether it is late."""
        if waits is None or not self.days:
            return [False] * len(rows)
        if waits == "session":
            late = _late_sessions(connection, {row["session_ref"] for row in rows})
            return [row["session_ref"] in late for row in rows]
        return [self._is_late(waits, row) for row in rows]

    def _is_late(self, waits: Waits, row: Row) -> bool:
        if waits == "day":
            return bool(row["problem"] == "waiting")
        return row["problem"] == "missing" and self.is_waited_for(row["event_hour"] // 24)

    def collect_touched_sessions(self, connection: Connection) -> None:
        """Fill the temporary table `late_sessions`: those of `touched_sessions` that wait."""
        make_empty(connection, "late_sessions", "session_ref BIGINT PRIMARY KEY")
        if self.days:
            late = source("summaries/late_sessions").replace(":sessions", "(SELECT session_ref FROM touched_sessions)")
            connection.execute(text(f"INSERT INTO late_sessions {late}"))


def _late_sessions(connection: Connection, sessions: set[int]) -> set[int]:
    """Those of `sessions` that wait."""
    query = text(source("summaries/late_sessions")).bindparams(bindparam("sessions", expanding=True))
    return set(connection.execute(query, {"sessions": sorted(sessions)}).scalars())
