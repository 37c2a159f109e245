"""Keeping the summary tables what `events` makes of them.

A refresh recomputes whole sessions, from all their events, and writes only rows that differ: nothing is added up,
nothing that is right is touched. Which sessions: of a pending day those with an event that is newer than the day's
watermark, of a whole day every session that has an event on it or that the tables place there. Of a long session that
is pending, the rows of commands, logins and files that its new events speak of are recomputed, each from all its
events, and its other rows stay: two events more do not cost what the thousands before them did.

The sightings follow from the other summaries, so they come last: see `summaries.sightings`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from sqlalchemy import Connection, Table, delete, select, text

from cowrie_assets.clock import day_number, day_of_number
from cowrie_assets.ingest.commands import score_anew
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.summaries import active_hours, sightings
from cowrie_assets.summaries.lateness import Lateness
from cowrie_assets.summaries.sightings import SIGHTINGS
from cowrie_assets.summaries.sightings_upkeep import SightingsUpkeep
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import (
    command_facts,
    event_days,
    events,
    file_facts,
    login_facts,
    session_facts,
    summarised_days,
)
from cowrie_assets.warehouse.sql import source, statement
from cowrie_assets.warehouse.upsert import upsert

TABLES: dict[str, Table] = {
    "session_summaries": session_facts,
    "command_stats": command_facts,
    "login_stats": login_facts,
    "files": file_facts,
}
SUMMARIES = (*TABLES, SIGHTINGS)
"""The summaries by the contract's names, and the sightings; in the order in which they are refreshed."""

_KEYED = {summary: table for summary, table in TABLES.items() if summary != "session_summaries"}
"""Those that have many rows of a session."""
_LONG_SESSION = 2_000
"""Events from which on a session is long: below, all its rows are computed in some hundredths of a second."""
_TOUCHED = "SELECT session_ref FROM touched_sessions"


@dataclass(slots=True)
class RefreshResult:
    """What a refresh did: days it took in, sessions it recomputed, rows that were wrong or missing before."""

    days: list[date] = field(default_factory=list)
    sessions: int = 0
    rows_removed: int = 0
    rows_written: int = 0

    def add(self, other: "RefreshResult") -> None:
        """Take in what another refresh did."""
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
        progress(Progress("summarise", position, len(numbers), "days", str(day_of_number(number))))
        with warehouse.write() as connection:
            _refresh_day(connection, tables, number, whole=whole, result=result)
        result.days.append(day_of_number(number))
    progress(Progress("summarise", len(numbers), len(numbers), "days"))
    if SIGHTINGS in summaries:
        sighted = sightings.refresh_sightings(warehouse, anew=numbers if whole else (), progress=progress)
        result.rows_removed += sighted.lost
        result.rows_written += sighted.gained
    return result


def pending_days(warehouse: Warehouse, summaries: Sequence[str] = SUMMARIES) -> list[date]:
    """The days that one of `summaries` has not taken in, oldest first: days of events, of the sightings of sessions."""
    return [day_of_number(number) for number in _pending_numbers(warehouse, summaries)]


@dataclass(frozen=True, slots=True)
class Difference:
    """A summary's rows that `events` does not bear out on a day: `wrong` stand there, `missing` do not.

    Of these the `late_` ones are of events that are loaded and not yet summarised; a refresh brings them.
    """

    summary: str
    day: date
    wrong: int
    missing: int
    late_wrong: int = 0
    late_missing: int = 0


def differences(warehouse: Warehouse, days: Iterable[date], progress: ProgressSink = silent) -> Iterator[Difference]:
    """Recompute every session of `days` and tell where a table differs. Changes nothing; each day is one snapshot."""
    numbers = sorted({day_number(day) for day in days})
    for position, number in enumerate(numbers):
        progress(Progress("compare", position, len(numbers), "days", str(day_of_number(number))))
        with warehouse.read() as connection:
            for summary, rows in _compare_day(connection, number).items():
                if any(rows):
                    yield Difference(summary, day_of_number(number), *rows)
    progress(Progress("compare", len(numbers), len(numbers), "days"))


def days_with_data(warehouse: Warehouse, start: date | None = None, end: date | None = None) -> list[date]:
    """The days from `start` to `end`, both inclusive, that hold events or on which a summary places a session."""
    with warehouse.read() as connection:
        numbers = connection.execute(statement("summaries/days_with_data")).scalars().all()
    days = (day_of_number(number) for number in numbers)
    return [day for day in days if (start is None or start <= day) and (end is None or day <= end)]


def remove_orphans(warehouse: Warehouse) -> int:
    """Take out the rows of sessions that have no event at all, and tell how many there were."""
    removed = 0
    with warehouse.write() as connection:
        for table in TABLES.values():
            with_events = select(events.c.id).where(events.c.session_ref == table.c.session_ref)
            orphans = delete(table).where(~with_events.correlate(table).exists())
            removed += connection.execute(orphans).rowcount
    return removed


def _compare_day(connection: Connection, day: int) -> dict[str, tuple[int, ...]]:
    """Of each summary how many rows of a day are wrong, how many are missing, and how many of each are late."""
    found: dict[str, tuple[int, ...]] = {}
    lateness = cache(lambda: Lateness.of(connection))  # asked for where anything differs
    _touch(connection, day, 0, whole=True)
    for summary, table in TABLES.items():
        rows = _Rows(table)
        connection.execute(text(f"CREATE TEMPORARY TABLE fresh AS {source(f'summaries/{summary}')}"))
        found[summary] = rows.count_differences(connection, "TRUE")
        if any(found[summary]):
            lateness().collect_touched_sessions(connection, summary)
            found[summary] += rows.count_differences(
                connection, "session_ref IN (SELECT session_ref FROM late_sessions)"
            )
        connection.execute(text("DROP TABLE fresh"))
    wrong, missing = sightings.count_differences(connection, day)
    is_late = bool(wrong or missing) and lateness().is_waited_for(SIGHTINGS, day)
    found[SIGHTINGS] = (wrong, missing, wrong * is_late, missing * is_late)
    wrong, missing = active_hours.count_differences(connection, day)
    is_late = bool(missing) and lateness().is_waited_for(SUMMARIES[0], day)
    found["active_hours"] = (wrong, missing, 0, missing * is_late)
    return found


def _pending_numbers(warehouse: Warehouse, summaries: Sequence[str]) -> list[int]:
    with warehouse.read() as connection:
        rows = connection.execute(statement("summaries/pending_days")).all()
    return sorted({day for summary, day in rows if summary in summaries})


def _refresh_day(
    connection: Connection, summaries: Sequence[str], day: int, *, whole: bool, result: RefreshResult
) -> None:
    newest = connection.execute(select(event_days.c.last_event_id).where(event_days.c.event_day == day)).scalar() or 0
    touched_since: int | None = None
    upkeep: SightingsUpkeep | None = None
    for summary in summaries:
        watermark = 0 if whole else _watermark(connection, summary, day)
        if newest > watermark or whole:
            if watermark != touched_since:
                _touch(connection, day, watermark, whole=whole)
                touched_since = watermark
                upkeep = upkeep or (None if whole else SightingsUpkeep(connection, day))
            if not whole and summary in _KEYED:
                _touch_keys(connection, summary, day, watermark)
            _recompute(connection, summary, result, upkeep if upkeep and upkeep.active else None)
            if summary == SUMMARIES[0]:
                removed, added = active_hours.refresh_active_hours(connection, day, watermark, whole=whole)
                result.rows_removed += removed
                result.rows_written += added
        upsert(connection, summarised_days, {"summary": summary, "event_day": day}, {"last_event_id": newest})
    if upkeep and upkeep.active:
        result.rows_written += upkeep.settle()


def _watermark(connection: Connection, summary: str, day: int) -> int:
    """The newest event of a day that a summary has taken in; 0 where it has none."""
    done = select(summarised_days.c.last_event_id).where(
        summarised_days.c.summary == summary, summarised_days.c.event_day == day
    )
    return connection.execute(done).scalar() or 0


def _touch(connection: Connection, day: int, watermark: int, *, whole: bool) -> None:
    number = "BIGINT" if connection.dialect.name == "postgresql" else "INTEGER"
    flags = "is_long SMALLINT NOT NULL DEFAULT 0, is_new SMALLINT NOT NULL DEFAULT 0"
    keys = (
        f"session_ref {number}, first_id {number}, second_id {number}, PRIMARY KEY (session_ref, first_id, second_id)"
    )
    for table, columns in (
        ("touched_sessions", f"session_ref {number} PRIMARY KEY, {flags}"),
        ("touched_keys", keys),
    ):
        connection.execute(text(f"CREATE TEMPORARY TABLE IF NOT EXISTS {table} ({columns})"))
        connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608  (names of our own)
    if whole:
        connection.execute(statement("summaries/sessions_of_day"), {"day": day})
    else:
        binds = {"day": day, "watermark": watermark, "long_session": _LONG_SESSION}
        connection.execute(statement("summaries/sessions_since"), binds)
    # Either planner would else take the few sessions of a delta for many, and read every event for them.
    connection.execute(text("ANALYZE touched_sessions"))


def _touch_keys(connection: Connection, summary: str, day: int, watermark: int) -> None:
    """Which rows of a summary the new events of long sessions speak of."""
    connection.execute(text("DELETE FROM touched_keys"))
    connection.execute(statement(f"summaries/touched_keys/{summary}"), {"day": day, "watermark": watermark})
    connection.execute(text("ANALYZE touched_keys"))


def _recompute(connection: Connection, summary: str, result: RefreshResult, upkeep: SightingsUpkeep | None) -> None:
    """Compute the touched sessions' rows beside the table, then take out what is wrong and put in what is missing."""
    rows = _Rows(TABLES[summary])
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


class _Rows:
    """The row sets of a summary table in SQL: as stored and as freshly computed, for the touched sessions."""

    def __init__(self, table: Table) -> None:
        columns = ", ".join(column.name for column in table.columns)
        keys = ", ".join(column.name for column in table.primary_key.columns)
        self.fresh = f"SELECT {columns} FROM fresh"  # noqa: S608  (names of our own schema, here and below)
        self.stored = f"SELECT {columns} FROM {table.name} WHERE session_ref IN ({_TOUCHED})"  # noqa: S608
        if table in _KEYED.values():
            whole = f"{self.stored[:-1]} WHERE is_long = 0)"
            names = [column.name for column in table.primary_key.columns]
            pairs = zip(names, ("session_ref", "first_id", "second_id"), strict=False)
            same = " AND ".join(f"stored.{name} = touched_keys.{key}" for name, key in pairs)
            own = ", ".join(f"stored.{column.name}" for column in table.columns)
            keyed = f"SELECT {own} FROM touched_keys CROSS JOIN {table.name} AS stored WHERE {same}"  # noqa: S608
            self.stored = f"SELECT {columns} FROM ({whole} UNION ALL {keyed}) AS stored"  # noqa: S608
        self.wrong = f"{self.stored} EXCEPT {self.fresh}"
        self.missing = f"{self.fresh} EXCEPT {self.stored}"
        self.delete_changed = f"DELETE FROM {table.name} WHERE ({keys}) IN (SELECT {keys} FROM changed)"  # noqa: S608
        self.insert_changed = f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM changed"  # noqa: S608

    def any_stored(self, connection: Connection) -> bool:
        return connection.execute(text(f"SELECT 1 FROM ({self.stored}) AS stored LIMIT 1")).scalar() is not None  # noqa: S608

    def count_differences(self, connection: Connection, condition: str) -> tuple[int, int]:
        """How many of the wrong and of the missing rows meet a condition."""
        wrong, missing = (
            int(connection.execute(text(f"SELECT COUNT(*) FROM ({rows}) AS differing WHERE {condition}")).scalar_one())  # noqa: S608
            for rows in (self.wrong, self.missing)
        )
        return wrong, missing
