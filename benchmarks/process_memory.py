"""Peak memory of a command with all the processes that it starts, read from /proc."""

import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_INTERVAL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Run:
    """A finished command: wall time, and in bytes the greatest sum of its processes' resident memory at one moment."""

    seconds: float
    peak_bytes: int
    output: str


def run_measured(command: Sequence[str], environment: Mapping[str, str]) -> Run:
    """Run `command` to its end. Raises SystemExit with its output where it fails."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(_resident_bytes(pid) for pid in _tree(process.pid)))
        time.sleep(_INTERVAL_SECONDS)
    seconds = time.perf_counter() - start
    output, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed with {process.returncode}:\n{output}")
    return Run(seconds, peak, output)


def _tree(pid: int) -> list[int]:
    pids = [pid]
    for parent in pids:
        for children in (_PROC / str(parent) / "task").glob("*/children"):
            pids.extend(int(child) for child in _read(children).split())
    return pids


def _resident_bytes(pid: int) -> int:
    for line in _read(_PROC / str(pid) / "status").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
