"""How the numbers of cowrieprocessor and ours differ, day by day, and why.

Both tools give a session to the day of its first event. Beside our numbers stand the same events counted as that tool
counts; so what follows from another rule is told apart from what it counted twice, or does not have.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Literal

from sqlalchemy import Connection, select

from cowrie_assets.clock import day_number, day_of_number
from cowrie_assets.cowrieprocessor.source import DaySums, Source
from cowrie_assets.errors import UserError
from cowrie_assets.warehouse.codec import encode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import sensors
from cowrie_assets.warehouse.sql import statement

Measure = Literal["sessions", "events", "commands", "login_attempts", "file_downloads"]
MEASURES: tuple[Measure, ...] = ("sessions", "events", "commands", "login_attempts", "file_downloads")
Cause = Literal["equal", "rule", "more", "fewer"]
CAUSES: Mapping[Cause, str] = {
    "equal": "both say the same",
    "rule": "both have the same events: cowrieprocessor takes a session id as one session whichever sensors have it, "
    "counts every event whose type holds `command` or `login`, and failed downloads and uploads as downloads",
    "more": "cowrieprocessor has more than these events give: it adds up again what is read again, from another path "
    "or after a rotation, and keeps sessions on the day of the event that it read first",
    "fewer": "cowrieprocessor has less than these events give: it refuses events (unknown ids, damaged lines, gz "
    "files), reads nothing behind a rotation, or has not read these logs yet",
}
_OPEN = (-(2**31), 2**31 - 1)


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure of a day, or of all days together."""

    theirs: int
    ours: int
    counted_as_theirs: int
    """Our events counted as that tool counts."""

    @property
    def cause(self) -> Cause:
        """Why they differ."""
        if self.theirs == self.ours:
            return "equal"
        if self.theirs == self.counted_as_theirs:
            return "rule"
        return "more" if self.theirs > self.counted_as_theirs else "fewer"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What both tools say: of each day that either has a session of, and of all of them together."""

    days: Mapping[date, Mapping[Measure, Difference]]
    total: Mapping[Measure, Difference]


def compare(
    warehouse: Warehouse,
    source: Source,
    *,
    start: date | None = None,
    end: date | None = None,
    sensor: str | None = None,
) -> Comparison:
    """Compare the days from `start` to `end`, both inclusive and open where None; of one `sensor` where that is given.

    Raises UserError where the warehouse has no such sensor.
    """
    first = _OPEN[0] if start is None else day_number(start)
    last = _OPEN[1] if end is None else day_number(end)
    theirs = {day: sums for day, sums in _theirs(source, sensor).items() if first <= day <= last}
    with warehouse.read() as connection:
        binds = {"first_day": first, "last_day": last, "sensor_id": _sensor_id(connection, sensor)}
        ours = _ours(connection, binds)
        alike = _counted_as_theirs(connection, binds)
    none = DaySums(0, 0, 0, 0, 0)
    days = {
        day_of_number(day): _differences(theirs.get(day, none), ours.get(day, none), alike.get(day, none))
        for day in sorted({*theirs, *ours})
    }
    return Comparison(days, _differences(*(_sum(sums.values()) for sums in (theirs, ours, alike))))


def _theirs(source: Source, sensor: str | None) -> dict[int, DaySums]:
    return {day_number(day): sums for day, sums in source.sums_by_day(sensor).items()}


def _ours(connection: Connection, binds: Mapping[str, int]) -> dict[int, DaySums]:
    rows = connection.execute(statement("cowrieprocessor/sums_by_day"), binds)
    return {row.session_day: DaySums(*(int(getattr(row, name)) for name in MEASURES)) for row in rows}


def _counted_as_theirs(connection: Connection, binds: Mapping[str, int]) -> dict[int, DaySums]:
    """Raw events that are archived are no part of it."""
    ids = connection.execute(statement("cowrieprocessor/session_ids_by_day"), binds)
    sessions = {row.session_day: int(row.sessions) for row in ids}
    counted = {
        row.session_day: tuple(int(getattr(row, name)) for name in MEASURES[1:])
        for row in connection.execute(statement("cowrieprocessor/counted_as_theirs"), binds)
    }
    return {day: DaySums(number, *counted.get(day, (0, 0, 0, 0))) for day, number in sessions.items()}


def _sensor_id(connection: Connection, sensor: str | None) -> int:
    if sensor is None:
        return 0
    number = connection.execute(select(sensors.c.id).where(sensors.c.name == encode_text(sensor))).scalar()
    if number is None:
        raise UserError("the warehouse has no sensor of that name: see `cowrie-assets status`")
    return int(number)


def _differences(theirs: DaySums, ours: DaySums, alike: DaySums) -> dict[Measure, Difference]:
    return {name: Difference(getattr(theirs, name), getattr(ours, name), getattr(alike, name)) for name in MEASURES}


def _sum(days: Collection[DaySums]) -> DaySums:
    return DaySums(*(sum(getattr(day, each.name) for day in days) for each in fields(DaySums)))
