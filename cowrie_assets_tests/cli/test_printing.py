import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cowrie_assets.cli.printing import duration, printable, printable_json, printable_lines, size
from cowrie_assets.reports.json_writer import dump

ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=40)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("uname -a", "uname -a"),
        ("rm -rf /; größer 漢字 🐧", "rm -rf /; größer 漢字 🐧"),
        ("\x1b]0;owned\x07", "\\x1b]0;owned\\x07"),
        ("a\r\nb\tc", "a\\x0d\\x0ab\\x09c"),
        ("\x9b31m", "\\x9b31m"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("zero\u200bwidth \u2028 \U000e0041", "zero\\u200bwidth \\u2028 \\U000e0041"),
        ("\ud800", "\\ud800"),
    ],
)
def test_nothing_steers_the_terminal_or_hides_in_it(typed: str, shown: str) -> None:
    assert printable(typed) == shown


@given(ANY_TEXT)
def test_what_is_printed_is_printable(text: str) -> None:
    assert printable(text).isprintable()
    assert all(line.isprintable() for line in printable_lines(text).split("\n"))
    assert printable_lines(text).count("\n") == text.count("\n")


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
