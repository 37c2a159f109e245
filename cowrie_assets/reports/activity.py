"""In which hours machines wrote events: where one did not there are gaps, and one without any fell silent.

A machine is a sensor, with the names that it had before: containers are made anew, and have another name each time. The
hours of all its names are its hours, so that a name that is no longer used is neither silent nor has it gaps.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from sqlalchemy import select

from cowrie_assets.clock import US_PER_HOUR
from cowrie_assets.ingest.origins import replaced_names
from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.sensors import sensor_label
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.schema import sensors
from cowrie_assets.warehouse.sql import statement

_DAY = 24
_DAYS_LOOKED_AT = 7
_WEEK = _DAYS_LOOKED_AT * _DAY
_FEWEST_DAYS = 2


@dataclass(frozen=True, slots=True)
class Stretch:
    """Hours (since 1970-01-01 UTC) in which a sensor, as documents name it, wrote no event: from `start` to `end`."""

    sensor: str
    start: int
    end: int
    unusual: int = 0
    """Hours of it in which the sensor writes on most days."""

    @property
    def hours(self) -> int:
        """How long it is."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Replacement:
    """A name that another one of the same machine took the place of, in the hour `since`."""

    sensor: str
    by: str
    since: int


@dataclass(frozen=True, slots=True)
class Activity:
    """When the machines of a scope were heard of, by the name in documents; all in hours since 1970-01-01 UTC."""

    start: int
    """The first hour of the period."""
    end: int
    """Behind the last whole hour of the period that is over."""
    first_heard: dict[str, int]
    """The hour of each machine's first event ever."""
    heard: dict[str, set[int]]
    """Each machine's hours with events, from a week before the period to its end."""
    replaced: list[Replacement] = field(default_factory=list)
    """What names were replaced in the period, in order."""

    def gaps(self) -> Iterator[Stretch]:
        """Stretches of whole hours of the period without an event of a sensor that had written one before."""
        for sensor, first in self.first_heard.items():
            start = max(self.start, first)
            if start < self.end:
                hours = sorted(hour for hour in self.heard.get(sensor, ()) if start <= hour < self.end)
                for before, after in pairwise([start - 1, *hours, self.end]):
                    if after - before > 1:
                        unusual = sum(self._is_unusual(sensor, hour) for hour in range(before + 1, after))
                        yield Stretch(sensor, before + 1, after, unusual)

    def _is_unusual(self, sensor: str, hour: int) -> bool:
        """Whether the sensor wrote in this hour of day on more than two thirds of the 7 days before.

        Of a sensor known for fewer days: of those. Two days are the fewest that say anything.
        """
        days = min(_DAYS_LOOKED_AT, (hour - self.first_heard[sensor]) // _DAY)
        heard = self.heard.get(sensor, set())
        written = sum(hour - _DAY * day in heard for day in range(1, days + 1))
        return days >= _FEWEST_DAYS and 3 * written > 2 * days

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
    """What the scope's machines wrote in the period so far, and in the week before."""
    start, end = scope.period.start_us // US_PER_HOUR, scope.period.end_us // US_PER_HOUR
    labels = scope.memo.once(("sensor names",), lambda: _names(scope))
    first = scope.memo.once(("first active hours",), lambda: _first_hours(scope))
    newest = scope.memo.once(("replaced names",), lambda: replaced_names(scope.connection))
    machines = _machines(scope.sensor_id, first, newest, end)
    hours: dict[int, set[int]] = defaultdict(set)
    alone = scope.sensor_id if len(machines) == 1 and len(next(iter(machines.values()))) == 1 else 0
    for row in scope.rows("active_hours", None, first_hour=start - _WEEK, end_hour=end, sensor_id=alone):
        hours[row.sensor_id].add(row.event_hour)
    first_heard: dict[str, int] = {}
    heard: dict[str, set[int]] = {}
    replaced: list[Replacement] = []
    for names in machines.values():
        label = labels[names[-1]]
        first_heard[label] = first[names[0]]
        if written := set().union(*(hours[name] for name in names)):
            heard[label] = written
        replaced += [
            Replacement(labels[old], labels[new], first[new])
            for old, new in pairwise(names)
            if start <= first[new] < end and scope.sensor_id in (0, old, new)
        ]
    replaced.sort(key=lambda each: (each.since, each.sensor))
    return Activity(start, min(end, now_us // US_PER_HOUR), first_heard, heard, replaced)


def _machines(sensor_id: int, first: dict[int, int], newest: dict[int, int], end: int) -> dict[int, list[int]]:
    """The names of each machine of the scope up to the hour `end`, in the order in which they were first heard."""
    machines: dict[int, list[int]] = defaultdict(list)
    for name in sorted(first, key=lambda each: (first[each], each)):
        if first[name] < end:
            machines[newest.get(name, name)].append(name)
    if sensor_id:
        wanted = newest.get(sensor_id, sensor_id)
        return {wanted: machines[wanted]} if wanted in machines else {}
    return dict(machines)


def _names(scope: Scope) -> dict[int, str]:
    return {row.id: sensor_label(decode_text(row.name)) for row in scope.connection.execute(select(sensors))}


def _first_hours(scope: Scope) -> dict[int, int]:
    rows = scope.connection.execute(statement("reports/first_active_hours"))
    return {row.sensor_id: row.first_hour for row in rows}
