"""Framing against everything that INPUT.md says real logs hold, and against inputs that no one foresaw."""

import json
import random
import tracemalloc
from collections.abc import Callable
from itertools import pairwise

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cowrie_assets.cowrie.framing import Blank, Dead, Framer, Item, Whole
from cowrie_assets.cowrie.items import KEPT_BYTES, one_by_one
from cowrie_assets.cowrie.lenient_json import Number, exact
from cowrie_assets.cowrie.line_framing import LineFrame
from cowrie_assets_tests.cpu_time import least_cpu_seconds, usual_cpu_seconds

MIB = 1024 * 1024


def event(number: int = 1, **fields: object) -> bytes:
    """An event as Cowrie writes it."""
    return json.dumps({"eventid": "cowrie.session.connect", "session": f"{number:012x}", **fields}).encode()


def pretty(number: int = 1, **fields: object) -> bytes:
    """An event as jq writes it."""
    return json.dumps(json.loads(event(number, **fields)), indent=2).encode()


def frame(content: bytes, *, limit: int = 64 * MIB, closed: bool = True, size: int | None = None) -> list[Item]:
    framer = Framer(max_line_bytes=limit)
    step = size or len(content) or 1
    return fed(framer, *(content[start : start + step] for start in range(0, len(content), step)), closed=closed)


def fed(framer: Framer, *blocks: bytes, closed: bool | None = None) -> list[Item]:
    """What a framer gives for blocks, and for their end unless `closed` is None; runs of dead lines one by one."""
    items = [item for block in blocks for item in framer.feed(block)]
    if closed is not None:
        items += framer.finish(closed)
    return list(map(exactly, one_by_one(items)))


def exactly(item: Item) -> Item:
    return item._replace(value=exact(item.text, item.value)) if type(item) is Whole else item


def shape(items: list[Item]) -> list[object]:
    """Whole items as their text, dead ones as reason and text, blank ones as None."""
    return [
        item.text if type(item) is Whole else (item.reason, item.text) if type(item) is Dead else None for item in items
    ]


# ---------------------------------------------------------------------------------------------------------- plain lines


def test_one_line_is_one_item_that_says_where_it_stands():
    first, second = event(1), event(2)
    assert frame(first + b"\n" + second + b"\n") == [
        Whole(0, 1, len(first) + 1, first, json.loads(first), invalid_utf8=False),
        Whole(len(first) + 1, 2, len(first) + len(second) + 2, second, json.loads(second), invalid_utf8=False),
    ]


def test_blank_lines_are_items_too():
    assert frame(b"\n \t\n\0\0\0\n") == [Blank(0, 1, 1), Blank(1, 2, 4), Blank(4, 3, 8)]


def test_crlf_byte_order_mark_and_a_hole_of_nuls_are_no_part_of_the_object():
    content = b"\xef\xbb\xbf" + event(1) + b"\r\n" + b"\0" * 5000 + event(2) + b"\n"
    items = frame(content)
    assert shape(items) == [event(1), event(2)]
    assert [content[item.offset : item.offset + len(event(1))] for item in items] == [event(1), event(2)]


def test_only_a_newline_ends_a_line():
    odd = '{"eventid":"x","input":"a\u2028b\u0085c\u000bd"}'.encode()
    assert shape(frame(odd + b"\n" + event() + b"\n")) == [odd, event()]


def test_lone_surrogates_and_raw_control_characters_are_read():
    text = b'{"eventid":"x","input":"\\ud800 \x01\x00 \x1b[0m","n":18446744073709551616,"f":1e5}'
    (item,) = frame(text + b"\n")
    assert isinstance(item, Whole)
    assert item.value["input"] == "\ud800 \x01\x00 \x1b[0m"
    assert item.value["n"] == Number("18446744073709551616")
    assert (item.text, item.invalid_utf8) == (text, False)


@pytest.mark.parametrize("length", [2, 23, 4096])
def test_an_object_with_a_hole_in_it_is_none(length: int) -> None:
    """Its head and its tail may be those of two events."""
    text = b'{"eventid":"cowrie.x","timestamp":"2026-01-01T00:00:00Z","message":"' + b"\0" * length + b'"}\n'
    (item,) = frame(text)
    assert type(item) is Dead
    assert item.reason == "invalid_json"


def test_invalid_utf8_becomes_replacement_characters_and_is_told():
    (item,) = frame(b'{"eventid":"x","input":"\xff\xc3"}\n')
    assert isinstance(item, Whole)
    assert item.value["input"] == "\ufffd\ufffd"
    assert item.invalid_utf8
    assert orjson.loads(item.text) == item.value


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"123", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b"null", "not_an_object"),
        (b"[]", "not_an_object"),
        (b'[1, "x", [2]]', "not_an_object"),
        (b"2026-08-28", "invalid_json"),
        (b"kernel: [12345.678901] audit: type=1400", "invalid_json"),
        (b"[12345.678901] eth0: link up", "invalid_json"),
        (b'audit: {"a": 1}', "invalid_json"),
        (b'{"eventid":"x","n":NaN}', "invalid_json"),
        (b'{"eventid":"x","n":-Infinity}', "invalid_json"),
        (b'{"eventid":"x",}', "invalid_json"),
        (b"{'eventid':'x'}", "invalid_json"),
        (b'{"eventid":"x","mess', "invalid_json"),
        (b"}{", "invalid_json"),
        (b",,,", "invalid_json"),
        (b'{"a":' * 1100 + b"1" + b"}" * 1100, "too_deep"),
        (b"\x80\x81\x82", "undecodable"),
        (b'{"eventid":"\xff', "undecodable"),
    ],
)
def test_a_line_that_is_no_object_is_one_dead_item_and_the_next_is_read(line: bytes, reason: str):
    items = frame(event(1) + b"\n" + line + b"\n" + event(2) + b"\n")
    assert [type(item) for item in items] == [Whole, Dead, Whole]
    dead = items[1]
    assert isinstance(dead, Dead)
    assert (dead.reason, dead.line_number, dead.offset, dead.length) == (reason, 2, len(event(1)) + 1, len(line))
    assert dead.text == line.decode("utf-8", "replace").encode()
    assert dead.end == items[2].offset


# --------------------------------------------------------------------------------------------------------------- damage


@pytest.mark.parametrize("cut", range(1, len(event(7, dst=[{"a": 1}, "\\"], message="x{y"))))
def test_half_a_line_costs_itself_alone(cut: int):
    half = event(7, dst=[{"a": 1}, "\\"], message="x{y")[:cut]
    items = frame(event(1) + b"\n" + half + event(2) + b"\n" + event(3) + b"\n")
    assert [item.text for item in items if type(item) is Whole] == [event(1), event(2), event(3)]
    assert sum(type(item) is Dead for item in items) == 1


def test_half_a_line_before_a_hole_of_nuls_is_dead_and_the_event_behind_it_is_read():
    assert shape(frame(b'{"eventid":"x","me' + b"\0" * 999 + event() + b"\n")) == [
        ("invalid_json", b'{"eventid":"x","me'),
        event(),
    ]


def test_a_line_torn_where_an_object_could_go_on_does_not_swallow_what_follows():
    for torn in (b'{"eventid":"x",', b'{"eventid":"x","list":[', b'{"eventid":', b"{"):
        items = frame(torn + b"\n" + event(1) + b"\n" + event(2) + b"\n")
        assert shape(items) == [("invalid_json", torn), event(1), event(2)]
        items = frame(torn + b"\n" + pretty(1) + b"\n" + event(2) + b"\n")
        assert shape(items) == [("invalid_json", torn), pretty(1), event(2)]


def test_a_torn_line_at_the_end_is_pending():
    content = event(1) + b"\n" + event(2)[:-5]
    framer = Framer()
    assert shape(framer.feed(content) + framer.finish(closed=True)) == [event(1)]
    assert (framer.safe_offset, framer.safe_line, framer.unterminated) == (len(event(1)) + 1, 2, False)


@pytest.mark.parametrize("last", [event(2), b'{"half' + event(2), pretty(2), b"[" + event(2) + b"]"])
def test_a_whole_last_line_without_newline_counts_only_once_the_log_is_closed(last: bytes):
    content = event(1) + b"\n" + last
    assert len(frame(content, closed=False)) == 1
    framer = Framer()
    items = framer.feed(content) + framer.finish(closed=True)
    assert sum(type(item) is Whole for item in items) == 2
    assert (framer.safe_offset, framer.unterminated) == (len(content), True)
    for newline in (b"\n", b"\r\n"):
        resumed = Framer(framer.safe_offset, framer.safe_line, after_unterminated=framer.unterminated)
        more = resumed.feed(newline + event(3) + b"\n")
        assert items + more == [
            item._replace(end=item.end - len(newline)) if item.end == len(content) + len(newline) else item
            for item in frame(content + newline + event(3) + b"\n")
        ]


def test_a_log_closed_too_early_goes_on_behind_its_last_event():
    framer = Framer(10, 3, after_unterminated=True)
    assert shape(framer.feed(b"garbage\n" + event() + b"\n")) == [("invalid_json", b"garbage"), event()]
    assert not framer.unterminated


# --------------------------------------------------------------------------------------------------- other arrangements


def test_several_objects_on_a_line():
    line = event(1) + event(2) + b", " + event(3) + b" " + event(4) + b'{"no": "eventid"}'
    items = frame(line + b"\n" + event(5) + b"\n")
    assert shape(items) == [event(1), event(2), event(3), event(4), b'{"no": "eventid"}', event(5)]
    assert [item.line_number for item in items] == [1, 1, 1, 1, 1, 2]


@pytest.mark.parametrize("indent", [None, 1, 4])
def test_an_array_gives_its_elements(indent: int | None):
    objects = [json.loads(event(number, dst=[{"a": [1]}], empty={})) for number in range(5)]
    items = frame(json.dumps(objects, indent=indent).encode())
    assert [item.value for item in items if type(item) is Whole] == objects
    assert len(items) == 5


def test_elements_that_are_no_objects_are_dead():
    items = frame(b'[1, "a", ' + event(1) + b", null, " + event(2) + b"]\n")
    assert shape(items) == [("not_an_object", b'[1, "a",'), event(1), ("not_an_object", b"null,"), event(2)]


def test_pretty_printed_objects_among_lines():
    content = (
        event(1) + b"\n" + pretty(2) + b"\n" + event(3) + b"\n" + pretty(4, list=[{"a": {}}]).replace(b"\n", b"\r\n")
    )
    items = frame(content + b"\r\n" + event(5) + b"\n")
    assert [item.value["session"] for item in items if type(item) is Whole] == [
        f"{number:012x}" for number in range(1, 6)
    ]
    assert len(items) == 5
    assert [item.line_number for item in items] == [1, 2, 6, 7, 16]


def test_a_broken_pretty_printed_object_costs_its_lines():
    broken = pretty(1).replace(b'"cowrie.session.connect"', b'"cowrie.session.conn')
    items = frame(broken + b"\n" + pretty(2) + b"\n")
    assert shape(items) == [*(("invalid_json", line.strip()) for line in broken.split(b"\n")), pretty(2)]


def test_an_array_longer_than_any_line_may_be():
    events = [event(number) for number in range(2000)]
    limit = 300
    assert shape(frame(b"[" + b",".join(events) + b"]\n" + event(1) + b"\n", limit=limit, size=1000)) == [
        *events,
        event(1),
    ]


# --------------------------------------------------------------------------------------------------------------- limits


def test_a_line_over_the_limit_is_dead_and_the_next_is_read():
    long = event(1, input="a" * 1000)
    for size in (None, 100):
        items = frame(long + b"\n" + event(2) + b"\n", limit=500, size=size)
        assert shape(items) == [("too_long", long), event(2)]
        assert items[0].length == len(long)
    assert shape(frame(long + b"\n", limit=len(long))) == [long]
    assert shape(frame(long + b"\n", limit=len(long) - 1)) == [("too_long", long)]


def test_memory_is_bounded_whatever_the_line():
    block = b"a" * MIB
    framer = Framer(max_line_bytes=4 * MIB)
    tracemalloc.start()
    items = [item for _ in range(64) for item in framer.feed(block)]
    items += framer.feed(b"\n" + event() + b"\n")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    dead, whole = items
    assert isinstance(dead, Dead)
    assert (dead.reason, dead.length, len(dead.text)) == ("too_long", 64 * MIB, KEPT_BYTES)
    assert whole.offset == 64 * MIB + 1
    assert peak < 24 * MIB


def test_a_hole_larger_than_any_line_may_be():
    framer = Framer(max_line_bytes=MIB)
    items = [item for _ in range(8) for item in framer.feed(b"\0" * MIB)]
    assert framer.safe_offset == 0
    items += framer.feed(event() + b"\n")
    assert [(item.offset, item.line_number, item.text) for item in items] == [(8 * MIB, 1, event())]


@pytest.mark.parametrize(
    "text",
    [
        b"{",
        b'{"',
        b'{"{"',
        b'{"a":',
        b'{"a":[',
        b'{"a":{"b":x',
        b'{"a":x',
        b'{"eventid":x',
        b'{"eventid":1,',
        b'{"eventid":"x","a":[',
        b'{"eventid":"x"}x',
        b'","{":":',
        b'","a{":":{',
        b"[1,",
        b'\\{"',
        b'{"a":1}',
        b'{"a":1e999}',
        b"[[[[",
        b"{\n",
        b'{"a":\n',
        b'{"a":[\n',
        b'[{"a":\n',
        b"[\n{\n",
        b'{"a":[\n{"b":1},\n',
        b'{"a":1,\n',
    ],
)
def test_work_is_linear_in_the_bytes(text: bytes):
    """Four times the bytes take some four times the time; a quadratic step takes sixteen times."""

    def framing(size: int) -> Callable[[], list[Item]]:
        content = text * (size // len(text)) + b'"eventid"\n' + event() + b"\n"
        assert shape(frame(content, size=size // 2))[-1] == event()
        return lambda: frame(content, size=size // 2)

    size = MIB // 32
    bound = 10 * usual_cpu_seconds(framing(size)) + 0.02
    assert least_cpu_seconds(framing(4 * size), bound) < bound


# ----------------------------------------------------------------------------------------------------------- properties

PIECES = [
    *(
        event(1),
        event(2) + b"\n",
        event(3) + b"\r\n",
        pretty(4) + b"\n",
        pretty(5),
        b"[" + event(6) + b"," + event(7) + b"]\n",
    ),
    *(
        event(8)[:30],
        event(8)[:30] + b"\n",
        pretty(9)[:40],
        pretty(9)[:40] + b"\n",
        b'{"eventid":',
        b'{"a":[',
        b'{"a":[\n',
    ),
    *(
        b"\n",
        b" ",
        b"\r\n",
        b"\0\0",
        b"\0\n",
        b"\xef\xbb\xbf",
        b"\xff",
        b"\\",
        b'"',
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
    ),
    *(b"123", b"tru", b"true", b"-", b'"a"', b'"a":', b'{"a":1}', b'{"b":{"c":[1,{}]}}\n', b"kernel: [1.2] x\n"),
    *(
        b'{"eventid":"\\ud800"}',
        b'{"eventid":"\xff"}\n',
        b'{"eventid":NaN}\n',
        b'{"a":' * 5,
        b"\n{\n",
        b"\n[\n",
        b"},\n",
    ),
]
CONTENT = st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=4)), max_size=14).map(b"".join)
LIMITS = st.sampled_from([8, 20, 60, 100, 200, MIB])


def cut(content: bytes, places: list[int]) -> list[bytes]:
    bounds = [0, *sorted({place % (len(content) + 1) for place in places}), len(content)]
    return [content[start:end] for start, end in pairwise(bounds)]


@settings(max_examples=600, deadline=None)
@given(CONTENT, st.lists(st.integers(0, 10_000), max_size=12), LIMITS, st.booleans())
def test_any_split_into_blocks_gives_the_same_items(content: bytes, places: list[int], limit: int, closed: bool):
    framer, whole = Framer(max_line_bytes=limit), Framer(max_line_bytes=limit)
    items = fed(framer, *cut(content, places), closed=closed)
    expected = fed(whole, content, closed=closed)
    if not closed:
        shorter = min(len(items), len(expected))  # how much is decided before the end may depend on the blocks
        items, expected = items[:shorter], expected[:shorter]
    else:
        assert (framer.safe_offset, framer.safe_line) == (whole.safe_offset, whole.safe_line)
        assert framer.unterminated == whole.unterminated
    assert items == expected


@settings(max_examples=600, deadline=None)
@given(CONTENT, st.lists(st.integers(0, 10_000), max_size=12), LIMITS)
@example(b"1234\n" + b'{"eventid":"\\ud800"}[', [], 20)
@example(event(1) + b"\0\0\xef\xbb\xbf" + event(2) + b"\n", [67], 100)
@example(b'{"a":[\n123}' + event(1), [9], MIB)
def test_reading_can_stop_and_resume_at_any_safe_offset(content: bytes, places: list[int], limit: int):
    """A new framer for each block, which reads again what lies behind the last safe offset."""
    items: list[Item] = []
    offset, line, unterminated, end = 0, 1, False, 0
    for block in cut(content, places):
        end += len(block)
        framer = Framer(offset, line, limit, after_unterminated=unterminated)
        items += fed(framer, content[offset:end], closed=True if end == len(content) else None)
        offset, line, unterminated = framer.safe_offset, framer.safe_line, framer.unterminated
    assert items == frame(content, limit=limit)


@settings(max_examples=400, deadline=None)
@given(CONTENT, st.lists(st.integers(0, 10_000), max_size=6))
def test_closing_early_loses_and_doubles_nothing(content: bytes, places: list[int]):
    """A log taken as closed at any moment, though it grows afterwards: every event of one read comes out, once."""
    wholes: list[Whole] = []
    offset, line, unterminated, end = 0, 1, False, 0
    for block in cut(content, places):
        end += len(block)
        framer = Framer(offset, line, after_unterminated=unterminated)
        found = fed(framer, content[offset:end], closed=True)
        wholes += [item for item in found if type(item) is Whole]
        offset, line, unterminated = framer.safe_offset, framer.safe_line, framer.unterminated
    expected = [item for item in frame(content) if type(item) is Whole and "eventid" in item.value]
    seen = {(item.offset, item.text) for item in wholes}
    assert len(seen) == len(wholes)
    assert {(item.offset, item.text) for item in expected if b"\n" not in item.text} <= seen


@settings(max_examples=400, deadline=None)
@given(CONTENT, LIMITS)
def test_items_stand_in_order_and_are_what_the_content_holds(content: bytes, limit: int):
    items = frame(content, limit=limit)
    ends = [0, *(item.end for item in items)]
    for item, begin in zip(items, ends, strict=False):
        assert begin <= item.offset <= item.end <= len(content)
        assert item.line_number == content.count(b"\n", 0, item.offset) + 1
        if type(item) is Whole and not item.invalid_utf8:
            assert content[item.offset : item.offset + len(item.text)] == item.text
            assert len(item.text) <= limit


SHORT_LINES = [
    b"{",
    b'{"a":',
    b'{"eventid":',
    b'{"a":[',
    b'{"b":1},',
    b'{"a":{"b":x',
    b"[",
    b"]",
    b"}",
    b"1",
    b"1,",
    b'"',
    b"",
]
SHORT_LINES += [
    b" ",
    b"\xff",
    b"\xef\xbb\xbf",
    b'","{":":',
    b'"a":1,',
    b'{"eventid":"x"}',
    b'{"eventid":"x"}x',
    b"{} {",
    event(1),
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.lists(st.sampled_from(SHORT_LINES), max_size=4), st.integers(1, 12)), max_size=5), LIMITS)
def test_lines_that_are_dealt_with_at_once_are_what_each_of_them_is(runs: list[tuple[list[bytes], int]], limit: int):
    lines = [line + b"\n" for pattern, times in runs for line in pattern * times]
    framer = Framer(max_line_bytes=limit)
    one_by_one = fed(framer, *lines, closed=True)
    assert expanded(frame(b"".join(lines), limit=limit)) == expanded(one_by_one)


def expanded(items: list[Item]) -> list[tuple[int, object]]:
    """Place and item; of blank lines only where each begins, for many are one item."""
    return [
        place
        for item in items
        for place in (
            [(item.line_number + line, None) for line in range(item.lines)]
            if type(item) is Blank
            else [(item.line_number, item)]
        )
    ]


@pytest.mark.parametrize("last", [b'{"a":1}', b'{"a":1e400}', b'{"a":"\\ud800"}', b'{"a":[1]}', b'{"a":'])
def test_objects_of_a_line_that_are_decoded_at_once_are_what_each_of_them_is(last: bytes):
    objects = [b'{"a":%d, "b":"{}"}' % number for number in range(20)] + [b"{}"] * 20
    items = frame(b", ".join([*objects, last, *objects]) + b"\n")
    alone = [frame(text + b"\n")[0].value for text in objects]
    assert [item.value for item in items[:40]] == alone
    assert [item.offset for item in items[1:40]] == [item.end for item in items[:39]]
    assert items[0].text == objects[0]


DAMAGE = st.sampled_from(
    ["none", "none", "none", "torn", "glued", "nuls", "kernel", "binary", "no newline", "pretty", "half pretty"]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(DAMAGE, st.integers(1, 10_000)), max_size=12), st.integers(1, 400))
@example([("half pretty", 60), ("pretty", 1), ("none", 1)], 100)
def test_every_undamaged_event_comes_out(plan: list[tuple[str, int]], size: int):
    content, undamaged = b"", []
    for number, (damage, place) in enumerate(plan):
        text = event(number, message='New {connection}: \\ " {', dst=[{"port": 22}, [1.5, None]], key={"a": "b{"})
        if damage in ("torn", "glued"):
            content += text[: place % (len(text) - 1) + 1] + (b"\n" if damage == "torn" else b"")
            continue
        if damage == "half pretty":
            lines = pretty(number, dst=[{"port": 22}]).split(b"\n")
            content += b"\n".join(lines[: place % (len(lines) - 1) + 1]) + b"\n"
            continue
        noise = {"nuls": b"\0" * place, "kernel": b"[ 12.5] audit: {\n", "binary": b"\xff\xfe{\x00\n"}
        content += noise.get(damage, b"")
        if damage == "pretty":
            if content and not content.endswith(b"\n"):
                content += b"\n"
            text = pretty(number)
        undamaged.append(json.loads(text))
        content += text + (b"" if damage == "no newline" else b"\n")
    found = [item.value for item in frame(content, size=size) if type(item) is Whole and "eventid" in item.value]
    assert found == undamaged


@pytest.mark.parametrize("link", [b'{"a":', b'{"a":[', b'{"a":\n', b' {"b":{"a":['])
@pytest.mark.parametrize("levels", [5, 17, 300, 600, 1030])
@pytest.mark.parametrize("closed", [True, False])
def test_brackets_that_open_in_each_other_are_what_they_are_one_by_one(link: bytes, levels: int, closed: bool):
    ends = link.translate(bytes.maketrans(b"{[", b"}]"), delete=bytes(set(range(256)) - set(b"{[")))[::-1]
    content = link * levels + b"1" + ends * (levels if closed else levels - 1) + b"\n" + event() + b"\n"
    found = expanded(frame(content))
    assert found == expanded(frame(content, size=1))
    assert found[-1][1] == frame(event() + b"\n")[0]._replace(
        offset=len(content) - len(event()) - 1, end=len(content), line_number=content.count(b"\n")
    )


def test_random_bytes_never_fail():
    generator = random.Random(1)
    for _ in range(300):
        content = bytes(generator.choices(b'{}[],:"\\ \n\0a1-t', k=200))
        assert frame(content, size=7) == frame(content)


def test_a_line_frame_leaves_what_is_undecided():
    text = event(1) + b"," + event(2) + b"," + event(3)[:9]
    line = LineFrame(text, 0, 1, "unknown", 1000)
    assert shape(line.items) == [event(1), event(2)]
    assert text[line.consumed :] == event(3)[:9]
