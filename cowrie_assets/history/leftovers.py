"""Files of runs: the step log (SQLite has one for each run) and what a run wrote to standard output and error."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import UUID

import dagster as dg
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.local_compute_log_manager import LocalComputeLogManager

from cowrie_assets.history.size import INDEX
from cowrie_assets.warehouse.chunks import chunks

_BESIDE = ("", "-wal", "-shm", "-journal")
_REST = 86_400.0
"""Seconds: what was written since may belong to a run that is just being made."""


def has_step_log(instance: dg.DagsterInstance, run_id: str) -> bool:
    """Whether a run has a step log in a file of its own."""
    return any(path.exists() for path in _step_log(instance, run_id))


def remove_files(instance: dg.DagsterInstance, run_id: str) -> None:
    """Remove a run's step log and compute logs. Whoever looks at the run sees it without its log."""
    for path in _step_log(instance, run_id):
        path.unlink(missing_ok=True)
    instance.compute_log_manager.delete_logs(prefix=[run_id])


def runs_known_no_more(instance: dg.DagsterInstance) -> Iterator[str]:
    """Ids of runs that left files behind and have no record, as after a kill between the two."""
    ids = sorted({run_id for folder, pattern in _places(instance) for run_id in _old_names(folder, pattern)})
    for some in chunks(ids):
        known = set(instance.get_run_ids(dg.RunsFilter(run_ids=some)))
        yield from (run_id for run_id in some if run_id not in known)


def _step_log(instance: dg.DagsterInstance, run_id: str) -> Sequence[Path]:
    storage = instance.event_log_storage
    if not isinstance(storage, SqliteEventLogStorage):
        return ()
    path = storage.path_for_shard(run_id)
    return [Path(f"{path}{suffix}") for suffix in _BESIDE]


def _places(instance: dg.DagsterInstance) -> Iterator[tuple[Path, str]]:
    """The folders that hold files of runs, and what these are called."""
    storage = instance.event_log_storage
    if isinstance(storage, SqliteEventLogStorage):
        yield Path(storage.path_for_shard(Path(INDEX).stem)).parent, "*.db"
    if isinstance(instance.compute_log_manager, LocalComputeLogManager):
        yield Path(instance.storage_directory()), "*"


def _old_names(folder: Path, pattern: str) -> Iterator[str]:
    """The names in a folder that are ids of runs and were not written lately."""
    for path in folder.glob(pattern):
        try:
            UUID(path.stem)
            if path.stat().st_mtime < time.time() - _REST:
                yield path.stem
        except (ValueError, FileNotFoundError):
            continue
