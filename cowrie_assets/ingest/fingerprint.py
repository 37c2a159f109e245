"""Recognising a content without reading all of it: by its first line, and by samples of what lies before an offset.

A sample set is the first 64 KiB, 1 KiB at sixteen places of each octave behind them, and the last 4 KiB before the
offset: some 230 short reads for 1 GB. The places do not depend on the offset, so that the digest for a later offset can
be made while content streams by.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from itertools import count
from pathlib import Path
from typing import Protocol

_HEAD_BYTES = 64 * 1024
_SAMPLE_BYTES = 1024
_TAIL_BYTES = 4 * 1024
_PER_OCTAVE = 16
_FIRST_LINE_BYTES = 4096
_DIGEST_BYTES = 16


def first_line_fingerprint(head: bytes, *, closed: bool = False) -> bytes | None:
    """BLAKE2b-128 of the first line of a content that begins with `head`: without its newline or CR and newline, at
    most 4096 bytes of it.

    None while it cannot be told: no newline yet in fewer than 4096 bytes, unless the log is `closed`; an empty content
    has none.
    """
    newline = head.find(b"\n", 0, _FIRST_LINE_BYTES)
    if newline < 0 and len(head) < _FIRST_LINE_BYTES and not (closed and head):
        return None
    line = head[: newline if newline >= 0 else _FIRST_LINE_BYTES].removesuffix(b"\r")
    return blake2b(line, digest_size=_DIGEST_BYTES).digest()


def checkpoint_of_file(read_at: Callable[[int, int], bytes], offset: int) -> bytes:
    """The checkpoint at `offset` of a content that can be sought; `read_at(offset, length)` gives less at the content's
    end.

    Where the content is shorter than `offset` the digest is that of no content.
    """
    digest = _begin()
    digest.update(read_at(0, min(_HEAD_BYTES, offset)))
    for place in _places():
        if place + _SAMPLE_BYTES > offset:
            break
        digest.update(read_at(place, _SAMPLE_BYTES))
    tail_start = max(offset - _TAIL_BYTES, 0)
    return _end(digest, read_at(tail_start, offset - tail_start), offset)


def file_samples(file: Path | int, size: int) -> bytes:
    """The checkpoint at `size` over a file's bytes as they lie on disk, by path or descriptor. Raises OSError.

    Equal samples and equal size, inode and modification time: the file did not change.
    """
    if isinstance(file, int):
        with _no_read_ahead(file):
            return checkpoint_of_file(lambda offset, length: os.pread(file, length, offset), size)
    with file.open("rb", buffering=0) as opened:
        return file_samples(opened.fileno(), size)


@contextmanager
def _no_read_ahead(file: int) -> Iterator[None]:
    """Read-ahead would fetch most of a cold file for the sake of its samples. macOS has no say in it."""
    if not hasattr(os, "posix_fadvise"):
        yield
        return
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_RANDOM)
    try:
        yield
    finally:
        os.posix_fadvise(file, 0, 0, os.POSIX_FADV_NORMAL)


class Checkpointer:
    """Makes checkpoints of a content that streams by from its beginning.

    `kept_bytes` is how far `digest_at` can look back from the end of what came; blocks are kept as they are, not
    copied.
    """

    def __init__(self, kept_bytes: int = 80 * 1024 * 1024) -> None:
        self._kept_bytes = kept_bytes
        self._end = 0
        self._blocks: deque[tuple[int, bytes]] = deque()
        self._head = bytearray()
        self._places = _places()
        self._next_place = next(self._places)
        self._states: list[tuple[int, _Hash]] = []
        """For each sample: the offset from which on it belongs to a checkpoint, and the hash with it."""
        self._last: tuple[int, bytes] | None = None

    def update(self, block: bytes) -> None:
        """The content's next bytes."""
        if len(self._head) < _HEAD_BYTES:
            self._head += block[: _HEAD_BYTES - len(self._head)]
        self._blocks.append((self._end, block))
        self._end += len(block)
        while self._next_place + _SAMPLE_BYTES <= self._end:
            digest = self._states[-1][1].copy() if self._states else self._head_hash(_HEAD_BYTES)
            digest.update(self._bytes(self._next_place, self._next_place + _SAMPLE_BYTES))
            self._states.append((self._next_place + _SAMPLE_BYTES, digest))
            self._next_place = next(self._places)
        self._drop(self._end - self._kept_bytes)

    def digest_at(self, offset: int) -> bytes:
        """The checkpoint at `offset`; offsets must not fall from call to call. Raises ValueError for one that is out of
        reach."""
        if self._last is not None and self._last[0] == offset:
            return self._last[1]
        tail_start = max(offset - _TAIL_BYTES, 0)
        if offset > self._end or (self._blocks and tail_start < self._blocks[0][0]):
            raise ValueError(
                f"no checkpoint can be made at {offset}: the content came up to {self._end}, older bytes are dropped"
            )
        states = [digest for needed, digest in self._states if needed <= offset]
        digest = states[-1].copy() if states else self._head_hash(offset)
        result = _end(digest, self._bytes(tail_start, offset), offset)
        self._last = (offset, result)
        self._drop(tail_start)
        return result

    def _head_hash(self, offset: int) -> "_Hash":
        digest = _begin()
        digest.update(self._head[:offset])
        return digest

    def _bytes(self, start: int, end: int) -> bytes:
        parts = [
            block[max(start - position, 0) : end - position]
            for position, block in self._blocks
            if position < end and start < position + len(block)
        ]
        return b"".join(parts)

    def _drop(self, offset: int) -> None:
        """Let blocks go that end at or before `offset` and that no coming sample begins in."""
        keep_from = min(offset, self._next_place)
        while self._blocks and self._blocks[0][0] + len(self._blocks[0][1]) <= keep_from:
            self._blocks.popleft()


class _Hash(Protocol):
    def update(self, data: bytes | bytearray, /) -> None: ...
    def digest(self) -> bytes: ...
    def copy(self) -> "_Hash": ...


def _begin() -> _Hash:
    return blake2b(digest_size=_DIGEST_BYTES)


def _end(digest: _Hash, tail: bytes, offset: int) -> bytes:
    digest.update(tail)
    digest.update(offset.to_bytes(8, "big"))
    return digest.digest()


def _places() -> Iterator[int]:
    """Where samples begin: `64 KiB * 2**k * (1 + j/16)`."""
    for octave in count():
        start = _HEAD_BYTES << octave
        yield from range(start, 2 * start, start // _PER_OCTAVE)
