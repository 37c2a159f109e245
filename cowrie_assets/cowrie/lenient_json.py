"""Decoding one JSON object as Cowrie's readers must: with lone surrogates, raw control characters and bytes that are no
UTF-8."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import ne
from typing import Any, Literal, NamedTuple, NoReturn

import orjson

Reason = Literal["invalid_json", "not_an_object", "too_long", "too_deep", "undecodable"]
"""Why a line is no JSON object."""

_HOLE = b"\0\0"
"""Raw NULs, which no writer of JSON puts into a string: a part of the file that was never written."""
_INT64 = range(-(2**63), 2**64)
_LONGEST_INT = 20
_LONG_INTEGER = b"0" * 19
"""Digits that an integer has at least that 64 bits do not hold."""
_DIGITS_AS_ZEROS = bytes.maketrans(b"123456789", b"000000000")
_INFINITY = float("inf")
_BEYOND_INT64 = 2.0**63
MAY_HOLD_ROUNDED = frozenset({float, dict, list})
"""Types of values that may be, or hold, an integer that orjson had to round."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written, where neither 64 bits nor a double hold it: `1e400`, or an integer of 400 digits."""

    digits: str

    def __str__(self) -> str:
        return self.digits


class NotJsonError(ValueError):
    """The bytes are no JSON value; `reason` is the dead letter's."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


class Decoded(NamedTuple):
    """A JSON value with the text it was read from."""

    text: bytes
    """UTF-8; what was no UTF-8 stands in it as U+FFFD."""
    value: Any
    invalid_utf8: bool


def decode(text: bytes) -> Decoded:
    """The JSON value in `text`. Raises NotJsonError.

    "Invalid UTF-8 becomes U+FFFD and is counted; NUL and lone surrogates survive" (DATA.md). NaN and Infinity are no
    JSON. Numbers come out as orjson reads them, whichever decoder was needed, but for those that it cannot hold:
    "numbers beyond a double are JSON and stay as written" (DATA.md). An object with a hole in it is none: its head and
    its tail may be those of two events.
    """
    try:
        value = orjson.loads(text)
        return Decoded(text, exact(text, value) if type(value) is dict else value, invalid_utf8=False)
    except orjson.JSONDecodeError:
        pass
    if _HOLE in text:
        raise NotJsonError("invalid_json")
    valid, invalid_utf8 = replace_invalid_utf8(text)
    try:
        return Decoded(valid, _LENIENT.decode(valid.decode("utf-8")), invalid_utf8)
    except RecursionError:
        raise NotJsonError("too_deep") from None
    except ValueError:
        raise NotJsonError("undecodable" if invalid_utf8 else "invalid_json") from None


def decode_all(texts: Sequence[bytes]) -> tuple[Sequence[bytes], Sequence[Any], Iterable[bool]]:
    """What `decode` gives for each of many objects: their texts, values, and whether invalid UTF-8 was in them.

    Integers beyond 64 bits may be rounded: `exact` gives them. Raises NotJsonError where one of them may be no object.
    """
    joined = b",".join(texts)
    try:
        return texts, orjson.loads(b"[%b]" % joined), repeat(False)
    except orjson.JSONDecodeError:
        pass
    if _HOLE in joined:
        raise NotJsonError("invalid_json")
    valid = [text.decode("utf-8", "replace").encode("utf-8") for text in texts]
    try:
        values = _LENIENT.decode(f"[{b','.join(valid).decode('utf-8')}]")
    except (ValueError, RecursionError):
        raise NotJsonError("invalid_json") from None
    return valid, values, map(ne, texts, valid)


def exact(text: bytes, value: dict[str, Any]) -> dict[str, Any]:
    """`value`, which orjson read from `text`, with the integers that it had to round as they are written."""
    if MAY_HOLD_ROUNDED.isdisjoint(map(type, value.values())) or not _holds_rounded(value):
        return value
    written: dict[str, Any] = _LENIENT.decode(text.decode("utf-8"))
    return written


def exact_all(texts: Sequence[bytes], values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """`exact` of each of `values`, which orjson read from `texts`."""
    if _LONG_INTEGER not in b"".join(texts).translate(_DIGITS_AS_ZEROS):
        return values
    return list(map(exact, texts, values))


def _holds_rounded(value: dict[str, Any]) -> bool:
    """Whether a float in it, at any depth, is so large that it may stand for an integer."""
    waiting: list[Any] = [value]
    while waiting:
        item = waiting.pop()
        inner = item.values() if type(item) is dict else item
        if MAY_HOLD_ROUNDED.isdisjoint(map(type, inner)):
            continue
        for each in inner:
            if type(each) is float:
                if abs(each) >= _BEYOND_INT64:
                    return True
            elif type(each) is dict or type(each) is list:
                waiting.append(each)
    return False


def replace_invalid_utf8(text: bytes) -> tuple[bytes, bool]:
    """`text` as valid UTF-8, and whether any of it had to become U+FFFD."""
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("utf-8", "replace").encode("utf-8"), True
    return text, False


def depth_of(value: object) -> int:
    """Levels of objects and arrays in a JSON value; needs no recursion."""
    depth, level = 0, [value]
    while level := [item for item in level if type(item) is dict or type(item) is list]:
        depth += 1
        level = [inner for item in level for inner in (item.values() if type(item) is dict else item)]
    return depth


def _int(digits: str) -> int | Number:
    if len(digits) <= _LONGEST_INT and (number := int(digits)) in _INT64:
        return number
    return Number(digits)


def _float(digits: str) -> float | Number:
    number = float(digits)
    return Number(digits) if abs(number) == _INFINITY else number


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


_LENIENT = json.JSONDecoder(strict=False, parse_int=_int, parse_float=_float, parse_constant=_refuse)
