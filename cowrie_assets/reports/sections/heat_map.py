"""The `heat_map` section: at which hours of which weekdays sessions begin."""

from contextlib import suppress
from typing import TypedDict

from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.hours import HOURS_OF_A_DAY, hour_rows
from cowrie_assets.reports.periods import Period, PeriodError

_WEEKS = 4
"""A weekly report shows so many weeks, its own the last."""
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Weekday(TypedDict):
    """The sessions that began on a weekday, UTC."""

    weekday: str
    """`Monday` to `Sunday`."""
    days: int
    """How many of that weekday lie between `start` and `end`."""
    hours: list[int]
    """Sessions by hour, 24 numbers: the first is those that began from 00:00 to before 01:00."""


class HeatMap(TypedDict):
    """All seven weekdays, from Monday on."""

    start: str
    end: str
    """Instants in UTC; `end` is no longer in it."""
    weekdays: list[Weekday]


def heat_map_section(scope: Scope) -> HeatMap | None:
    """The section: of a month, or of a week and the three before it; None in a daily report.

    It is made of the rows that `volume` is made of: of weeks before, those that their own reports count too.
    """
    if scope.period.report_type == "daily":
        return None
    periods = [scope.period]
    if scope.period.report_type == "weekly":
        with suppress(PeriodError):
            while len(periods) < _WEEKS:
                periods.insert(0, periods[0].previous())
    weekdays: list[Weekday] = [{"weekday": name, "days": 0, "hours": [0] * HOURS_OF_A_DAY} for name in _WEEKDAYS]
    for period in periods:
        _add(weekdays, scope.at(period), period)
    return {
        "start": f"{periods[0].start}T00:00:00Z",
        "end": f"{scope.period.end}T00:00:00Z",
        "weekdays": weekdays,
    }


def _add(weekdays: list[Weekday], scope: Scope, period: Period) -> None:
    first = period.start.weekday()
    for day in range((period.end - period.start).days):
        weekdays[(first + day) % len(weekdays)]["days"] += 1
    for row in hour_rows(scope):
        day, hour = divmod(row.hour, HOURS_OF_A_DAY)
        weekdays[(first + day) % len(weekdays)]["hours"][hour] += row.sessions
