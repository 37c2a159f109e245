"""UTF-16 logs (editors on Windows write them) as the UTF-8 that Cowrie writes."""

import codecs
from collections.abc import Iterable, Iterator
from typing import Literal

Utf16 = Literal["utf-16-le", "utf-16-be"]

SNIFFED_BYTES = 64
"""How much of a content's start `utf16_of` looks at."""

_SHORTEST_PATTERN = 4


def utf16_of(head: bytes) -> Utf16 | None:
    """Which UTF-16 a content that starts with `head` is in: by its byte order mark, else where every other byte is NUL.

    A run of NULs alone is the hole that copytruncate leaves, not UTF-16.
    """
    if head.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    sample = head[: min(len(head), SNIFFED_BYTES) & ~1]
    if len(sample) < _SHORTEST_PATTERN:
        return None
    even, odd = sample[::2], sample[1::2]
    if not any(odd) and all(even):
        return "utf-16-le"
    if not any(even) and all(odd):
        return "utf-16-be"
    return None


def utf16_to_utf8(pieces: Iterable[bytes], encoding: Utf16) -> Iterator[bytes]:
    """The pieces in UTF-8, a byte order mark included; broken pairs become U+FFFD, half a character at the end is left
    out."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    for piece in pieces:
        yield decoder.decode(piece).encode("utf-8")
