"""Files and folders of ours that others than their owner can read: database, reports and copies hold credentials."""

import os
import shlex
import stat
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

_OTHERS, _OTHERS_THAN_GROUP = 0o077, 0o027
_MOST_LOOKED_AT = 10_000


def wide_database(file: Path) -> str | None:
    """What to do where a SQLite file, or one of those that SQLite lays beside it, is open to others."""
    beside = [file, *(file.with_name(file.name + suffix) for suffix in ("-wal", "-shm"))]
    wide = [path for path in beside if not path.is_dir() and _is_wide(path)]
    if not wide:
        return None
    names = " ".join(shlex.quote(str(path)) for path in wide)
    return f"{wide[0]} holds credentials and is open to other users ({_mode(wide[0])}): chmod go= {names}"


def wide_folder(folder: Path, what: str, *, group: bool = False) -> str | None:
    """What to do where a folder of `what`, or what lies in it, is open to others; of many files the first are seen.
    With `group` its group may read it."""
    others = _OTHERS_THAN_GROUP if group else _OTHERS
    wide = [path for path in islice(_within(folder), _MOST_LOOKED_AT) if _is_wide(path, others)]
    if not wide:
        return None
    number = "" if len(wide) == 1 else f", and {len(wide) - 1} more below {folder}"
    shown = f"{wide[0]} ({_mode(wide[0])}){number}"
    command = f"chmod -R {'g-w,o=' if group else 'go='} {shlex.quote(str(folder))}"
    holds = "name logs and hosts" if group else "hold credentials"
    return f"{what} {holds}, and open to other users is {shown}: {command}"


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
