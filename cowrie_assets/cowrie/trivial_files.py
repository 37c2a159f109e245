"""Files that hold next to nothing, told by their SHA-256: the empty file, a newline, a digit, a few NULs.

Attackers leave them by the way (`echo > x`, `touch`, a download that broke off): they are files like others where files
are counted, and no malware where something new is looked for.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from hashlib import sha256
from itertools import product

LONGEST_RUN = 1024
"""Bytes of the longest run of one thing that is trivial."""

_RUNS_OF = (b"\0", b"\n", b"\r\n", b" ")
_PRINTABLE = [bytes([code]) for code in range(0x20, 0x7F)]
_LINE_ENDS = (b"\n", b"\r\n")


def is_trivial(shasum: str) -> bool:
    """Whether a file of this SHA-256 (64 lower-case hex digits) holds next to nothing."""
    return bytes.fromhex(shasum) in _digests()


@lru_cache(maxsize=256)
def trivial_content(shasum: str) -> bytes | None:
    """What a trivial file holds; None for any other file."""
    if not is_trivial(shasum):
        return None
    return next(content for content in trivial_contents() if sha256(content).hexdigest() == shasum)


def trivial_contents() -> Iterator[bytes]:
    """Every content that is trivial: at most two bytes, one or two printable ones and a line end, runs of one thing."""
    every = [bytes([code]) for code in range(256)]
    yield b""
    yield from every
    yield from map(b"".join, product(every, every))
    for end in _LINE_ENDS:
        yield from (character + end for character in _PRINTABLE if len(end) > 1)
        yield from (b"".join(pair) + end for pair in product(_PRINTABLE, _PRINTABLE))
    for unit in _RUNS_OF:
        yield from (unit * count for count in range(2, LONGEST_RUN // len(unit) + 1))


@cache
def _digests() -> frozenset[bytes]:
    return frozenset(sha256(content).digest() for content in trivial_contents())
