"""Giving back the space of removed rows. PostgreSQL does that by itself (autovacuum)."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import dagster as dg
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.schedules.sql_schedule_storage import SqlScheduleStorage
from sqlalchemy import Connection

from cowrie_assets.history.storage import events_of, runs_of

_WORTH_IT = 4
"""A file is written anew where one page in so many is free; else its free pages are used by what comes next."""
_PATIENCE = 30.0
"""Seconds to wait for others that write; what Dagster gives its own writers."""


def vacuum(instance: dg.DagsterInstance) -> Iterator[str]:
    """Make the SQLite files small that hold much free space; gives a sentence for each that could not be."""
    for file in _files(instance):
        try:
            _vacuum(file)
        except sqlite3.Error as error:
            yield f"{file} keeps its size until the next time: {error}"


def _files(instance: dg.DagsterInstance) -> list[Path]:
    events = events_of(instance)
    connections = [events.index_connection(), runs_of(instance).connect()]
    if isinstance(events, SqliteEventLogStorage):
        connections.append(events.run_connection(""))
    if isinstance(instance.schedule_storage, SqlScheduleStorage):
        connections.append(instance.schedule_storage.connect())
    files = []
    for each in connections:
        with each as connection:
            files.append(_file(connection))
    return [file for file in files if file is not None]


def _file(connection: Connection) -> Path | None:
    url = connection.engine.url
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _vacuum(file: Path) -> None:
    with closing(sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None)) as connection:
        (free,) = connection.execute("PRAGMA freelist_count").fetchone()
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        if free * _WORTH_IT >= pages and free:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
