"""What framing makes of a log's content: items, each exactly one line of the accounting `lines = events + duplicates +
dead + blank`.

`offset` and `end` are offsets in the content, `line_number` counts physical lines from 1. `end` is where the next
item's reading begins.
"""

from typing import Any, NamedTuple

from cowrie_assets.cowrie.lenient_json import Reason, replace_invalid_utf8

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
    invalid_utf8: bool
    """Some of its bytes had to become U+FFFD; `text` and `value` have it so."""


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


class Blank(NamedTuple):
    """A line of nothing but blanks and NULs, or a run of many: 60 kB of an archive may hold 60 million."""

    offset: int
    line_number: int
    """Of the first of them."""
    end: int
    lines: int = 1


Item = Whole | Dead | Blank


def dead(offset: int, line_number: int, end: int, reason: Reason, raw: bytes, *, length: int) -> Dead:
    """A Dead item of `length` bytes that begin with `raw`."""
    text, invalid_utf8 = replace_invalid_utf8(raw[:KEPT_BYTES])
    if len(text) > KEPT_BYTES:
        text = text[:KEPT_BYTES].decode("utf-8", "ignore").encode("utf-8")
    if invalid_utf8 and reason == "invalid_json":
        reason = "undecodable"
    return Dead(offset, line_number, end, reason, text, length, invalid_utf8)
