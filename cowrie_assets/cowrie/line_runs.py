"""Lines that are taken many at once: a log may hold millions of short ones, and most of a log is plain events.

What each line becomes is what it would become if it were looked at alone.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count, takewhile
from operator import itemgetter
from typing import cast

import orjson

from cowrie_assets.cowrie.items import KEPT_BYTES, Blank, DeadLines, Item, Wholes, begins_of
from cowrie_assets.cowrie.junk_lines import JUNK_LINES
from cowrie_assets.cowrie.lenient_json import Reason
from cowrie_assets.cowrie.line_outcomes import LONGEST, LineOutcomes, Outcome, dead_alike, placed
from cowrie_assets.cowrie.object_runs import MOST_BYTES, ObjectRuns

_FIRST, _LAST = itemgetter(0), itemgetter(-1)
_OPENING, _CLOSING = b"{}"
_BLANK_LINES = re.compile(rb"[ \t\r\v\f\0\n]*+")
"""Blank lines, and the blanks that a further line begins with."""
_EVENTID = b'"eventid"'
_LONG_RUN = 64
"""Blank lines from which on they are one item."""
_MANY_DEAD_LINES = 8
"""From which on they are one item."""
_MANY_WHOLE_LINES = 8
"""From which on they are one item."""
_STRETCH = 32 * 1024
"""Bytes of lines of which it is looked up at once what they become."""


@dataclass(slots=True)
class Cursor:
    """Where framing stands: before a line, or within one."""

    offset: int
    line_number: int
    hopeless: frozenset[int] = frozenset()
    """Offsets of `{` that are known not to be closed, while lines of a given-up object are dealt with again."""
    alone: bool = False
    """No object may go on behind its line, while they are."""

    def advance(self, size: int, lines: int) -> None:
        """Go on behind `size` bytes that end behind `lines` newlines."""
        self.offset += size
        self.line_number += lines


class LineRuns:
    """Takes lines from where `cursor` stands, which goes on behind them.

    `limit`: bytes of a line. `of_pair`: see `LineOutcomes`.
    """

    def __init__(self, cursor: Cursor, limit: int, of_pair: Callable[[bytes, bytes], Outcome | None]) -> None:
        self._cursor = cursor
        self._limit = limit
        self._objects = ObjectRuns()
        self._outcomes = LineOutcomes(limit, of_pair)
        self.starts_event = self._outcomes.starts_event
        """Whether the first object on a line is whole and an event."""

    def forget(self) -> None:
        """Let go of the lines that are remembered."""
        self._outcomes.forget()

    def next_event(self, text: bytes, position: int) -> int:
        """Where the `eventid` of the next line stands that begins with an event; the end of `text` where none does."""
        while (event := text.find(_EVENTID, position)) >= 0:
            end = text.index(b"\n", event)
            if self.starts_event[text[text.rfind(b"\n", 0, event) + 1 : end]]:
                return event
            position = end
        return len(text)

    def take_plain(self, lines: list[bytes], items: list[Item]) -> bool:
        """Take the lines where each is an object that orjson decodes; do nothing where one is not."""
        if max(map(len, lines)) > self._limit:
            return False
        try:
            if set(map(_FIRST, lines)) != {_OPENING} or set(map(_LAST, lines)) != {_CLOSING}:
                return False
            values = list(map(orjson.loads, lines))
        except (IndexError, orjson.JSONDecodeError):
            return False
        cursor = self._cursor
        offsets = begins_of(lines, cursor.offset)
        numbers = range(cursor.line_number, cursor.line_number + len(lines))
        run = Wholes(offsets[:-1], numbers, offsets[1:], lines, values, (False,) * len(lines))
        if len(lines) >= _MANY_WHOLE_LINES:
            items.append(run)
        else:
            items += run.each()
        cursor.advance(offsets[-1] - cursor.offset, len(lines))
        return True

    def take(self, text: bytes, position: int, items: list[Item]) -> int:
        """Take the lines from `position` on that are blank, or else those that are junk, or objects, or those of which
        it is known what they become; returns what is behind them."""
        if (blanks := _BLANK_LINES.match(text, position)) is not None:
            stop = text.rfind(b"\n", position, blanks.end()) + 1
            if stop > position and (text.count(b"\n", position, stop) >= _LONG_RUN or stop == len(text)):
                return self._take_blank_lines(text, position, stop, items)
        if (junk := JUNK_LINES.match(text, position, position + KEPT_BYTES)) is not None:
            stop = junk.end()
            if text.count(b"\n", position, stop) >= _MANY_DEAD_LINES:
                return self._take_junk_lines(text, position, stop, items)
        stop = self._take_objects(text, position, items)
        return stop if stop > position else self._take_known_lines(text, position, items)

    def _take_objects(self, text: bytes, position: int, items: list[Item]) -> int:
        cursor = self._cursor
        if cursor.hopeless or cursor.alone or self._limit < MOST_BYTES:
            return position
        run = self._objects.take(text, position, len(text), cursor.offset - position, cursor.line_number)
        if run is None:
            return position
        items += run.items
        cursor.advance(run.end - position, run.newlines)
        return run.end

    def _take_blank_lines(self, text: bytes, position: int, stop: int, items: list[Item]) -> int:
        cursor, lines = self._cursor, text.count(b"\n", position, stop)
        if lines >= _LONG_RUN:
            items.append(Blank(cursor.offset, cursor.line_number, cursor.offset + stop - position, lines))
        else:
            ends = begins_of(text[position : stop - 1].split(b"\n"), cursor.offset)
            items += map(Blank, ends, count(cursor.line_number), ends[1:])
        cursor.advance(stop - position, lines)
        return stop

    def _take_junk_lines(self, text: bytes, position: int, stop: int, items: list[Item]) -> int:
        run = text[position:stop]
        if len(run) > self._limit:
            short = takewhile(lambda line: len(line) <= self._limit, run.split(b"\n")[:-1])
            run = b"".join(line + b"\n" for line in short)
            if not run:
                return position
        self._add_dead_lines("invalid_json", run, items)
        return position + len(run)

    def _add_dead_lines(self, reason: Reason, run: bytes, items: list[Item]) -> None:
        cursor, lines = self._cursor, run.count(b"\n")
        items.append(DeadLines(cursor.offset, cursor.line_number, cursor.offset + len(run), reason, run, lines))
        cursor.advance(len(run), lines)

    def _take_known_lines(self, text: bytes, position: int, items: list[Item]) -> int:
        """Take lines from `position` on as long as it is known what they become: two at first, then ever more."""
        first = text.find(b"\n", position)
        if first - position > LONGEST:
            return position
        stop = text.find(b"\n", first + 1) + 1 or first + 1
        size = stop - position
        while stop > position:
            blank = text.find(b"\n" * _LONG_RUN, position, stop)
            lines = text[position : (stop if blank < 0 else blank + 1) - 1].split(b"\n")
            before, taken = self._cursor.offset, self.take_known(lines, items)
            position += self._cursor.offset - before
            if blank >= 0 or not taken or taken < len(lines) - 1:
                break
            size = min(2 * size, _STRETCH)
            stop = text.rfind(b"\n", position, position + size) + 1
        return position

    def take_known(self, lines: list[bytes], items: list[Item]) -> int:
        """Take the first of the lines, as many as it is known of what they become; returns how many that are."""
        cursor = self._cursor
        if max(map(len, lines)) > LONGEST:
            lines = list(takewhile(lambda line: len(line) <= LONGEST, lines))
        begins = begins_of(lines, cursor.offset)
        if cursor.hopeless or cursor.alone:
            found = self._outcomes.of_given_up(lines, begins, cursor.hopeless)
        else:
            found = self._outcomes.of_lines(lines)
        if None in found:
            found = found[: found.index(None)]
        if not found:
            return 0
        outcomes = cast("list[Outcome]", found)
        reason = dead_alike(outcomes) if len(found) >= _MANY_DEAD_LINES else None
        if reason is None:
            items += placed(outcomes, begins, cursor.line_number)
            cursor.advance(begins[len(found)] - cursor.offset, len(found))
        else:
            self._add_dead_lines(reason, b"\n".join((*lines[: len(found)], b"")), items)
        return len(found)
