"""How many bytes the history takes on disk. Reads names and sizes only; it needs no Dagster."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

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
    runs = home / "history" / "runs"
    return HistorySize(
        runs=sum(each.size for each in _files(home / "history", below=False) if each.name.startswith("runs.db")),
        events=sum(each.size for each in _files(runs) if each.name.startswith(INDEX)),
        step_logs=sum(each.size for each in _files(runs) if not each.name.startswith(INDEX)),
        compute_logs=sum(each.size for each in _files(home / "storage")),
        ticks=sum(each.size for each in _files(home / "schedules")),
    )


def old_step_logs(home: Path, before: float) -> tuple[int, int]:
    """How many step logs were written last before `before` (seconds since 1970-01-01 UTC), and their bytes."""
    number = size = 0
    for each in _files(home / "history" / "runs"):
        if each.name.endswith(".db") and each.name != INDEX and each.written_at < before:
            number, size = number + 1, size + each.size
    return number, size


class _File(NamedTuple):
    name: str
    size: int
    written_at: float


def _files(folder: Path | str, *, below: bool = True) -> Iterator[_File]:
    """The files of a folder, one after the other, for there may be a hundred thousand; one that goes is left out."""
    try:
        entries = os.scandir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return
    with entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if below:
                    yield from _files(entry.path)
                continue
            with suppress(FileNotFoundError):
                status = entry.stat(follow_symlinks=False)
                yield _File(entry.name, status.st_size, status.st_mtime)
