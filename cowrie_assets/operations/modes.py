"""Files and folders of ours that others than their owner can read: database, reports and copies hold credentials."""

import os
import shlex
import stat
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

_OTHERS, _OTHERS_THAN_GROUP = 0o077, 0o027
_MOST_LOOKED_AT = 10_000
_READ, _ENTER = 0o044, 0o011
"""Bits of which others than the owner have one where they may read a file, or come through a folder."""


def wide_database(file: Path) -> str | None:
    """What to do where a SQLite file, or one of those that SQLite lays beside it, is open to others."""
    beside = [file, *(file.with_name(file.name + suffix) for suffix in ("-wal", "-shm"))]
    wide = [path for path in beside if not path.is_dir() and _is_wide(path)]
    if not wide:
        return None
    names = " ".join(shlex.quote(str(path)) for path in wide)
    return f"{wide[0]} holds credentials and is open to other users ({_mode(wide[0])}): chmod go= {names}"


def wide_folder(folder: Path, what: str) -> str | None:
    """What to do where a folder of `what`, or what lies in it, is open to others; of many files the first are seen."""
    return _wide(islice(_within(folder), _MOST_LOOKED_AT), folder, f"{what} hold credentials", "go=")


def wide_status_folder(folder: Path, metrics: Path) -> str | None:
    """The same of a folder of status files, which its group may read; the file of `metrics` is for all to read."""
    others = (path for path in islice(_within(folder), _MOST_LOOKED_AT) if path != metrics)
    return _wide(others, folder, "status files name logs and hosts", "g-w,o=", others=_OTHERS_THAN_GROUP, but=metrics)


def shut_metrics(file: Path) -> str | None:
    """Where none but its owner comes to a file of metrics, which the node exporter reads as a user of its own: what to
    do; None where others come to it, or where there is none yet."""
    if not file.is_file():
        return None
    places = [*reversed(file.absolute().parents), file.absolute()]
    shut = next(
        (place for place in places if not place.stat().st_mode & (_READ if place == places[-1] else _ENTER)), None
    )
    if shut is None:
        return None
    return (
        f"the node exporter cannot read the metrics in {file}, for {shut} is its owner's alone ({_mode(shut)}): have "
        "COWRIE_METRICS_FILE name a file in the exporter's own folder, and make that writable for this user"
    )


def _wide(
    paths: Iterable[Path], folder: Path, holds: str, mode: str, *, others: int = _OTHERS, but: Path | None = None
) -> str | None:
    wide = [path for path in paths if _is_wide(path, others)]
    if not wide:
        return None
    number = "" if len(wide) == 1 else f", and {len(wide) - 1} more below {folder}"
    shown = f"{wide[0]} ({_mode(wide[0])}){number}"
    command = f"chmod -R {mode} {shlex.quote(str(folder))}"
    if but is not None and but.is_relative_to(folder):
        command = f"find {shlex.quote(str(folder))} ! -name {shlex.quote(but.name)} -exec chmod {mode} {{}} +"
    return f"{holds}, and open to other users is {shown}: {command}"


def _within(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield folder
    for place, folders, files in os.walk(folder):
        yield from (Path(place, name) for name in (*folders, *files))


def _is_wide(path: Path, others: int = _OTHERS) -> bool:
    try:
        mode = path.lstat().st_mode
    except OSError:
        return False
    return not stat.S_ISLNK(mode) and bool(mode & others)


def _mode(path: Path) -> str:
    return f"{stat.S_IMODE(path.lstat().st_mode):o}"
