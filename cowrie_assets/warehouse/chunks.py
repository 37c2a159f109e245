"""Long lists of values, as many at a time as one statement takes: both engines bound the number of binds."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

MOST_BINDS = 500
"""Few enough for any SQLite, and beyond it a longer list saves no time."""
Item = TypeVar("Item")


def chunks(items: Sequence[Item], size: int = MOST_BINDS) -> Iterator[Sequence[Item]]:
    """`items` in order, at most `size` at a time."""
    return (items[begin : begin + size] for begin in range(0, len(items), size))
