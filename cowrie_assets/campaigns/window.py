"""Whole UTC days, and the sensor whose sessions are looked at."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from cowrie_assets.clock import US_PER_DAY, day_number, day_of_number
from cowrie_assets.warehouse.sql import statement

_USUAL_DAYS = 7


@dataclass(frozen=True, slots=True)
class Window:
    """The days `first` to `last`, inclusive."""

    first: date
    last: date
    sensor_id: int = 0
    """0: all sensors."""

    @property
    def binds(self) -> dict[str, Any]:
        """Its begin and end, as days and as microseconds since 1970-01-01 UTC; the end is no longer in it."""
        start_day, end_day = day_number(self.first), day_number(self.last) + 1
        return {
            "start_day": start_day,
            "end_day": end_day,
            "start_us": start_day * US_PER_DAY,
            "end_us": end_day * US_PER_DAY,
            "sensor_id": self.sensor_id,
        }

    @property
    def document(self) -> dict[str, str]:
        """What a JSON document says of it."""
        return {"since": str(self.first), "until": str(self.last)}


def window_of(
    connection: Connection, since: date | None = None, until: date | None = None, sensor_id: int = 0
) -> Window:
    """The days `since` to `until`; until the newest session that did anything, and of the last seven days, where they
    are None."""
    if until is None:
        newest = connection.execute(statement("campaigns/newest_session")).scalar() or 0
        until = day_of_number(newest // US_PER_DAY)
        until = until if since is None else max(since, until)
    return Window(until - timedelta(days=_USUAL_DAYS - 1) if since is None else since, until, sensor_id)
