"""How long work says where it stands.

The domain calls a `ProgressSink`. The command line draws a bar of what it is told, or writes lines; Dagster logs the
same lines.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from cowrie_assets.amounts import count, duration, size
from cowrie_assets.printable import printable

SECONDS_BETWEEN_LINES = 5.0


@dataclass(frozen=True, slots=True)
class Progress:
    """One message of a running phase.

    `total` is None where the end is not known; `done` and `total` are in `unit` (`bytes`, `days`, `sessions`,
    `reports`).
    """

    phase: str
    done: int
    total: int | None
    unit: str
    detail: str = ""
    is_steady: bool = True
    """Whether what is left goes as fast as what is done; else neither a rate nor the time left is told."""
    is_waiting: bool = False
    """`detail` is what is waited for, and till when: it is told at once."""


ProgressSink = Callable[[Progress], None]
Tell = Callable[[str], None]
"""Says what is done at this moment of one day, report or partition: `login_stats of 12,300 sessions`."""


def silent(_: Progress) -> None:
    """For those who do not want to know."""


def say_nothing(_: str) -> None:
    """`silent`, for what is done of one item."""


def telling(sink: ProgressSink, item: Progress) -> Tell:
    """Tell `sink` about steps within `item`, each as its detail."""
    return lambda step: sink(replace(item, detail=f"{item.detail}: {step}"))


def within(tell: Tell, place: str) -> Tell:
    """Tell of steps that are done at `place`: `hp-fra-01 (2 of 5), ranking commands`."""
    return lambda step: tell(f"{place}, {step}")


@dataclass(slots=True)
class _Phase:
    began: float
    last: Progress | None = None
    wait: Progress | None = None
    """What was told last that it waits for."""
    wait_told: float = float("-inf")
    owes_end: bool = False
    """A line of it was written, and none yet that says it is done."""


class Lines:
    """A sink that hands `write` a line for people, at most one every `seconds_between`, and the end of each phase that
    wrote one; of what a phase waits for as often at most. Phases may go on side by side, in threads."""

    def __init__(self, write: Callable[[str], None], seconds_between: float = SECONDS_BETWEEN_LINES) -> None:
        self._write = write
        self._between = seconds_between
        self._phases: dict[str, _Phase] = {}
        self._last_line = time.monotonic()
        self._lock = threading.Lock()

    def __call__(self, progress: Progress) -> None:
        """Take a message. A phase that begins anew is timed anew."""
        with self._lock:
            now = time.monotonic()
            phase = self._phases.get(progress.phase)
            if phase is None or _begins_anew(phase.last, progress):
                phase = self._phases[progress.phase] = _Phase(now)
            if self._is_told(phase, progress, now):
                self._last_line = now
                phase.owes_end = progress.done != progress.total
                self._write(line(progress, now - phase.began))
            phase.last = progress

    def _is_told(self, phase: _Phase, progress: Progress, now: float) -> bool:
        if not progress.is_waiting:
            is_due = now - self._last_line >= self._between
            return is_due or (phase.owes_end and progress.done == progress.total)
        if progress == phase.wait or now - phase.wait_told < self._between:
            return False
        phase.wait, phase.wait_told = progress, now
        return True


def _begins_anew(last: Progress | None, progress: Progress) -> bool:
    return last is None or progress.done < last.done or (progress.done == 0 and progress.total != last.total)


def line(progress: Progress, elapsed: float) -> str:
    """`load: 12.8 MB of 31.0 MB (41.2 %), 9.1 MB a second, 2 s left, hp-fra-01/cowrie.json`, printable whatever the
    detail holds; `elapsed` seconds since the phase began."""
    speed = progress.done / elapsed if elapsed > 0 and progress.is_steady else None
    parts = [amount(progress.done, progress.total, progress.unit), rate(speed, progress.unit)]
    if progress.total and speed:
        parts.append(f"{duration(max(progress.total - progress.done, 0) / speed)} left")
    parts.append(progress.detail)
    return printable(f"{progress.phase}: {', '.join(filter(None, parts))}")


def amount(done: int, total: int | None, unit: str) -> str:
    """`12.8 MB of 31.0 MB (41.2 %)`, `3 of 7 days (42.8 %)`, `512 sessions`; 100.0 % is all, and nothing less."""
    shown = size if unit == "bytes" else count
    things = "" if unit == "bytes" else f" {unit}"
    if total is None:
        return f"{shown(done)}{things}"
    share = f" ({done * 1000 // total / 10:.1f} %)" if total else ""
    return f"{shown(done)} of {shown(total)}{things}{share}"


def rate(speed: float | None, unit: str) -> str:
    """`9.1 MB a second`, `1,250 sessions a second`; nothing where it is not known or below one."""
    if not speed:
        return ""
    if unit == "bytes":
        return f"{size(speed)} a second"
    return f"{count(round(speed))} {unit} a second" if speed >= 1 else ""
