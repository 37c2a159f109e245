"""What becomes of many lines at once, for a log may hold millions of short ones that are no event.

What a line becomes that nothing open stands before is told by the line alone, or by it and the next one; so of the
lines of a stretch each is looked into once, however often it stands there.
"""

from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import suppress
from itertools import count, pairwise
from operator import add

import orjson

from cowrie_assets.cowrie.items import BLANK_BYTES, Blank, Dead, Single, Whole
from cowrie_assets.cowrie.junk_lines import is_junk
from cowrie_assets.cowrie.lenient_json import Reason
from cowrie_assets.cowrie.line_framing import LineFrame, dead_line, starts_event
from cowrie_assets.cowrie.separators import first_value_at

Outcome = tuple[Single, ...]
"""A line's items, as if it were the first of a content; mostly one, none where it is but brackets or commas."""
_EVENTID = b'"eventid"'
LONGEST = 4096
"""Bytes of a line that is remembered."""
_OPENS: Outcome = (Blank(-1, -1, -1),)
"""Of a line at whose end an object is open: what it becomes is told by the next ones."""
_NOWHERE = -(1 << 62)
_Pair = tuple[bytes, bytes]


class LineOutcomes:
    """What lines became, remembered for as long as a stretch of content is dealt with.

    `of_pair` tells what becomes of the first of two lines, at whose end an object is open; None where that takes more
    lines.
    """

    def __init__(self, limit: int, of_pair: Callable[[bytes, bytes], Outcome | None]) -> None:
        self.starts_event = _StartsEvent()
        self._alone = _Alone(limit)
        self._given_up = _GivenUp(limit, self._alone)
        self._pairs = _Pairs(of_pair)

    def forget(self) -> None:
        """Let go of the lines."""
        for memory in (self.starts_event, self._alone, self._given_up, self._pairs):
            memory.clear()

    def of_lines(self, lines: Sequence[bytes]) -> list[Outcome | None]:
        """What becomes of each line; None where that takes a closer look."""
        outcomes: list[Outcome | None] = list(map(self._alone.__getitem__, lines))
        if _OPENS in outcomes:
            pairs = [*pairwise(lines), None]
            outcomes = [
                outcome if outcome is not _OPENS else self._pairs[pair] if pair else None
                for outcome, pair in zip(outcomes, pairs, strict=True)
            ]
        return outcomes

    def of_given_up(self, lines: Sequence[bytes], begins: Sequence[int], hopeless: Set[int]) -> list[Outcome | None]:
        """What becomes of each line of an object that was given up: it begins at that offset, and the `{` at the
        offsets `hopeless` are not closed."""
        firsts = map(self._given_up.firsts.__getitem__, lines)
        given_up = map(hopeless.__contains__, map(add, begins, firsts))
        outcomes = list(map(self._given_up.__getitem__, zip(lines, given_up, strict=False)))
        return [None if outcome is _OPENS else outcome for outcome in outcomes] if _OPENS in outcomes else [*outcomes]


class _Alone(dict[bytes, Outcome]):
    """What becomes of lines that no object is open before."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self._limit = limit

    def __missing__(self, line: bytes) -> Outcome:
        if len(line) > self._limit:
            outcome = _framed(line, self._limit)
        elif is_junk(line):
            outcome = (dead_line(line),)
        else:
            outcome = _object(line) or _framed(line, self._limit)
        self[line] = outcome
        return outcome


class _Firsts(dict[bytes, int]):
    """Where the first value of lines begins if that is an object."""

    def __missing__(self, line: bytes) -> int:
        begin = first_value_at(line)
        self[line] = first = begin if line.startswith(b"{", begin) else _NOWHERE
        return first


class _GivenUp(dict[tuple[bytes, bool], Outcome]):
    """What becomes of lines of an object that was given up, and of those whose first `{` is known not to be closed."""

    def __init__(self, limit: int, alone: _Alone) -> None:
        super().__init__()
        self.firsts = _Firsts()
        self._limit = limit
        self._alone = alone

    def __missing__(self, key: tuple[bytes, bool]) -> Outcome:
        line, given_up = key
        if not given_up:
            outcome = self._alone[line]
        elif _EVENTID not in line and len(line) <= self._limit:
            outcome = (dead_line(line),)
        else:
            outcome = _framed(line, self._limit, {self.firsts[line]})
        self[key] = outcome
        return outcome

    def clear(self) -> None:
        super().clear()
        self.firsts.clear()


class _Pairs(dict[_Pair, Outcome | None]):
    """What becomes of lines at whose end an object is open, by the next line; of two that come again only, for a look
    at them costs as much as several at one."""

    def __init__(self, of_pair: Callable[[bytes, bytes], Outcome | None]) -> None:
        super().__init__()
        self._of_pair = of_pair
        self._seen: set[_Pair] = set()

    def __missing__(self, pair: _Pair) -> Outcome | None:
        if pair not in self._seen:
            self._seen.add(pair)
            return None
        self[pair] = outcome = self._of_pair(*pair)
        return outcome

    def clear(self) -> None:
        super().clear()
        self._seen.clear()


class _StartsEvent(dict[bytes, bool]):
    """Whether the first object on lines is whole and an event."""

    def __missing__(self, line: bytes) -> bool:
        found = starts_event(line)
        if len(line) <= LONGEST:
            self[line] = found
        return found


def _object(line: bytes) -> Outcome | None:
    """A line that is one object and nothing else."""
    text = line.strip(BLANK_BYTES)
    if text.startswith(b"{") and text.endswith(b"}"):
        with suppress(orjson.JSONDecodeError):
            return (Whole(line.find(b"{"), 1, len(line) + 1, text, orjson.loads(text), invalid_utf8=False),)
    return None


def _framed(line: bytes, limit: int, hopeless: Set[int] = frozenset()) -> Outcome:
    frame = LineFrame(line, 0, 1, "newline", limit, hopeless=hopeless)
    return tuple(frame.items) if frame.object_scan is None else _OPENS


def dead_alike(outcomes: Sequence[Outcome]) -> Reason | None:
    """The reason for which all of these lines are dead, if they can be told as `DeadLines`."""
    first = outcomes[0]
    distinct = [first] if outcomes.count(first) == len(outcomes) else {id(each): each for each in outcomes}.values()
    reasons = set(map(_reason, distinct))
    return reasons.pop() if len(reasons) == 1 else None


def _reason(outcome: Outcome) -> Reason | None:
    """Why a line is dead, where it is that from its first byte on."""
    item = outcome[0] if len(outcome) == 1 else None
    return item.reason if type(item) is Dead and item.offset == 0 and item.reason != "too_long" else None


def placed(outcomes: Sequence[Outcome], begins: Sequence[int], line_number: int) -> Iterator[Single]:
    """The items of lines that begin at these offsets, the first of them being line `line_number`."""
    for begin, number, outcome in zip(begins, count(line_number), outcomes, strict=False):
        for item in outcome:
            yield tuple.__new__(type(item), (item[0] + begin, number, item[2] + begin, *item[3:]))
