"""Text of attackers, made harmless to look at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cowrie_assets.printable import printable, printable_lines, shown

ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=40)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("uname -a", "uname -a"),
        ("rm -rf /; größer 漢字 🐧", "rm -rf /; größer 漢字 🐧"),
        ("\x1b]0;owned\x07", "\\x1b]0;owned\\x07"),
        ("a\r\nb\tc", "a\\r\\nb\\tc"),
        ("\x9b31m", "\\x9b31m"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("zero\u200bwidth \u2028 \U000e0041", "zero\\u200bwidth \\u2028 \\U000e0041"),
        ("\ud800", "\\ud800"),
    ],
)
def test_nothing_steers_the_terminal_or_hides_in_it(typed: str, plain: str) -> None:
    assert printable(typed) == plain


@given(ANY_TEXT)
def test_what_is_printed_is_printable(text: str) -> None:
    assert printable(text).isprintable()
    assert all(line.isprintable() for line in printable_lines(text).split("\n"))
    assert printable_lines(text).count("\n") == text.count("\n")


@pytest.mark.parametrize(
    ("text", "fit"),
    [
        ("uname -a", "uname -a"),
        ("日本語 ✓", "日本語 ✓"),
        ("a\nb\x00\x1b[0m", "a\\nb\\x00\\x1b[0m"),
        ("\ud800 \u202e", "\\ud800 \\u202e"),
        ("x" * 200, "x" * 200),
        ("x" * 201, "x" * 199 + "…"),
        ("\x00" * 100, "\\x00" * 49 + "\\x0" + "…"),
    ],
)
def test_texts_of_attackers_are_shown_on_one_printable_line(text: str, fit: str) -> None:
    assert shown(text) == fit
    assert shown(text).isprintable()
    assert len(shown(text)) <= 200
