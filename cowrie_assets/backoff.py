"""How long to leave alone what failed: about twice as long after each failure, up to a bound."""

import random
from dataclasses import dataclass

_MOST_DOUBLINGS = 32
_CHANCE = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Backoff:
    """Pauses in seconds, by how many attempts failed in a row."""

    first: float
    """The bound of the pause after the first failure."""
    longest: float
    """The bound that none exceeds."""

    def bound(self, failures: int) -> float:
        """Seconds that the pause after so many failures (1, 2, ...) does not exceed."""
        return min(self.first * 2.0 ** min(failures - 1, _MOST_DOUBLINGS), self.longest)

    def pause(self, failures: int) -> float:
        """Seconds to wait: drawn from the upper half of the bound, so that what failed together comes apart."""
        bound = self.bound(failures)
        return _CHANCE.uniform(bound / 2, bound)
