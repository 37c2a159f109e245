"""The items of one line that is not simply one JSON object.

Between values only separators may stand: blanks, NULs, a byte order mark, and the brackets and commas of arrays, so
that a JSON array is read element by element however long it is. Each whole object is an item; what else stands between
two of them is one dead item. Behind something broken, reading goes on at the next object that is whole and has an
`eventid`.
"""

import re
from collections.abc import Set
from typing import Literal

import orjson

from cowrie_assets.cowrie.items import BLANK_BYTES, Blank, Dead, Single, Whole, dead
from cowrie_assets.cowrie.lenient_json import Decoded, NotJsonError, Reason, decode
from cowrie_assets.cowrie.object_runs import ObjectRuns
from cowrie_assets.cowrie.object_scan import SCALAR, STRING, ObjectScan
from cowrie_assets.cowrie.possessive import at_least_one
from cowrie_assets.cowrie.separators import BLANKS, SEPARATORS, first_value_at, may_go_on, skip, skip_separators

_SCALARS = re.compile(at_least_one(rb"%b(?:[ \t\r\v\f\0,\[\]]++|(?=\{)|\Z)" % SCALAR))
_OBJECT_START = re.compile(rb"\{[ \t\r]*+%b[ \t\r]*+:" % STRING)
_EVENTID = b'"eventid"'
_BRACE = ord("{")
_LONGEST_STRUCTURE = 2
_LONGEST_VALIDATED = 1024 * 1024


LineEnd = Literal["newline", "content end", "unknown"]
"""What comes behind a line's bytes: its newline; nothing, so that whole objects count and the rest is no line yet;
bytes that are still unread."""


def _event_in(text: bytes) -> Decoded | None:
    """The object in `text` where it is JSON and has an `eventid`."""
    if _EVENTID not in text:
        return None
    try:
        decoded = decode(text)
    except NotJsonError:
        return None
    return decoded if "eventid" in decoded.value else None


def starts_event(line: bytes) -> bool:
    """Whether the first object on a line is whole and has an `eventid`."""
    if _EVENTID not in line:
        return False
    begin = first_value_at(line)
    if not line.startswith(b"{", begin):
        return False
    scan = ObjectScan()
    stop = scan.run(line, begin, len(line))
    return scan.outcome == "whole" and _event_in(line[begin:stop]) is not None


def dead_line(line: bytes) -> Dead:
    """All of a line, as if it were the first of a content, as one dead item."""
    begin = skip(BLANKS, line, 0, len(line))
    raw = line[begin:].rstrip(BLANK_BYTES)
    return dead(begin, 1, len(line) + 1, "invalid_json", raw, length=len(raw))


class LineFrame:
    """A line's items.

    `text` begins at `offset` of the content and holds no newline. Work is linear in its length: no byte is scanned anew
    from a `{` that is known not to be closed.
    """

    def __init__(
        self,
        text: bytes,
        offset: int,
        line_number: int,
        line_end: LineEnd,
        limit: int,
        *,
        hopeless: Set[int] = frozenset(),
        alone: bool = False,
    ) -> None:
        """`limit`: bytes from one item's end to the next's. `hopeless`: offsets of `{` that are not closed. `alone`: no
        object goes on behind this line."""
        self.items: list[Single] = []
        self.consumed = 0
        """Bytes that are dealt with."""
        self.object_scan: ObjectScan | None = None
        """The scan of an object that begins at `consumed` and goes on behind this line."""
        self.too_long_from: int | None = None
        """Where in `text` something begins that exceeds the limit, and whose line's end is not known: all of it is to
        be passed over."""
        self._text = text
        self._offset = offset
        self._line_number = line_number
        self._line_end = line_end
        self._limit = limit
        self._hopeless = hopeless
        self._found_hopeless: set[int] = set()
        self._alone = alone
        self._runs = ObjectRuns()
        self._last_eventid: int | None = None
        self._held = False
        """Behind `consumed` stands a whole object whose separators may go on."""
        self._consume(0)
        self._frame()

    def _consume(self, position: int) -> None:
        """All before `position` is dealt with; what comes next may reach to `_bound`."""
        self.consumed = self._position = position
        self._content = skip(BLANKS, self._text, position, len(self._text))
        self._bound = min(len(self._text), self._content + self._limit)
        self._reason: Reason | None = None
        """Why the bytes from `consumed` to `_position` are dead; None while they are separators."""

    @property
    def _ended(self) -> bool:
        """Whether nothing can follow at the bound."""
        return self._bound == len(self._text) and self._line_end != "unknown"

    def _frame(self) -> None:
        going_on = True
        while going_on:
            self._position = skip(SEPARATORS, self._text, self._position, self._bound)
            if self._position == self._bound:
                break
            going_on = self._take_run() or self._take_value()
        if self._bound < len(self._text) and not self._held:
            self._end_too_long()
        elif going_on and self._ended:
            self._end_line()

    def _take_run(self) -> bool:
        """Take at once what objects follow each other; False where none are taken."""
        if self._text[self._position] != _BRACE or self._reason is not None or self._hopeless or self._found_hopeless:
            return False
        run = self._runs.take(self._text, self._position, self._bound, self._offset, self._line_number)
        if run is None:
            return False
        self.items += run.items
        self._consume(run.end)
        return True

    def _take_value(self) -> bool:
        """Deal with what begins at the position; False where nothing more can be told."""
        begin = self._position
        if self._text[begin] == _BRACE:
            return self._salvage(begin + 1) if self._is_hopeless(begin) else self._take_object(begin)
        stop = skip(_SCALARS, self._text, begin, self._bound)
        if stop == begin:
            return self._salvage(begin)
        self._mark_dead("not_an_object")
        self._position = stop
        return True

    def _is_hopeless(self, begin: int) -> bool:
        place = self._offset + begin
        return place in self._hopeless or place in self._found_hopeless

    def _take_object(self, begin: int) -> bool:
        scan = ObjectScan()
        stop = scan.run(self._text, begin, self._bound, offset=self._offset)
        if scan.outcome == "whole":
            try:
                return self._add_object(begin, stop, decode(self._text[begin:stop]))
            except NotJsonError as error:
                self._mark_dead(error.reason)
                self._position = stop
                return True
        if not self._ended and self._may_go_on(scan, stop):
            return False
        if scan.outcome == "open" and self._line_end == "newline" and not self._alone:
            self._end_dead_part(begin)
            self.consumed = begin
            self.object_scan = scan
            return False
        self._mark_dead("too_deep" if scan.too_deep else "invalid_json")
        self._found_hopeless |= scan.open_objects()
        return self._salvage(begin + 1)

    def _salvage(self, position: int) -> bool:
        """Find the next whole object with an `eventid` from `position` on."""
        self._mark_dead("invalid_json")
        text = self._text
        if self._last_eventid is None:
            self._last_eventid = text.rfind(_EVENTID)
        while (start := _OBJECT_START.search(text, position, self._bound)) and start.start() < self._last_eventid:
            begin = start.start()
            position = begin + 1
            if self._is_hopeless(begin):
                continue
            scan = ObjectScan()
            stop = scan.run(text, begin, self._bound, offset=self._offset)
            if scan.outcome == "whole":
                event = _event_in(text[begin:stop])
                if event is not None:
                    return self._add_object(begin, stop, event)
                position = stop
            elif not self._ended and self._may_go_on(scan, stop):
                return False
            else:
                self._found_hopeless |= scan.open_objects()
        self._position = self._bound
        return True

    def _may_go_on(self, scan: ObjectScan, stop: int) -> bool:
        return scan.outcome == "open" or scan.is_cut_off(self._text, stop, self._bound)

    def _add_object(self, begin: int, stop: int, decoded: Decoded) -> bool:
        """Add a whole object, with the separators behind it; False where these may go on in bytes that have not
        come."""
        text = self._text
        after = skip_separators(text, stop, self._limit)
        if self._line_end == "unknown" and may_go_on(text, after):
            self._held = True
            return False
        self._end_dead_part(begin)
        self.items.append(Whole(self._offset + begin, self._line_number, self._end_offset(after), *decoded))
        self._consume(after)
        return after < len(text)

    def _end_offset(self, position: int) -> int:
        newline = position == len(self._text) and self._line_end == "newline"
        return self._offset + position + newline

    def _mark_dead(self, reason: Reason) -> None:
        if self._reason in (None, "not_an_object"):
            self._reason = reason

    def _end_dead_part(self, end: int) -> None:
        """Add what is dead from `consumed` to `end`, if anything is."""
        if self._reason is None:
            return
        raw = self._text[self._content : end].rstrip(BLANK_BYTES)
        reason = self._reason
        if reason == "not_an_object" and not _holds_values(raw):
            reason = "invalid_json"
        self._add_dead(end, reason, raw, len(raw))

    def _add_dead(self, end: int, reason: Reason, raw: bytes, length: int) -> None:
        offset = self._offset + self._content
        self.items.append(dead(offset, self._line_number, self._end_offset(end), reason, raw, length=length))

    def _end_too_long(self) -> None:
        begin, text = self._content, self._text
        if self._line_end == "unknown":
            self.too_long_from = begin
        elif self._line_end == "newline":
            self._add_dead(len(text), "too_long", text[begin:], len(text) - begin)
            self.consumed = len(text)

    def _end_line(self) -> None:
        """Deal with what stands between the last object and the line's end."""
        text = self._text
        structure = text[self._content :].translate(None, BLANK_BYTES)
        if self._reason is None and 0 < len(structure) <= _LONGEST_STRUCTURE and not _is_value(structure):
            self.consumed = len(text)
        elif self._line_end == "newline":
            if self._content == len(text):
                self.items.append(Blank(self._offset + self.consumed, self._line_number, self._end_offset(len(text))))
            else:
                self._mark_dead("not_an_object")
                self._end_dead_part(len(text))
            self.consumed = len(text)


def _holds_values(raw: bytes) -> bool:
    """Whether `raw` is JSON values, perhaps a part of an array's. Of a very long text that is taken for granted."""
    inner = raw.strip(BLANK_BYTES + b",[]")
    return len(raw) > _LONGEST_VALIDATED or _is_value(raw) or (inner != b"" and _is_value(b"[%b]" % inner))


def _is_value(text: bytes) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True
