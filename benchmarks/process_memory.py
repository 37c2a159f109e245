"""Peak memory and processor time of a command with all the processes that it starts, read from /proc."""

import os
import resource
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_INTERVAL_SECONDS = 0.05
_CPU_FIELDS = (11, 12, 13, 14)
"""Fields of /proc/PID/stat behind the command's name: user and system time, and those of children that ended."""


@dataclass(frozen=True, slots=True)
class Run:
    """A finished command: wall time, processor time of all its processes, and in bytes the greatest sum of their
    resident memory at one moment."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int
    output: str


def run_measured(command: Sequence[str], environment: Mapping[str, str]) -> Run:
    """Run `command` to its end. Raises SystemExit with its output where it fails."""
    start, before = time.perf_counter(), _children_cpu()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(_bytes_of(pid, "VmRSS") for pid in _tree(process.pid)))
        time.sleep(_INTERVAL_SECONDS)
    seconds = time.perf_counter() - start
    output, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed with {process.returncode}:\n{output}")
    return Run(seconds, _children_cpu() - before, peak, output)


def cpu_seconds_of(pid: int) -> float:
    """Processor time that a process and all that it started, ended or not, have taken so far."""
    return sum(_ticks(each) for each in _tree(pid)) / os.sysconf("SC_CLK_TCK")


def server_bytes_of(pid: int) -> int:
    """Memory of a PostgreSQL server: what each of its processes has for itself, and what they share once."""
    own, shared = 0, 0
    for each in _tree(pid):
        own += _bytes_of(each, "RssAnon")
        shared = max(shared, _bytes_of(each, "RssShmem"))
    return own + shared


def own_peak_bytes() -> int:
    """The most memory that this process had. Not by `getrusage`, which begins with what its parent had at the fork."""
    return _bytes_of(os.getpid(), "VmHWM")


def _ticks(pid: int) -> int:
    _, _, behind_name = _read(_PROC / str(pid) / "stat").rpartition(")")
    numbers = behind_name.split()
    return sum(int(numbers[place]) for place in _CPU_FIELDS) if numbers else 0


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _tree(pid: int) -> list[int]:
    pids = [pid]
    for parent in pids:
        for children in (_PROC / str(parent) / "task").glob("*/children"):
            pids.extend(int(child) for child in _read(children).split())
    return pids


def _bytes_of(pid: int, what: str) -> int:
    for line in _read(_PROC / str(pid) / "status").splitlines():
        if line.startswith(f"{what}:"):
            return int(line.split()[1]) * 1024
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
