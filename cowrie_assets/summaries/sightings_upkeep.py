"""Sightings kept up to date by what a refresh just changed: a few events cost a few look-ups.

A row that is put in may bring its session's day values; these are added. A row that is taken out may have been the last
with its value, or move a session to another day: the sightings of such a day are worked out from all its rows. All
happens in the transaction that changes the rows.
"""

from sqlalchemy import Connection, text

from cowrie_assets.summaries import sightings
from cowrie_assets.summaries.networks import map_new_addresses
from cowrie_assets.summaries.sightings import SightingsChange, SightingsResult
from cowrie_assets.warehouse.sql import statement


class SightingsUpkeep:
    """For one transaction. `lost` is called with the rows that are wrong in the temporary table `changed` and the right
    ones in `fresh`, `gained` with those that were put in, in `changed`, and `settle` at the end."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._worked_out: set[int] = set()
        self._anew: set[int] = set()
        columns = "session_day INTEGER, kind SMALLINT, value_id BIGINT, sensor_id INTEGER"
        connection.execute(text(f"CREATE TEMPORARY TABLE IF NOT EXISTS gained_sightings ({columns})"))
        connection.execute(text("DELETE FROM gained_sightings"))

    def work_out(self, day: int) -> None:
        """Have a day worked out from all its rows, and the networks of its addresses with it."""
        self._worked_out.add(day)
        self._anew.add(day)

    def lost(self, summary: str) -> None:
        """Have those days worked out from all their rows that do not follow by adding."""
        self._worked_out.update(self._connection.execute(statement(f"summaries/lost_values/{summary}")).scalars())

    def gained(self, summary: str) -> None:
        """Take up what the rows that were put in bring."""
        if summary == "session_summaries":
            map_new_addresses(self._connection)
        query = statement(f"summaries/gained_values/{summary}")
        kinds = {name: kind for name, kind in sightings.BINDS.items() if f":{name}" in query.text}
        self._connection.execute(query, kinds)

    def settle(self) -> SightingsResult:
        """Bring the days up to date. Nothing but versions of days is to be written behind it."""
        change = SightingsChange(self._connection)
        gained = set(self._connection.execute(text("SELECT DISTINCT session_day FROM gained_sightings")).scalars())
        for day in sorted(gained | self._worked_out):
            if day in self._worked_out:
                change.work_out(day, anew=day in self._anew)
            else:
                change.add_gained(day)
        return change.settle()
