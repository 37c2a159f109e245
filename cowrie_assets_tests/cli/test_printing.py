import json
import re

from hypothesis import given
from hypothesis import strategies as st

from cowrie_assets.cli.printing import counted, duration, printable_json, size
from cowrie_assets.reports.json_writer import dump

ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=40)


@given(st.dictionaries(ANY_TEXT, ANY_TEXT, max_size=4))
def test_json_is_the_same_document_and_printable(document: dict[str, str]) -> None:
    for pretty in (True, False):
        shown = printable_json(dump(document, pretty=pretty))
        assert all(line.isprintable() for line in shown.decode().split("\n"))
        assert json.loads(shown) == json.loads(dump(document, pretty=pretty))


def test_json_is_not_escaped_more_than_needed() -> None:
    assert printable_json(b'{"a":"gr\xc3\xb6\xc3\x9fer \\n"}\n') == '{"a":"größer \\n"}\n'.encode()
    assert re.search(rb"\\u202e", printable_json(dump({"a": "\u202e"})))


def test_amounts_for_people() -> None:
    assert [size(814), size(12_800_000), size(3.1e12)] == ["814 B", "12.8 MB", "3.1 TB"]
    assert [duration(0.83), duration(42), duration(200), duration(7500)] == ["0.8 s", "42 s", "3 min 20 s", "2 h 5 min"]


def test_things_are_counted_in_words() -> None:
    assert counted(1, "log") == "1 log"
    assert counted(0, "day") == "0 days"
    assert counted(26_791, "more is", "more are") == "26,791 more are"
