"""What is late: events that are loaded and that a summary has not taken in yet, as beside a load that runs.

A row that differs because of them is not wrong: the next refresh brings it. It is told apart within the snapshot in
which it was found, for a refresh may end at any moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import BindParameter, Connection, bindparam, text

from cowrie_assets.summaries.found_rows import Row
from cowrie_assets.summaries.sightings import SIGHTINGS
from cowrie_assets.warehouse.sql import source, statement

Waits = Literal["session", "summary", "hour", "sightings"]
"""By what a row of a check is known to be late: its session has a late event; the summary it names waits for its day;
it is an hour, missing on a day that the sessions wait for; or the sightings wait for its day."""

_SESSIONS = "session_summaries"
_SUMMARIES: BindParameter[Any] = bindparam("summaries", expanding=True)


@dataclass(frozen=True, slots=True)
class Lateness:
    """The days that a summary has yet to take in, in one snapshot: (summary, day as a number)."""

    days: frozenset[tuple[str, int]]

    @classmethod
    def of(cls, connection: Connection) -> "Lateness":
        """What is late in the snapshot of `connection`."""
        rows = connection.execute(statement("summaries/pending_days"))
        return cls(frozenset((row.summary, row.day) for row in rows))

    def is_waited_for(self, summary: str, day: int) -> bool:
        """Whether `summary` has yet to take in events, or the sightings sessions, of `day`."""
        return (summary, day) in self.days

    def of_rows(self, connection: Connection, waits: Waits | None, summary: str, rows: Sequence[Row]) -> list[bool]:
        """Of each row that a check of `summary` found whether it is late."""
        if waits is None or not self.days:
            return [False] * len(rows)
        if waits == "session":
            sessions = {row["session_ref"] for row in rows}
            late = self._late_sessions(connection, sessions, {_SESSIONS, summary})
            return [row["session_ref"] in late for row in rows]
        return [self._is_late(waits, row) for row in rows]

    def _is_late(self, waits: Waits, row: Row) -> bool:
        if waits == "summary":
            return self.is_waited_for(row["summary"], row["event_day"])
        if waits == "hour":
            return row["problem"] == "missing" and self.is_waited_for(_SESSIONS, row["event_hour"] // 24)
        return self.is_waited_for(SIGHTINGS, row["session_day"])

    def collect_touched_sessions(self, connection: Connection, summary: str) -> None:
        """Fill the temporary table `late_sessions`: those of `touched_sessions` of which `summary` lacks an event."""
        connection.execute(text("CREATE TEMPORARY TABLE IF NOT EXISTS late_sessions (session_ref BIGINT PRIMARY KEY)"))
        connection.execute(text("DELETE FROM late_sessions"))
        if self._is_lacking({summary}):
            late = source("summaries/late_sessions").replace(":sessions", "(SELECT session_ref FROM touched_sessions)")
            query = text(f"INSERT INTO late_sessions {late}")
            connection.execute(query.bindparams(_SUMMARIES), {"summaries": [summary], "number": 1})

    def _late_sessions(self, connection: Connection, sessions: set[int], summaries: set[str]) -> set[int]:
        """Those of `sessions` of which one of `summaries` lacks an event."""
        if not self._is_lacking(summaries):
            return set()
        query = text(source("summaries/late_sessions")).bindparams(bindparam("sessions", expanding=True), _SUMMARIES)
        binds = {"sessions": sorted(sessions), "summaries": sorted(summaries), "number": len(summaries)}
        return set(connection.execute(query, binds).scalars())

    def _is_lacking(self, summaries: set[str]) -> bool:
        return any(summary in summaries for summary, _ in self.days)
