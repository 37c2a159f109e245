"""Framing: from blocks of a log's content to items, each one line of the accounting.

Cowrie writes one JSON object a line, and that path is fast. Everything else that real logs hold is read as well:
objects over many lines, arrays, several objects on a line, and every form of damage. One bad line costs itself alone:
after it the reader is in step again. Memory is bounded by the longest line allowed.
"""

from functools import partial

import orjson

from cowrie_assets.cowrie.items import BLANK_BYTES, KEPT_BYTES, Blank, Dead, DeadLines, Item, Whole, Wholes, one_by_one
from cowrie_assets.cowrie.lenient_json import NotJsonError
from cowrie_assets.cowrie.line_framing import LineEnd, LineFrame
from cowrie_assets.cowrie.line_outcomes import LONGEST, Outcome
from cowrie_assets.cowrie.line_runs import Cursor, LineRuns
from cowrie_assets.cowrie.long_line import LongLine
from cowrie_assets.cowrie.separators import all_separators, may_go_on, skip_separators
from cowrie_assets.cowrie.spread_object import SpreadObject

__all__ = ["Blank", "Dead", "DeadLines", "Framer", "Item", "Whole", "Wholes"]

_MIB = 1024 * 1024
_PART = 128 * 1024
"""Bytes of a line from which on it is looked into though its end has not come."""


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
        self._cursor = Cursor(offset, line_number)
        self._limit = max_line_bytes
        self._rest: list[bytes] = []
        """The line at the cursor, as far as it has come."""
        self._rest_bytes = 0
        self._try_at = min(_PART, max_line_bytes + 1)
        """From how many bytes on that line is looked into though its end has not come."""
        self._dropped = 0
        """Blanks at its head that are not kept: copytruncate leaves holes of any size."""
        self._open: SpreadObject | None = None
        self._long: LongLine | None = None
        self._runs = LineRuns(self._cursor, max_line_bytes, partial(_outcome_of_pair, max_line_bytes))

    @property
    def safe_offset(self) -> int:
        """The offset behind the last item that is fully dealt with."""
        return self._cursor.offset if self._open is None else self._open.offset

    @property
    def safe_line(self) -> int:
        """The physical line, counted from 1, that `safe_offset` lies in."""
        return self._cursor.line_number if self._open is None else self._open.line_number

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
        self._runs.forget()
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
        self._runs.forget()
        return items

    # --------------------------------------------------------------------------------------------------------- lines

    def _take_lines(self, text: bytes, items: list[Item]) -> None:
        """Take whole lines; the last one's newline is left out."""
        fresh = self._open is None and not self._dropped and not self.unterminated and text.startswith(b"{")
        if not (fresh and self._runs.take_plain(text.split(b"\n"), items)):
            self._take_lines_in_turn(text + b"\n", items)

    def _take_lines_in_turn(self, text: bytes, items: list[Item]) -> None:
        position, event = 0, -1
        while position < len(text):
            before, opened = position, self._open
            if opened is not None:
                if event < position:
                    event = self._runs.next_event(text, position)
                position = opened.add_lines(text, before, event, limit=self._limit, offset=self._cursor.offset)
                self._cursor.advance(position - before, text.count(b"\n", before, position))
                if opened.scan.outcome == "broken":
                    self._give_up(opened, items)
            elif not self._dropped and not self.unterminated:
                position = self._runs.take(text, position, items)
            if position == before and self._open is opened:
                end = text.index(b"\n", position)
                self._take_line(text[position:end], "newline", items)
                position = end + 1

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
                begin, number = self._cursor.offset + self._dropped + line.find(b"{"), self._cursor.line_number
                self._go_behind(line, end)
                items.append(Whole(begin, number, self._cursor.offset, text, value, invalid_utf8=False))
                return
        self._take_odd_line(line, end, items)

    def _take_odd_line(self, line: bytes, end: LineEnd, items: list[Item]) -> None:
        """Deal with a line, or what is left of one, that is not just an object."""
        if self.unterminated and all_separators(line):
            if end == "newline":
                self._go_behind(line, end)
            return
        begin, number = self._cursor.offset + self._dropped, self._cursor.line_number
        known = end == "newline" and len(line) <= LONGEST and line.endswith(b"}")
        if known and not (self._dropped or self.unterminated) and self._runs.take_known([line], items):
            return
        frame = self._frame(line, end, items)
        if frame.object_scan is not None:
            first = line[frame.consumed :]
            self._open = SpreadObject(begin + frame.consumed, number, frame.object_scan, [first], len(first) + 1)
            self._go_behind(line, end)
        elif frame.consumed == len(line):
            self._go_behind(line, end)
        else:
            self._go_into(frame.consumed)

    def _frame(self, line: bytes, end: LineEnd, items: list[Item]) -> LineFrame:
        cursor, limit = self._cursor, self._limit
        begin = cursor.offset + self._dropped
        frame = LineFrame(line, begin, cursor.line_number, end, limit, hopeless=cursor.hopeless, alone=cursor.alone)
        for item in frame.items:
            starts_before = type(item) is Blank and item.offset == begin
            items.append(item._replace(offset=self._cursor.offset) if starts_before else item)
        return frame

    def _go_behind(self, line: bytes, end: LineEnd) -> None:
        """Go on behind a line that is dealt with."""
        self._go_into(len(line))
        if end == "newline":
            self._cursor.offset += self._dropped + 1
            self._dropped = 0
            self._cursor.line_number += 1
        self.unterminated = end == "content end"

    def _go_into(self, consumed: int) -> None:
        """Go on within a line."""
        if consumed:
            self._cursor.offset += self._dropped + consumed
            self._dropped = 0
            self.unterminated = False

    # --------------------------------------------------------------------------------------- objects over many lines

    def _continue_object(self, opened: SpreadObject, line: bytes, end: LineEnd, items: list[Item]) -> int:
        """Go on with an object that is spread over lines; returns how many bytes of `line` are dealt with.

        None are where it had to be given up, as soon as it cannot be whole any more, or where that takes bytes that
        have not come.
        """
        bound = min(len(line), max(self._limit - opened.size, 0))
        if opened.is_too_much or (bound == len(line) and end != "unknown" and self._runs.starts_event[line]):
            self._give_up(opened, items)
            return 0
        scan = opened.scan.copy() if end == "unknown" else opened.scan
        stop = scan.run(line, 0, bound, offset=self._cursor.offset)
        if scan.outcome == "whole":
            return self._end_object(opened, line, stop, end, items)
        if scan.outcome == "open" and end == "newline" and bound == len(line):
            opened.add(line)
            self._go_behind(line, end)
            return len(line)
        opened.scan = scan
        self._give_up(opened, items)
        return 0

    def _end_object(self, opened: SpreadObject, line: bytes, stop: int, end: LineEnd, items: list[Item]) -> int:
        """The object ends at `stop` of `line`; returns as `_continue_object` does."""
        after = skip_separators(line, stop, self._limit)
        if end == "unknown" and may_go_on(line, after):
            return 0
        try:
            decoded = opened.decoded(line[:stop])
        except NotJsonError:
            self._give_up(opened, items, alone=True)
            return 0
        self._open = None
        if after == len(line):
            self._go_behind(line, end)
        else:
            self._go_into(after)
        items.append(Whole(opened.offset, opened.line_number, self._cursor.offset, *decoded))
        return after

    def _give_up(self, opened: SpreadObject, items: list[Item], *, alone: bool = False) -> None:
        """Deal with an object's lines again, now that it is known not to be whole: up to here none of its open brackets
        is closed."""
        before = self._cursor.hopeless, self._cursor.alone
        self._open = None
        self._cursor.offset, self._cursor.line_number = opened.offset, opened.line_number
        self._cursor.hopeless |= opened.scan.open_objects()
        self._cursor.alone |= alone
        self._take_lines_in_turn(b"".join(line + b"\n" for line in opened.lines), items)
        self._cursor.hopeless, self._cursor.alone = before

    # ------------------------------------------------------------------------------- lines of which a part has come

    def _keep(self, rest: bytes) -> None:
        """Keep what has come of the line at the cursor. It is looked into when twice as much has come, and where it
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
        begin = self._cursor.offset + self._dropped
        frame = self._frame(kept, "unknown", items)
        self._go_into(frame.consumed)
        if frame.too_long_from is None:
            self._keep(kept[frame.consumed :])
        else:
            head = kept[frame.too_long_from :]
            self._long = LongLine(begin + frame.too_long_from, head[:KEPT_BYTES], len(head))
            self._keep(b"")

    def _pass_over(self, long: LongLine, block: bytes, items: list[Item]) -> bytes:
        """Go on to the newline behind what exceeds the limit; returns what is behind it of the block."""
        newline = long.pass_over(block)
        if newline == len(block):
            return b""
        item = long.ended(self._cursor.line_number)
        items.append(item)
        self._cursor.advance(item.end - self._cursor.offset, 1)
        self._long, self._dropped, self.unterminated = None, 0, False
        return block[newline + 1 :]


def _outcome_of_pair(limit: int, line: bytes, following: bytes) -> Outcome | None:
    """What becomes of a line at whose end an object is open, where the following line breaks that; else None."""
    framer = Framer(max_line_bytes=limit)
    items = list(one_by_one(framer.feed(line + b"\n") + framer.feed(following + b"\n")))
    end = len(line) + 1
    if framer.safe_offset < end or any(item.offset < end < item.end for item in items):
        return None
    return tuple(item for item in items if item.offset < end)
