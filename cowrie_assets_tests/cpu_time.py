"""Processor time that neither a busy nor a slow machine makes longer."""

import gc
import re
import time
from collections.abc import Callable
from functools import cache

_TRIES = 5
_YARDSTICK_SECONDS = 0.0085
"""What `_yardstick` takes on the machine that the bounds in these tests were set on."""
_PATTERN = re.compile(r"[a-z]+=\d+|<[^>]*>")
_TEXT = "wget=1 http <b> curl " * 2000


def least_cpu_seconds(work: Callable[[], object], bound: float) -> float:
    """The least processor time of `work` in up to five tries, as the machine of the bounds takes; done below `bound`.

    It is measured as a ratio: how many times it takes a known piece of work that runs beside it. What shares a
    core or a cache with this process can make a try dear, but none can make one cheap. So a first try that is below
    the bound by the least that the known piece of work ever took here needs no other.
    """
    least = _seconds(work)
    if least / _least_yardstick() * _YARDSTICK_SECONDS < bound:
        return least / _least_yardstick() * _YARDSTICK_SECONDS
    yardstick = float("inf")
    for _ in range(_TRIES):
        yardstick = min(yardstick, *(_seconds(_yardstick) for _ in range(5)))
        least = min(least, _seconds(work))
        if least / yardstick * _YARDSTICK_SECONDS < bound:
            break
    return least / yardstick * _YARDSTICK_SECONDS


def usual_cpu_seconds(work: Callable[[], object]) -> float:
    """The least processor time of `work` in five tries, as the machine of the bounds takes: what a bound is made of."""
    return min(_seconds(work) for _ in range(_TRIES)) / _least_yardstick() * _YARDSTICK_SECONDS


def slowness() -> float:
    """How many times as long as the machine of the bounds this one takes for the known piece of work, at its best."""
    return _least_yardstick() / _YARDSTICK_SECONDS


@cache
def _least_yardstick() -> float:
    return min(_seconds(_yardstick) for _ in range(50))


def _seconds(work: Callable[[], object]) -> float:
    """Without the garbage collector: it goes through all that the tests before have left in memory."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        start = time.process_time()
        work()
        return time.process_time() - start
    finally:
        if was_enabled:
            gc.enable()


def _yardstick() -> int:
    """Some of what the code under test does most: numbers, dictionaries, strings, a pattern."""
    counts: dict[int, int] = {}
    for number in range(60_000):
        counts[number % 97] = counts.get(number % 97, 0) + len(str(number))
    return sum(counts.values()) + sum(len(_PATTERN.sub("", _TEXT)) for _ in range(4))
