"""How many bytes the history takes on disk. Reads names and sizes only; it needs no Dagster."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

INDEX = "index.db"
"""The SQLite file of what Dagster's pages look for in all runs; each file beside it is the log of one run."""


@dataclass(frozen=True, slots=True)
class HistorySize:
    """Bytes, by what they hold."""

    runs: int = 0
    events: int = 0
    """Materializations, observations, checks, and the ends of runs."""
    step_logs: int = 0
    """Everything that a run logged, a SQLite file for each run; PostgreSQL has it among the events."""
    compute_logs: int = 0
    """What runs wrote to standard output and standard error."""
    ticks: int = 0

    @property
    def total(self) -> int:
        return self.runs + self.events + self.step_logs + self.compute_logs + self.ticks


def size_on_disk(home: Path) -> HistorySize:
    """The size of the history below `home`, Dagster's folder; nothing where there is none."""
    logs = dict(_sizes(home / "history" / "runs"))
    events = sum(size for path, size in logs.items() if path.name.startswith(INDEX))
    return HistorySize(
        runs=sum(size for path, size in _sizes(home / "history", below=False) if path.name.startswith("runs.db")),
        events=events,
        step_logs=sum(logs.values()) - events,
        compute_logs=sum(size for _, size in _sizes(home / "storage")),
        ticks=sum(size for _, size in _sizes(home / "schedules")),
    )


def old_step_logs(home: Path, before: float) -> tuple[int, int]:
    """How many step logs were written last before `before` (seconds since 1970-01-01 UTC), and their bytes."""
    old = [
        status.st_size
        for path in (home / "history" / "runs").glob("*.db")
        if path.name != INDEX and (status := _status(path)) is not None and status.st_mtime < before
    ]
    return len(old), sum(old)


def _sizes(folder: Path, *, below: bool = True) -> Iterator[tuple[Path, int]]:
    """Each file of a folder and its bytes; one that goes meanwhile is left out."""
    for place, folders, names in os.walk(folder):
        if not below:
            folders.clear()
        for name in names:
            path = Path(place, name)
            status = _status(path)
            if status is not None:
                yield path, status.st_size


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except OSError:
        return None
