import pytest

from cowrie_assets.defs.describe import shown, sparkline


def test_a_bar_is_as_high_as_its_count_against_the_greatest() -> None:
    assert sparkline([0, 1, 50, 100]) == "\u2007▁▄█"
    assert sparkline([0, 1, 1_000_000]) == "\u2007▁█", "one is not none"
    assert sparkline([0, 0]) == "\u2007\u2007"
    assert sparkline([]) == ""


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
