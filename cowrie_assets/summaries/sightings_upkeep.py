"""Sightings of days that were up to date, kept so by what a refresh just changed: a few events cost a few look-ups.

A day is clean where its sightings follow from the four summaries as they stand. A row that is put in may bring it
values; that is added. A row that is taken out may have been the last with its value, or move a session to another day:
such a day stays pending, and `summaries.sightings` works it out from all its rows. All happens in the transaction that
changes the rows.
"""

from sqlalchemy import Connection, text

from cowrie_assets.summaries import sightings
from cowrie_assets.summaries.networks import map_new_addresses
from cowrie_assets.warehouse.sql import statement


class SightingsUpkeep:
    """The clean days of the touched sessions, for one transaction. `active` tells whether there are any.

    `lost` is called with the rows that are wrong in the temporary table `changed` and the right ones in `fresh`,
    `gained` with those that were put in, in `changed`, and `settle` at the end.
    """

    def __init__(self, connection: Connection, day: int) -> None:
        self._connection = connection
        for table, columns in (
            ("clean_days", "session_day INTEGER PRIMARY KEY"),
            ("gained_sightings", "session_day INTEGER, kind SMALLINT, value_id BIGINT, sensor_id INTEGER"),
        ):
            connection.execute(text(f"CREATE TEMPORARY TABLE IF NOT EXISTS {table} ({columns})"))
            connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608  (names of our own)
        self.active = connection.execute(statement("summaries/clean_days"), {"day": day}).rowcount > 0

    def lost(self, summary: str) -> None:
        """Leave those days to `summaries.sightings` that do not follow by adding."""
        days = self._connection.execute(statement(f"summaries/lost_values/{summary}")).scalars().all()
        if days:
            gone = [{"day": day} for day in set(days)]
            self._connection.execute(text("DELETE FROM clean_days WHERE session_day = :day"), gone)

    def gained(self, summary: str) -> None:
        """Take up what the rows that were put in bring."""
        if summary == "session_summaries":
            map_new_addresses(self._connection)
        query = statement(f"summaries/gained_values/{summary}")
        kinds = {name: kind for name, kind in sightings.BINDS.items() if f":{name}" in query.text}
        self._connection.execute(query, kinds)

    def settle(self) -> int:
        """Put in what the clean days gained, and mark these as taken in; tells how many sightings there were."""
        gained = 0
        for day in self._connection.execute(text("SELECT session_day FROM clean_days")).scalars().all():
            gained += sightings.add_gained(self._connection, day)
        return gained
