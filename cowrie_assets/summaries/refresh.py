"""Keeping the summary tables what `events` makes of them.

A refresh recomputes whole sessions, from all their events, and writes only rows that differ: nothing is added up,
nothing that is right is touched. Which sessions: of a pending day those with an event that is newer than the day's
watermark, of a whole day every session that has an event on it or that the tables place there. Of a long session that
is pending, the rows of commands, logins and files that its new events speak of are recomputed, each from all its
events, and its other rows stay: two events more do not cost what the thousands before them did.

The sightings follow from the other summaries, so they come last: see `summaries.sightings`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import Connection, delete, func, select, text

from cowrie_assets.amounts import counted
from cowrie_assets.clock import US_PER_DAY, day_number, day_of_number
from cowrie_assets.ingest.commands import score_anew
from cowrie_assets.progress import Progress, ProgressSink, Tell, silent, telling
from cowrie_assets.summaries import active_hours, sightings
from cowrie_assets.summaries.check_results import day_window
from cowrie_assets.summaries.sightings import SIGHTINGS
from cowrie_assets.summaries.sightings_upkeep import SightingsUpkeep
from cowrie_assets.summaries.touched import KEYED, TABLES, Rows, touch
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import (
    event_days,
    events,
    session_facts,
    summarised_days,
)
from cowrie_assets.warehouse.sql import source, statement
from cowrie_assets.warehouse.upsert import upsert

SUMMARIES = (*TABLES, SIGHTINGS)
"""The summaries by the contract's names, and the sightings; in the order in which they are refreshed."""

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
    warehouse: Warehouse,
    summaries: Sequence[str] = SUMMARIES,
    *,
    days: Iterable[date] | None = None,
    whole: bool = False,
    progress: ProgressSink = silent,
) -> RefreshResult:
    """Bring `summaries` up to date, a transaction a day: a failure keeps the days done.

    `days` None takes every pending day. Without `whole` a day costs what is new on it; with it, every session of the
    day is recomputed. Sightings are always taken in of every day whose sessions changed.
    """
    score_anew(warehouse)
    tables = [summary for summary in summaries if summary in TABLES]
    numbers = _pending_numbers(warehouse, tables) if days is None else sorted({day_number(day) for day in days})
    result = RefreshResult()
    for position, number in enumerate(numbers):
        stands = Progress("summarise", position, len(numbers), "days", str(day_of_number(number)))
        progress(stands)
        with warehouse.write() as connection:
            _refresh_day(connection, tables, number, telling(progress, stands), whole=whole, result=result)
        result.days.append(day_of_number(number))
    progress(Progress("summarise", len(numbers), len(numbers), "days"))
    if SIGHTINGS in summaries:
        sighted = sightings.refresh_sightings(warehouse, anew=numbers if whole else (), progress=progress)
        result.rows_removed += sighted.lost
        result.rows_written += sighted.gained
    return result


def refresh_in_turn(
    warehouse: Warehouse,
    days: Sequence[date],
    summaries: Sequence[str] = SUMMARIES,
    *,
    whole: bool,
    day_done: Callable[[date], None],
    progress: ProgressSink = silent,
) -> RefreshResult:
    """Bring `summaries` up to date on each of `days` in turn, sightings included, then on every day still pending.

    `day_done` is called as soon as all of a day is committed.
    """
    total = RefreshResult()
    for position, day in enumerate(days):
        done = Progress("summarise", position, len(days), "days", str(day))

        def of_day(inner: Progress, done: Progress = done) -> None:
            progress(replace(done, detail=inner.detail))

        total.add(refresh(warehouse, summaries, days=[day], whole=whole, progress=of_day))
        day_done(day)
    progress(Progress("summarise", len(days), len(days), "days"))
    total.add(refresh(warehouse, summaries, progress=progress))
    return total


def pending_days(warehouse: Warehouse, summaries: Sequence[str] = SUMMARIES) -> list[date]:
    """The days that one of `summaries` has not taken in, oldest first: days of events, of the sightings of sessions."""
    return [day_of_number(number) for number in _pending_numbers(warehouse, summaries)]


def days_with_data(warehouse: Warehouse, start: date | None = None, end: date | None = None) -> list[date]:
    """The days from `start` to `end`, both inclusive, that hold events or on which a summary places a session."""
    with warehouse.read() as connection:
        numbers = connection.execute(statement("summaries/days_with_data"), day_window(start, end)).scalars()
        return [day_of_number(number) for number in numbers]


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


def _pending_numbers(warehouse: Warehouse, summaries: Sequence[str]) -> list[int]:
    with warehouse.read() as connection:
        rows = connection.execute(statement("summaries/pending_days")).all()
    return sorted({day for summary, day in rows if summary in summaries})


def _refresh_day(
    connection: Connection, summaries: Sequence[str], day: int, tell: Tell, *, whole: bool, result: RefreshResult
) -> None:
    newest = _newest_event(connection, day, whole=whole)
    touched_since: int | None = None
    upkeep: SightingsUpkeep | None = None
    for summary in summaries:
        watermark = 0 if whole else _watermark(connection, summary, day)
        if newest > watermark or whole:
            if watermark != touched_since:
                touch(connection, day, watermark, whole=whole)
                touched_since = watermark
                upkeep = upkeep or (None if whole else SightingsUpkeep(connection, day))
            if not whole and summary in KEYED:
                _touch_keys(connection, summary, day, watermark)
            touched = connection.execute(text("SELECT COUNT(*) FROM touched_sessions")).scalar_one()
            tell(f"{summary} of {counted(touched, 'session')}")
            _recompute(connection, summary, result, upkeep if upkeep and upkeep.active else None)
            if summary == SUMMARIES[0]:
                removed, added = active_hours.refresh_active_hours(connection, day, watermark, whole=whole)
                result.rows_removed += removed
                result.rows_written += added
        upsert(connection, summarised_days, {"summary": summary, "event_day": day}, {"last_event_id": newest})
    if upkeep and upkeep.active:
        result.rows_written += upkeep.settle()


def _newest_event(connection: Connection, day: int, *, whole: bool) -> int:
    """The newest event of a day, 0 where it has none: as the load recorded it; of the `whole` day as it is, and the
    record is set right."""
    recorded = connection.execute(select(event_days.c.last_event_id).where(event_days.c.event_day == day)).scalar()
    if not whole:
        return recorded or 0
    newest = connection.execute(select(func.max(events.c.id)).where(events.c.event_day == day)).scalar()
    if newest is None:
        connection.execute(delete(event_days).where(event_days.c.event_day == day))
    elif newest != recorded:
        upsert(connection, event_days, {"event_day": day}, {"last_event_id": newest})
    return newest or 0


def _watermark(connection: Connection, summary: str, day: int) -> int:
    """The newest event of a day that a summary has taken in; 0 where it has none."""
    done = select(summarised_days.c.last_event_id).where(
        summarised_days.c.summary == summary, summarised_days.c.event_day == day
    )
    return connection.execute(done).scalar() or 0


def _touch_keys(connection: Connection, summary: str, day: int, watermark: int) -> None:
    """Which rows of a summary the new events of long sessions speak of."""
    connection.execute(text("DELETE FROM touched_keys"))
    connection.execute(statement(f"summaries/touched_keys/{summary}"), {"day": day, "watermark": watermark})
    connection.execute(text("ANALYZE touched_keys"))


def _recompute(connection: Connection, summary: str, result: RefreshResult, upkeep: SightingsUpkeep | None) -> None:
    """Compute the touched sessions' rows beside the table, then take out what is wrong and put in what is missing."""
    rows = Rows(TABLES[summary])
    connection.execute(text(f"CREATE TEMPORARY TABLE fresh AS {source(f'summaries/{summary}')}"))
    if upkeep or rows.any_stored(connection):
        result.rows_removed += _collect_changed(connection, rows.wrong)
        if upkeep:
            upkeep.lost(summary)
        connection.execute(text(rows.delete_changed))
        connection.execute(text("DROP TABLE changed"))
        result.rows_written += _collect_changed(connection, rows.missing)
        connection.execute(text("DROP TABLE fresh"))
    else:
        connection.execute(text("ALTER TABLE fresh RENAME TO changed"))
        result.rows_written += _mark_changed(connection)
    connection.execute(text(rows.insert_changed))
    _mark_changed(connection)
    if upkeep:
        upkeep.gained(summary)
    connection.execute(text("DROP TABLE changed"))
    if summary == SUMMARIES[0]:
        result.sessions += connection.execute(text("SELECT COUNT(*) FROM touched_sessions")).scalar_one()


def _collect_changed(connection: Connection, rows: str) -> int:
    """Put `rows` into `changed`, mark their days, and count them."""
    connection.execute(text(f"CREATE TEMPORARY TABLE changed AS {rows}"))
    return _mark_changed(connection)


def _mark_changed(connection: Connection) -> int:
    """Mark the days on which the sessions of `changed` stand in `session_facts` at this moment; count its rows."""
    count: int = connection.execute(text("SELECT COUNT(*) FROM changed")).scalar_one()
    if count:
        connection.execute(statement("summaries/mark_changed_days"))
    return count
