"""Dagster's storage: opened from `DAGSTER_HOME`, and asked and changed by the files of `sql/history`.

Dagster has no public way to remove a part of a run's events. Its tables are reached through its own connections, so its
locks hold; a test compares the tables and columns that are named here with those of the installed release.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from dagster._core.storage.event_log.sql_event_log import SqlEventLogStorage
from dagster._core.storage.runs.sql_run_storage import SqlRunStorage
from sqlalchemy import TIMESTAMP, BindParameter, Connection, RowMapping, TextClause, bindparam

from cowrie_assets.history.errors import HistoryError
from cowrie_assets.orchestration.instance import open_instance
from cowrie_assets.warehouse.sql import statement

ASSETS = (
    "log_files",
    "raw_events",
    "session_summaries",
    "command_stats",
    "login_stats",
    "files",
    "session_techniques",
    "sightings",
    "daily_report",
    "weekly_report",
    "monthly_report",
    "report_publication",
    "file_enrichment",
    "address_enrichment",
    "downloaded_files",
    "enrichment_coverage",
    "raw_event_archive",
    "campaign_sessions",
    "campaigns",
    "indicators",
)
"""Our assets: what is recorded of them beside runs can go, too. Those of other code locations are not looked at."""

AT_ONCE = 500
"""Rows removed in one transaction: whoever else writes waits a few milliseconds for it."""

_LISTS = ("run_ids", "asset_keys", "ids", "names")


@contextmanager
def open_history(home: str | None) -> Iterator[dg.DagsterInstance]:
    """The instance of `home`, the value of `DAGSTER_HOME`. Raises HistoryError where that is no folder, InstanceError
    where Dagster cannot use what is in it."""
    if not home:
        raise HistoryError(
            "DAGSTER_HOME is not set: it names the folder of Dagster's history (`make ui` has .dagster_home)"
        )
    if not Path(home).is_dir():
        raise HistoryError(f"DAGSTER_HOME: there is no folder {home}")
    with open_instance(home) as instance:
        yield instance


def events_of(instance: dg.DagsterInstance) -> SqlEventLogStorage:
    """Where the events are. Raises HistoryError where they are in no database."""
    storage = instance.event_log_storage
    if not isinstance(storage, SqlEventLogStorage):
        raise HistoryError(f"Dagster keeps its events in {type(storage).__name__}, which is no SQLite or PostgreSQL")
    return storage


def runs_of(instance: dg.DagsterInstance) -> SqlRunStorage:
    """Where the runs are. Raises HistoryError where they are in no database."""
    storage = instance.run_storage
    if not isinstance(storage, SqlRunStorage):
        raise HistoryError(f"Dagster keeps its runs in {type(storage).__name__}, which is no SQLite or PostgreSQL")
    return storage


def rows(connection: Connection, name: str, **binds: object) -> Sequence[RowMapping]:
    """What `sql/history/<name>.sql` selects."""
    return connection.execute(_bound(name, binds), binds).mappings().all()


def change(connection: Connection, name: str, **binds: object) -> int:
    """Run `sql/history/<name>.sql`, and give the number of rows that it changed."""
    return connection.execute(_bound(name, binds), binds).rowcount


def _bound(name: str, binds: Mapping[str, object]) -> TextClause:
    lists: list[BindParameter[object]] = [bindparam(each, expanding=True) for each in _LISTS if each in binds]
    times = [bindparam("before", type_=TIMESTAMP())] if "before" in binds else []
    return statement(f"history/{name}").bindparams(*lists, *times)
