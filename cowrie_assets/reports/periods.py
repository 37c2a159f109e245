"""The periods that reports are made for.

"Day: UTC, `2026-08-31`. Week: ISO 8601, Monday 00:00 UTC, `2026-W36`. Month: `2026-08`. All half-open. A label that
names no period (`2025-W53`, `2026-13`) is an error." (DATA.md)
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from cowrie_assets.clock import US_PER_DAY, day_number
from cowrie_assets.errors import UserError

ReportType = Literal["daily", "weekly", "monthly"]
REPORT_TYPES: tuple[ReportType, ...] = get_args(ReportType)

PERIODS_COMPARED: dict[ReportType, int] = {"daily": 7, "weekly": 4, "monthly": 4}
"""How many periods before its own a report looks at: changes take four, the alerts of a day a week."""

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_LONGEST_RANGE = timedelta(days=36_600)
_EXAMPLES: dict[ReportType, str] = {
    "daily": "a day is written 2026-08-31",
    "weekly": "an ISO week is written 2026-W36",
    "monthly": "a month is written 2026-08",
}


class PeriodError(UserError, ValueError):
    """A label that names no period; the message says how one is written."""


@dataclass(frozen=True, slots=True)
class Period:
    """One day, ISO week or month of UTC: from `start` to before `end`."""

    report_type: ReportType
    label: str
    start: date
    end: date
    """The first day that is no longer part of it."""

    @property
    def last_day(self) -> date:
        """The last one that is part of it."""
        return self.end - _DAY

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    @property
    def start_us(self) -> int:
        """Microseconds since 1970-01-01 UTC at which it begins."""
        return day_number(self.start) * US_PER_DAY

    @property
    def end_us(self) -> int:
        """Microseconds since 1970-01-01 UTC at which it is over."""
        return day_number(self.end) * US_PER_DAY

    def is_over(self, now_us: int) -> bool:
        """Whether nothing can happen in it any more."""
        return now_us >= self.end_us

    def next(self) -> "Period":
        """The period behind it. Raises PeriodError at the end of the calendar."""
        return period_of(self.report_type, self.end)

    def previous(self) -> "Period":
        """The period before it. Raises PeriodError at the beginning of the calendar."""
        if self.start == date.min:
            raise PeriodError(f"there is no period before {self.label}: the calendar begins there")
        return period_of(self.report_type, self.start - _DAY)


def first_compared(period: Period) -> Period:
    """The first of the periods that the report of `period` is compared with, as far as the calendar goes."""
    first = period
    with suppress(PeriodError):
        for _ in range(PERIODS_COMPARED[period.report_type]):
            first = first.previous()
    return first


def parse_period(report_type: ReportType, label: str) -> Period:
    """The period that `label` names. Raises PeriodError where it names none."""
    pattern, first_day = _FORMS[report_type]
    match = pattern.fullmatch(label)
    if match is None:
        raise PeriodError(f"{label!r} names no {report_type} period: {_EXAMPLES[report_type]}")
    try:
        start = first_day(*(int(number) for number in match.groups()))
    except ValueError as error:
        raise PeriodError(f"{label!r} is not in the calendar: {error}") from error
    return period_of(report_type, start)


def period_of(report_type: ReportType, day: date) -> Period:
    """The period that `day` lies in. Raises PeriodError where it reaches beyond the year 9999."""
    try:
        return _AROUND[report_type](day)
    except (OverflowError, ValueError) as error:
        raise PeriodError(f"the {report_type} period around {day} reaches beyond the calendar") from error


def periods_between(first: Period, last: Period) -> list[Period]:
    """Every period from `first` to `last`, both of them included. Raises PeriodError where they are no range."""
    if first.report_type != last.report_type:
        raise PeriodError(
            f"{first.label} is {first.report_type}, {last.label} is {last.report_type}: a range has one kind"
        )
    if last.start < first.start:
        raise PeriodError(f"the range runs backwards: {last.label} lies before {first.label}")
    if last.start - first.start > _LONGEST_RANGE:
        raise PeriodError(f"a range of reports spans at most 100 years: {first.label} to {last.label} is longer")
    periods = [first]
    while periods[-1].start < last.start:
        periods.append(periods[-1].next())
    return periods


def _first_of_month(year: int, month: int) -> date:
    return date(year, month, 1)


def _monday(year: int, week: int) -> date:
    return date.fromisocalendar(year, week, 1)


def _day_around(day: date) -> Period:
    return Period("daily", day.isoformat(), day, day + _DAY)


def _week_around(day: date) -> Period:
    year, week, weekday = day.isocalendar()
    monday = day - timedelta(days=weekday - 1)
    return Period("weekly", f"{year:04}-W{week:02}", monday, monday + _WEEK)


def _month_around(day: date) -> Period:
    start = day.replace(day=1)
    return Period("monthly", f"{day.year:04}-{day.month:02}", start, (start + 31 * _DAY).replace(day=1))


_FORMS: dict[ReportType, tuple[re.Pattern[str], Callable[..., date]]] = {
    "daily": (re.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})"), date),
    "weekly": (re.compile("([0-9]{4})-W([0-9]{2})"), _monday),
    "monthly": (re.compile("([0-9]{4})-([0-9]{2})"), _first_of_month),
}
_AROUND: dict[ReportType, Callable[[date], Period]] = {
    "daily": _day_around,
    "weekly": _week_around,
    "monthly": _month_around,
}
