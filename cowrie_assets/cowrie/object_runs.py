"""Runs of objects: one pattern finds where each ends, and all of them are decoded at once.

It holds for objects that are nested a few levels deep, on one line or over many. A run ends before what is anything
else, and that is for a closer look.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import accumulate, repeat
from operator import add
from typing import Any, NamedTuple

from cowrie_assets.cowrie.items import Whole
from cowrie_assets.cowrie.lenient_json import NotJsonError, decode_all
from cowrie_assets.cowrie.object_scan import SCALAR, STRING
from cowrie_assets.cowrie.possessive import any_number, at_least_one

_BLANKS = rb"[ \t\r\n]*+"
_LEVELS = 3
_SEPARATORS = rb"[ \t\r\v\f\0,\[\]]*+"
_FEW = 8
"""Objects from which on a run pays."""
_LEAST_BYTES = 512
MOST_BYTES = 32 * 1024
"""That a run takes, whatever follows."""


def _object(value: bytes) -> bytes:
    member = _BLANKS + STRING + _BLANKS + rb":" + _BLANKS + value + _BLANKS + rb"(?:,(?=[ \t\r\n]*+\")|(?=\}))"
    return rb"\{" + any_number(member) + _BLANKS + rb"\}"


def _array(value: bytes) -> bytes:
    return rb"\[" + any_number(_BLANKS + value + _BLANKS + rb"(?:,|(?=\]))") + _BLANKS + rb"\]"


def _value(levels: int) -> bytes:
    if levels == 0:
        return SCALAR
    inner = _value(levels - 1)
    return rb"(?:%b|%b|%b)" % (SCALAR, _object(inner), _array(inner))


_OBJECT = _object(_value(_LEVELS - 1))
_RUN = re.compile(at_least_one(_SEPARATORS + _OBJECT + _SEPARATORS + rb"(?:\n|(?=\{))"))
_PIECE = re.compile(rb"(%b)(%b)(%b\n?)" % (_SEPARATORS, _OBJECT, _SEPARATORS))
_EVENT_ON_LATER_LINE = re.compile(rb'\n[ \t\r\v\f\0,\[\]]*+\{[^\n]*"eventid"')
"""Such an object may be broken off by an event of its own."""


class ObjectRun(NamedTuple):
    """Objects that follow each other."""

    items: list[Whole]
    end: int
    """Where in the text the run ends: behind the separators, and the newline, that follow the last object."""
    newlines: int


class ObjectRuns:
    """Takes runs out of a text. What is found not to be JSON makes the next tries shorter."""

    def __init__(self) -> None:
        self._reach = MOST_BYTES

    def take(self, text: bytes, position: int, end: int, offset: int, line_number: int) -> ObjectRun | None:
        """The run of objects that begins at `position`, its line being `line_number`, and ends at `end` at the latest;
        None where there are few. `offset` is the place of `text[0]`."""
        match = _RUN.match(text, position, min(end, position + self._reach))
        if match is None:
            return None
        pieces = _PIECE.findall(text, position, match.end())
        if len(pieces) < _FEW:
            return None
        before, written, _ = zip(*pieces, strict=True)
        newlines = text.count(b"\n", position, match.end())
        decoded = None if newlines and any(map(_EVENT_ON_LATER_LINE.search, written)) else _decoded(written)
        if decoded is None:
            self._reach = max(self._reach // 4, _LEAST_BYTES)
            return None
        self._reach = min(self._reach * 2, MOST_BYTES)
        whole = list(map(b"".join, pieces))
        ends = list(accumulate(map(len, whole), initial=offset + position))
        begins = map(add, ends, map(len, before))
        numbers: Iterable[int] = repeat(line_number)
        if newlines:
            numbers = accumulate([piece.count(b"\n") for piece in whole], initial=line_number)
        fields = zip(begins, numbers, ends[1:], *decoded, strict=False)
        return ObjectRun(list(map(tuple.__new__, repeat(Whole), fields)), match.end(), newlines)


def _decoded(objects: Sequence[bytes]) -> tuple[Sequence[bytes], Sequence[Any], Iterable[bool]] | None:
    try:
        return decode_all(objects)
    except NotJsonError:
        return None
