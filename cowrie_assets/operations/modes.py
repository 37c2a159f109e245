"""Files and folders of ours that others than their owner can read: the database and the reports hold credentials."""

import os
import shlex
import stat
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

_OTHERS = 0o077
_MOST_LOOKED_AT = 10_000


def wide_database(file: Path) -> str | None:
    """What to do where a SQLite file, or one of those that SQLite lays beside it, is open to others."""
    beside = [file, *(file.with_name(file.name + suffix) for suffix in ("-wal", "-shm"))]
    wide = [path for path in beside if not path.is_dir() and _is_wide(path)]
    if not wide:
        return None
    names = " ".join(shlex.quote(str(path)) for path in wide)
    return f"{wide[0]} holds credentials and is open to other users ({_mode(wide[0])}): chmod go= {names}"


def wide_folder(folder: Path) -> str | None:
    """What to do where a folder of reports, or what lies in it, is open to others; of many files the first are seen."""
    wide = [path for path in islice(_within(folder), _MOST_LOOKED_AT) if _is_wide(path)]
    if not wide:
        return None
    number = "" if len(wide) == 1 else f", and {len(wide) - 1} more below {folder}"
    shown = f"{wide[0]} ({_mode(wide[0])}){number}"
    return f"reports hold credentials, and open to other users is {shown}: chmod -R go= {shlex.quote(str(folder))}"


def _within(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield folder
    for place, folders, files in os.walk(folder):
        yield from (Path(place, name) for name in (*folders, *files))


def _is_wide(path: Path) -> bool:
    try:
        mode = path.lstat().st_mode
    except OSError:
        return False
    return not stat.S_ISLNK(mode) and bool(mode & _OTHERS)


def _mode(path: Path) -> str:
    return f"{stat.S_IMODE(path.lstat().st_mode):o}"
