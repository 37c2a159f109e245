"""Whether each sensor writes as often as it usually does.

The rule: a sensor is silent once its newest event is older than three times its usual interval. The usual interval is
the second-longest time, in whole hours, from one hour with an event to the next in the four weeks up to its newest
event: nights and quiet weekends are in it, and one outage in those weeks does not stretch it. Hours are counted because
that is how `active_hours` keeps them, so the shortest silence that is told is three hours.

A sensor is judged once it is known for a week and has events in 15 hours of those four weeks. One that has been silent
for four weeks is taken as retired, and is told no more. The names that one machine has had are one sensor.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from sqlalchemy import Connection, select

from cowrie_assets.clock import US_PER_SECOND
from cowrie_assets.ingest.origins import replaced_names
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.schema import sensors
from cowrie_assets.warehouse.sql import statement

Writing = Literal["writes", "silent", "not judged", "retired"]

US_PER_HOUR = 3600 * US_PER_SECOND
CLOCK_TOLERANCE_US = 300 * US_PER_SECOND
"""An event or a file may be so far ahead of the clock."""

_FOUR_WEEKS = 28 * 24
_WEEK = 7 * 24
_FEWEST_HOURS = 15
_USUAL_INTERVALS = 3


@dataclass(frozen=True, slots=True)
class SensorActivity:
    """When a sensor wrote. Times are microseconds since 1970-01-01 UTC."""

    sensor: str
    newest_event_at: int | None
    """Of those that do not lie in the future; None where there is none."""
    allowed_hours: int | None
    """It is silent once its newest event is older; None where it is not judged."""
    state: Writing
    former_names: tuple[str, ...] = ()
    future_event_at: int | None = None
    """Its newest event where that lies in the future: a clock was wrong."""


def allowed_hours(hours: Sequence[int]) -> int | None:
    """How many hours a sensor may keep silent, by its hours (since 1970-01-01 UTC) with events, in order.

    None where they are too few, or reach back too short a time, to tell.
    """
    recent = [hour for hour in hours if hour > hours[-1] - _FOUR_WEEKS]
    if len(recent) < _FEWEST_HOURS or recent[-1] - recent[0] < _WEEK:
        return None
    intervals = sorted(later - earlier for earlier, later in pairwise(recent))
    return _USUAL_INTERVALS * intervals[-2]


def sensor_activity(connection: Connection, now: int) -> list[SensorActivity]:
    """Each sensor that ever wrote, by name; a machine under its newest name."""
    names = {row.id: decode_text(row.name) for row in connection.execute(select(sensors))}
    successors = replaced_names(connection)
    newest: dict[int, int] = {}
    for row in connection.execute(statement("ingest/sensor_spans")):
        newest[row.sensor_id] = max(newest.get(row.sensor_id, row.last_at), row.last_at)
    window = {"first_hour": now // US_PER_HOUR - 2 * _FOUR_WEEKS, "end_hour": now // US_PER_HOUR + 1, "sensor_id": 0}
    hours: dict[int, set[int]] = defaultdict(set)
    for row in connection.execute(statement("reports/active_hours"), window):
        hours[row.sensor_id].add(row.event_hour)
    machines: dict[int, list[int]] = defaultdict(list)
    for name in newest:
        machines[successors.get(name, name)].append(name)
    return sorted(
        (
            _activity(
                names[newest_name],
                [newest[name] for name in known],
                sorted(set().union(*(hours[name] for name in known))),
                tuple(sorted(names[name] for name in known if name != newest_name)),
                now,
            )
            for newest_name, known in machines.items()
        ),
        key=lambda each: each.sensor,
    )


def _activity(sensor: str, newest: list[int], hours: list[int], former: tuple[str, ...], now: int) -> SensorActivity:
    past = [at for at in newest if at <= now + CLOCK_TOLERANCE_US]
    future = max(newest) if len(past) < len(newest) else None
    if future is not None and hours:  # the hours up to now say when it wrote before its clock went wrong
        past.append(min((hours[-1] + 1) * US_PER_HOUR, now))
    if not past:
        return SensorActivity(sensor, None, None, "not judged", former, future)
    newest_event_at = max(past)
    silent_hours = (now - newest_event_at) / US_PER_HOUR
    allowed = allowed_hours(hours) if hours else None
    if silent_hours >= _FOUR_WEEKS:
        state: Writing = "retired"
    elif allowed is None:
        state = "not judged"
    else:
        state = "silent" if silent_hours > allowed else "writes"
    return SensorActivity(sensor, newest_event_at, allowed, state, former, future)
