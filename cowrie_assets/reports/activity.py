"""In which hours sensors wrote events: where none did there are gaps, and a sensor without any fell silent."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import select

from cowrie_assets.clock import US_PER_SECOND
from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.sensors import sensor_label
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.schema import sensors
from cowrie_assets.warehouse.sql import statement

US_PER_HOUR = 3600 * US_PER_SECOND
_DAY = 24
_WEEK = 7 * _DAY


@dataclass(frozen=True, slots=True)
class Stretch:
    """Hours (since 1970-01-01 UTC) in which a sensor, as documents name it, wrote no event: from `start` to `end`."""

    sensor: str
    start: int
    end: int

    @property
    def hours(self) -> int:
        """How long it is."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Activity:
    """When the sensors of a scope were heard of, by the name in documents; all in hours since 1970-01-01 UTC."""

    start: int
    """The first hour of the period."""
    end: int
    """Behind the last whole hour of the period that is over."""
    first_heard: dict[str, int]
    """The hour of each sensor's first event ever."""
    heard: dict[str, set[int]]
    """Each sensor's hours with events, from a week before the period to its end."""

    def gaps(self) -> Iterator[Stretch]:
        """Stretches of whole hours of the period without an event of a sensor that had written one before."""
        for sensor, first in self.first_heard.items():
            start = max(self.start, first)
            if start < self.end:
                hours = sorted(hour for hour in self.heard.get(sensor, ()) if start <= hour < self.end)
                for before, after in pairwise([start - 1, *hours, self.end]):
                    if after - before > 1:
                        yield Stretch(sensor, before + 1, after)

    def silent(self) -> Iterator[Stretch]:
        """Sensors with an event in the 7 days before the period and none in it: since then, to now or to its end.

        None as long as neither the period is over nor a whole day of it.
        """
        if self.end - self.start < _DAY:
            return
        for sensor, hours in self.heard.items():
            before = [hour for hour in hours if hour < self.start]
            if before and len(before) == len(hours):
                yield Stretch(sensor, max(before) + 1, self.end)


def activity(scope: Scope, now_us: int) -> Activity:
    """What the scope's sensors wrote in the period so far, and in the week before."""
    start, end = scope.period.start_us // US_PER_HOUR, scope.period.end_us // US_PER_HOUR
    names = scope.memo.once(("sensor names",), lambda: _names(scope))
    first = scope.memo.once(("first active hours",), lambda: _first_hours(scope))
    heard: dict[str, set[int]] = {}
    for row in scope.rows("active_hours", first_hour=start - _WEEK, end_hour=end):
        heard.setdefault(names[row.sensor_id], set()).add(row.event_hour)
    mine = {names[number]: hour for number, hour in first.items() if scope.sensor_id in (0, number)}
    return Activity(start, min(end, now_us // US_PER_HOUR), mine, heard)


def _names(scope: Scope) -> dict[int, str]:
    return {row.id: sensor_label(decode_text(row.name)) for row in scope.connection.execute(select(sensors))}


def _first_hours(scope: Scope) -> dict[int, int]:
    rows = scope.connection.execute(statement("reports/first_active_hours"))
    return {row.sensor_id: row.first_hour for row in rows}
