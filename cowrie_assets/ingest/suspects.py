"""Places of a log that may be completed later: what was dead, and what was a hole.

`rsync --inplace`, a network share or a person fills a hole, or mends a line, without the log's size or its samples
telling so. The ledger keeps a digest of each such place; where one is another now, the log is read again.
"""

import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

MOST = 256
"""Places that are kept of a log: the first ones; a log with more of them is proved by reading it again."""
_LONGEST_LOOK = 256 * 1024
_SHORTEST_HOLE = 512
_HOLE = b"\0" * _SHORTEST_HOLE
_PLACE = struct.Struct(">QQ8s")


class Place(NamedTuple):
    """Bytes of a content, and the digest of what was there."""

    offset: int
    length: int
    digest: bytes


@dataclass(slots=True)
class HoleFinder:
    """Finds runs of NULs of 512 bytes and more in a content that streams by."""

    begin: int = -1
    """Where the run begins that reaches up to the end of what came; -1 where none does."""

    def update(self, offset: int, block: bytes) -> list[tuple[int, int]]:
        """The holes, as offset and length, that end within the content's next `block`, which begins at `offset`."""
        found: list[tuple[int, int]] = []
        position = 0
        if self.begin >= 0:
            position = len(block) - len(block.lstrip(b"\0"))
            if position == len(block):
                return found
            found += self._hole(offset + position)
        while (start := block.find(_HOLE, position)) >= 0:
            position = len(block) - len(block[start:].lstrip(b"\0"))
            self.begin = offset + start
            if position == len(block):
                return found
            found += self._hole(offset + position)
        tail = len(block.rstrip(b"\0"))
        if tail < len(block):
            self.begin = offset + max(tail, position)
        return found

    def finish(self, end: int) -> list[tuple[int, int]]:
        """The hole that the content ends with, if it does."""
        return self._hole(end) if self.begin >= 0 else []

    def _hole(self, end: int) -> list[tuple[int, int]]:
        begin, self.begin = self.begin, -1
        return [(begin, end - begin)] if end - begin >= _SHORTEST_HOLE else []


def places(read_at: Callable[[int, int], bytes], spans: Iterable[tuple[int, int]]) -> list[Place]:
    """The places at `spans` (offset and length) as they are now."""
    return [Place(offset, length, _digest(read_at, offset, length)) for offset, length in spans]


def changed(read_at: Callable[[int, int], bytes], packed: bytes) -> bool:
    """Whether any of the places is not what it was."""
    return any(_digest(read_at, place.offset, place.length) != place.digest for place in unpack(packed))


def pack(found: Iterable[Place]) -> bytes:
    """Places as the ledger stores them."""
    return b"".join(_PLACE.pack(*place) for place in list(found)[:MOST])


def unpack(packed: bytes) -> list[Place]:
    """The places that `pack` was given."""
    return [Place(*fields) for fields in _PLACE.iter_unpack(packed)]


def _digest(read_at: Callable[[int, int], bytes], offset: int, length: int) -> bytes:
    """Of a long place its beginning, middle and end count: what completes a hole writes from one of them."""
    digest = blake2b(digest_size=8)
    if length <= 3 * _LONGEST_LOOK:
        digest.update(read_at(offset, length))
    else:
        middle = offset + (length - _LONGEST_LOOK) // 2
        for start in (offset, middle, offset + length - _LONGEST_LOOK):
            digest.update(read_at(start, _LONGEST_LOOK))
    return digest.digest()
