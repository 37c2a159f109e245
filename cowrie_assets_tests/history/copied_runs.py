"""Years of history in seconds: the records of a run that was executed, copied as those of others at other times."""

import os
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import dagster as dg
from dagster._core.storage.event_log.schema import (
    AssetCheckExecutionsTable,
    AssetEventTagsTable,
    AssetKeyTable,
    SqlEventLogStorageTable,
)
from dagster._core.storage.runs.schema import RunsTable, RunTagsTable
from dagster._serdes import deserialize_value, serialize_value
from sqlalchemy import Connection, Table, func, insert, select, text, update

from cowrie_assets.history.leftovers import remove_files
from cowrie_assets.history.storage import events_of, runs_of

_TIME = re.compile(r'"timestamp": (\d+\.\d+)')
_AT_ONCE = 100


@dataclass(frozen=True)
class Copy:
    """A run like the template, over another partition, that ended at another time."""

    key: str
    ended: datetime
    run_id: str = ""


class Template:
    """The records of a run over one partition."""

    def __init__(self, instance: dg.DagsterInstance, run_id: str, key: str) -> None:
        self.instance, self.run_id, self.key = instance, run_id, key
        with runs_of(instance).connect() as connection:
            self._runs = _rows(connection, RunsTable, RunsTable.c.run_id == run_id)
            self._tags = _rows(connection, RunTagsTable, RunTagsTable.c.run_id == run_id)
        with events_of(instance).index_connection() as connection:
            logs, checks = SqlEventLogStorageTable, AssetCheckExecutionsTable
            self._events = _rows(connection, logs, logs.c.run_id == run_id)
            self._checks = _rows(connection, checks, checks.c.run_id == run_id)
            ids = [row["id"] for row in self._events]
            self._event_tags = _rows(connection, AssetEventTagsTable, AssetEventTagsTable.c.event_id.in_(ids))
        self.ended: datetime = self._runs[0]["update_timestamp"]

    def copy(self, copies: Iterable[Copy], *, files: str = "link") -> list[str]:
        """Record the copies, oldest first, and give their ids. Files are hard links of the template's, or a `copy`."""
        wanted = [each if each.run_id else Copy(each.key, each.ended, str(uuid4())) for each in copies]
        for start in range(0, len(wanted), _AT_ONCE):
            self._insert(wanted[start : start + _AT_ONCE])
        for each in wanted:
            self._copy_files(each.run_id, os.link if files == "link" else shutil.copyfile)
        return [each.run_id for each in wanted]

    def forget(self) -> None:
        """Remove the template, which bears the real time, and let each asset name its newest event as the latest."""
        self.instance.delete_run(self.run_id)
        remove_files(self.instance, self.run_id)
        logs, assets = SqlEventLogStorageTable, AssetKeyTable
        with events_of(self.instance).index_connection() as connection:
            for key in {row["asset_key"] for row in self._events if row["asset_key"]}:
                made = (logs.c.asset_key == key) & (logs.c.dagster_event_type == "ASSET_MATERIALIZATION")
                newest = select(logs).where(made).order_by(logs.c.id.desc()).limit(1)
                for row in connection.execute(newest).mappings():
                    record = dg.EventLogRecord(row["id"], deserialize_value(row["event"], dg.EventLogEntry))
                    latest = {"last_materialization": serialize_value(record), "last_run_id": row["run_id"]}
                    connection.execute(update(assets).where(assets.c.asset_key == key).values(latest))

    def _insert(self, copies: Sequence[Copy]) -> None:
        with runs_of(self.instance).connect() as connection:
            _add(connection, RunsTable, [self._moved(row, each) for each in copies for row in self._runs])
            _add(connection, RunTagsTable, [self._moved(row, each) for each in copies for row in self._tags])
        with events_of(self.instance).index_connection() as connection:
            step = max(row["id"] for row in self._events) - min(row["id"] for row in self._events) + 1
            newest = connection.execute(select(func.max(SqlEventLogStorageTable.c.id))).scalar_one()
            first = newest + 1 - min(row["id"] for row in self._events)
            shifts = [first + number * step for number in range(len(copies))]
            pairs = list(zip(copies, shifts, strict=True))
            moved = [self._moved(row, each) | {"id": row["id"] + by} for each, by in pairs for row in self._events]
            connection.execute(insert(SqlEventLogStorageTable), moved)
            _add(
                connection,
                AssetEventTagsTable,
                [self._pointing(row, each, by) for each, by in pairs for row in self._event_tags],
            )
            _add(
                connection,
                AssetCheckExecutionsTable,
                [self._pointing(row, each, by) for each, by in pairs for row in self._checks],
            )
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT setval('event_logs_id_seq', (SELECT MAX(id) FROM event_logs))"))

    def _moved(self, row: Mapping[str, Any], copy: Copy) -> dict[str, Any]:
        """A row as it is of the copy: other ids, keys and times."""
        by = copy.ended - self.ended
        return {name: self._value(value, copy, by) for name, value in row.items()}

    def _pointing(self, row: Mapping[str, Any], copy: Copy, by: int) -> dict[str, Any]:
        names = ("event_id", "evaluation_event_storage_id", "materialization_event_storage_id")
        return self._moved(row, copy) | {name: row[name] + by for name in names if row.get(name) is not None}

    def _value(self, value: Any, copy: Copy, by: timedelta) -> Any:
        if isinstance(value, datetime):
            return value + by
        if isinstance(value, float):
            return value + by.total_seconds()
        if not isinstance(value, str):
            return value
        replaced = value.replace(self.run_id, copy.run_id).replace(self.key, copy.key)
        return _TIME.sub(lambda found: f'"timestamp": {float(found[1]) + by.total_seconds()}', replaced)

    def _copy_files(self, run_id: str, copy: Any) -> None:
        home = Path(self.instance.root_directory)
        step_log = home / "history" / "runs" / f"{self.run_id}.db"
        if step_log.exists():
            copy(step_log, step_log.with_name(f"{run_id}.db"))
        logs = home / "storage" / self.run_id
        if logs.exists():
            shutil.copytree(logs, logs.with_name(run_id), copy_function=copy)


def _rows(connection: Connection, table: Table, condition: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(select(table).where(condition).order_by(table.c.id)).mappings()]


def _add(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows under new numbers."""
    if rows:
        connection.execute(insert(table), [{name: row[name] for name in row if name != "id"} for row in rows])
