"""Which values were seen on which session day, by which sensor: what tells the new from the known.

Each value stands under the sensors that saw it, and once more under sensor 0, which means any of them.

A day's sightings follow from its rows in the four summaries. Where a day gains or loses one, the next day that has the
value reads otherwise, for what was new there may be known now. Both are marked as changed, so that their reports are
written anew. Later days than that one have the value before them either way. The same holds for what VirusTotal calls a
file: the next day with a file of that label is marked, too.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select, text

from cowrie_assets.summaries.networks import map_addresses
from cowrie_assets.warehouse import day_versions
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.engine import Warehouse, is_alone
from cowrie_assets.warehouse.schema import changed_days, sightings
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.temporary_tables import make_empty
from cowrie_assets.warehouse.verdict_lock import begin_labels
from cowrie_assets.warehouse.write_lock import take_locks
from cowrie_assets.warehouse.write_scope import of_name

SIGHTINGS = "sightings"
"""The name of this summary."""


@dataclass(slots=True)
class SightingsResult:
    """What was wrong or missing before, and the days whose news changed by it."""

    lost: int = 0
    gained: int = 0
    changed: set[tuple[int, int]] = field(default_factory=set)
    """Those days, each with the sensor that it is so for; 0: for all sensors together."""


class SightingsChange:
    """Changes of the sightings within one transaction: day by day, then `settle`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._result = SightingsResult()
        _make_empty(connection, "changed_sightings")
        _make_empty(connection, "settled_sightings")

    def add_gained(self, day: int) -> None:
        """Put in what a day gained, by the temporary table `gained_sightings`."""
        self._connection.execute(statement("summaries/gained_sightings_of_day"), {"day": day})
        self._apply(day)

    def work_out(self, day: int, sensors: Iterable[int]) -> None:
        """Make the sightings of a day what the rows of these sensors (`sensors.id`) in the summaries give."""
        connection = self._connection
        _make_empty(connection, "sighted_sensors")
        rows = [{"sensor": sensor} for sensor in sorted(sensors)]
        connection.execute(text("INSERT INTO sighted_sensors (sensor_id) VALUES (:sensor)"), rows)
        _collect_changed(connection, day)
        self._apply(day)
        connection.execute(statement("summaries/changed_for_any_sensor"), {"day": day})
        self._apply(day)

    def work_out_whole(self, day: int) -> None:
        """Make the sightings of a day, and the networks of its addresses, what all its rows in the summaries give."""
        map_addresses(self._connection, day)
        _choose_all_sensors(self._connection, day)
        _collect_changed(self._connection, day)
        self._apply(day)

    def settle(self) -> SightingsResult:
        """What all that comes to. From here to its end the transaction is alone in settling: of two that bring the same
        value on different days, the later one sees what the earlier one brought, and so which days read otherwise."""
        result, connection = self._result, self._connection
        if result.lost or result.gained:
            if not is_alone(connection):
                take_locks(connection, of_name(SIGHTINGS))
                begin_labels(connection)  # who gives a label at this moment sees these days, or this sees the label
            settled = text("SELECT DISTINCT session_day, sensor_id FROM settled_sightings")
            changed = {(day, sensor) for day, sensor in connection.execute(settled)} | self._next_days()
            known = set[int]()
            for some in chunks(sorted({day for day, _ in changed})):
                there = select(changed_days.c.session_day).where(changed_days.c.session_day.in_(some))
                known.update(connection.execute(there).scalars())
            result.changed.update(each for each in changed if each[0] in known)
        return result

    def _apply(self, day: int) -> None:
        """Take `changed_sightings` into the sightings of a day, and leave it empty."""
        connection, binds = self._connection, {"day": day}
        self._result.lost += connection.execute(statement("summaries/remove_sightings"), binds).rowcount
        self._result.gained += connection.execute(statement("summaries/add_sightings"), binds).rowcount
        connection.execute(statement("summaries/settle_sightings"), binds)
        connection.execute(text("DELETE FROM changed_sightings"))

    def _next_days(self) -> set[tuple[int, int]]:
        """The days, by sensor, whose news follow from what changed before them."""
        newest = self._connection.execute(select(func.max(sightings.c.session_day))).scalar()
        if newest is None:
            return set()
        found = self._connection.execute(statement("summaries/next_sightings"), {"newest_day": newest})
        return {(day, sensor) for day, sensor in found}


def refresh_sightings(warehouse: Warehouse, days: Iterable[int]) -> SightingsResult:
    """Work the sightings of `days` out anew, whatever stands there: numbers as `clock.day_number` gives them.

    A refresh keeps the sightings up to date with the sessions, in its own transaction; this is for whoever puts rows
    into the summaries in another way.
    """
    with warehouse.write() as connection:
        change = SightingsChange(connection)
        for day in sorted(set(days)):
            change.work_out_whole(day)
        result = change.settle()
        day_versions.renew_sessions(connection, result.changed)
    return result


def count_differences(connection: Connection, day: int) -> tuple[int, int]:
    """How many sightings of a day are wrong and how many are missing, by the summaries as they stand."""
    _make_empty(connection, "changed_sightings")
    _choose_all_sensors(connection, day)
    _collect_changed(connection, day)
    counted = text("SELECT COUNT(*) FILTER (WHERE seen = 0), COUNT(*) FILTER (WHERE seen = 1) FROM changed_sightings")
    wrong, missing = connection.execute(counted).one()
    return wrong, missing


def _choose_all_sensors(connection: Connection, day: int) -> None:
    """Have all sensors of a day in `sighted_sensors`."""
    _make_empty(connection, "sighted_sensors")
    connection.execute(statement("summaries/sensors_of_day"), {"day": day})


def _collect_changed(connection: Connection, day: int) -> None:
    """Put what is wrong and what is missing of the sensors of `sighted_sensors` into `changed_sightings`."""
    _make_empty(connection, "fresh_sightings")
    connection.execute(statement("summaries/sightings"), {"day": day})
    connection.execute(statement("summaries/changed_sightings"), {"day": day})


def _make_empty(connection: Connection, table: str) -> None:
    make_empty(connection, table, _COLUMNS[table])


_VALUE = "kind SMALLINT, value_id BIGINT, sensor_id INTEGER"
_COLUMNS = {
    "fresh_sightings": _VALUE,
    "changed_sightings": f"{_VALUE}, seen SMALLINT",
    "settled_sightings": f"session_day INTEGER, {_VALUE}",
    "sighted_sensors": "sensor_id INTEGER PRIMARY KEY",
}
"""Of the temporary tables."""
