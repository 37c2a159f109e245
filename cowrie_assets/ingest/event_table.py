"""The events of a batch that are written by one statement: a table, column by column.

In a batch each text, session, sensor and event type stands once; a table refers to them by their positions in the
batch's lists, where position 0 is None.
"""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain
from typing import Any, NamedTuple, TypeAlias

from cowrie_assets.cowrie.details import ALL_DETAILS, Details

REFERENCES = ("sensor_id", "session_ref", "event_type_id", "src_ip_id", "protocol_id")
VALUES = (
    *("event_hash", "matcher", "counts_as", "event_at", "event_day"),
    *("src_port", "dst_port", "byte_offset", "payload"),
)
DETAILED_TEXTS = tuple(dict.fromkeys(name for details in ALL_DETAILS for name in details.texts))
DETAILED_NUMBERS = tuple(dict.fromkeys(name for details in ALL_DETAILS for name in details.numbers))


class Shape(NamedTuple):
    """Which details the events of a table have: the names of their texts and of their numbers; most have none.

    Events of one shape are written by one statement, which binds no value that they do not have.
    """

    texts: tuple[str, ...]
    numbers: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of `events` that a table of this shape has, in its order.

        `REFERENCES` and the texts are positions in the batch's lists. A payload is UTF-8 as `warehouse.codec` stores
        it, for in a `str` one wide character makes four bytes of each.
        """
        return (*REFERENCES, *(f"{name}_id" for name in self.texts), *VALUES, *self.numbers)


class Payloads:
    """A column of texts in UTF-8. They lie one behind the other, as a block brought them: so they are cheap to send
    and to let go."""

    __slots__ = ("_joined", "_sizes")

    def __init__(self) -> None:
        self._joined: list[bytes] = []
        self._sizes: list[list[int]] = []

    def extend(self, texts: Sequence[bytes]) -> None:
        """Add texts; one alone is not copied."""
        self._joined.append(b"".join(texts))
        self._sizes.append(list(map(len, texts)))

    def __len__(self) -> int:
        return sum(map(len, self._sizes))

    def __iter__(self) -> Iterator[bytes]:
        return chain.from_iterable(map(_cut, self._joined, self._sizes))


def _cut(joined: bytes, sizes: list[int]) -> Iterator[bytes]:
    ends = list(accumulate(sizes))
    return map(joined.__getitem__, map(slice, chain((0,), ends), ends))


_Column: TypeAlias = "list[Any] | array[int] | Payloads"


def _new_column(name: str) -> _Column:
    if name == "payload":
        return Payloads()
    return array("q") if name == "event_at" else []


class EventTable:
    """Events of one shape."""

    __slots__ = ("_columns", "shape")

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self._columns: tuple[_Column, ...] = tuple(map(_new_column, shape.columns))

    @classmethod
    def of(cls, details: Details) -> "EventTable":
        """An empty table for events that have these details."""
        return cls(Shape(details.texts, details.numbers))

    def __len__(self) -> int:
        return len(self._columns[0])

    def extend(self, columns: Iterable[Sequence[Any]]) -> None:
        """Add events: a value of each for each of the shape's columns."""
        for column, values in zip(self._columns, columns, strict=True):
            column.extend(values)

    def like(self, columns: Iterable[Sequence[Any]]) -> "EventTable":
        """A table of the same shape with these events."""
        table = EventTable(self.shape)
        table.extend(columns)
        return table

    def column(self, name: str) -> Iterable[Any]:
        """A column by its name."""
        return self._columns[self.shape.columns.index(name)]

    def items(self) -> Iterable[tuple[str, Iterable[Any]]]:
        """The columns with their names."""
        return zip(self.shape.columns, self._columns, strict=True)
