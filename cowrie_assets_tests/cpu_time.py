"""Bounds of processor time that a busy machine does not break."""

import time
from collections.abc import Callable

_TRIES = 5


def least_cpu_seconds(work: Callable[[], object], bound: float) -> float:
    """The least processor time that `work` took in up to five tries; done as soon as one is below `bound`.

    What shares a core or a cache with this process can make a try dear, but none can make one cheap.
    """
    least = float("inf")
    for _ in range(_TRIES):
        start = time.process_time()
        work()
        least = min(least, time.process_time() - start)
        if least < bound:
            break
    return least
