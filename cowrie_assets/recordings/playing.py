"""A recording as it ran: on a terminal, filtered, and as an asciicast (version 2) for players of these."""

import codecs
import json
import time
from collections.abc import Callable, Iterable, Iterator

from cowrie_assets.clock import US_PER_SECOND
from cowrie_assets.cowrie.ttylog import Direction, Piece
from cowrie_assets.recordings.display import RESTORE, DisplayFilter

USUAL_SIZE = (80, 24)
"""Columns and rows where the attacker's terminal did not say."""
_MOST_COLUMNS_AND_ROWS = 1000
_MOST_DIGITS = 4


def play(
    recorded: Iterable[Piece],
    show: Callable[[str], None],
    *,
    speed: float = 1.0,
    longest_wait: float = 2.0,
    wait: Callable[[float], None] = time.sleep,
) -> int:
    """Show the output of a recording at the times that it was written, `speed` times as fast, and never waiting for
    more than `longest_wait` seconds. Returns how many sequences and characters were taken out (see `display`).

    The terminal is put right at the end, whatever ends it. Raises TtylogError where the recording is damaged: what
    stands before was shown.
    """
    shown, decoded = DisplayFilter(), _Text()
    before: int | None = None
    try:
        for piece in recorded:
            if before is not None and piece.at_us > before:
                wait(min((piece.at_us - before) / US_PER_SECOND / speed, longest_wait))
            before = piece.at_us
            if piece.direction is Direction.OUTPUT:
                show(shown.feed(decoded.output(piece.data)))
    finally:
        show(RESTORE + "\r\n")
    return shown.removed


def asciicast(recorded: Iterable[Piece], title: str, size: tuple[int, int] | None) -> Iterator[bytes]:
    """The lines of an asciicast: a header, then `[seconds, "o" or "i", text]`. Nothing is filtered: a player draws it
    in a terminal of its own. What is no UTF-8 stands as U+FFFD.

    Raises TtylogError as `play` does.
    """
    started: int | None = None
    after = 0.0
    decoded, typed = _Text(), _Text()
    for piece in recorded:
        if started is None:
            started = piece.at_us
            yield _header(started, title, size)
        after = max(after, (piece.at_us - started) / US_PER_SECOND)
        is_output = piece.direction is Direction.OUTPUT
        text = decoded.output(piece.data) if is_output else typed.plain(piece.data)
        if text:
            yield _line([round(after, 6), "o" if is_output else "i", text])
    if started is None:
        yield _header(0, title, size)


def usable_size(width: object, height: object) -> tuple[int, int] | None:
    """The size that an attacker told of a terminal; None where no terminal has it."""
    columns, rows = _amount(width), _amount(height)
    return None if columns is None or rows is None else (columns, rows)


def _amount(value: object) -> int | None:
    """Older releases of Cowrie wrote the numbers as texts."""
    text = str(value)
    amount = int(text) if len(text) <= _MOST_DIGITS and text.isdecimal() else 0
    return amount if 0 < amount <= _MOST_COLUMNS_AND_ROWS else None


class _Text:
    """Bytes that come in pieces, as text."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._behind_return = False

    def plain(self, data: bytes) -> str:
        return self._decoder.decode(data)

    def output(self, data: bytes) -> str:
        """With `\\r\\n` in the place of a lone `\\n`, as Cowrie sent it."""
        text = self.plain(data)
        if not text:
            return ""
        begins_with_feed = text.startswith("\n") and self._behind_return
        self._behind_return = text.endswith("\r")
        whole = text.replace("\r\n", "\n").replace("\n", "\r\n")
        return whole[1:] if begins_with_feed else whole


def _header(started: int, title: str, size: tuple[int, int] | None) -> bytes:
    width, height = size or USUAL_SIZE
    seconds = started // US_PER_SECOND
    return _line({"version": 2, "width": width, "height": height, "timestamp": seconds, "title": title})


def _line(value: object) -> bytes:
    """In ASCII: no character of it steers whoever looks into the file."""
    return json.dumps(value, separators=(",", ":")).encode("ascii") + b"\n"
