"""Following one JSON object through bytes: where it ends, or where it turns out to be none.

The scan knows strings, brackets and the order of keys, colons and commas; whether what it delimits is JSON to the
letter is for the decoder to say. It takes an object over any number of lines, looks at each byte once, and needs no
recursion.
"""

import re
from typing import Literal

from cowrie_assets.cowrie.possessive import any_number

DEEPEST = 1024
"""Levels of nesting that are followed; orjson decodes no more."""

_BLANKS = rb"[ \t\r\n]*+"
STRING = rb'"[^"\\\n]*+' + any_number(rb'\\.[^"\\\n]*+') + b'"'
"""Pattern of a string."""
SCALAR = rb"(?:" + STRING + rb"|-?\d[\d.eE+-]*+|true|false|null)"
"""Pattern of a string, a number or a constant."""

# What may come next: patterns that always match, whose last group is the token found, if any. Plain members and
# elements, the bulk of every event, are passed over within one match, and so are elements that are objects of plain
# members; so are a key, its colon and what its value begins with, which are groups 2 to 4 of `_KEY`.
_LAST_MEMBER = _BLANKS + STRING + _BLANKS + rb":" + _BLANKS + SCALAR + _BLANKS
_MEMBER = _LAST_MEMBER + rb","
_PLAIN_ELEMENT = rb"(?:%b|\{%b%b\})" % (SCALAR, any_number(_MEMBER), _LAST_MEMBER)
_KEY = re.compile(
    rb"%b%b(?:(\})|(%b)%b(?:(:)%b([{\[]|%b)?)?)?" % (any_number(_MEMBER), _BLANKS, STRING, _BLANKS, _BLANKS, SCALAR)
)
_COLON = re.compile(_BLANKS + rb"(:)?")
_VALUE = re.compile(_BLANKS + rb"([{\[]|%b)?" % SCALAR)
_ELEMENT = re.compile(rb"%b%b([{\[\]]|%b)?" % (any_number(_BLANKS + _PLAIN_ELEMENT + _BLANKS + rb","), _BLANKS, SCALAR))
_NEXT = re.compile(_BLANKS + rb"([,}\]])?")

_KEY_ALONE, _KEY_AND_VALUE = 2, 4
_DEEP = 16
"""Levels from which on brackets that open in each other are passed over many at once."""
_INTO_OBJECT = _BLANKS + STRING + _BLANKS + rb":" + _BLANKS + rb"\{"
_INTO_ARRAY = rb"(" + _BLANKS + rb")\{" + _BLANKS + STRING + _BLANKS + rb":" + _BLANKS + rb"\["
_OBJECTS, _ARRAYS = re.compile(_INTO_OBJECT), re.compile(_INTO_ARRAY)
_MANY_OBJECTS, _MANY_ARRAYS = (re.compile(rb"(?>(?:%b){4,64})" % link) for link in (_INTO_OBJECT, _INTO_ARRAY))
_CLOSING = {b"{": b"}", b"[": b"]"}
_CUT_TOKEN = re.compile(rb"-|t(?:ru?)?|f(?:a(?:ls?)?)?|n(?:ul?)?")


Outcome = Literal["open", "whole", "broken"]
"""How far a scan has come: everything so far fits and the object goes on; it has ended; it is none."""


class ObjectScan:
    """A scan that begins at a `{`."""

    __slots__ = ("_expected", "_open", "outcome", "too_deep")

    def __init__(self) -> None:
        self.outcome: Outcome = "open"
        self.too_deep = False
        self._expected = _VALUE
        self._open: list[tuple[bytes, int]] = []
        """Of each bracket that is open: what closes it, and its place."""

    def copy(self) -> "ObjectScan":
        """A scan that goes on from here independently."""
        twin = ObjectScan()
        twin.outcome, twin.too_deep = self.outcome, self.too_deep
        twin._expected, twin._open = self._expected, self._open.copy()
        return twin

    def run(self, text: bytes, position: int, end: int, *, offset: int = 0) -> int:
        """Go on through `text[position:end]`; returns where it stopped: at `end`, behind the whole object, or where it
        breaks.

        No token may be spread over two calls. `offset` is the place of `text[0]`, for `open_objects`.
        """
        while self.outcome == "open":
            if len(self._open) >= _DEEP:
                position = self._descend(text, position, end, offset)
            match = self._expected.match(text, position, end)
            group = None
            if match is not None:
                position, group = match.end(), match.lastindex
            if match is None or group is None:
                if position < end:
                    self.outcome = "broken"
                break
            if group == 1:
                self._take(match[1], offset + position - 1)
            else:
                self._expected = _COLON if group == _KEY_ALONE else _VALUE
                if group == _KEY_AND_VALUE:
                    self._take(match[group], offset + position - 1)
        return position

    def is_cut_off(self, text: bytes, position: int, end: int) -> bool:
        """Whether a scan that broke at `position` may have done so only because `end` cuts a token in two."""
        if self._expected in (_KEY, _VALUE, _ELEMENT) and text[position : position + 1] == b'"':
            return True
        return self._expected in (_VALUE, _ELEMENT) and _CUT_TOKEN.fullmatch(text, position, end) is not None

    def open_objects(self) -> set[int]:
        """The places of the `{` that are not closed. Where this scan broke, a scan that began at one of them would."""
        return {place for closing, place in self._open if closing == b"}"}

    def _descend(self, text: bytes, position: int, end: int, offset: int) -> int:
        """Pass over members or elements that open in each other; returns where that ends."""
        room = DEEPEST - len(self._open)
        if self._expected is _KEY and (run := _MANY_OBJECTS.match(text, position, end)) is not None:
            for link in _OBJECTS.findall(text, position, run.end())[:room]:
                position += len(link)
                self._open.append((b"}", offset + position - 1))
        elif self._expected is _ELEMENT and (run := _MANY_ARRAYS.match(text, position, end)) is not None:
            for link in list(_ARRAYS.finditer(text, position, run.end()))[: room // 2]:
                position = link.end()
                self._open += (b"}", offset + link.end(1)), (b"]", offset + position - 1)
        return position

    def _take(self, token: bytes, place: int) -> None:
        if token in _CLOSING:
            self._open.append((_CLOSING[token], place))
            self._expected = _KEY if token == b"{" else _ELEMENT
            if len(self._open) > DEEPEST:
                self.too_deep = True
                self.outcome = "broken"
        elif token in (b"}", b"]"):
            self._close(token)
        elif token == b",":
            self._expected = _KEY if self._open[-1][0] == b"}" else _ELEMENT
        elif token == b":":
            self._expected = _VALUE
        else:
            self._expected = _NEXT

    def _close(self, token: bytes) -> None:
        if self._open[-1][0] != token:
            self.outcome = "broken"
            return
        self._open.pop()
        self._expected = _NEXT
        if not self._open:
            self.outcome = "whole"
