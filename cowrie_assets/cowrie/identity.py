"""What makes two events one: their sensor as written and their content, as canonical JSON."""

import json
import struct
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import repeat
from operator import add
from typing import Any

import orjson

from cowrie_assets.clock import US_PER_SECOND
from cowrie_assets.cowrie.lenient_json import Number, depth_of

_DEEPEST = 254
"""Levels of nesting that an event may have: those that orjson writes, however deep the stack of the caller is."""
_LAST_SECOND = 2**32 - 1
_CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS
_PIECE = 256 * 1024
"""Characters of a long text that are written at once."""


class TooDeepError(ValueError):
    """The object has more levels of nesting than an event may have."""


def identity(sensor: str, value: dict[str, Any], written_at: int, *, is_long: bool = False) -> bytes:
    """16 bytes, equal for two events "when sensor as written and JSON content are equal (order of keys and whitespace
    aside)".

    The whole second of the written time (4 bytes, big-endian, before any clock offset) stands first and keeps the index
    in time's order; then BLAKE2b-96 of the sensor and the canonical JSON. A chance collision needs both in the same
    second: below 1e-16 for a million events in it. Raises TooDeepError.
    """
    digest = _digest_of_sensor(sensor).copy()
    for piece in _pieces_of_long(value) if is_long else (canonical_json(value),):
        digest.update(piece)
    return leading_bytes(written_at // US_PER_SECOND) + digest.digest()


def identities(sensor: str, values: Sequence[dict[str, Any]], written_at: Sequence[int]) -> list[bytes]:
    """`identity` of many events of a sensor. Raises TooDeepError where one of them is too deep."""
    try:
        digests = _digests(sensor, map(orjson.dumps, values, repeat(None), repeat(_CANONICAL)))
    except TypeError:
        digests = _digests(sensor, map(canonical_json, values))
    return list(map(add, _all_leading_bytes([time // US_PER_SECOND for time in written_at]), digests))


def _digests(sensor: str, contents: Iterable[bytes]) -> list[bytes]:
    empty = _digest_of_sensor(sensor).copy
    digests = []
    for content in contents:
        digest = empty()
        digest.update(content)
        digests.append(digest.digest())
    return digests


def digest_of_content(sensor: str, content: bytes) -> bytes:
    """The 12 bytes of an identity that follow the time: of the sensor as written, and the canonical JSON."""
    digest = _digest_of_sensor(sensor).copy()
    digest.update(content)
    return digest.digest()


def leading_bytes(second: int) -> bytes:
    """The first 4 bytes of the identity of an event that was written in a second since 1970-01-01 UTC."""
    return min(max(second, 0), _LAST_SECOND).to_bytes(4, "big")


def _all_leading_bytes(seconds: Sequence[int]) -> list[bytes]:
    if min(seconds) < 0 or max(seconds) > _LAST_SECOND:
        return list(map(leading_bytes, seconds))
    joined = struct.pack(f">{len(seconds)}I", *seconds)
    return [joined[begin : begin + 4] for begin in range(0, len(joined), 4)]


@lru_cache(maxsize=1024)
def _digest_of_sensor(sensor: str) -> blake2b:
    return blake2b(sensor.encode("utf-8", "surrogatepass") + b"\0", digest_size=12)


def canonical_json(value: dict[str, Any]) -> bytes:
    """The object with sorted keys and no whitespace; in ASCII where a lone surrogate keeps it out of UTF-8.

    Raises TooDeepError.
    """
    try:
        return orjson.dumps(value, default=_digits, option=_CANONICAL)
    except TypeError:  # lone surrogates, or nesting beyond orjson's
        if depth_of(value) > _DEEPEST:
            raise TooDeepError from None
    return "".join(_pieces(value)).encode("ascii")


def _pieces_of_long(value: dict[str, Any]) -> Iterator[bytes]:
    """`canonical_json` in pieces: written at once, a text with one wide character stands in memory seven times over."""
    long = {key for key, each in value.items() if type(each) is str and len(each) > _PIECE}
    if not _is_written_by_orjson(value, long):
        yield canonical_json(value)
        return
    for position, key in enumerate(sorted(value)):
        each = value[key]
        yield (b"," if position else b"{") + orjson.dumps(key) + b":"
        if key in long:
            yield b'"'
            yield from (orjson.dumps(each[begin : begin + _PIECE])[1:-1] for begin in range(0, len(each), _PIECE))
            yield b'"'
        else:
            yield orjson.dumps(each, default=_digits, option=_CANONICAL)
    yield b"}"


def _is_written_by_orjson(value: dict[str, Any], long: set[str]) -> bool:
    try:
        orjson.dumps(value | dict.fromkeys(long, ""), default=_digits, option=_CANONICAL)
        for key in long:
            for begin in range(0, len(value[key]), _PIECE):
                orjson.dumps(value[key][begin : begin + _PIECE])
    except TypeError:
        return False
    return True


def _digits(value: object) -> orjson.Fragment:
    if isinstance(value, Number):
        return orjson.Fragment(value.digits)
    raise TypeError


def _pieces(value: object) -> Iterator[str]:
    """The texts that make up a value's canonical JSON in ASCII: what orjson cannot write, with no depth of calls."""
    waiting: list[str | tuple[object]] = [(value,)]
    while waiting:
        next_one = waiting.pop()
        if isinstance(next_one, str):
            yield next_one
            continue
        (item,) = next_one
        parts: list[str | tuple[object]] = []
        if isinstance(item, dict):
            for position, key in enumerate(sorted(item)):
                parts += (f"{',' if position else '{'}{json.dumps(key)}:", (item[key],))
            parts.append("}" if item else "{}")
        elif isinstance(item, list):
            for position, each in enumerate(item):
                parts += ("," if position else "[", (each,))
            parts.append("]" if item else "[]")
        else:
            parts.append(item.digits if isinstance(item, Number) else json.dumps(item))
        waiting += reversed(parts)
