"""Top lists: "`{value, count}`, by count descending, then value; the whole N where there are so many" (DATA.md)."""

from typing import NotRequired, TypedDict


class TopItem(TypedDict):
    """One line of a top list."""

    value: str
    count: int
    previous_rank: NotRequired[int | None]
    """Its place, from 1, in the same list of the period before; null where it is not in it."""


class TopList:
    """Collects candidates in any order and keeps the best `size` of them; its memory does not grow with the candidates.

    Values of one count go by code point. The database cannot tell that order: it holds NUL and lone surrogates as other
    characters.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._found: list[tuple[int, str]] = []
        self._prune_at = 2 * size + 100

    def add(self, value: str, count: int) -> None:
        """Take `value` into account; each value is added once."""
        self._found.append((-count, value))
        if len(self._found) > self._prune_at:
            self._prune()

    def items(self) -> list[TopItem]:
        """The best of what was added, in order."""
        self._prune()
        return [{"value": value, "count": -negative} for negative, value in self._found]

    def values(self) -> list[str]:
        """The values of `items`."""
        return [item["value"] for item in self.items()]

    def _prune(self) -> None:
        self._found.sort()
        del self._found[self._size :]
