"""A batch is the same whether its events are read at once or one by one, and whatever stands between them."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cowrie_assets.cowrie.event import Source
from cowrie_assets.cowrie.framing import Framer
from cowrie_assets.ingest import batch_builder
from cowrie_assets.ingest.batch import Batch
from cowrie_assets.ingest.batch_builder import BatchBuilder
from cowrie_assets_tests import events

_LISTS = {"sensor_id": "sensors", "session_ref": "sessions", "event_type_id": "event_types"}
_PLAIN = {field.name for field in fields(Batch)} - {*_LISTS.values(), "texts", "commands", "tables"}
ODD_LINES = [
    *(b"", b"   ", b"\0\0", b"no JSON", b"[1,2]", b'{"a":1}', b'{"eventid":"x"}', b'{"eventid":"x","timestamp":"now"}'),
    *(events.line(1, session=None), events.line(2, timestamp="2026-08-29T12:00:00"), events.line(3, input=["ls"])),
    *(events.line(4, sensor="other"), events.line(5, sensor="", uuid="u"), events.line(6, eventid="unknown")),
    *(events.line(7, x=2**70), events.line(1).replace(b"root", b"\xff"), events.line(3, input="\ud800\0\U00100000")),
    *(events.line(1) + events.line(2), b"[" + events.line(3) + b"," + events.line(8) + b"]"),
]


def read(contents: Sequence[bytes], *, at_once: bool) -> Batch:
    framer = Framer()
    builder = BatchBuilder(Source("folder", {"hp-test": "hp-1"}, {"hp-1": 5_000_000}, {"u": "hp-2"}, "hp-3"), 0)
    with pytest.MonkeyPatch.context() as patch:
        if not at_once:
            patch.setattr(batch_builder, "read_events", lambda *_: None)
        for content in contents:
            builder.add(framer.feed(content))
        builder.add(framer.finish(closed=True))
        return builder.finish(framer.safe_offset, framer.safe_line)


def rows(batch: Batch) -> Iterator[dict[str, Any]]:
    """Its events, with what they refer to in the place of references."""
    for table in batch.tables:
        columns = {name: list(column) for name, column in table.items()}
        for number in range(len(table)):
            row = {name: column[number] for name, column in columns.items()}
            for name, place in row.items():
                if name in _LISTS or name.endswith("_id"):
                    row[name] = getattr(batch, _LISTS.get(name, "texts"))[place - 1] if place else None
            yield row


def told(batch: Batch) -> dict[str, Any]:
    """All that a batch tells, whichever numbers it gave to texts."""
    plain = {name: getattr(batch, name) for name in sorted(_PLAIN)}
    plain["origins"] = sorted(batch.origins)
    by_place = sorted(rows(batch), key=lambda row: row["byte_offset"])
    lists = {name: sorted(getattr(batch, name)) for name in _LISTS.values()}
    assert {type(row[name]) for row in by_place for name in ("matcher", "counts_as")} <= {int, type(None)}
    assert all((row["matcher"] is None) == (row["session_ref"] is None) for row in by_place)
    return plain | lists | {"rows": by_place, "texts": sorted(batch.texts)}


def is_same(contents: Sequence[bytes]) -> Batch:
    batch = read(contents, at_once=True)
    assert told(batch) == told(read(contents, at_once=False))
    return batch


@given(st.lists(st.one_of(st.integers(0, 40).map(events.line), st.sampled_from(ODD_LINES)), max_size=20), st.booleans())
def test_events_at_once_and_one_by_one(lines: list[bytes], one_block: bool) -> None:
    contents = [line + b"\n" for line in lines]
    batch = is_same([b"".join(contents)] if one_block else contents)
    assert sum(len(table) for table in batch.tables) == batch.events
    assert [letter.byte_offset for letter in batch.dead_letters] == sorted(x.byte_offset for x in batch.dead_letters)


def test_a_line_of_many_events_is_taken_in_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_builder, "_AT_ONCE", 7)
    items = Framer().feed(b"[" + b",".join(map(events.line, range(100))) + b"]\n")
    builder = BatchBuilder(Source("folder"), 0)
    builder.add(items)
    assert not items
    offsets = sorted(row["byte_offset"] for row in rows(builder.finish(0, 1)))
    assert len(offsets) == 100


def test_the_sample_is_read_so(sample_logs: Path) -> None:
    contents = [log.read_bytes() for log in sorted(sample_logs.rglob("cowrie.json*"))]
    in_blocks = [[content[begin : begin + 50_000] for begin in range(0, len(content), 50_000)] for content in contents]
    assert sum(is_same(blocks).events for blocks in in_blocks) > 1_000
