from dataclasses import replace

import pytest

from cowrie_assets.cli.progress import bars, shown_progress
from cowrie_assets.progress import Progress


def test_off_a_terminal_lines_are_plain(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("cowrie_assets.progress.time.monotonic", iter(range(0, 1000, 10)).__next__)
    with shown_progress() as sink:
        sink(Progress("load", 0, 1000, "bytes"))
        sink(Progress("load", 500, 1000, "bytes", "hp\x1b[2J/cowrie.json"))
    assert capsys.readouterr().err.splitlines() == [
        "load: 0 B of 1.0 kB (0.0 %)",
        "load: 500 B of 1.0 kB (50.0 %), 50 B a second, 10 s left, hp\\x1b[2J/cowrie.json",
    ]


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
    assert "1.0 kB of 1.0 kB (100.0 %)" in shown
    assert "2 of 7 days (28.5 %)" in shown
    assert "[red]hp\\x1b]0;x" in shown


def test_a_wait_is_a_line_of_its_own_and_no_time_left_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    stands = Progress("dshield", 2, 9, "values", is_steady=False)
    waits = replace(stands, detail="waits for [red] till 12:00:00Z\x1b[2J", is_waiting=True)
    with bars() as sink:
        for each in (stands, waits) * 3:
            sink(each)
    shown = capsys.readouterr().err
    assert shown.count("dshield: waits for [red] till 12:00:00Z\\x1b[2J\n") == 1
    assert "-:--:--" not in shown
