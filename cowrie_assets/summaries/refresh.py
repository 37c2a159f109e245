"""Keeping the summary tables what `events` makes of them.

A refresh recomputes whole sessions, from all their events, and writes only rows that differ: nothing is added up, nothing that is right is touched.
Which sessions: of a pending day those with an event that is newer than the day's watermark, of a whole day every session that has an event
on it or that the tables place there.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, Table, select, text

from cowrie_assets.clock import day_number, day_of_number
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import (
    command_facts,
    event_days,
    file_facts,
    login_facts,
    session_facts,
    summarised_days,
)
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.upsert import upsert

TABLES: dict[str, Table] = {
    "session_summaries": session_facts,
    "command_stats": command_facts,
    "login_stats": login_facts,
    "files": file_facts,
}
SUMMARIES = tuple(TABLES)
"""The summaries by the contract's names, in the order in which they are refreshed."""


@dataclass(slots=True)
class RefreshResult:
    """What a refresh did: the days it took in, the sessions it recomputed, the rows that were wrong or missing before."""

    days: list[date] = field(default_factory=list)
    sessions: int = 0
    rows_removed: int = 0
    rows_written: int = 0


def refresh(
    warehouse: Warehouse,
    summaries: Sequence[str] = SUMMARIES,
    *,
    days: Iterable[date] | None = None,
    whole: bool = False,
    progress: ProgressSink = silent,
) -> RefreshResult:
    """Bring `summaries` up to date, a transaction a day: a failure keeps the days done.

    `days` None takes every pending day. Without `whole` a day costs what is new on it; with it, every session of the day is recomputed.
    """
    numbers = _pending_numbers(warehouse, summaries) if days is None else sorted({day_number(day) for day in days})
    result = RefreshResult()
    for position, number in enumerate(numbers):
        progress(Progress("summarise", position, len(numbers), "days", str(day_of_number(number))))
        with warehouse.write() as connection:
            for summary in summaries:
                _refresh_day(connection, summary, number, whole=whole, result=result)
        result.days.append(day_of_number(number))
    progress(Progress("summarise", len(numbers), len(numbers), "days"))
    return result


def pending_days(warehouse: Warehouse, summaries: Sequence[str] = SUMMARIES) -> list[date]:
    """The days that hold events which one of `summaries` has not taken in, oldest first."""
    return [day_of_number(number) for number in _pending_numbers(warehouse, summaries)]


def _pending_numbers(warehouse: Warehouse, summaries: Sequence[str]) -> list[int]:
    with warehouse.read() as connection:
        rows = connection.execute(statement("summaries/pending_days")).all()
    return sorted({day for summary, day in rows if summary in summaries})


def _refresh_day(connection: Connection, summary: str, day: int, *, whole: bool, result: RefreshResult) -> None:
    newest = connection.execute(select(event_days.c.last_event_id).where(event_days.c.event_day == day)).scalar() or 0
    done = select(summarised_days.c.last_event_id).where(summarised_days.c.summary == summary, summarised_days.c.event_day == day)
    watermark = 0 if whole else connection.execute(done).scalar() or 0
    if newest > watermark or whole:
        _touch(connection, day, watermark, whole=whole)
        _recompute(connection, summary, result)
    upsert(connection, summarised_days, {"summary": summary, "event_day": day}, {"last_event_id": newest})


def _touch(connection: Connection, day: int, watermark: int, *, whole: bool) -> None:
    connection.execute(text("CREATE TEMPORARY TABLE IF NOT EXISTS touched_sessions (session_ref BIGINT PRIMARY KEY)"))
    connection.execute(text("DELETE FROM touched_sessions"))
    name = "summaries/sessions_of_day" if whole else "summaries/sessions_since"
    connection.execute(statement(name), {"day": day} if whole else {"day": day, "watermark": watermark})
    if connection.dialect.name == "postgresql":
        connection.execute(text("ANALYZE touched_sessions"))


def _recompute(connection: Connection, summary: str, result: RefreshResult) -> None:
    """Compute the touched sessions' rows beside the table, then take out what is wrong and put in what is missing."""
    table = TABLES[summary]
    columns = ", ".join(column.name for column in table.columns)
    keys = ", ".join(column.name for column in table.primary_key.columns)
    fresh = f"SELECT {columns} FROM fresh"  # noqa: S608
    stored = f"SELECT {columns} FROM {table.name} WHERE session_ref IN (SELECT session_ref FROM touched_sessions)"  # noqa: S608
    connection.execute(text(f"CREATE TEMPORARY TABLE fresh AS {statement(f'summaries/{summary}')}"))
    some_stored = connection.execute(text(f"SELECT 1 FROM ({stored}) AS stored LIMIT 1")).scalar() is not None  # noqa: S608
    if some_stored:
        result.rows_removed += _collect_changed(connection, f"{stored} EXCEPT {fresh}")
        connection.execute(text(f"DELETE FROM {table.name} WHERE ({keys}) IN (SELECT {keys} FROM changed)"))  # noqa: S608
        connection.execute(text("DROP TABLE changed"))
    written = _collect_changed(connection, f"{fresh} EXCEPT {stored}" if some_stored else fresh)
    connection.execute(text(f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM changed"))  # noqa: S608
    if written:
        connection.execute(statement("summaries/mark_changed_days"))
    connection.execute(text("DROP TABLE changed"))
    connection.execute(text("DROP TABLE fresh"))
    result.rows_written += written
    if summary == "session_summaries":
        result.sessions += connection.execute(text("SELECT COUNT(*) FROM touched_sessions")).scalar_one()


def _collect_changed(connection: Connection, rows: str) -> int:
    """Put `rows` into `changed`, mark the days of their sessions as they stand in `session_facts`, and count them."""
    connection.execute(text(f"CREATE TEMPORARY TABLE changed AS {rows}"))
    count: int = connection.execute(text("SELECT COUNT(*) FROM changed")).scalar_one()
    if count:
        connection.execute(statement("summaries/mark_changed_days"))
    return count
