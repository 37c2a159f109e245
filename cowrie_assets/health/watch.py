"""Since when something has stood still: what one look leaves for the next, so that a passing state is no problem.

A log that grew is unread for as long as it takes to read it. Only what stands where it stood, look after look, is told.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b

from cowrie_assets.clock import US_PER_SECOND

_MOST = 50
"""So many things are kept from one look for the next."""
_PAUSE_US = 300 * US_PER_SECOND
"""Where no look was taken for longer, as while the machine was off, everything begins anew."""


@dataclass(slots=True)
class Watch:
    """What is watched, each by a key and a mark that changes with every progress."""

    now: int
    """Microseconds since 1970-01-01 UTC."""
    before: dict[str, tuple[str, int]] = field(default_factory=dict)
    remembers: bool = True
    """Whether there is a look before this one, or one behind it: a command looks once."""
    _seen: dict[str, tuple[str, int]] = field(default_factory=dict)

    @classmethod
    def once(cls, now: int) -> "Watch":
        """A look that has no other before it."""
        return cls(now, remembers=False)

    @classmethod
    def of(cls, kept: Iterable[tuple[str, str, int]], at: int, now: int) -> "Watch":
        """Goes on from what `kept` gave at the look of `at`."""
        recent = 0 <= now - at <= _PAUSE_US
        return cls(now, {key: (mark, since) for key, mark, since in kept} if recent else {})

    def since(self, key: str, mark: str) -> int | None:
        """Since when `key` has stood at `mark`; None where no other look can tell."""
        if not self.remembers:
            return None
        name, state = _short(key), _short(mark)
        stood = self.before.get(name)
        since = stood[1] if stood is not None and stood[0] == state else self.now
        self._seen[name] = (state, since)
        return since

    def kept(self) -> list[tuple[str, str, int]]:
        """What the next look goes on from: (key, mark, since) of what has stood longest."""
        rows = sorted((since, key, mark) for key, (mark, since) in self._seen.items())
        return [(key, mark, since) for since, key, mark in rows[:_MOST]]


def _short(text: str) -> str:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
