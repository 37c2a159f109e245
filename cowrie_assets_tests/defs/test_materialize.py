"""Lines that say how far a long step is, and texts of attackers made fit to be shown."""

import pytest

from cowrie_assets.defs.describe import shown
from cowrie_assets.defs.materialize import progress_line
from cowrie_assets.progress import Progress

MIB = 1024 * 1024


@pytest.mark.parametrize(
    ("progress", "line"),
    [
        (
            Progress("load", 120 * MIB, 480 * MIB, "bytes", "hp-1/cowrie.json"),
            "load: 120.0 of 480.0 MiB (25%), 12.0 MiB/s, 30 s left, hp-1/cowrie.json",
        ),
        (
            Progress("summarise", 5, 31, "days", "2026-08-31"),
            "summarise: 5 of 31 days (16%), 0.5 days/s, 52 s left, 2026-08-31",
        ),
        (Progress("load", 2500, None, "sessions"), "load: 2,500 sessions, 250.0 sessions/s"),
        (Progress("load", 0, 10, "days"), "load: 0 of 10 days (0%), 0.0 days/s"),
    ],
)
def test_a_line_says_how_far_how_fast_and_how_long(progress: Progress, line: str) -> None:
    assert progress_line(progress, elapsed=10.0) == line


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
