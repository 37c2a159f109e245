"""One day's refresh: all summaries of the sessions that wait on it, in one transaction.

It takes in all five summaries, the active hours and what these change in the sightings (`summaries.sightings_upkeep`),
and deletes what it read of the queue. Of a long session that waits, the rows of commands, logins and files that its new
events speak of are recomputed, each from all its events, and its other rows stay: two events more do not cost what the
thousands before them did.

Refreshes of different days go side by side on PostgreSQL. One is alone with every day on which a session that it
computes has events or stands, so nobody else writes the rows of these sessions. Which days these are is known once the
sessions are computed: where one is missing, the transaction is undone and done again with that day, too. Each of its
statements sees what is committed by then; what comes meanwhile waits in the queue and is taken in by the next refresh.
"""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, delete, select, text

from cowrie_assets.amounts import counted
from cowrie_assets.clock import day_of_number
from cowrie_assets.progress import Tell
from cowrie_assets.summaries import active_hours
from cowrie_assets.summaries.command_scores import score_fresh_commands
from cowrie_assets.summaries.networks import map_ahead
from cowrie_assets.summaries.sightings_upkeep import SightingsUpkeep
from cowrie_assets.summaries.touched import KEYED, TABLES, TECHNIQUES, Rows, touch
from cowrie_assets.warehouse import day_versions, refresh_queue
from cowrie_assets.warehouse.engine import Warehouse, is_alone
from cowrie_assets.warehouse.schema import event_days
from cowrie_assets.warehouse.sql import source, statement
from cowrie_assets.warehouse.write_scope import ALONE, of_days

_COMMANDS = "command_stats"
_SESSIONS = "session_summaries"
"""The first of the summaries: its rows tell on which days a session has events."""
_MOST_DAYS = 200
"""Of more days than this a refresh is alone with everything: a server has room for so many locks."""


@dataclass(slots=True)
class RefreshResult:
    """What a refresh did: days it took in, sessions it recomputed, rows that were wrong or missing before."""

    days: list[date] = field(default_factory=list)
    sessions: int = 0
    rows_removed: int = 0
    rows_written: int = 0

    @property
    def sentence(self) -> str:
        """What it did, in one line."""
        rows = f"{counted(self.rows_removed, 'row')} removed, {self.rows_written:,} written"
        return f"{counted(len(set(self.days)), 'day')}, {counted(self.sessions, 'session')} computed: {rows}"

    @property
    def figures(self) -> dict[str, int]:
        """The same, by the names of the status files (docs/TELEMETRY.md)."""
        return {
            "days_refreshed": len(set(self.days)),
            "sessions_computed": self.sessions,
            "rows_removed": self.rows_removed,
            "rows_written": self.rows_written,
        }

    def add(self, other: "RefreshResult") -> None:
        """Count another refresh in."""
        self.days += other.days
        self.sessions += other.sessions
        self.rows_removed += other.rows_removed
        self.rows_written += other.rows_written


class _MoreDaysError(Exception):
    """A session that is computed has to do with further days than the transaction is alone with."""

    def __init__(self, days: set[int]) -> None:
        super().__init__(days)
        self.days = days


def refresh_day(warehouse: Warehouse, day: int, tell: Tell, *, whole: bool) -> RefreshResult:
    """Take in what waits of a day (`clock.day_number`), or compute all of it anew (`whole`)."""
    locked = frozenset({day})
    map_ahead(warehouse, day)
    while True:
        scope = of_days(locked) if len(locked) <= _MOST_DAYS else ALONE

        def attempt(connection: Connection, locked: frozenset[int] = locked) -> RefreshResult:
            return _DayRefresh(connection, day, locked, tell).run(whole=whole)

        try:
            return warehouse.run(attempt, scope)
        except _MoreDaysError as error:
            locked |= error.days


class _DayRefresh:
    """One try to refresh a day, in a transaction that is alone with the days `locked`."""

    def __init__(self, connection: Connection, day: int, locked: frozenset[int], tell: Tell) -> None:
        self._connection = connection
        self._day = day
        self._locked = locked
        self._tell = tell
        self._result = RefreshResult([day_of_number(day)])
        self._changed: set[tuple[int, int]] = set()
        """The days on which sessions changed, by sensor."""
        self._to_count: set[int] = set()
        """Days of which the sessions are counted, whether they changed or not."""
        self._upkeep = SightingsUpkeep(connection)

    def run(self, *, whole: bool) -> RefreshResult:
        connection, day, result = self._connection, self._day, self._result
        taken = refresh_queue.take(connection, day)
        whole = whole or taken.whole
        first_event_id = 0 if whole else taken.first_event_id
        if first_event_id is None:
            return result
        touch(connection, day, whole=whole)
        self._require_days("summaries/days_of_touched", {"day": day})
        result.sessions = connection.execute(text("SELECT COUNT(*) FROM touched_sessions")).scalar_one()
        first_of_long = connection.execute(statement("summaries/first_event_of_long"), {"day": day}).scalar()
        self._compute(_COMMANDS, first_of_long, "fresh_commands")
        score_fresh_commands(connection)
        for summary in TABLES:
            self._tell(f"{summary} of {counted(result.sessions, 'session')}")
            if summary == _COMMANDS:
                connection.execute(text("ALTER TABLE fresh_commands RENAME TO fresh"))
            else:
                self._compute(summary, first_of_long, "fresh")
            self._replace(summary)
        if whole:
            self._compute_sealed()
        removed, added = active_hours.refresh_active_hours(connection, day, first_event_id, whole=whole)
        result.rows_removed += removed
        result.rows_written += added
        if whole:
            self._to_count.add(day)
            if connection.execute(statement("summaries/score_sealed"), {"day": day}).rowcount:
                self._changed |= day_versions.of_all_sensors(connection, [day])
            self._upkeep.work_out_whole(day)
        refresh_queue.remove_taken(connection, day)
        self._tell("sightings")
        self._settle()
        if whole:
            _correct_event_day(connection, day)
        return result

    def _compute(self, summary: str, first_of_long: int | None, into: str) -> None:
        """Compute the touched sessions' rows beside the table; of long sessions those that new events speak of, from
        `first_of_long` on."""
        connection = self._connection
        if first_of_long is not None and summary in KEYED:
            _touch_keys(connection, summary, self._day, first_of_long)
        computed = source(f"summaries/{summary}", connection.dialect.name)
        connection.execute(text(f"CREATE TEMPORARY TABLE {into} AS {computed}"))

    def _compute_sealed(self) -> None:
        """Compute what follows from the summaries of a sealed day, whose sessions nobody else computes."""
        connection = self._connection
        connection.execute(text("DELETE FROM touched_sessions"))
        if connection.execute(statement("summaries/sealed_sessions_of_day"), {"day": self._day}).rowcount:
            self._compute(TECHNIQUES, None, "fresh")
            self._replace(TECHNIQUES)

    def _replace(self, summary: str) -> None:
        """Take out what is wrong of the touched sessions' rows, and put in what is missing."""
        connection = self._connection
        rows = Rows(TABLES[summary], connection.dialect.name)
        if summary == _SESSIONS:
            self._require_days("summaries/days_of_fresh", {})
        if rows.any_stored(connection):
            connection.execute(text(f"CREATE TEMPORARY TABLE changed AS {rows.wrong}"))
            self._note_changed()
            self._upkeep.lost(summary)
            self._result.rows_removed += connection.execute(text(rows.delete_changed)).rowcount
            connection.execute(text("DROP TABLE changed"))
            connection.execute(text(f"CREATE TEMPORARY TABLE changed AS {rows.missing}"))
            connection.execute(text("DROP TABLE fresh"))
        else:
            connection.execute(text("ALTER TABLE fresh RENAME TO changed"))
        if written := connection.execute(text(rows.insert_changed)).rowcount:
            self._result.rows_written += written
            self._note_changed()
            self._upkeep.gained(summary)
        connection.execute(text("DROP TABLE changed"))

    def _settle(self) -> None:
        """Bring the sightings up to date, and renew the versions of all days that changed."""
        of_sightings = self._upkeep.settle()
        self._result.rows_removed += of_sightings.lost
        self._result.rows_written += of_sightings.gained
        day_versions.renew_sessions(self._connection, self._changed | of_sightings.changed)
        day_versions.count_sessions(self._connection, self._to_count | {day for day, _ in self._changed})

    def _require_days(self, query: str, binds: dict[str, int]) -> None:
        """Raises _MoreDaysError where one of the days that `query` gives may be another writer's."""
        if is_alone(self._connection):
            return
        needed = (
            set(self._connection.execute(statement(query, self._connection.dialect.name), binds).scalars())
            - self._locked
        )
        if needed:
            raise _MoreDaysError(needed)

    def _note_changed(self) -> None:
        """Note the days and sensors of the sessions of `changed` as they stand in `session_facts` at this moment:
        before wrong rows are taken out, and once right ones are in."""
        query = statement("summaries/changed_sensor_days", self._connection.dialect.name)
        self._changed.update((day, sensor) for day, sensor in self._connection.execute(query))


def _correct_event_day(connection: Connection, day: int) -> None:
    """Have a day in `event_days` where it has events."""
    known = connection.execute(select(event_days.c.version).where(event_days.c.event_day == day)).scalar() is not None
    if known != _has_events(connection, day):
        day_versions.renew(connection, event_days, [day])  # nobody else puts it in or out until the end
        if not _has_events(connection, day):
            connection.execute(delete(event_days).where(event_days.c.event_day == day))


def _has_events(connection: Connection, day: int) -> bool:
    """Whether a day has events, stored or archived."""
    return bool(connection.execute(statement("summaries/has_events"), {"day": day}).scalar_one())


def _touch_keys(connection: Connection, summary: str, day: int, first_event_id: int) -> None:
    """Which rows of a summary the new events of long sessions speak of."""
    connection.execute(text("DELETE FROM touched_keys"))
    binds = {"day": day, "first_event_id": first_event_id}
    connection.execute(statement(f"summaries/touched_keys/{summary}"), binds)
    connection.execute(text("ANALYZE touched_keys"))
