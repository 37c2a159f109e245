"""Objects that are taken many at once are what each of them is alone."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cowrie_assets.cowrie.framing import Framer, Whole
from cowrie_assets.cowrie.items import one_by_one
from cowrie_assets.cowrie.junk_lines import JUNK_LINES
from cowrie_assets.cowrie.lenient_json import exact
from cowrie_assets.cowrie.object_runs import ObjectRuns

TEXTS = st.text(st.sampled_from('ab{}[]",:\\é\U0001f600'), max_size=5) | st.just("eventid")
NUMBERS = st.sampled_from([0, -1, 1.5, 2**63, 2**64, 10**25, 1e300])
VALUES = st.recursive(
    TEXTS | NUMBERS | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
OBJECTS = st.lists(
    st.tuples(st.dictionaries(TEXTS, VALUES, max_size=3), st.sampled_from([None, None, 0, 2])), min_size=8, max_size=20
)
BEHIND = st.sampled_from([b"\n", b", ", b"", b" ,\n", b"\r\n"])


def wholes(framer: Framer, *blocks: bytes) -> list[Whole]:
    items = [item for block in blocks for item in framer.feed(block)] + framer.finish(closed=True)
    return [item._replace(value=exact(item.text, item.value)) for item in one_by_one(items) if type(item) is Whole]


@given(OBJECTS, BEHIND)
def test_a_run_is_its_objects_one_by_one(objects: list[tuple[dict[str, Any], int | None]], behind: bytes) -> None:
    written = [json.dumps(value, indent=indent, ensure_ascii=False).encode() for value, indent in objects]
    content = behind.join(written) + b"\n"
    assert wholes(Framer(), content) == wholes(Framer(), *(bytes((byte,)) for byte in content))


@pytest.mark.parametrize("odd", [b'{"a":1e400}', b'{"a":"\\ud800"}', b'{"a":"\xff"}', b'{"a":01}', b'{"a":"\0\0"}'])
def test_one_odd_object_does_not_make_the_others_odd(odd: bytes) -> None:
    good = [b'{"a": %d}' % number for number in range(30)]
    found = wholes(Framer(), b"\n".join([*good, odd, *good]) + b"\n")
    assert [item.text for item in found if item.text in good] == good * 2


def test_a_run_tells_where_it_ends_and_how_many_lines_it_takes() -> None:
    text = b'{"a":\n1},' * 10 + b"\n" + b"kernel: x\n"
    run = ObjectRuns().take(text, 0, len(text), 100, 7)
    assert run is not None
    assert (len(run.items), run.end, run.newlines) == (10, text.index(b"kernel"), 11)
    assert [item.line_number for item in run.items] == list(range(7, 17))
    assert run.items[1].offset == 100 + text.index(b"{", 1)


@pytest.mark.parametrize(
    ("lines", "junk"),
    [
        (b'{\n"a": 1,\n{', b'{\n"a": 1,\n'),
        (b'{"a": 1\n{', b'{"a": 1\n'),
        (b'{\n"a": x\n', b'{\n"a": x\n'),
        (b'{\n"a": 1\n}\n', b""),
        (b'{"a":\n{"b": 1}}\n', b""),
        (b'{"a": "{"\n{', b""),
        (b'"a\\": 1"\n', b""),
        (b"1\n", b""),
    ],
)
def test_an_object_is_junk_where_a_later_line_breaks_it(lines: bytes, junk: bytes) -> None:
    match = JUNK_LINES.match(lines)
    assert (b"" if match is None else match[0]) == junk
