"""Proof that what was read of a file stands in it, in one piece.

A log may be truncated, refilled or replaced between two reads; the head of an old line and the tail of a new one must
never pass for an event. A file whose size and times stay what they were is unbroken where its last change was long
enough ago for any later one to show (the rule of git's index). Of any other, the bytes are read again and compared.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import dropwhile

_RACY_NS = 2_000_000_000
"""A change that follows another one within this time may leave the same times on coarse clocks and file systems."""
_LONGEST_READ = 1024 * 1024
_DIGEST_BYTES = 16


class BrokenContentError(RuntimeError):
    """What was read is not, or not any more, what the file holds: throw it away and plan the log anew."""


@dataclass(frozen=True, slots=True)
class _Read:
    """Bytes of a file that were read at once, by their digest."""

    offset: int
    length: int
    digest: bytes

    @property
    def end(self) -> int:
        return self.offset + self.length


class Witness:
    """Remembers what was read of an open file, and proves that the file holds it.

    A `sparing` one takes no digests of a file that has been at rest: it is proven by its times, or not at all.
    """

    def __init__(self, fd: int, *, sparing: bool = False) -> None:
        self._fd = fd
        self._reads: list[_Read] = []
        self._state, self._settled = _state(fd)
        """As they were when the last proof began, or else at the beginning."""
        self._spares = sparing and self._settled

    def saw(self, offset: int, data: bytes) -> None:
        """Remember that `data` was read at `offset`."""
        if data and not self._spares:
            self._reads.append(_Read(offset, len(data), _digest(data)))

    def forget_before(self, offset: int) -> None:
        """Do not prove any more what ends at or before `offset` of the file. Reads must have been made in order."""
        self._reads = list(dropwhile(lambda read: read.end <= offset, self._reads))

    def unchanged(self) -> bool:
        """Whether nothing at all was written since the last proof, or since the beginning; False where in doubt."""
        return self._settled and _state(self._fd)[0] == self._state

    def prove(self) -> None:
        """Raises BrokenContentError where the file does not hold, or may not hold, what was seen of it."""
        if self.unchanged():
            return
        if self._spares:
            raise BrokenContentError
        state, settled = _state(self._fd)
        for read in self._reads:
            if not self._holds(read):
                raise BrokenContentError
        if os.fstat(self._fd).st_size < max((read.end for read in self._reads), default=0):
            raise BrokenContentError
        self._state, self._settled = state, settled

    def _holds(self, read: _Read) -> bool:
        digest = blake2b(digest_size=_DIGEST_BYTES)
        for offset, length in _steps(read):
            digest.update(os.pread(self._fd, length, offset))
        return digest.digest() == read.digest


def _steps(read: _Read) -> Iterator[tuple[int, int]]:
    for offset in range(read.offset, read.end, _LONGEST_READ):
        yield offset, min(_LONGEST_READ, read.end - offset)


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=_DIGEST_BYTES).digest()


def _state(fd: int) -> tuple[tuple[int, int, int], bool]:
    """Size and times of a file, and whether its last change is so long ago that a further one shows in them."""
    status = os.fstat(fd)
    changed_ns = max(status.st_mtime_ns, status.st_ctime_ns)
    settled = time.time_ns() - changed_ns > _RACY_NS
    return (status.st_size, status.st_mtime_ns, status.st_ctime_ns), settled
