"""An object that is spread over lines, as far as its lines have come."""

from dataclasses import dataclass

from cowrie_assets.cowrie.lenient_json import Decoded, decode
from cowrie_assets.cowrie.object_scan import ObjectScan

_MOST_LINES = 65_536
"""Lines that one object may be spread over."""
_MOST_BYTES = 16 * 1024 * 1024
"""Of its lines, the last one aside: all of them are dealt with again at once where it is given up."""
_STRETCH = 32 * 1024
"""Bytes of lines that are scanned at once."""


@dataclass(slots=True)
class SpreadObject:
    """An object that has not ended yet."""

    offset: int
    line_number: int
    scan: ObjectScan
    lines: list[bytes]
    size: int
    """Bytes of `lines` with their newlines."""

    @property
    def is_too_much(self) -> bool:
        """Whether it may have no further line."""
        return len(self.lines) == _MOST_LINES or self.size > _MOST_BYTES

    def add(self, line: bytes) -> None:
        """Add a line that was scanned."""
        self.lines.append(line)
        self.size += len(line) + 1

    def add_lines(self, text: bytes, position: int, bound: int, *, limit: int, offset: int) -> int:
        """Scan and add at once the lines of `text` from `position` on; returns what is behind them.

        None are where the very next line needs a closer look: the object ends on it, or reaches to `bound`. Where a
        line breaks the object, the scan tells it, and the lines before it are added. `offset` is the place of
        `position`, `limit` the bytes that the object may have.
        """
        reach = min(limit - self.size, _MOST_BYTES - self.size, _STRETCH)
        stop = text.rfind(b"\n", position, min(bound, position + max(reach, 0))) + 1
        room = _MOST_LINES - len(self.lines)
        if room < stop - position:
            stop -= len(b"".join(text[position:stop].split(b"\n", room)[room:]))
        if stop <= position:
            return position
        scan = self.scan.copy()
        place = scan.run(text, position, stop, offset=offset - position)
        if scan.outcome != "open":
            stop = max(text.rfind(b"\n", position, place) + 1, position)
        if scan.outcome == "whole":
            if stop == position:
                return position
            scan = self.scan
            scan.run(text, position, stop, offset=offset - position)
        self.scan = scan
        self.lines += text[position:stop].split(b"\n")[:-1]
        self.size += stop - position
        return stop

    def decoded(self, last: bytes) -> Decoded:
        """The object, which ends with `last`. Raises NotJsonError."""
        return decode(b"\n".join((*self.lines, last)))
