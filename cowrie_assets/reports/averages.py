"""Averages, "rounded to 2 decimals", percentiles, "by nearest rank" (DATA.md), and shares."""

from collections.abc import Mapping


def average(total: int, count: int) -> float:
    """`total / count`, rounded to 2 decimals by Python's `round` (a tie goes to the even digit); 0.0 of nothing."""
    return round(total / count, 2) if count else 0.0


def share(part: float, whole: float, *, decimals: int = 1) -> float | None:
    """How many percent of `whole` `part` is, rounded to so many decimals; None of nothing."""
    return round(100 * part / whole, decimals) if whole else None


def rank_of(percent: int, count: int) -> int:
    """The place, from 1, of a percentile among `count` values in order: 0 % is the first of them, 100 % the last."""
    return max(1, -(-percent * count // 100))


def percentile(histogram: Mapping[int, int], percent: int) -> int:
    """By nearest rank: the least value that is not below `percent` % of all. 0 for an empty histogram.

    `histogram` is `{value: how many have it}`; 0 % is the least of all, 100 % the greatest.
    """
    rank = rank_of(percent, sum(histogram.values()))
    for value in sorted(histogram):
        rank -= histogram[value]
        if rank <= 0:
            return value
    return 0
