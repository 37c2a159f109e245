"""The `changes` section: the headline figures against those of the period before, and of the four before."""

from statistics import median
from typing import TypedDict

from cowrie_assets.clock import day_number
from cowrie_assets.reports.averages import share
from cowrie_assets.reports.completeness import is_complete
from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.history import FIGURES, Headline, headline, known_days, periods_before

_MEDIAN_OF = 4


class Change(TypedDict):
    """A figure beside what it was. What there is nothing to compare with is null, as is a percentage of nothing."""

    value: int
    previous: int | None
    """In the period before."""
    change: int | None
    change_percent: float | None
    """Of `previous`, rounded to 1 decimal."""
    median: float | None
    """Over the four periods before: the mean of the two in the middle."""
    change_to_median: float | None
    change_to_median_percent: float | None


class PreviousPeriod(TypedDict):
    """The period before, and whether it was complete when this document was made."""

    period: str
    complete: bool


class PartlyKnown(TypedDict):
    """A period that is compared with, and of which a part is not known: there was no log, or collection began in it."""

    period: str
    known_days: int
    """Days with a session; the one within which the first session of all came is none of them."""
    days: int


class ChangesSection(TypedDict):
    """`figures` has a `Change` for each of `history.FIGURES`."""

    previous: PreviousPeriod | None
    median_of: list[str]
    """The four periods before, in their order; empty where one of them is nothing to compare with."""
    partly_known: list[PartlyKnown]
    """Of the period before, and of the four before where there is a median: in the order of time."""
    figures: dict[str, Change]


def changes_section(scope: Scope, figures: Headline, now_us: int) -> ChangesSection:
    """The section, from the document's own `figures`."""
    before = periods_before(scope, _MEDIAN_OF)
    past = [headline(scope.at(period)) for period in before]
    has_median = len(before) == _MEDIAN_OF
    return {
        "previous": _previous(scope.at(before[0]), now_us) if before else None,
        "median_of": [period.label for period in reversed(before)] if has_median else [],
        "partly_known": _partly_known([scope.at(period) for period in reversed(before if has_median else before[:1])]),
        "figures": {
            name: change(
                figures[name],
                past[0][name] if past else None,
                float(median(each[name] for each in past)) if has_median else None,
            )
            for name in FIGURES
        },
    }


def _partly_known(scopes: list[Scope]) -> list[PartlyKnown]:
    found = []
    for scope in scopes:
        period, known = scope.period, known_days(scope)
        days = day_number(period.end) - day_number(period.start)
        if known < days:
            found.append(PartlyKnown(period=period.label, known_days=known, days=days))
    return found


def _previous(scope: Scope, now_us: int) -> PreviousPeriod:
    return {"period": scope.period.label, "complete": is_complete(scope, now_us)}


def change(value: int, previous: int | None, middle: float | None) -> Change:
    """How `value` compares with that of the period before and with the median."""
    return {
        "value": value,
        "previous": previous,
        "change": None if previous is None else value - previous,
        "change_percent": percent_change(value, previous),
        "median": middle,
        "change_to_median": None if middle is None else value - middle,
        "change_to_median_percent": percent_change(value, middle),
    }


def percent_change(value: float, before: float | None) -> float | None:
    """By how many percent of `before` it rose, rounded to 1 decimal; None where `before` is unknown or nothing."""
    return None if before is None else share(value - before, before)
