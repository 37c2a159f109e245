"""How the heat map is shaded: the same in the text and the HTML report."""

import math
from datetime import date, timedelta

from cowrie_assets.reports.render.wording import short
from cowrie_assets.reports.sections.heat_map import HeatMap, Weekday
from cowrie_assets.reports.sections.techniques import TacticsByDay

_WHOLE = 100
"""From so many on, decimals are left out."""


def note(heat_map: HeatMap) -> str:
    """Which days the heat map is made of."""
    last = date.fromisoformat(heat_map["end"][:10]) - timedelta(days=1)
    return f"Sessions by hour and weekday of their first event, UTC, {heat_map['start'][:10]} to {last}."


def most_a_day(heat_map: HeatMap) -> float:
    """Sessions a day of the busiest hour of the week; 1 at least."""
    return max(1, *(max(a_day(each)) for each in heat_map["weekdays"]))


def a_day(weekday: Weekday) -> list[float]:
    """Sessions a day of each hour of a weekday: what the shades, the cells and the legend are made of."""
    return [sessions / weekday["days"] for sessions in weekday["hours"]]


def figure(sessions: float) -> str:
    """Sessions a day where there is little room, alike in a cell and in the legend: `0.3`, `12.5`, `250`, `15k`."""
    return short(round(sessions, 1) if sessions < _WHOLE else round(sessions))


def shades(weekday: Weekday, most: float, count: int) -> list[int]:
    """How dark each hour of a weekday is by its sessions a day: 0 for none, up to `count` for `most` of them."""
    of_most = (sessions / most for sessions in a_day(weekday))
    return [min(math.ceil(count * share), count) for share in of_most]  # rounding may lead beyond the darkest


def most_of_a_tactic(by_day: TacticsByDay) -> int:
    """Sessions of the busiest day of a tactic; 1 at least."""
    return max([1, *(max(each["sessions"]) for each in by_day["tactics"])])


def shade_of(sessions: int, most: int, count: int) -> int:
    """How dark a number of sessions is, on a logarithmic scale: 0 for none, from 1 for one up to `count` for `most`."""
    if not sessions:
        return 0
    return min(count, 1 + round((count - 1) * math.log(sessions) / math.log(most))) if most > 1 else count
