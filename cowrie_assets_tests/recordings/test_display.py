"""Whatever an attacker's output holds, the terminal of who looks at it does nothing but draw."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cowrie_assets.recordings.display import DisplayFilter

HARMLESS = re.compile(
    r"(?:[^\x00-\x1f\x7f-\x9f]|[\t\b\r\n]|\x1b[78DEM]|\x1b\([0B]|\x1b\[\?(?:7|25)[hl]"
    r"|\x1b\[[0-9;]{0,84}[@ABCDEFGHKLMPSTXZ`adefmr]|\x1b\[[012]?J)*"
)
PIECES = st.sampled_from(
    [
        *'\x1b[]P^_X(\\?;0123456789\x07\x9b\x9d\x9c\x90\x85\x05\x0e\u202emhJnct>=! "$',
        "\x1b[",
        "\x1b]",
        "\x1bP",
        "\x1b\\",
        "é",
    ]
)


@pytest.mark.parametrize(
    "drawn",
    ["plain é\r\n\t", "\x1b[1;31mred\x1b[0m", "\x1b[2J\x1b[H", "\x1b[38;2;1;2;3mx", "\x1b[?25l", "\x1b(0q\x1b(B"],
)
def test_what_draws_is_shown_as_it_is(drawn: str) -> None:
    shown = DisplayFilter()
    assert (shown.feed(drawn), shown.removed) == (drawn, 0)


@pytest.mark.parametrize(
    "attack",
    [
        "\x1b]0;title\x07",
        "\x1b]52;c;ZXZpbA==\x1b\\",  # the clipboard
        "\x1b]8;;http://evil\x07",
        "\x1bP+q544e\x1b\\",
        "\x1b_Gf=24;AAAA\x1b\\",
        "\x1b^private\x9c",
        "\x1b[c",
        "\x1b[>c",
        "\x1b[6n",
        "\x1b[21t",  # tells the title, as if typed
        "\x1b[5i",  # prints
        "\x1b[?1004h",
        "\x1b[?2004h",
        "\x1b[3J",
        "\x1b[!p",
        "\x1b[99999B",
        "\x1bc",
        "\x1bZ",
        "\x05",
        "\x0e",
        "\x9d0;title\x07",
        "\x1b[1;" + "1" * 100_000 + "m",
    ],
)
def test_what_does_more_is_taken_out_and_counted(attack: str) -> None:
    shown = DisplayFilter()
    assert shown.feed(f"a{attack}b") == "ab"
    assert shown.removed == 1


def test_what_is_hidden_or_turns_the_line_around_is_seen() -> None:
    assert DisplayFilter().feed("a\u202eb\u200bc") == "a\ufffdb\ufffdc"


@given(st.lists(PIECES, max_size=60))
def test_any_text_torn_anywhere_does_nothing_but_draw(parts: list[str]) -> None:
    torn, whole = DisplayFilter(), DisplayFilter()
    shown = "".join(map(torn.feed, parts))
    assert shown == whole.feed("".join(parts))
    assert HARMLESS.fullmatch(shown)
