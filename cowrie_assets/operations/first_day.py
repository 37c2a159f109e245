"""The day on which time begins where `COWRIE_FIRST_DAY` does not say: that of the oldest event.

A clock gone wrong must not make thousands of days: what claims to be older than Cowrie does not count, nor does a day
that lies more than a year from every other.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from cowrie_assets.clock import US_PER_DAY, day_number, day_of_number, today
from cowrie_assets.database_url import DatabaseUrlError, read_database_url
from cowrie_assets.ingest.discovery import DiscoveryError
from cowrie_assets.ingest.file_looks import stats
from cowrie_assets.ingest.sources import Sources, folder_name
from cowrie_assets.ingest.spans import edge_times
from cowrie_assets.operations.database_file import sqlite_file
from cowrie_assets.operations.logs import find_logs
from cowrie_assets.settings import EARLIEST_DAY, Settings
from cowrie_assets.warehouse.apsw_dbapi import connect
from cowrie_assets.warehouse.apsw_dialect import DRIVER
from cowrie_assets.warehouse.errors import refused_connection
from cowrie_assets.warehouse.sql import statement

_LOG = logging.getLogger(__name__)
_SECONDS = 2
"""So long the database is waited for: the code location loads without it."""
_LOGS_OPENED = 3


def oldest_day(settings: Settings) -> date | None:
    """The day of the oldest event that was read, else on which the oldest log begins; none before Cowrie was.

    None where there is neither. A database that cannot be asked at once is passed over with a warning. Makes nothing.
    """
    try:
        with _glance(settings.database_url) as connection:
            found = None if connection is None else _oldest_read(connection)
    except (SQLAlchemyError, DatabaseUrlError, ImportError) as error:
        reason, _ = refused_connection(getattr(error, "orig", None) or error)
        _LOG.warning("the database cannot be asked for its first day (%s): the logs are", reason)
        found = None
    return found or _oldest_unread(settings)


def _oldest_read(connection: Connection) -> date | None:
    bounds = {"first_day": day_number(EARLIEST_DAY), "last_day": day_number(today())}
    number = connection.execute(statement("operations/first_event_day"), bounds).scalar()
    return None if number is None else day_of_number(number)


def _oldest_unread(settings: Settings) -> date | None:
    """By the first events of those logs that were written longest ago."""
    try:
        files = find_logs(settings).logs
    except DiscoveryError:
        return None
    written = [(status.st_mtime_ns, log) for log, status in stats(files) if not isinstance(status, OSError)]
    sources = Sources(settings.registry)
    found: list[date] = []
    for _, log in sorted(written, key=lambda each: each[0])[:_LOGS_OPENED]:
        try:
            times = edge_times(log, sources.of(folder_name(log.path), log.path.parent), glance=True)
        except OSError:
            continue
        found += [day_of_number(time // US_PER_DAY) for time in times]
    return min((day for day in found if EARLIEST_DAY <= day <= today()), default=None)


@contextmanager
def _glance(url: str) -> Iterator[Connection | None]:
    """A connection that only reads and waits for nobody; None where the database is a file that is not there."""
    parsed = read_database_url(url)
    file = sqlite_file(url)
    if file is not None:
        if not file.is_file():
            yield None
            return
        engine = create_engine(
            f"{DRIVER}://", creator=lambda: connect(file, read_only=True, seconds=_SECONDS), poolclass=NullPool
        )
    else:
        options = {"connect_timeout": _SECONDS, "options": f"-c statement_timeout={_SECONDS * 1000}"}
        engine = create_engine(parsed, connect_args=options, poolclass=NullPool, hide_parameters=True)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()
