"""How long sessions last: part of the `sessions` section."""

from itertools import pairwise
from typing import TypedDict

from cowrie_assets.clock import US_PER_SECOND
from cowrie_assets.reports.averages import average, rank_of
from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.session_rows import SessionRows, total_duration_us, total_of

_BOUNDS = (0, 1, 5, 10, 30, 60, 300, 1800)
"""Seconds at which a class begins; `sql/reports/sessions.sql` counts the sessions that lasted so long."""
_FOR_EVER_US = 2**62


class DurationClass(TypedDict):
    """Sessions that lasted from `from_seconds` to below `to_seconds`; null: and longer."""

    from_seconds: int
    to_seconds: int | None
    sessions: int


class Durations(TypedDict):
    """In seconds, rounded to 2 decimals; all are 0 where there is no session."""

    min_seconds: float
    median_seconds: float
    p95_seconds: float
    max_seconds: float
    mean_seconds: float
    histogram: list[DurationClass]
    """Every class, those without a session too."""


def durations(scope: Scope, rows: SessionRows) -> Durations:
    """From the scope's sessions, and of those in the percentiles' classes from `sql/reports/duration.sql`."""
    histogram = _histogram(rows)
    total = sum(each["sessions"] for each in histogram)
    return {
        "min_seconds": _seconds(min((row.least_duration_us for row in rows), default=0)),
        "median_seconds": _seconds(_percentile_us(scope, histogram, 50)),
        "p95_seconds": _seconds(_percentile_us(scope, histogram, 95)),
        "max_seconds": _seconds(max((row.greatest_duration_us for row in rows), default=0)),
        "mean_seconds": average(total_duration_us(rows), total * US_PER_SECOND),
        "histogram": histogram,
    }


def _histogram(rows: SessionRows) -> list[DurationClass]:
    lasted = [total_of(rows, "sessions"), *(total_of(rows, f"lasted_{bound}") for bound in _BOUNDS[1:]), 0]
    return [
        {"from_seconds": begin, "to_seconds": end, "sessions": longer - longest}
        for (begin, end), (longer, longest) in zip(pairwise((*_BOUNDS, None)), pairwise(lasted), strict=True)
        if begin is not None
    ]


def _percentile_us(scope: Scope, histogram: list[DurationClass], percent: int) -> int:
    """By nearest rank: the classes tell in which of them the rank lies."""
    below = rank_of(percent, sum(each["sessions"] for each in histogram)) - 1
    for each in histogram:
        if below < each["sessions"]:
            end = each["to_seconds"]
            binds = {
                "from_us": each["from_seconds"] * US_PER_SECOND,
                "to_us": _FOR_EVER_US if end is None else end * US_PER_SECOND,
                "offset": below,
            }
            return int(scope.one("duration", **binds)[0])
        below -= each["sessions"]
    return 0


def _seconds(us: int) -> float:
    return average(us, US_PER_SECOND)
