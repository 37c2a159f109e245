"""What a writer is alone with, so that writers which do not meet go side by side on PostgreSQL.

A scope is a set of keys. Two transactions wait for each other where they share a key, or where one of them is `ALONE`;
what both write besides is guarded by row locks and unique constraints. SQLite has one writer at a time, whatever the
scope.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Self
from zlib import crc32

_BUCKETS = 1024
"""Names are spread over so many numbers: names that share one wait for each other, and a transaction over all sensors
of a fleet stays within the locks that a server has room for."""


class Space(IntEnum):
    """What a key stands for: the first of the two numbers of PostgreSQL's advisory locks."""

    SENSOR = 0x436F7701
    """A sensor's events and sessions, by the sensor's name."""
    CONTENT = 0x436F7702
    """A log's rows in the ledger, by the fingerprint of its first line."""
    PATH = 0x436F7703
    """What a path held, and the generations of logs at it."""
    DAY = 0x436F7704
    """A day's rows of the summaries, by its number."""
    NAME = 0x436F7705
    """Anything else, by a name that its module gives it."""
    READING = 0x436F7706
    """A log that is being read (`ingest/reading_claims.py`): of a connection, not of a transaction."""


Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class WriteScope:
    """The keys that a write transaction holds until it ends, in the order in which every writer takes them."""

    keys: tuple[Key, ...] = ()
    is_alone: bool = False
    """No other writer runs beside it, whatever its scope."""

    def __or__(self, other: Self) -> "WriteScope":
        """Both scopes in one transaction."""
        return WriteScope(tuple(sorted({*self.keys, *other.keys})), self.is_alone or other.is_alone)


ALONE = WriteScope(is_alone=True)
"""For what reads or writes rows of many sensors and days: migrations, `reparse`, the removal of orphans."""
ROWS = WriteScope()
"""For single rows that their own locks guard. A row of another transaction is waited for 30 s at most; `Warehouse.run`
then begins again."""


def of_sensors(names: Iterable[str]) -> WriteScope:
    """Alone with the events of these sensors."""
    return WriteScope(_keys(Space.SENSOR, (name.encode("utf-8", "surrogatepass") for name in names)))


def of_contents(fingerprints: Iterable[bytes]) -> WriteScope:
    """Alone with the logs that begin with these first lines."""
    return WriteScope(_keys(Space.CONTENT, fingerprints))


def of_paths(paths: Iterable[str]) -> WriteScope:
    """Alone with the logs at these paths."""
    return WriteScope(_keys(Space.PATH, (path.encode("utf-8", "surrogatepass") for path in paths)))


def of_days(days: Iterable[int]) -> WriteScope:
    """Alone with the summaries of these days (`clock.day_number`)."""
    return WriteScope(tuple((Space.DAY, day) for day in sorted(set(days))))


def of_name(name: str) -> WriteScope:
    """Alone with what `name` stands for: one of `publications`, `notifications`, ..."""
    return WriteScope(_keys(Space.NAME, [name.encode()]))


def _keys(space: Space, names: Iterable[bytes]) -> tuple[Key, ...]:
    return tuple((int(space), number) for number in sorted({crc32(name) % _BUCKETS for name in names}))
