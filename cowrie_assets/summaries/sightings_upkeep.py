"""Sightings kept up to date by what a refresh just changed: a few events cost a few look-ups.

A row that is put in may bring its session's day values; these are added. A row that is taken out may have been the last
with its value, or move a session to another day or sensor: the sightings of that sensor on that day are worked out from
its rows. All happens in the transaction that changes the rows.
"""

from collections import defaultdict

from sqlalchemy import Connection, text

from cowrie_assets.summaries.networks import map_new_addresses
from cowrie_assets.summaries.sightings import SightingsChange, SightingsResult
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.temporary_tables import make_empty


class SightingsUpkeep:
    """For one transaction. `lost` is called with the rows that are wrong in the temporary table `changed` and the right
    ones in `fresh`, `gained` with those that were put in, in `changed`, and `settle` at the end."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sensors: dict[int, set[int]] = defaultdict(set)
        """Those that are to be worked out, by day."""
        self._whole: set[int] = set()
        columns = "session_day INTEGER, kind SMALLINT, value_id BIGINT, sensor_id INTEGER"
        make_empty(connection, "gained_sightings", columns)

    def work_out_whole(self, day: int) -> None:
        """Have a day worked out from all its rows, whatever is lost or gained."""
        self._whole.add(day)

    def lost(self, summary: str) -> None:
        """Have those sensors of days worked out that do not follow by adding."""
        for day, sensor in self._connection.execute(statement(f"summaries/lost_values/{summary}")):
            self._sensors[day].add(sensor)

    def gained(self, summary: str) -> None:
        """Take up what the rows that were put in bring."""
        if summary == "session_summaries":
            map_new_addresses(self._connection)
        self._connection.execute(statement(f"summaries/gained_values/{summary}", self._connection.dialect.name))

    def settle(self) -> SightingsResult:
        """Bring the days up to date. Nothing but versions of days is to be written behind it."""
        change = SightingsChange(self._connection)
        gained = set(self._connection.execute(text("SELECT DISTINCT session_day FROM gained_sightings")).scalars())
        for day in sorted(self._whole | gained | self._sensors.keys()):
            if day in self._whole:
                change.work_out_whole(day)
                continue
            if day in gained:
                change.add_gained(day)
            if day in self._sensors:
                change.work_out(day, self._sensors[day])
        return change.settle()
