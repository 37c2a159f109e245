"""Hidden drafts of files that are being written: `.NAME.HEX.tmp`, and those that a killed process left behind, with
what SQLite lays beside them.

HEX names the machine and the process, 8 digits each, before 16 at random. So a draft whose process is gone is known at
once; of one that another machine or container writes into the same folder, only its age tells.
"""

import os
import platform
import re
import time
from hashlib import blake2b
from pathlib import Path
from secrets import token_hex

_DRAFT = re.compile(r"\..+\.([0-9a-f]{8})([0-9a-f]{8})[0-9a-f]{16}\.tmp(?:-journal|-wal|-shm)?", re.DOTALL)
_ABANDONED_SECONDS = 3600
_LONGEST_SECONDS = 24 * 3600
"""A number of a process is given again: however alive, none writes one file for so long."""


def draft_of(path: Path) -> Path:
    """A name for a draft of `path`, beside it, that no other has."""
    return path.with_name(f".{path.name}.{_machine()}{os.getpid() & 0xFFFFFFFF:08x}{token_hex(8)}.tmp")


def remove_abandoned(folder: Path) -> int:
    """Remove the drafts in `folder` that nobody writes any more, and tell how many; other files are left alone."""
    removed = 0
    try:
        entries = [entry for entry in os.scandir(folder) if entry.name.startswith(".") and ".tmp" in entry.name]
    except OSError:
        return 0
    for entry in entries:
        match = _DRAFT.fullmatch(entry.name)
        try:
            if match and entry.is_file(follow_symlinks=False) and _is_abandoned(match, entry.stat().st_mtime):
                os.unlink(entry.path)  # noqa: PTH108  (a name may hold what Path refuses)
                removed += 1
        except OSError:
            continue
    return removed


def _is_abandoned(match: re.Match[str], written_at: float) -> bool:
    age = time.time() - written_at
    if match[1] != _machine():
        return age > _ABANDONED_SECONDS
    return age > _LONGEST_SECONDS or not _is_alive(int(match[2], 16))


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _machine() -> str:
    """Eight digits for what numbers its processes by itself: this machine, or this container on it."""
    try:
        space = str(os.stat("/proc/self/ns/pid").st_ino)  # noqa: PTH116
    except OSError:
        space = ""
    return blake2b(f"{platform.node()}\n{space}".encode(), digest_size=4).hexdigest()
