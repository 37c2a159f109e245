"""Keeping the summary tables what `events` makes of them.

A refresh recomputes whole sessions, from all their events, and writes only rows that differ: nothing is added up,
nothing that is right is touched. Which sessions: of a pending day those that wait in the queue (`summaries.waiting`),
of a whole day every session that has an event on it or that the tables place there. Of a long session that waits, the
rows of commands, logins and files that its new events speak of are recomputed, each from all its events, and its other
rows stay: two events more do not cost what the thousands before them did.

A day's transaction takes in all four summaries, the active hours and what these change in the sightings
(`summaries.sightings_upkeep`), and deletes what it read of the queue.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import Connection, delete, func, select, text

from cowrie_assets.amounts import counted
from cowrie_assets.clock import US_PER_DAY, day_number, day_of_number
from cowrie_assets.ingest.commands import score_anew
from cowrie_assets.progress import Progress, ProgressSink, Tell, silent, telling
from cowrie_assets.summaries import active_hours, waiting
from cowrie_assets.summaries.sightings_upkeep import SightingsUpkeep
from cowrie_assets.summaries.touched import KEYED, TABLES, Rows, touch
from cowrie_assets.warehouse import day_versions
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import changed_days, event_days, events, session_facts
from cowrie_assets.warehouse.sql import source, statement

_CHUNK = 500


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

    def add(self, other: "RefreshResult") -> None:
        """Count another refresh in."""
        self.days += other.days
        self.sessions += other.sessions
        self.rows_removed += other.rows_removed
        self.rows_written += other.rows_written


def refresh(
    warehouse: Warehouse, *, days: Iterable[date] | None = None, whole: bool = False, progress: ProgressSink = silent
) -> RefreshResult:
    """Bring the summaries up to date, a transaction a day: a failure keeps the days done.

    `days` None takes every pending day. Without `whole` a day costs what is new on it; with it, every session of the
    day is recomputed.
    """
    score_anew(warehouse)
    numbers = _pending_numbers(warehouse) if days is None else sorted({day_number(day) for day in days})
    result = RefreshResult()
    for position, number in enumerate(numbers):
        stands = Progress("summarise", position, len(numbers), "days", str(day_of_number(number)))
        progress(stands)
        with warehouse.write() as connection:
            _refresh_day(connection, number, telling(progress, stands), whole=whole, result=result)
        result.days.append(day_of_number(number))
    progress(Progress("summarise", len(numbers), len(numbers), "days"))
    return result


def refresh_in_turn(
    warehouse: Warehouse,
    days: Sequence[date],
    *,
    whole: bool,
    day_done: Callable[[date], None],
    progress: ProgressSink = silent,
) -> RefreshResult:
    """Bring the summaries up to date on each of `days` in turn, then on every day still pending.

    `day_done` is called as soon as all of a day is committed.
    """
    total = RefreshResult()
    for position, day in enumerate(days):
        done = Progress("summarise", position, len(days), "days", str(day))

        def of_day(inner: Progress, done: Progress = done) -> None:
            progress(replace(done, detail=inner.detail))

        total.add(refresh(warehouse, days=[day], whole=whole, progress=of_day))
        day_done(day)
    progress(Progress("summarise", len(days), len(days), "days"))
    total.add(refresh(warehouse, progress=progress))
    return total


def pending_days(warehouse: Warehouse) -> list[date]:
    """The days with something that the summaries have not taken in, oldest first."""
    return [day_of_number(number) for number in _pending_numbers(warehouse)]


def days_with_data(warehouse: Warehouse, start: date | None = None, end: date | None = None) -> list[date]:
    """The days from `start` to `end`, both inclusive, that hold events or on which a summary places a session."""
    with warehouse.read() as connection:
        numbers = connection.execute(statement("summaries/days_with_data")).scalars().all()
    days = (day_of_number(number) for number in numbers)
    return [day for day in days if (start is None or start <= day) and (end is None or day <= end)]


def remove_orphans(warehouse: Warehouse, start: date | None = None, end: date | None = None) -> int:
    """Take out the rows of sessions that have no event at all and stand on a day from `start` to `end` (inclusive; open
    where None), and tell how many there were."""
    removed = 0
    with warehouse.write() as connection:
        for table in TABLES.values():
            stands_at = table.c.first_event_at if table is session_facts else table.c.first_seen
            with_events = select(events.c.id).where(events.c.session_ref == table.c.session_ref)
            orphans = (
                select(table.c.session_ref).where(~with_events.correlate(table).exists()).group_by(table.c.session_ref)
            )
            if start is not None:
                orphans = orphans.having(func.min(stands_at) >= day_number(start) * US_PER_DAY)
            if end is not None:
                orphans = orphans.having(func.min(stands_at) < (day_number(end) + 1) * US_PER_DAY)
            sessions = connection.execute(orphans).scalars().all()
            for begin in range(0, len(sessions), _CHUNK):
                gone = delete(table).where(table.c.session_ref.in_(sessions[begin : begin + _CHUNK]))
                removed += connection.execute(gone).rowcount
    return removed


def _pending_numbers(warehouse: Warehouse) -> list[int]:
    with warehouse.read() as connection:
        return list(connection.execute(statement("summaries/pending_days")).scalars())


def _refresh_day(connection: Connection, day: int, tell: Tell, *, whole: bool, result: RefreshResult) -> None:
    taken = waiting.take(connection, day)
    whole = whole or taken.whole
    first_event_id = 0 if whole else taken.first_event_id
    if first_event_id is None:
        return
    touch(connection, day, whole=whole)
    work = _Work(connection, result)
    touched = connection.execute(text("SELECT COUNT(*) FROM touched_sessions")).scalar_one()
    first_of_long = connection.execute(statement("summaries/first_event_of_long"), {"day": day}).scalar()
    for summary in TABLES:
        tell(f"{summary} of {counted(touched, 'session')}")
        if first_of_long is not None and summary in KEYED:
            _touch_keys(connection, summary, day, first_of_long)
        work.recompute(summary)
    result.sessions += touched
    removed, added = active_hours.refresh_active_hours(connection, day, first_event_id, whole=whole)
    result.rows_removed += removed
    result.rows_written += added
    if whole:
        work.upkeep.work_out(day)
    tell("sightings")
    work.settle()
    waiting.remove_taken(connection, day)
    if whole:
        _correct_event_day(connection, day)


def _correct_event_day(connection: Connection, day: int) -> None:
    """Have a day in `event_days` where it has events."""
    known = connection.execute(select(event_days.c.version).where(event_days.c.event_day == day)).scalar() is not None
    if known != _has_events(connection, day):
        day_versions.renew(connection, event_days, [day])  # nobody else puts it in or out until the end
        if not _has_events(connection, day):
            connection.execute(delete(event_days).where(event_days.c.event_day == day))


def _has_events(connection: Connection, day: int) -> bool:
    return connection.execute(select(events.c.id).where(events.c.event_day == day).limit(1)).scalar() is not None


def _touch_keys(connection: Connection, summary: str, day: int, first_event_id: int) -> None:
    """Which rows of a summary the new events of long sessions speak of."""
    connection.execute(text("DELETE FROM touched_keys"))
    binds = {"day": day, "first_event_id": first_event_id}
    connection.execute(statement(f"summaries/touched_keys/{summary}"), binds)
    connection.execute(text("ANALYZE touched_keys"))


class _Work:
    """What a day's transaction changes: rows of the summaries, then what follows from these."""

    def __init__(self, connection: Connection, result: RefreshResult) -> None:
        self._connection = connection
        self._result = result
        self._changed_days: set[int] = set()
        self.upkeep = SightingsUpkeep(connection)

    def recompute(self, summary: str) -> None:
        """Compute the touched sessions' rows beside the table, then take out what is wrong and put in what is
        missing."""
        rows, connection = Rows(TABLES[summary]), self._connection
        connection.execute(text(f"CREATE TEMPORARY TABLE fresh AS {source(f'summaries/{summary}')}"))
        if rows.any_stored(connection):
            connection.execute(text(f"CREATE TEMPORARY TABLE changed AS {rows.wrong}"))
            self._result.rows_removed += self._note_changed()
            self.upkeep.lost(summary)
            connection.execute(text(rows.delete_changed))
            connection.execute(text("DROP TABLE changed"))
            connection.execute(text(f"CREATE TEMPORARY TABLE changed AS {rows.missing}"))
            connection.execute(text("DROP TABLE fresh"))
        else:
            connection.execute(text("ALTER TABLE fresh RENAME TO changed"))
        self._result.rows_written += self._note_changed()
        connection.execute(text(rows.insert_changed))
        self._note_changed()
        self.upkeep.gained(summary)
        connection.execute(text("DROP TABLE changed"))

    def settle(self) -> None:
        """Bring the sightings up to date, and renew the versions of all days that changed."""
        of_sightings = self.upkeep.settle()
        self._result.rows_removed += of_sightings.lost
        self._result.rows_written += of_sightings.gained
        day_versions.renew(self._connection, changed_days, self._changed_days | of_sightings.days)

    def _note_changed(self) -> int:
        """Note the days on which the sessions of `changed` stand in `session_facts` at this moment; count its rows."""
        count: int = self._connection.execute(text("SELECT COUNT(*) FROM changed")).scalar_one()
        if count:
            self._changed_days.update(self._connection.execute(statement("summaries/changed_days")).scalars())
        return count
