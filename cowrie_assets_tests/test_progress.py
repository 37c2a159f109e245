"""A line says how far work is, how fast and how long it takes; there are few of them, and none steers a terminal."""

import pytest

from cowrie_assets.progress import Lines, Progress, amount, line, rate, telling


@pytest.mark.parametrize(
    ("progress", "shown"),
    [
        (
            Progress("load", 12_800_000, 31_000_000, "bytes", "hp-1/cowrie.json"),
            "load: 12.8 MB of 31.0 MB (41.2 %), 1.3 MB a second, 14 s left, hp-1/cowrie.json",
        ),
        (
            Progress("summarise", 5, 31, "days", "2026-08-31: files of 12 sessions"),
            "summarise: 5 of 31 days (16.1 %), 52 s left, 2026-08-31: files of 12 sessions",
        ),
        (Progress("load", 2500, None, "sessions"), "load: 2,500 sessions, 250 sessions a second"),
        (Progress("load", 0, 10, "days"), "load: 0 of 10 days (0.0 %)"),
        (Progress("load", 0, 0, "days", "hp\x1b[2J"), "load: 0 of 0 days, hp\\x1b[2J"),
    ],
)
def test_a_line_says_how_far_how_fast_and_how_long(progress: Progress, shown: str) -> None:
    assert line(progress, elapsed=10.0) == shown


def test_amounts_and_rates() -> None:
    assert amount(512, None, "bytes") == "512 B"
    assert amount(1512, None, "sessions") == "1,512 sessions"
    assert rate(9_100_000, "bytes") == "9.1 MB a second"
    assert rate(1250.4, "sessions") == "1,250 sessions a second"
    assert rate(None, "bytes") == rate(0.2, "days") == ""


def test_lines_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("cowrie_assets.progress.time.monotonic", lambda: now)
    written: list[str] = []
    sink = Lines(written.append)
    for second in range(12):
        now = 100.0 + second
        sink(Progress("load", second, 100, "days"))
    assert written == [
        "load: 5 of 100 days (5.0 %), 1 days a second, 1 min 35 s left",
        "load: 10 of 100 days (10.0 %), 1 days a second, 1 min 30 s left",
    ]


def test_a_phase_ends_at_one_hundred_percent_and_says_so_once(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("cowrie_assets.progress.time.monotonic", lambda: now)
    written: list[str] = []
    sink = Lines(written.append)
    for done in (0, 1_999, 2_000, 2_000):
        sink(Progress("summarise", done, 2_000, "days"))
        now += 5.0 if done == 0 else 0.1
    assert ["(99.9 %)" in text for text in written] == [True, False]
    assert ["(100.0 %)" in text for text in written] == [False, True]
    sink(Progress("load", 1, 1, "bytes"))
    assert len(written) == 2, "a phase that was too short for a line has none at its end"


def test_a_phase_that_begins_anew_is_timed_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("cowrie_assets.progress.time.monotonic", lambda: now)
    written: list[str] = []
    sink = Lines(written.append, seconds_between=0)
    sink(Progress("load", 0, 100, "days"))
    now = 150.0
    sink(Progress("load", 0, 100, "days"))
    sink(Progress("load", 50, 100, "days"))
    now = 160.0
    sink(Progress("load", 0, 100, "days"))
    now = 170.0
    sink(Progress("load", 50, 100, "days"))
    assert written[2].endswith(", 50 s left")
    assert written[4].endswith(", 5 days a second, 10 s left")


def test_phases_side_by_side_are_timed_each_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("cowrie_assets.progress.time.monotonic", lambda: now)
    written: list[str] = []
    sink = Lines(written.append)
    for second in range(6):
        now = 100.0 + second
        sink(Progress("one", second, 10, "days"))
        sink(Progress("other", 2 * second, 10, "days"))
    assert written == ["one: 5 of 10 days (50.0 %), 1 days a second, 5.0 s left"]


def test_what_is_waited_for_is_told_at_once_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("cowrie_assets.progress.time.monotonic", lambda: now)
    written: list[str] = []
    sink = Lines(written.append)
    for second in range(60):
        now = 100.0 + second
        for name in ("one", "other"):
            sink(Progress(name, 4, 10, "values", "waits till 12:00:00Z", is_steady=False, is_waiting=True))
    sink(Progress("one", 9, 10, "values", is_steady=False))
    assert written == [
        "one: 4 of 10 values (40.0 %), waits till 12:00:00Z",
        "other: 4 of 10 values (40.0 %), waits till 12:00:00Z",
        "one: 9 of 10 values (90.0 %)",
    ]


def test_steps_within_an_item_are_its_detail() -> None:
    heard: list[Progress] = []
    telling(heard.append, Progress("report", 1, 3, "reports", "2026-08"))("ranking commands")
    assert heard == [Progress("report", 1, 3, "reports", "2026-08: ranking commands")]
