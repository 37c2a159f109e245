"""This process and others: which one it is, whether it is alive, how much memory it takes."""

import os
import platform
import resource
import sys
import time
from functools import cache
from pathlib import Path

_PROC = Path("/proc")
_START_FIELD = 19
"""Of `/proc/PID/stat` behind the name in brackets: when the process began, in ticks since the machine did."""


@cache
def host_name() -> str:
    """The name of this machine, or of this container."""
    return platform.node()


@cache
def namespace() -> str | None:
    """Which processes have their numbers from the same list as this one: containers have lists of their own."""
    try:
        return str((_PROC / "self/ns/pid").readlink())
    except OSError:
        return None


def started(pid: int) -> str | None:
    """A mark of when a process began: no other process of its number, before it or after it, has the same.

    None where there is no such process, and where the system does not tell.
    """
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        fields = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return f"{boot}/{fields[_START_FIELD]}" if fields[0] not in "ZX" else None
    except (OSError, IndexError):
        return None


def is_alive(pid: int, mark: str | None) -> bool:
    """Whether the process that bore `mark` runs on this machine."""
    if mark is not None:
        return started(pid) == mark
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def memory() -> dict[str, int]:
    """`rss_bytes` that this process holds, and `peak_bytes` that it held at most."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    held = rss_bytes(os.getpid()) or peak
    return {"rss_bytes": held, "peak_bytes": max(held, peak)}


def rss_bytes(pid: int) -> int | None:
    """Memory that a process holds; None where that is not told."""
    try:
        pages = (_PROC / str(pid) / "statm").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):
        return None
    return int(pages) * resource.getpagesize()


def began_at(pid: int) -> float | None:
    """When a process began, in seconds since 1970-01-01 UTC, to about a second; None where there is no such process, or
    the system does not tell."""
    mark = started(pid)
    if mark is None:
        return None
    try:
        up = float((_PROC / "uptime").read_text(encoding="ascii").split()[0])
    except OSError:
        return None
    return time.time() - up + int(mark.rpartition("/")[2]) / os.sysconf("SC_CLK_TCK")
