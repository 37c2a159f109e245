"""Which days were looked through: those between the first and the last that hold events, while no log is left to read.

A day among them that has no event is a day on which nothing happened, not one that nobody looked at.
"""

import os
from datetime import date, timedelta

from sqlalchemy import Connection

from cowrie_assets.clock import US_PER_DAY, day_number, day_of_number, today
from cowrie_assets.ingest.discovery import DiscoveryError
from cowrie_assets.ingest.file_looks import Seen, path_key, seen_paths, stats
from cowrie_assets.operations.logs import find_logs
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.sql import statement

Days = tuple[date, date]
"""The first and the last of some days, both inclusive."""


def looked_through(warehouse: Warehouse, settings: Settings, first_day: date) -> Days | None:
    """The days from `first_day` to today that were looked through; None where none was.

    None too while a log is there that was never read, for nobody knows its days, and where the logs cannot be found.
    Where known logs grew, they end before the first day that one of these had reached. Opens no log.
    """
    try:
        files = find_logs(settings).logs
    except DiscoveryError:
        return None
    with warehouse.read() as connection:
        seen = seen_paths(connection, files)
        span = event_span(connection, first_day, today())
    if span is None:
        return None
    last = span[1]
    for log, status in stats(files):
        known = seen.get(path_key(log))
        if not isinstance(status, os.stat_result) or not status.st_size or _is_as_read(status, known):
            continue
        if known is None or not known.event_times:
            return None
        last = min(last, day_of_number(max(known.event_times) // US_PER_DAY) - timedelta(days=1))
    return (span[0], last) if span[0] <= last else None


def event_span(connection: Connection, first: date, last: date) -> Days | None:
    """The first and the last of the days `first` to `last` that hold an event; None where none does."""
    bounds = {"first_day": day_number(first), "last_day": day_number(last)}
    row = connection.execute(statement("operations/event_span"), bounds).one()
    return None if row.first_day is None else (day_of_number(row.first_day), day_of_number(row.last_day))


def _is_as_read(status: os.stat_result, known: Seen | None) -> bool:
    if known is None:
        return False
    return (status.st_size, status.st_mtime_ns, status.st_ino) == (known.size, known.mtime_ns, known.inode)
