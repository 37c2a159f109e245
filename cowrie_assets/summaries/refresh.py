"""Keeping the summary tables what `events` makes of them.

A refresh recomputes whole sessions, from all their events, and writes only rows that differ: nothing is added up,
nothing that is right is touched. Which sessions: of a pending day those that are queued (`warehouse.refresh_queue`),
of a whole day every session that has an event on it or that the tables place there. What a day takes is in
`summaries.refresh_day`.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextvars import copy_context
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, Table, delete, func, select

from cowrie_assets.activity import stage
from cowrie_assets.clock import US_PER_DAY, day_number, day_of_number
from cowrie_assets.progress import Progress, ProgressSink, Tell, say_nothing, silent, telling
from cowrie_assets.summaries.command_scores import newer_rules, rescore, score_ahead
from cowrie_assets.summaries.pending import pending_numbers
from cowrie_assets.summaries.refresh_day import RefreshResult, refresh_day
from cowrie_assets.summaries.rules import remap
from cowrie_assets.summaries.touched import OF_SESSIONS
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import events, session_facts
from cowrie_assets.warehouse.write_scope import ROWS

_LOG = logging.getLogger(__name__)
_LEFT_TO_ANOTHER = (
    "a newer release judges the commands of this database (by rules %s, this one has %s), so the summaries are left to "
    "it: where it is gone for good, `cowrie-assets rebuild` has this one go on"
)


_ORPHANS_AT_ONCE = 500


def nothing_more(_: int) -> None:
    """For those to whom a day that is done means nothing."""


def refresh(
    warehouse: Warehouse,
    *,
    days: Iterable[date] | None = None,
    whole: bool = False,
    workers: int = 1,
    day_done: Callable[[int], None] = nothing_more,
    progress: ProgressSink = silent,
) -> RefreshResult:
    """Bring the summaries up to date, a transaction a day: a failure keeps the days done.

    `days` None takes every pending day. Without `whole` a day costs what is new on it; with it, every session of the
    day is recomputed. `workers` days are computed at a time: on PostgreSQL, where transactions of different days go
    side by side. `day_done` is given the number of each day once it is committed. Does nothing where a newer release
    scores the commands, or maps them to techniques: it does it all. Raises RuleError where rules of the user's own that
    the warehouse holds cannot be used.
    """
    if (newer := newer_rules(warehouse)) is not None:
        _LOG.warning(_LEFT_TO_ANOTHER, *newer)
        return RefreshResult()
    with stage("refresh_summaries", database=warehouse) as run:
        told = run.telling(progress)
        rescore(warehouse)
        remap(warehouse)
        numbers = _numbers(warehouse, days)
        score_ahead(warehouse, numbers)
        result = RefreshResult()
        if workers == 1:
            refreshed = _in_turn(warehouse, numbers, whole=whole, progress=told)
        else:
            refreshed = _side_by_side(warehouse, numbers, whole=whole, workers=workers, progress=told)
        for number, of_day in refreshed:
            day_done(number)
            result.add(of_day)
            run.phase.note(**result.figures)
        told(Progress("summarise", len(numbers), len(numbers), "days"))
        return result


def _in_turn(
    warehouse: Warehouse, numbers: Sequence[int], *, whole: bool, progress: ProgressSink
) -> Iterator[tuple[int, RefreshResult]]:
    for position, number in enumerate(numbers):
        stands = Progress("summarise", position, len(numbers), "days", str(day_of_number(number)))
        progress(stands)
        yield number, _refresh_day(warehouse, number, telling(progress, stands), whole=whole)


def _side_by_side(
    warehouse: Warehouse, numbers: Sequence[int], *, whole: bool, workers: int, progress: ProgressSink
) -> Iterator[tuple[int, RefreshResult]]:
    """The days as they are done. A day that fails ends all: those at work are let finish, none begins any more."""
    with ThreadPoolExecutor(workers, thread_name_prefix="refresh") as pool:
        running = {
            pool.submit(copy_context().run, _refresh_day, warehouse, number, say_nothing, whole=whole): number
            for number in numbers
        }
        try:
            for position, done in enumerate(as_completed(running)):
                number = running.pop(done)
                progress(Progress("summarise", position, len(numbers), "days", str(day_of_number(number))))
                yield number, done.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _refresh_day(warehouse: Warehouse, number: int, tell: Tell, *, whole: bool) -> RefreshResult:
    with stage("refresh", day=str(day_of_number(number))):
        return refresh_day(warehouse, number, tell, whole=whole)


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
    with stage("refresh_summaries", database=warehouse) as run:
        told = run.telling(progress)
        total = RefreshResult()
        for position, day in enumerate(days):
            done = Progress("summarise", position, len(days), "days", str(day))

            def of_day(inner: Progress, done: Progress = done) -> None:
                told(replace(done, detail=inner.detail))

            total.add(refresh(warehouse, days=[day], whole=whole, progress=of_day))
            run.note(**total.figures)
            day_done(day)
        told(Progress("summarise", len(days), len(days), "days"))
        total.add(refresh(warehouse, progress=told))
        run.note(**total.figures)
        return total


def remove_orphans(warehouse: Warehouse, start: date | None = None, end: date | None = None) -> int:
    """Take out the rows of commands, logins, files and techniques whose session has neither an event nor a row of its
    own, where the first of them was seen from `start` to `end` (inclusive; open where None); tell how many there were.

    A session's own row stands on a day, and goes with that day's refresh. Sessions are looked through in their order, a
    part at a time, and nobody waits meanwhile.
    """
    return sum(_remove_orphans_of(warehouse, table, start, end) for table in OF_SESSIONS.values())


def _remove_orphans_of(warehouse: Warehouse, table: Table, start: date | None, end: date | None) -> int:
    session, seen_at = table.c.session_ref, func.min(table.c.first_seen)
    stands = select(session_facts.c.session_day).where(session_facts.c.session_ref == session).correlate(table).exists()
    without_row = select(session).where(~stands).group_by(session).order_by(session).limit(_ORPHANS_AT_ONCE)
    if start is not None:
        without_row = without_row.having(seen_at >= day_number(start) * US_PER_DAY)
    if end is not None:
        without_row = without_row.having(seen_at < (day_number(end) + 1) * US_PER_DAY)
    removed, last = 0, -1
    while True:
        with warehouse.read() as connection:
            found = connection.execute(without_row.where(session > last)).scalars().all()
        if not found:
            return removed
        last = found[-1]

        def remove(connection: Connection, found: Sequence[int] = found) -> int:
            of_events = select(events.c.session_ref).where(events.c.session_ref.in_(found)).distinct()
            orphans = set(found).difference(connection.execute(of_events).scalars())
            return connection.execute(delete(table).where(session.in_(orphans))).rowcount if orphans else 0

        removed += warehouse.run(remove, of=ROWS)


def _numbers(warehouse: Warehouse, days: Iterable[date] | None) -> list[int]:
    if days is not None:
        return sorted({day_number(day) for day in days})
    with warehouse.read() as connection:
        return pending_numbers(connection)
