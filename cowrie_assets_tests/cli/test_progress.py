import io

import pytest

from cowrie_assets.cli.progress import PlainLines, amount, bars, rate
from cowrie_assets.progress import Progress


def test_amounts_and_rates() -> None:
    assert amount(12_800_000, 31_000_000, "bytes") == "12.8 MB of 31.0 MB (41 %)"
    assert amount(512, None, "bytes") == "512 B"
    assert amount(3, 7, "days") == "3 of 7 days"
    assert amount(1512, None, "sessions") == "1,512 sessions"
    assert rate(9_100_000, "bytes") == "9.1 MB a second"
    assert rate(1250.4, "sessions") == "1,250 sessions a second"
    assert rate(None, "bytes") == rate(0.2, "days") == ""


def test_off_a_terminal_lines_are_plain_and_few() -> None:
    stream = io.StringIO()
    often = PlainLines(stream, seconds_between=0)
    often(Progress("load", 0, 1000, "bytes"))
    often(Progress("load", 500, 1000, "bytes", "hp\x1b[2J/cowrie.json"))
    first, second = stream.getvalue().splitlines()
    assert first == "load: 0 B of 1.0 kB (0 %)"
    assert second.startswith("load: 500 B of 1.0 kB (50 %), ")
    assert second.endswith(" left hp\\x1b[2J/cowrie.json")

    seldom = io.StringIO()
    sink = PlainLines(seldom)
    for done in range(1000):
        sink(Progress("load", done, 1000, "bytes"))
    assert seldom.getvalue() == ""


def test_on_a_terminal_there_is_a_bar_for_each_phase(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "140")
    with bars() as sink:
        sink(Progress("load", 500, 1000, "bytes", "[red]hp\x1b]0;x"))
        sink(Progress("load", 1000, 1000, "bytes", "[red]hp\x1b]0;x"))
        sink(Progress("summarise", 2, 7, "days"))
    shown = capsys.readouterr().err
    assert "1.0 kB of 1.0 kB (100 %)" in shown
    assert "2 of 7 days" in shown
    assert "[red]hp\\x1b]0;x" in shown
