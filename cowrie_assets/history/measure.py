"""How large the history of an instance is, wherever it keeps it."""

from pathlib import Path

import dagster as dg

from cowrie_assets.history.size import HistorySize, size_on_disk
from cowrie_assets.history.storage import events_of, rows

_TABLES = {
    "runs": "runs",
    "run_tags": "runs",
    "snapshots": "runs",
    "bulk_actions": "runs",
    "event_logs": "events",
    "asset_event_tags": "events",
    "asset_check_executions": "events",
    "asset_keys": "events",
    "job_ticks": "ticks",
}
"""PostgreSQL's tables, by what they hold."""


def measure(instance: dg.DagsterInstance) -> HistorySize:
    """The bytes of an instance's history, indexes and free space with them."""
    on_disk = size_on_disk(Path(instance.root_directory))
    with events_of(instance).index_connection() as connection:
        if connection.dialect.name != "postgresql":
            return on_disk
        sizes = {row["name"]: int(row["bytes"]) for row in rows(connection, "relation_sizes", names=list(_TABLES))}
    taken = dict.fromkeys(_TABLES.values(), 0)
    for table, part in _TABLES.items():
        taken[part] += sizes.get(table, 0)
    return HistorySize(compute_logs=on_disk.compute_logs, **taken)
