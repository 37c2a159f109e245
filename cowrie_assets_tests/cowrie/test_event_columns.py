"""Many events read at once are the events read one by one, whatever is in them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cowrie_assets.cowrie.event import Event, NotAnEventError, Source, read_event
from cowrie_assets.cowrie.event_columns import EventColumns, columns_of, read_events
from cowrie_assets.cowrie.framing import Framer, Whole
from cowrie_assets.cowrie.items import one_by_one
from cowrie_assets.cowrie.lenient_json import exact
from cowrie_assets.cowrie.sessions import Matcher
from cowrie_assets.ingest.event_table import DETAILED_NUMBERS, DETAILED_TEXTS
from cowrie_assets_tests import events
from cowrie_assets_tests.truth import RealLogs

CASES = Path(__file__).parents[1] / "cases"
SOURCES = (
    Source("folder"),
    Source("folder", {"hp-test": "hp-1", "b": "hp-2"}, {"hp-1": 3_600_000_000, "hp-2": -5}, {"u": "hp-2"}, "hp-3"),
)
Row = tuple[Any, ...]


def told(event: Event) -> Row:
    """All that is told of an event, but for what columns only count."""
    details = [event.detail(name) for name in (*DETAILED_TEXTS, *DETAILED_NUMBERS)]
    kind = (event.event_type, event.counts_as, event.kind.has_ports)
    return (*event._replace(kind=None, values=(), naive_timestamp=False, unusual=False), *kind, *details)  # type: ignore[arg-type]


def of_columns(columns: EventColumns) -> list[Event]:
    """The events that columns stand for, in the order in which they were read."""
    kinds = [kind for kind, size in columns.kinds for _ in range(size)]
    details: list[Row] = []
    for run in columns.runs:
        assert all(kind.details is run.details for kind in kinds[run.begin : run.end])
        details += zip(*run.columns, strict=True) if run.columns else [()] * (run.end - run.begin)
    assert len(columns.order) == len(kinds) == len(details)
    found: dict[int, Event] = {}
    for number, place in enumerate(columns.order):
        session_id = columns.session_id[number]
        found[place] = Event(
            identity=columns.identity[number],
            whose=columns.whose[number],
            written_at=columns.written_at[number],
            session=None if session_id is None else (Matcher(columns.matcher[number]), session_id),
            kind=kinds[number],
            event_at=columns.event_at[number],
            src_ip=columns.src_ip[number],
            src_port=columns.src_port[number],
            dst_port=columns.dst_port[number],
            protocol=columns.protocol[number],
            values=details[number],
            naive_timestamp=False,
            unusual=False,
        )
    return [found[place] for place in range(len(columns.order))]


def same(wholes: Sequence[Whole], source: Source) -> bool:
    """Whether all are events; asserts that they are the same read at once and one by one."""
    columns = read_events([whole.text for whole in wholes], [whole.value for whole in wholes], source)
    try:
        expected = [read_event(exact(whole.text, whole.value), source) for whole in wholes]
    except NotAnEventError:
        assert columns is None
        return False
    assert columns is not None
    assert list(map(told, of_columns(columns))) == list(map(told, expected))
    assert columns.naive_timestamps == sum(event.naive_timestamp for event in expected)
    assert columns.unusual == sum(event.unusual for event in expected)
    assert [told(*of_columns(columns_of(event))) for event in expected] == list(map(told, expected))
    return True


def framed(lines: Sequence[bytes]) -> list[Whole]:
    framer = Framer()
    items = framer.feed(b"".join(line + b"\n" for line in lines)) + framer.finish(closed=True)
    return [item for item in one_by_one(items) if isinstance(item, Whole)]


VALUES = [
    *(None, "", "0", 0, 1, -1, 22, 65_535, 65_536, True, False, 1.5, 2.0**63, 2**63, 2**64, -(2**63) - 1, 10**400),
    *("a-b/c", "a/b", "\ud800", "\0", "é\U00100000", "9" * 25, "x" * 70, [], {}, ["x"], {"type": "log"}, [[2**64]]),
    *("b", "u", "U", "hp-test", "hp-other", "b'SSH-2.0-Go'", "ab" * 32, "session=0123456789", "1e400"),
    *(
        "cowrie.login.failed",
        "COW0002",
        "cowrie.command.input",
        "cowrie.session.file_download",
        "cowrie.client.kex",
    ),
    *("2026-08-29T12:00:00Z", "2026-08-29T12:00:00", "2026-08-29T23:59:59.999999+0200", "2026-08-29"),
    *("2026-08-29T12:00:60.000000Z", "2026-08-29 12:00:59.999999Z", "0001-01-01T00:00:00.000000Z"),
    *("1969-12-31T23:59:59.999999Z", "9998-12-31T23:59:59.999999Z", "2026-08-29T12:00:0٣.000000Z"),
    *("2026-08-29T12:00:00.+12345Z", "2026-08-29T12:00:00.1_3456Z", "2026-02-30T12:00:00.000000Z"),
]
FIELDS = (
    *("eventid", "timestamp", "sensor", "uuid", "session", "sid", "message", "src_ip", "src_port", "dst_port"),
    *("protocol", "username", "password", "input", "realm", "version", "hassh", "kexAlgs", "shasum", "url", "filename"),
    *("destfile", "size", "duration", "duration_ms", "dst_ip", "x"),
)
CHANGES = st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(VALUES), max_size=2)
LOGS = st.lists(st.tuples(st.integers(0, 40), st.one_of(st.just({}), CHANGES)), min_size=1, max_size=12)


def lines_of(log: Sequence[tuple[int, dict[str, Any]]]) -> list[bytes]:
    return [events.line(number, **changes) for number, changes in log]


@given(LOGS, st.sampled_from(SOURCES))
@example(
    [(1, {"timestamp": f"2026-08-29T12:00:{second}Z"}) for second in ("00.000000", "59.999999", "07.12345")], SOURCES[0]
)
@example([(1, {"sensor": sensor}) for sensor in ("a", "hp-test", "b", ["b"], 1, True)], SOURCES[1])
@example([(1, {}), (1, {"x": 2**64}), (1, {"x": 1.5, "y": "9" * 30})], SOURCES[0])
@example([(1, {}), (1, {"x": "\ud800"}), (3, {"input": []}), (3, {"realm": []}), (8, {})], SOURCES[0])
def test_many_events_are_read_as_each_is(log: list[tuple[int, dict[str, Any]]], source: Source) -> None:
    same(framed(lines_of(log)), source)


@pytest.mark.parametrize("field", FIELDS)
def test_one_event_of_odd_type_among_usual_ones(field: str) -> None:
    """Each field, with each odd value."""
    for value in VALUES:
        odd = [events.line(number, **{field: value}) for number in range(11)]
        same(framed([*map(events.line, range(3)), *odd]), SOURCES[1])


def test_the_real_logs_are_read_so(real_logs: RealLogs) -> None:
    read = 0
    for log in sorted(real_logs.logs.glob("*/cowrie.json*")):
        framer = Framer()
        with log.open("rb") as content:
            while block := content.read(1 << 17):
                wholes = [item for item in one_by_one(framer.feed(block)) if isinstance(item, Whole)]
                assert not wholes or same(wholes, SOURCES[0])
                read += len(wholes)
    assert read > 2_000


def test_logs_of_the_cases_are_read_so() -> None:
    for log in CASES.rglob("cowrie.json*"):
        wholes = framed(log.read_bytes().split(b"\n"))
        assert not wholes or same(wholes, SOURCES[0])


def test_an_object_that_is_no_event_is_told_by_reading_it_alone() -> None:
    for bad in ({"eventid": ""}, {"timestamp": "now"}, {"x": json.loads("[" * 300 + "]" * 300)}):
        assert not same(framed([events.line(1), events.line(2, **bad)]), SOURCES[0])
