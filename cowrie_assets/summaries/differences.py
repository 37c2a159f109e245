"""What a refresh would change: every session of a day is computed anew and compared, and nothing is written."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy import Connection, text

from cowrie_assets.clock import day_number, day_of_number
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.summaries import active_hours, sightings
from cowrie_assets.summaries.found_rows import EXAMPLES, Row
from cowrie_assets.summaries.lateness import Lateness
from cowrie_assets.summaries.sightings import SIGHTINGS
from cowrie_assets.summaries.touched import TABLES, Rows, touch
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.sql import source, statement


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
    rows: tuple[Row, ...] = ()
    """The first of them, those that are late only where all are; as `found_rows.named` takes them."""


def differences(warehouse: Warehouse, days: Iterable[date], progress: ProgressSink = silent) -> Iterator[Difference]:
    """Recompute every session of `days` and tell where a table differs. Changes nothing; each day is one snapshot."""
    numbers = sorted({day_number(day) for day in days})
    for position, number in enumerate(numbers):
        progress(Progress("compare", position, len(numbers), "days", str(day_of_number(number))))
        with warehouse.read() as connection:
            yield from compare_day(connection, number)
    progress(Progress("compare", len(numbers), len(numbers), "days"))


def compare_day(connection: Connection, day: int) -> Iterator[Difference]:
    """Of each summary that differs on a day how many rows are wrong and missing, how many of each are late, and some
    of them."""
    lateness = cache(lambda: Lateness.of(connection))  # asked for where anything differs
    touch(connection, day, whole=True)
    for summary, table in TABLES.items():
        rows = Rows(table)
        computed = source(f"summaries/{summary}", connection.dialect.name)
        connection.execute(text(f"CREATE TEMPORARY TABLE fresh AS {computed}"))
        counts = rows.count_differences(connection, "TRUE")
        if any(counts):
            lateness().collect_touched_sessions(connection)
            late = rows.count_differences(connection, "session_ref IN (SELECT session_ref FROM late_sessions)")
            condition = "TRUE" if late == counts else "session_ref NOT IN (SELECT session_ref FROM late_sessions)"
            some = rows.some_differences(connection, condition, EXAMPLES)
            found: tuple[Row, ...] = tuple({"event_day": day, **row} for row in some)
            yield Difference(summary, day_of_number(day), *counts, *late, found)
        connection.execute(text("DROP TABLE fresh"))
    wrong, missing = sightings.count_differences(connection, day)
    if wrong or missing:
        found = _found_by_check(connection, "sightings_equal_facts", day)
        yield Difference(SIGHTINGS, day_of_number(day), wrong, missing, 0, 0, found)
    wrong, missing = active_hours.count_differences(connection, day)
    if wrong or missing:
        is_late = lateness().is_waited_for(day)
        found = _found_by_check(connection, "active_hours_equal_raw", day)
        yield Difference("active_hours", day_of_number(day), wrong, missing, 0, missing * is_late, found)


def _found_by_check(connection: Connection, check: str, day: int) -> tuple[Row, ...]:
    """The first rows of a day that a check of `sql/checks/` finds."""
    query = statement(f"checks/{check}")
    binds = {"first_day": day, "last_day": day}
    found = connection.execute(query, binds)
    return tuple(dict(row) for row in found.mappings().fetchmany(EXAMPLES))
