"""Keeping the summary tables what `events` makes of them.

A refresh recomputes whole sessions, from all their events, and writes only rows that differ: nothing is added up,
nothing that is right is touched. Which sessions: of a pending day those that are queued (`warehouse.refresh_queue`),
of a whole day every session that has an event on it or that the tables place there. What a day takes is in
`summaries.refresh_day`.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import delete, func, select

from cowrie_assets.activity import stage
from cowrie_assets.clock import US_PER_DAY, day_number, day_of_number
from cowrie_assets.cowrie.risk import RULESET
from cowrie_assets.progress import Progress, ProgressSink, silent, telling
from cowrie_assets.summaries.command_scores import newer_rules, rescore, score_ahead
from cowrie_assets.summaries.pending import pending_numbers
from cowrie_assets.summaries.refresh_day import RefreshResult, refresh_day
from cowrie_assets.summaries.touched import TABLES
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import events, seals, session_facts

_LOG = logging.getLogger(__name__)
_LEFT_TO_ANOTHER = (
    "a newer release scores the commands of this database (by rules %s, this one has %s), so the summaries are left to "
    "it: where it is gone for good, `cowrie-assets rebuild` has this one go on"
)


def refresh(
    warehouse: Warehouse, *, days: Iterable[date] | None = None, whole: bool = False, progress: ProgressSink = silent
) -> RefreshResult:
    """Bring the summaries up to date, a transaction a day: a failure keeps the days done.

    `days` None takes every pending day. Without `whole` a day costs what is new on it; with it, every session of the
    day is recomputed. Does nothing where a newer release scores the commands: it does it all.
    """
    if (newer := newer_rules(warehouse)) is not None:
        _LOG.warning(_LEFT_TO_ANOTHER, newer, RULESET)
        return RefreshResult()
    with stage("refresh_summaries", database=warehouse) as run:
        progress = run.telling(progress)
        rescore(warehouse)
        numbers = _numbers(warehouse, days)
        score_ahead(warehouse, numbers)
        result = RefreshResult()
        for position, number in enumerate(numbers):
            day = str(day_of_number(number))
            stands = Progress("summarise", position, len(numbers), "days", day)
            progress(stands)
            with stage("refresh", day=day):
                result.add(refresh_day(warehouse, number, telling(progress, stands), whole=whole))
            run.note(**result.figures)
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
    """Take out the rows of sessions that have no event at all and stand on a day from `start` to `end` (inclusive; open
    where None), and tell how many there were. Those of sealed days stay: their events may have left the warehouse."""
    removed = 0
    with warehouse.write() as connection:
        for table in TABLES.values():
            stands_at = table.c.first_event_at if table is session_facts else table.c.first_seen
            with_events = select(events.c.id).where(events.c.session_ref == table.c.session_ref)
            orphans = (
                select(table.c.session_ref).where(~with_events.correlate(table).exists()).group_by(table.c.session_ref)
            )
            sealed = select(session_facts.c.session_ref).join(seals, seals.c.session_day == session_facts.c.session_day)
            orphans = orphans.where(table.c.session_ref.not_in(sealed))
            if start is not None:
                orphans = orphans.having(func.min(stands_at) >= day_number(start) * US_PER_DAY)
            if end is not None:
                orphans = orphans.having(func.min(stands_at) < (day_number(end) + 1) * US_PER_DAY)
            sessions = connection.execute(orphans).scalars().all()
            for some in chunks(sessions):
                gone = delete(table).where(table.c.session_ref.in_(some))
                removed += connection.execute(gone).rowcount
    return removed


def _numbers(warehouse: Warehouse, days: Iterable[date] | None) -> list[int]:
    if days is not None:
        return sorted({day_number(day) for day in days})
    with warehouse.read() as connection:
        return pending_numbers(connection)
