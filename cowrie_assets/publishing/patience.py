"""Trying again what may pass by itself: a busy server, a lost connection."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, wait_random_exponential

from cowrie_assets.publishing.server import ServerError

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Patience:
    """How often, and how long between. Waits double and are drawn at random below that, so that many do not come at
    once; what the server asks for by `Retry-After` is the least. Where it asks for more than `longest_wait`, nothing
    waits: the documents stay in the outbox until then.
    """

    attempts: int = 5
    first_wait: float = 1.0
    """Seconds below which the first wait is drawn."""
    longest_wait: float = 60.0
    sleep: Callable[[float], None] = time.sleep

    def run(self, work: Callable[[], Result]) -> Result:
        """What `work` gives. Raises the last ServerError, or at once one that will not pass by itself."""
        return Retrying(
            sleep=self.sleep,
            stop=self._is_enough,
            wait=self._seconds,
            retry=retry_if_exception(lambda error: isinstance(error, ServerError) and error.passing),
            reraise=True,
        )(work)

    def _is_enough(self, state: RetryCallState) -> bool:
        return state.attempt_number >= self.attempts or _asked_for(state) > self.longest_wait

    def _seconds(self, state: RetryCallState) -> float:
        drawn = wait_random_exponential(multiplier=self.first_wait, max=self.longest_wait)(state)
        return max(drawn, _asked_for(state))


def _asked_for(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return (error.retry_after if isinstance(error, ServerError) else None) or 0.0
