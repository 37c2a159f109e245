"""Bounds of processor time that a busy machine does not break."""

import resource
import time
from collections.abc import Callable

_TRIES = 5


def least_cpu_seconds(
    work: Callable[[], object], bound: float, clock: Callable[[], float] = time.process_time
) -> float:
    """The least processor time that `work` took in up to five tries; done as soon as one is below `bound`.

    `clock` counts it: of this process, or `of_children`.

    What shares a core or a cache with this process can make a try dear, but none can make one cheap.
    """
    least = float("inf")
    for _ in range(_TRIES):
        start = clock()
        work()
        least = min(least, clock() - start)
        if least < bound:
            break
    return least


def of_children() -> float:
    """The processor seconds of the processes that this one started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
