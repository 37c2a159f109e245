"""What a refresh would change: every session of a day is computed anew and compared, and nothing is written."""

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import Connection, text

from cowrie_assets.clock import day_number, day_of_number
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.summaries import active_hours, sightings
from cowrie_assets.summaries.active_hours import ActiveHour
from cowrie_assets.summaries.found_rows import EXAMPLES, Row, named
from cowrie_assets.summaries.lateness import Lateness
from cowrie_assets.summaries.row_causes import told
from cowrie_assets.summaries.sightings import SIGHTINGS
from cowrie_assets.summaries.touched import TABLES, Rows, touch
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.sql import source, statement

_AT_ONCE = 200
_ACTIVE_HOURS = "active_hours"
SIGHTINGS_CHECK = "sightings_equal_facts"
_CHECKS = {SIGHTINGS: SIGHTINGS_CHECK, _ACTIVE_HOURS: "active_hours_equal_raw"}
"""What tells the rows of the summaries that are not of one session."""


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
    rows: tuple[dict[str, Any], ...] = ()
    """The first of them, those that are late only where all are; as `differing_rows` gives them."""


@dataclass(frozen=True, slots=True)
class SeenOnDay:
    """What all events of a day say of it, as they are stored."""

    sessions: set[int]
    """`session_keys.id`."""
    hours: set[ActiveHour]


def differences(
    warehouse: Warehouse, days: Iterable[date], progress: ProgressSink = silent, *, examples: int = EXAMPLES
) -> Iterator[Difference]:
    """Recompute every session of `days` and tell where a table differs, with so many rows as `examples`. Changes
    nothing; each day is one snapshot."""
    for number in _each_day(days, progress):
        with warehouse.read() as connection:
            yield from compare_day(connection, number, examples)


def differing_rows(
    warehouse: Warehouse, days: Iterable[date], progress: ProgressSink = silent
) -> Iterator[dict[str, Any]]:
    """Every row of `days` that differs: its day, sensor, session and summary, which of the session's rows it is, and
    the cause. A day is one snapshot, of which a part is in memory at a time."""
    for number in _each_day(days, progress):
        with warehouse.read() as connection:
            yield from _rows_of_day(connection, number)


def compare_day(connection: Connection, day: int, examples: int = EXAMPLES) -> Iterator[Difference]:
    """Of each summary that differs on a day how many rows are wrong and missing, how many of each are late, and some
    of them."""
    yield from compare_with_events(connection, day, examples)
    yield from compare_sightings(connection, day, examples)


def compare_with_events(
    connection: Connection, day: int, examples: int = EXAMPLES, seen: SeenOnDay | None = None
) -> Iterator[Difference]:
    """`compare_day` for what is made of events; `seen`: what the caller has seen of them in this transaction."""
    lateness = cache(lambda: Lateness.of(connection))  # asked for where anything differs
    touch(connection, day, whole=True, seen=None if seen is None else seen.sessions)
    for summary, rows in _computed(connection):
        if rows.differ(connection):
            counts = rows.count_differences(connection, "TRUE")
            lateness().collect_touched_sessions(connection)
            late = rows.count_differences(connection, "session_ref IN (SELECT session_ref FROM late_sessions)")
            condition = "TRUE" if late == counts else "session_ref NOT IN (SELECT session_ref FROM late_sessions)"
            with closing(_told(connection, day, summary, rows, condition)) as found:
                yield Difference(summary, day_of_number(day), *counts, *late, tuple(islice(found, examples)))
    hours = None if seen is None else seen.hours
    wrong, missing = active_hours.count_differences(connection, day, hours)
    if wrong or missing:
        is_late = lateness().is_waited_for(day)
        found_rows = tuple(islice(_found_by_check(connection, _ACTIVE_HOURS, day), examples))
        yield Difference(_ACTIVE_HOURS, day_of_number(day), wrong, missing, 0, missing * is_late, found_rows)


def compare_sightings(connection: Connection, day: int, examples: int = EXAMPLES) -> Iterator[Difference]:
    """`compare_day` for what is made of the summaries, as `SIGHTINGS_CHECK` does."""
    wrong, missing = sightings.count_differences(connection, day)
    if wrong or missing:
        found_rows = tuple(islice(_found_by_check(connection, SIGHTINGS, day), examples))
        yield Difference(SIGHTINGS, day_of_number(day), wrong, missing, 0, 0, found_rows)


def _rows_of_day(connection: Connection, day: int) -> Iterator[dict[str, Any]]:
    touch(connection, day, whole=True)
    for summary, rows in _computed(connection):
        with closing(_told(connection, day, summary, rows, "TRUE")) as found:
            yield from found
    for summary in _CHECKS:
        yield from _found_by_check(connection, summary, day)


def _each_day(days: Iterable[date], progress: ProgressSink) -> Iterator[int]:
    numbers = sorted({day_number(day) for day in days})
    for position, number in enumerate(numbers):
        progress(Progress("compare", position, len(numbers), "days", str(day_of_number(number))))
        yield number
    progress(Progress("compare", len(numbers), len(numbers), "days"))


def _computed(connection: Connection) -> Iterator[tuple[str, Rows]]:
    """Each summary of the touched sessions, computed into the temporary table `fresh` for the time that it is looked
    at."""
    for summary, table in TABLES.items():
        computed = source(f"summaries/{summary}", connection.dialect.name)
        connection.execute(text(f"CREATE TEMPORARY TABLE fresh AS {computed}"))
        yield summary, Rows(table, connection.dialect.name)
        connection.execute(text("DROP TABLE fresh"))


def _told(
    connection: Connection, day: int, summary: str, rows: Rows, condition: str
) -> Generator[dict[str, Any], None, None]:
    with closing(rows.differing(connection, condition)) as pairs:
        while some := list(islice(pairs, _AT_ONCE)):
            yield from told(connection, day, summary, rows.keys, some)


def _found_by_check(connection: Connection, summary: str, day: int) -> Iterator[dict[str, Any]]:
    """The rows of a day that the check of a summary finds."""
    query = statement(f"checks/{_CHECKS[summary]}", connection.dialect.name)
    binds = {"first_day": day, "last_day": day}
    with connection.execute(query, binds, execution_options={"yield_per": _AT_ONCE}) as found:
        for some in found.mappings().partitions(_AT_ONCE):
            yield from named(connection, [_with_cause(summary, row) for row in some])


def _with_cause(summary: str, row: Row) -> dict[str, Any]:
    rest = {name: value for name, value in row.items() if name != "problem"}
    return {**rest, "summary": summary, "cause": row["problem"]}
