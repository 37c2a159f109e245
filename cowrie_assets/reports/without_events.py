"""Periods whose reports are all zeros because no event of them was loaded: who asks for one is told."""

from bisect import bisect_left
from collections.abc import Sequence

from sqlalchemy import Connection, select

from cowrie_assets.clock import day_number
from cowrie_assets.reports.periods import Period
from cowrie_assets.warehouse.schema import event_days


def told_without_events(connection: Connection, periods: Sequence[Period], now_us: int) -> list[str]:
    """A sentence for those of `periods` that lie in the future, and one for others of which no event was loaded.

    `periods` are in the order of time; `now_us` is in microseconds since 1970-01-01 UTC.
    """
    days = connection.execute(select(event_days.c.event_day).order_by(event_days.c.event_day)).scalars().all()
    empty = [period for period in periods if not _has_one(days, period)]
    past = [period for period in empty if period.start_us <= now_us]
    future = [period for period in empty if period.start_us > now_us]
    sentences = []
    if past:
        sentences.append(f"no events of {_named(past)}: nothing was loaded for {_one_or_many(past, 'it', 'them')}")
    if future:
        sentences.append(f"no events of {_named(future)}: {_one_or_many(future, 'it lies', 'they lie')} in the future")
    return sentences


def _has_one(days: Sequence[int], period: Period) -> bool:
    """Whether one of `days` (since 1970-01-01, in order) lies in the period."""
    return bisect_left(days, day_number(period.start)) < bisect_left(days, day_number(period.end))


def _named(periods: Sequence[Period]) -> str:
    if len(periods) == 1:
        return periods[0].label
    return f"{len(periods):,} periods from {periods[0].label} to {periods[-1].label}"


def _one_or_many(periods: Sequence[Period], one: str, many: str) -> str:
    return one if len(periods) == 1 else many
