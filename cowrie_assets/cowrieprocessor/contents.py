"""From rows of cowrieprocessor's tables to framed items, as if they were lines of the logs that they were read from.

A row's number is the place of all that it holds. The rows of logs of one folder are a content of their own, for an
event that names no sensor is one of its folder.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

import orjson

from cowrie_assets.cowrie.framing import Blank, Dead, Framer, Item, Whole, Wholes
from cowrie_assets.cowrie.identity import TooDeepError, canonical_json
from cowrie_assets.cowrie.items import dead, one_by_one
from cowrie_assets.cowrie.lenient_json import NotJsonError, Reason, decode
from cowrie_assets.cowrieprocessor.originals import NotOriginalError, literal, may_be_altered, original
from cowrie_assets.cowrieprocessor.source import SourceRow, Stretch
from cowrie_assets.ingest.letters import KEPT_BYTES, NOT_ORIGINAL, DeadLetter

_DEAD_LETTER = b'"_dead_letter"'
_TEXT_KEYS = ("malformed_content", "_malformed_content")


@dataclass(slots=True)
class Content:
    """What some rows hold, all of logs of one folder."""

    items: list[Item] = field(default_factory=list)
    letters: list[DeadLetter] = field(default_factory=list)
    """Those that are no items: what stands there is JSON, and not what Cowrie wrote."""
    rows: int = 0
    restored: int = 0
    """Events that the loader had changed, as Cowrie wrote them."""
    last: SourceRow | None = None
    _numbers: list[int] = field(default_factory=list)
    _texts: list[bytes] = field(default_factory=list)


@lru_cache(maxsize=65_536)
def folder_of(source: str) -> str:
    """The folder of a log by the path that the loader was given; a relative path is taken as one from the root."""
    return str((PurePosixPath("/") / source).parent)


def contents(stretch: Stretch, rows: Iterable[SourceRow], max_bytes: int) -> dict[str, Content]:
    """What rows hold, by the folder of their logs. An object of more than `max_bytes` is a dead letter."""
    found: dict[str, Content] = {}
    take = _take_event if stretch == "raw_events" else _take_dead_letter
    for row in rows:
        folder = folder_of(row.source)
        content = found.get(folder)
        if content is None:
            content = found[folder] = Content()
        content.rows += 1
        content.last = row
        take(content, row, max_bytes)
    for content in found.values():
        _decode_plain(content)
    return found


def _take_event(content: Content, row: SourceRow, max_bytes: int) -> None:
    payload, inode = row.payload, row.inode
    if len(payload) > max_bytes:
        content.items.append(_too_long(row))
    elif inode is not None and not inode.isdecimal():
        content.letters.append(_letter(row.id, payload))  # repaired by that tool: some of it is made up
    elif may_be_altered(payload) or _DEAD_LETTER in payload:
        _take_object(content, row, max_bytes)
    else:
        content._numbers.append(row.id)
        content._texts.append(payload)


def _take_dead_letter(content: Content, row: SourceRow, max_bytes: int) -> None:
    if len(row.payload) > max_bytes:
        content.items.append(_too_long(row))
    else:
        _take_object(content, row, max_bytes)


def _decode_plain(content: Content) -> None:
    """Make items of the payloads that were set apart, which are whole objects in all likelihood."""
    numbers, texts = content._numbers, content._texts
    content._numbers, content._texts = [], []
    if not numbers:
        return
    try:
        values = list(map(orjson.loads, texts))
    except orjson.JSONDecodeError:
        values = []
    if set(map(type, values)) == {dict}:
        ends = [number + 1 for number in numbers]
        content.items.append(Wholes(numbers, numbers, ends, texts, values, [False] * len(numbers)))
        return
    content.items += [_whole_or_dead(number, text) for number, text in zip(numbers, texts, strict=True)]


def _take_object(content: Content, row: SourceRow, max_bytes: int) -> None:
    """Take what a row holds: an event as Cowrie wrote it, or a text in which events may stand."""
    item = _whole_or_dead(row.id, row.payload)
    if isinstance(item, Dead):
        content.items.append(item)
        return
    text = next((item.value[key] for key in _TEXT_KEYS if isinstance(item.value.get(key), str)), None)
    if text is None:
        _take_original(content, item)
        return
    for each in _in_text(row.id, text, max_bytes):
        if isinstance(each, Dead):
            content.items.append(each)
        else:
            _take_original(content, each)


def _take_original(content: Content, item: Whole) -> None:
    try:
        event = original(item.value)
    except NotOriginalError:
        content.letters.append(_letter(item.line_number, item.text))
        return
    if event is item.value:
        content.items.append(item)
        return
    written = _written(item.line_number, event)
    content.restored += isinstance(written, Whole)
    content.items.append(written)


def _in_text(number: int, text: str, max_bytes: int) -> list[Whole | Dead]:
    """What stands in a text of a dead letter: an object over many lines, several lines, or damage. At least one."""
    value = literal(text)
    values = value if isinstance(value, list) else [value]
    events = [each for each in values if isinstance(each, dict)]
    if events and len(events) == len(values):
        return [_written(number, event) for event in events]
    framer = Framer(max_line_bytes=max_bytes)
    raw = text.encode("utf-8", "surrogatepass")
    items = one_by_one([*framer.feed(raw + b"\n"), *framer.finish(closed=True)])
    found = [
        item._replace(offset=number, line_number=number, end=number + 1)
        for item in items
        if not isinstance(item, Blank)
    ]
    return found or [dead(number, number, number + 1, "invalid_json", raw, length=len(raw))]


def _written(number: int, event: dict[str, Any]) -> Whole | Dead:
    """An event that is not there as a text: its keys stay in their order where orjson can write it."""
    try:
        try:
            text = orjson.dumps(event)
        except TypeError:  # lone surrogates, or numbers beyond a double
            text = canonical_json(event)
    except (TooDeepError, TypeError, ValueError):
        raw = repr(event).encode("utf-8", "backslashreplace")
        return dead(number, number, number + 1, "invalid_json", raw, length=len(raw))
    return Whole(number, number, number + 1, text, event, invalid_utf8=False)


def _whole_or_dead(number: int, payload: bytes) -> Whole | Dead:
    reason: Reason = "not_an_object"
    try:
        decoded = decode(payload)
    except NotJsonError as error:
        reason = error.reason
    else:
        if isinstance(decoded.value, dict):
            return Whole(number, number, number + 1, decoded.text, decoded.value, decoded.invalid_utf8)
    return dead(number, number, number + 1, reason, payload, length=len(payload))


def _too_long(row: SourceRow) -> Dead:
    return dead(row.id, row.id, row.id + 1, "too_long", row.payload, length=len(row.payload))


def _letter(number: int, payload: bytes) -> DeadLetter:
    text = payload[:KEPT_BYTES].decode("utf-8", "replace")
    return DeadLetter(number, number, NOT_ORIGINAL, text, len(payload))
