"""Framing: from blocks of a log's content to items, each one line of the accounting.

Cowrie writes one JSON object a line, and that path is fast. Everything else that real logs hold is read as well:
objects over many lines, arrays, several objects on a line, and every form of damage. One bad line costs itself alone:
after it the reader is in step again. Memory is bounded by the longest line allowed.
"""

import re
from dataclasses import dataclass
from functools import partial
from itertools import count, repeat, takewhile
from operator import itemgetter
from typing import cast

import orjson

from cowrie_assets.cowrie.items import BLANK_BYTES, KEPT_BYTES, Blank, Dead, DeadLines, Item, Whole, begins_of, dead
from cowrie_assets.cowrie.lenient_json import NotJsonError, decode
from cowrie_assets.cowrie.line_framing import (
    JUNK_LINES,
    LineEnd,
    LineFrame,
    all_separators,
    may_go_on,
    skip_separators,
)
from cowrie_assets.cowrie.line_outcomes import LONGEST, LineOutcomes, Outcome, dead_alike, placed
from cowrie_assets.cowrie.object_runs import MOST_BYTES, ObjectRuns
from cowrie_assets.cowrie.object_scan import ObjectScan

__all__ = ["Blank", "Dead", "DeadLines", "Framer", "Item", "Whole"]

_MIB = 1024 * 1024
_FIRST, _LAST = itemgetter(0), itemgetter(-1)
_OPENING, _CLOSING = b"{}"
_MOST_LINES = 65_536
"""Lines that one object may be spread over."""
_MOST_SPREAD_BYTES = 16 * _MIB
"""Bytes of an object's lines, the last one aside: all of them are dealt with again at once."""
_EVENTID = b'"eventid"'
_BLANK_LINES = re.compile(rb"[ \t\r\v\f\0\n]*+")
"""Blank lines, and the blanks that a further line begins with."""
_LONG_RUN = 64
"""Blank lines from which on they are one item."""
_MANY_DEAD_LINES = 8
"""From which on they are one item."""
_PART = 128 * 1024
"""Bytes of a line from which on it is looked into though its end has not come."""
_STRETCH = 32 * 1024
"""Bytes of lines that are dealt with at once."""


@dataclass(slots=True)
class _OpenObject:
    """An object that is spread over lines, and has not ended yet."""

    offset: int
    line_number: int
    scan: ObjectScan
    lines: list[bytes]
    size: int
    """Bytes of `lines` with their newlines."""


@dataclass(slots=True)
class _LongLine:
    """What exceeds the limit, up to the newline that has not come yet."""

    offset: int
    head: bytes
    length: int


class Framer:
    """Turns content into items: feed it the blocks in order, then finish it.

    After each call, a new Framer of `safe_offset`, `safe_line` and `unterminated` yields from the content behind
    `safe_offset` exactly what this one would. `after_unterminated`: the last item before `offset` had no newline yet,
    and its line's rest is no item where it holds nothing.
    """

    def __init__(
        self,
        offset: int = 0,
        line_number: int = 1,
        max_line_bytes: int = 64 * _MIB,
        *,
        after_unterminated: bool = False,
    ) -> None:
        self.unterminated = after_unterminated
        """All of the line before `safe_offset` is dealt with, but its newline has not come."""
        self._offset = offset
        self._line_number = line_number
        self._limit = max_line_bytes
        self._rest: list[bytes] = []
        """The line that begins at `_offset`, as far as it has come."""
        self._rest_bytes = 0
        self._try_at = min(_PART, max_line_bytes + 1)
        """From how many bytes on that line is looked into though its end has not come."""
        self._dropped = 0
        """Blanks at its head that are not kept: copytruncate leaves holes of any size."""
        self._open: _OpenObject | None = None
        self._long: _LongLine | None = None
        self._hopeless: frozenset[int] = frozenset()
        """Offsets of `{` that are known not to be closed, while lines of a given-up object are dealt with again."""
        self._alone = False
        """No object may go on behind its line, while they are."""
        self._runs = ObjectRuns()
        self._outcomes = LineOutcomes(max_line_bytes, partial(_outcome_of_pair, max_line_bytes))

    @property
    def safe_offset(self) -> int:
        """The offset behind the last item that is fully dealt with."""
        return self._offset if self._open is None else self._open.offset

    @property
    def safe_line(self) -> int:
        """The physical line, counted from 1, that `safe_offset` lies in."""
        return self._line_number if self._open is None else self._open.line_number

    def feed(self, block: bytes) -> list[Item]:
        """The items that the content's next bytes decide."""
        items: list[Item] = []
        if self._long is not None:
            block = self._pass_over(self._long, block, items)
        newline = block.rfind(b"\n")
        if newline >= 0:
            lines = b"".join((*self._rest, block[:newline]))
            self._rest = []
            self._take_lines(lines, items)
            self._keep(block[newline + 1 :])
        elif block:
            self._rest.append(block)
            self._rest_bytes += len(block)
        if self._rest_bytes >= self._try_at:
            self._take_part_of_line(items)
        self._outcomes.forget()
        return items

    def finish(self, closed: bool) -> list[Item]:
        """The items at the content's end; to be called once, last.

        "A last line without its newline is an event where it is a whole JSON object and the log is closed, else it is
        pending and no line yet" (DATA.md).
        """
        items: list[Item] = []
        if not closed or self._long is not None:
            return items
        tail = b"".join(self._rest)
        if tail:
            self._take_line(tail, "content end", items)
        while self._open is not None:
            self._give_up(self._open, items)
        self._outcomes.forget()
        return items

    # --------------------------------------------------------------------------------------------------------- lines

    def _take_lines(self, text: bytes, items: list[Item]) -> None:
        """Take whole lines; the last one's newline is left out."""
        fresh = self._open is None and not self._dropped and not self.unterminated and text.startswith(b"{")
        if not (fresh and self._take_plain_lines(text.split(b"\n"), items)):
            self._take_lines_in_turn(text + b"\n", items)

    def _take_lines_in_turn(self, text: bytes, items: list[Item]) -> None:
        position, event = 0, -1
        while position < len(text):
            before, opened = position, self._open
            if opened is not None:
                if event < position:
                    event = self._next_event(text, position)
                position = self._continue_over_lines(opened, text, position, event, items)
            elif not self._dropped and not self.unterminated:
                position = self._take_simple_lines(text, position, items)
            if position == before and self._open is opened:
                end = text.index(b"\n", position)
                self._take_line(text[position:end], "newline", items)
                position = end + 1

    def _next_event(self, text: bytes, position: int) -> int:
        """Where the `eventid` of the next line stands that begins with an event; the end of `text` where none does."""
        starts_event = self._outcomes.starts_event
        while (event := text.find(_EVENTID, position)) >= 0:
            end = text.index(b"\n", event)
            if starts_event[text[text.rfind(b"\n", 0, event) + 1 : end]]:
                return event
            position = end
        return len(text)

    def _take_simple_lines(self, text: bytes, position: int, items: list[Item]) -> int:
        """Take at once the lines from `position` on that are blank, or else those that are junk, or else those of which
        it is known what they become; returns what is behind them."""
        if (blanks := _BLANK_LINES.match(text, position)) is not None:
            stop = text.rfind(b"\n", position, blanks.end()) + 1
            if stop > position and (text.count(b"\n", position, stop) >= _LONG_RUN or stop == len(text)):
                return self._take_blank_lines(text, position, stop, items)
        if (junk := JUNK_LINES.match(text, position, position + KEPT_BYTES)) is not None:
            stop = junk.end()
            if text.count(b"\n", position, stop) >= _MANY_DEAD_LINES:
                return self._take_junk_lines(text, position, stop, items)
        if not (self._hopeless or self._alone or self._limit < MOST_BYTES):
            run = self._runs.take(text, position, len(text), self._offset - position, self._line_number)
            if run is not None:
                items += run.items
                self._offset += run.end - position
                self._line_number += run.newlines
                return run.end
        return self._take_known_lines(text, position, items)

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
            before, taken = self._offset, self._take_of_known(lines, items)
            position += self._offset - before
            if blank >= 0 or not taken or taken < len(lines) - 1:
                break
            size = min(2 * size, _STRETCH)
            stop = text.rfind(b"\n", position, position + size) + 1
        return position

    def _take_of_known(self, lines: list[bytes], items: list[Item]) -> int:
        """Take the first of the lines, as many as it is known of what they become; returns how many that are."""
        if max(map(len, lines)) > LONGEST:
            lines = list(takewhile(lambda line: len(line) <= LONGEST, lines))
        begins = begins_of(lines, self._offset)
        if self._hopeless or self._alone:
            found = self._outcomes.of_given_up(lines, begins, self._hopeless)
        else:
            found = self._outcomes.of_lines(lines)
        if None in found:
            found = found[: found.index(None)]
        if not found:
            return 0
        outcomes = cast("list[Outcome]", found)
        end, number = begins[len(found)], self._line_number
        reason = dead_alike(outcomes) if len(found) >= _MANY_DEAD_LINES else None
        if reason is None:
            items += placed(outcomes, begins, number)
        else:
            text = b"\n".join((*lines[: len(found)], b""))
            items.append(DeadLines(self._offset, number, end, reason, text, len(found)))
        self._offset = end
        self._line_number += len(found)
        return len(found)

    def _take_blank_lines(self, text: bytes, position: int, stop: int, items: list[Item]) -> int:
        count_of_lines = text.count(b"\n", position, stop)
        if count_of_lines >= _LONG_RUN:
            end = self._offset + stop - position
            items.append(Blank(self._offset, self._line_number, end, count_of_lines))
        else:
            ends = begins_of(text[position : stop - 1].split(b"\n"), self._offset)
            items += map(Blank, ends, count(self._line_number), ends[1:])
        return self._go_behind_lines(position, stop, count_of_lines)

    def _take_junk_lines(self, text: bytes, position: int, stop: int, items: list[Item]) -> int:
        run = text[position:stop]
        if len(run) > self._limit:
            short = takewhile(lambda line: len(line) <= self._limit, run.split(b"\n")[:-1])
            run = b"".join(line + b"\n" for line in short)
            stop = position + len(run)
            if not run:
                return position
        end, lines = self._offset + len(run), run.count(b"\n")
        items.append(DeadLines(self._offset, self._line_number, end, "invalid_json", run, lines))
        return self._go_behind_lines(position, stop, lines)

    def _go_behind_lines(self, position: int, stop: int, lines: int) -> int:
        self._offset += stop - position
        self._line_number += lines
        return stop

    def _take_plain_lines(self, lines: list[bytes], items: list[Item]) -> bool:
        """Take the lines at once where each is an object that orjson decodes; do nothing where one is not."""
        if max(map(len, lines)) > self._limit:
            return False
        try:
            if set(map(_FIRST, lines)) != {_OPENING} or set(map(_LAST, lines)) != {_CLOSING}:
                return False
            values = list(map(orjson.loads, lines))
        except (IndexError, orjson.JSONDecodeError):
            return False
        offsets = begins_of(lines, self._offset)
        fields = zip(offsets, count(self._line_number), offsets[1:], lines, values, repeat(False))
        items += map(tuple.__new__, repeat(Whole), fields)
        self._offset = offsets[-1]
        self._line_number += len(lines)
        return True

    def _take_line(self, line: bytes, end: LineEnd, items: list[Item]) -> None:
        while self._open is not None:
            taken = self._continue_object(self._open, line, end, items)
            if taken == len(line):
                return
            if taken:
                line = line[taken:]
        text = line.strip(BLANK_BYTES)
        if text.startswith(b"{") and text.endswith(b"}") and len(line) <= self._limit:
            try:
                value = orjson.loads(text)
            except orjson.JSONDecodeError:
                pass
            else:
                begin, number = self._offset + self._dropped + line.find(b"{"), self._line_number
                self._go_behind(line, end)
                items.append(Whole(begin, number, self._offset, text, value, invalid_utf8=False))
                return
        self._take_odd_line(line, end, items)

    def _take_odd_line(self, line: bytes, end: LineEnd, items: list[Item]) -> None:
        """Deal with a line, or what is left of one, that is not just an object."""
        if self.unterminated and all_separators(line):
            if end == "newline":
                self._go_behind(line, end)
            return
        begin, number = self._offset + self._dropped, self._line_number
        known = end == "newline" and len(line) <= LONGEST and line.endswith(b"}")
        if known and not (self._dropped or self.unterminated) and self._take_of_known([line], items):
            return
        frame = self._frame(line, end, items)
        if frame.object_scan is not None:
            first = line[frame.consumed :]
            self._open = _OpenObject(begin + frame.consumed, number, frame.object_scan, [first], len(first) + 1)
            self._go_behind(line, end)
        elif frame.consumed == len(line):
            self._go_behind(line, end)
        else:
            self._go_into(frame.consumed)

    def _frame(self, line: bytes, end: LineEnd, items: list[Item]) -> LineFrame:
        begin = self._offset + self._dropped
        frame = LineFrame(line, begin, self._line_number, end, self._limit, hopeless=self._hopeless, alone=self._alone)
        for item in frame.items:
            starts_before = type(item) is Blank and item.offset == begin
            items.append(item._replace(offset=self._offset) if starts_before else item)
        return frame

    def _go_behind(self, line: bytes, end: LineEnd) -> None:
        """Go on behind a line that is dealt with."""
        self._go_into(len(line))
        if end == "newline":
            self._offset += self._dropped + 1
            self._dropped = 0
            self._line_number += 1
        self.unterminated = end == "content end"

    def _go_into(self, consumed: int) -> None:
        """Go on within a line."""
        if consumed:
            self._offset += self._dropped + consumed
            self._dropped = 0
            self.unterminated = False

    # --------------------------------------------------------------------------------------- objects over many lines

    def _continue_over_lines(
        self, opened: _OpenObject, text: bytes, position: int, event: int, items: list[Item]
    ) -> int:
        """Go on at once through the lines from `position` on that the object is spread over; returns what is behind.

        None are where the very next line needs a closer look: the object ends on it, or an event may be on it. `event`
        is where the next of these may be. Where a line breaks the object, that is given up before it.
        """
        reach = min(self._limit - opened.size, _MOST_SPREAD_BYTES - opened.size, _STRETCH)
        stop = text.rfind(b"\n", position, min(event, position + max(reach, 0))) + 1
        room = _MOST_LINES - len(opened.lines)
        if room < stop - position:
            stop -= len(b"".join(text[position:stop].split(b"\n", room)[room:]))
        if stop <= position:
            return position
        scan = opened.scan.copy()
        place = scan.run(text, position, stop, offset=self._offset - position)
        if scan.outcome != "open":
            stop = max(text.rfind(b"\n", position, place) + 1, position)
        if scan.outcome == "whole":
            if stop == position:
                return position
            scan = opened.scan
            scan.run(text, position, stop, offset=self._offset - position)
        lines = text[position:stop].split(b"\n")[:-1]
        opened.scan = scan
        opened.lines += lines
        opened.size += stop - position
        self._go_behind_lines(position, stop, len(lines))
        if scan.outcome == "broken":
            self._give_up(opened, items)
        return stop

    def _continue_object(self, opened: _OpenObject, line: bytes, end: LineEnd, items: list[Item]) -> int:
        """Go on with an object that is spread over lines; returns how many bytes of `line` are dealt with.

        None are where it had to be given up, as soon as it cannot be whole any more, or where that takes bytes that
        have not come.
        """
        bound = min(len(line), max(self._limit - opened.size, 0))
        too_much = len(opened.lines) == _MOST_LINES or opened.size > _MOST_SPREAD_BYTES
        if too_much or (bound == len(line) and end != "unknown" and self._outcomes.starts_event[line]):
            self._give_up(opened, items)
            return 0
        scan = opened.scan.copy() if end == "unknown" else opened.scan
        stop = scan.run(line, 0, bound, offset=self._offset)
        if scan.outcome == "whole":
            return self._end_object(opened, line, stop, end, items)
        if scan.outcome == "open" and end == "newline" and bound == len(line):
            opened.lines.append(line)
            opened.size += len(line) + 1
            self._go_behind(line, end)
            return len(line)
        opened.scan = scan
        self._give_up(opened, items)
        return 0

    def _end_object(self, opened: _OpenObject, line: bytes, stop: int, end: LineEnd, items: list[Item]) -> int:
        """The object ends at `stop` of `line`; returns as `_continue_object` does."""
        after = skip_separators(line, stop, self._limit)
        if end == "unknown" and may_go_on(line, after):
            return 0
        try:
            decoded = decode(b"\n".join((*opened.lines, line[:stop])))
        except NotJsonError:
            self._give_up(opened, items, alone=True)
            return 0
        self._open = None
        if after == len(line):
            self._go_behind(line, end)
        else:
            self._go_into(after)
        items.append(Whole(opened.offset, opened.line_number, self._offset, *decoded))
        return after

    def _give_up(self, opened: _OpenObject, items: list[Item], *, alone: bool = False) -> None:
        """Deal with an object's lines again, now that it is known not to be whole: up to here none of its open brackets
        is closed."""
        before = self._hopeless, self._alone
        self._open = None
        self._offset, self._line_number = opened.offset, opened.line_number
        self._hopeless |= opened.scan.open_objects()
        self._alone |= alone
        self._take_lines_in_turn(b"".join(line + b"\n" for line in opened.lines), items)
        self._hopeless, self._alone = before

    # ------------------------------------------------------------------------------- lines of which a part has come

    def _keep(self, rest: bytes) -> None:
        """Keep what has come of the line at `_offset`. It is looked into when twice as much has come, and where it
        exceeds the limit."""
        self._rest = [rest] if rest else []
        self._rest_bytes = size = len(rest)
        reach = self._limit - (self._open.size if self._open else 0)
        if size > reach:
            self._try_at = size + _MIB
        else:
            self._try_at = reach + 1 if self._open else min(max(_PART, 2 * size), reach + 1)

    def _take_part_of_line(self, items: list[Item]) -> None:
        """Deal with what is decided already of a long line: the first elements of an array, a hole of NULs, what
        exceeds the limit."""
        text = b"".join(self._rest)
        while (opened := self._open) is not None:
            if len(text) > self._limit - opened.size:
                text = text[self._continue_object(opened, text, "unknown", items) :]
            if self._open is opened:
                self._keep(text)
                return
        kept = text.lstrip(BLANK_BYTES)
        self._dropped += len(text) - len(kept)
        begin = self._offset + self._dropped
        frame = self._frame(kept, "unknown", items)
        self._go_into(frame.consumed)
        if frame.too_long_from is None:
            self._keep(kept[frame.consumed :])
        else:
            head = kept[frame.too_long_from :]
            self._long = _LongLine(begin + frame.too_long_from, head[:KEPT_BYTES], len(head))
            self._keep(b"")

    def _pass_over(self, long: _LongLine, block: bytes, items: list[Item]) -> bytes:
        """Go on to the newline behind what exceeds the limit; returns what is behind it of the block."""
        newline = block.find(b"\n")
        part = block if newline < 0 else block[:newline]
        long.head += part[: KEPT_BYTES - len(long.head)]
        long.length += len(part)
        if newline < 0:
            return b""
        end = long.offset + long.length + 1
        items.append(dead(long.offset, self._line_number, end, "too_long", long.head, length=long.length))
        self._long = None
        self._offset, self._dropped, self.unterminated = end, 0, False
        self._line_number += 1
        return block[newline + 1 :]


def _outcome_of_pair(limit: int, line: bytes, following: bytes) -> Outcome | None:
    """What becomes of a line at whose end an object is open, where the following line breaks that; else None."""
    framer = Framer(max_line_bytes=limit)
    items = framer.feed(line + b"\n")
    items += framer.feed(following + b"\n")
    end = len(line) + 1
    if framer.safe_offset < end or any(item.offset < end < item.end for item in items):
        return None
    return tuple(item for item in items if item.offset < end)
