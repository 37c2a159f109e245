"""What framing makes of a log's content: items, each exactly one line of the accounting `lines = events + duplicates +
dead + blank`, or a run of many.

`offset` and `end` are offsets in the content, `line_number` counts physical lines from 1. `end` is where the next
item's reading begins.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, count, repeat
from operator import add
from typing import Any, NamedTuple, Self

from cowrie_assets.cowrie.lenient_json import Reason, replace_invalid_utf8

BLANK_BYTES = b" \t\r\v\f\0"
KEPT_BYTES = 1024 * 1024
"""Of a dead line's text."""


class Whole(NamedTuple):
    """A whole JSON object."""

    offset: int
    line_number: int
    """Of its first line."""
    end: int
    text: bytes
    """As written, in UTF-8, from `{` to `}`."""
    value: dict[str, Any]
    """What `lenient_json.exact` takes: integers beyond 64 bits may be rounded."""
    invalid_utf8: bool
    """Some of its bytes had to become U+FFFD; `text` and `value` have it so."""


class Wholes(NamedTuple):
    """Whole JSON objects, column by column: a log holds millions of them."""

    offsets: Sequence[int]
    line_numbers: Sequence[int]
    ends: Sequence[int]
    texts: Sequence[bytes]
    values: Sequence[dict[str, Any]]
    invalid_utf8: Sequence[bool]

    @classmethod
    def of(cls, wholes: Sequence[Whole]) -> Self:
        """Some objects, of which there is at least one, as columns."""
        return cls(*zip(*wholes, strict=True))

    def each(self) -> Iterator[Whole]:
        """The objects one by one."""
        return map(tuple.__new__, repeat(Whole), zip(*self, strict=True))


class Dead(NamedTuple):
    """What is no JSON object: a line, or what stands on it beside objects."""

    offset: int
    line_number: int
    end: int
    reason: Reason
    text: bytes
    """At most `KEPT_BYTES` of it, in UTF-8."""
    length: int
    """Bytes of all of it in the content."""
    invalid_utf8: bool


class DeadLines(NamedTuple):
    """A run of lines, each of them dead as a whole for the same reason: 2 MB of a log may hold a million."""

    offset: int
    """Where the first of them begins."""
    line_number: int
    """Of the first of them."""
    end: int
    reason: Reason
    text: bytes
    """The lines with their newlines; none of them is blank or longer than `KEPT_BYTES`."""
    lines: int

    def each(self) -> Iterator[Dead]:
        """The lines one by one, as they would be items."""
        lines = self.text.split(b"\n")[:-1]
        begins = begins_of(lines, self.offset)
        lefts = [line.lstrip(BLANK_BYTES) for line in lines]
        offsets = [end - 1 - len(left) for end, left in zip(begins[1:], lefts, strict=True)]
        texts = [left.rstrip(BLANK_BYTES) for left in lefts]
        numbers, lengths = count(self.line_number), map(len, texts)
        if not self.text.isascii():
            given = zip(offsets, numbers, begins[1:], repeat(self.reason), texts, lengths, strict=False)
            return (dead(*fields, length=length) for *fields, length in given)
        fields = zip(offsets, numbers, begins[1:], repeat(self.reason), texts, lengths, repeat(False), strict=False)
        return map(tuple.__new__, repeat(Dead), fields)


class Blank(NamedTuple):
    """A line of nothing but blanks and NULs, or a run of many: 60 kB of an archive may hold 60 million."""

    offset: int
    line_number: int
    """Of the first of them."""
    end: int
    lines: int = 1


Single = Whole | Dead | Blank
Item = Single | Wholes | DeadLines


def one_by_one(items: Iterable[Item]) -> Iterator[Single]:
    """The items, with each of a run's in its place; a run of blank lines stays one."""
    for item in items:
        if isinstance(item, Wholes | DeadLines):
            yield from item.each()
        else:
            yield item


def dead(offset: int, line_number: int, end: int, reason: Reason, raw: bytes, *, length: int) -> Dead:
    """A Dead item of `length` bytes that begin with `raw`."""
    text, invalid_utf8 = replace_invalid_utf8(raw[:KEPT_BYTES])
    if len(text) > KEPT_BYTES:
        text = text[:KEPT_BYTES].decode("utf-8", "ignore").encode("utf-8")
    if invalid_utf8 and reason == "invalid_json":
        reason = "undecodable"
    return Dead(offset, line_number, end, reason, text, length, invalid_utf8)


def begins_of(lines: Sequence[bytes], offset: int) -> list[int]:
    """Where the first of the lines begins, and where each of them ends, its newline included."""
    return list(map(add, accumulate(map(len, lines), initial=offset), count()))
