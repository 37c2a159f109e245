"""Ten thousand runs over 400 partitions: none loses its state, the size falls, memory follows what stays."""

import tracemalloc
from datetime import timedelta
from gc import collect

import pytest
from sqlalchemy import event as engine_event
from sqlalchemy.engine import Engine

from cowrie_assets.history.prune import prune
from cowrie_assets.progress import Progress
from cowrie_assets_tests.history.conftest import DAILY, DEFINITIONS, NOW, Recorded
from cowrie_assets_tests.history.copied_runs import Copy, Template
from cowrie_assets_tests.history.pages import shown

PARTITIONS = 400
MANY = 10_000
_KEYS = DAILY.get_partition_keys()[:PARTITIONS]
_AGO = timedelta(days=400)


def _fill(recorded: Recorded, runs: int) -> None:
    """Runs of the last 400 days, every 25th over the same partition; of some partitions the last run failed."""
    good = Template(recorded.instance, recorded.run("2026-08-31"), "2026-08-31")
    wrong = Template(recorded.instance, recorded.run("2026-08-31", fails="1"), "2026-08-31")
    step = _AGO / runs
    moments = [(number % PARTITIONS, NOW.replace(tzinfo=None) - _AGO + number * step) for number in range(runs)]
    good.copy(Copy(_KEYS[place], ended) for place, ended in moments)
    wrong.copy(Copy(key, NOW.replace(tzinfo=None) - timedelta(days=9)) for key in _KEYS[::50])
    recorded.run("2026-08-30")


@pytest.mark.parametrize("runs", [1_500, pytest.param(MANY, marks=pytest.mark.soak)])
def test_no_partition_of_ten_thousand_runs_loses_its_state(recorded: Recorded, runs: int) -> None:
    _fill(recorded, runs)
    assert len(recorded.runs()) > runs
    some = _KEYS[::100]
    before = shown(recorded.instance, DEFINITIONS, some)
    assert len(before["raw_events materializations"]) >= PARTITIONS
    assert before["raw_events status"]["failed"] == {*_KEYS[::50], "2026-08-31"}
    told: list[Progress] = []
    pruned = prune(recorded.instance, 7, now=NOW, progress=told.append)
    after = shown(recorded.instance, DEFINITIONS, some)
    assert after.keys() == before.keys()
    for name, value in before.items():
        assert after[name] == value, name
    assert pruned.runs > runs - 3 * PARTITIONS
    assert len(recorded.runs()) == runs + len(_KEYS[::50]) + 3 - pruned.runs
    if runs == MANY:
        assert pruned.after.events < pruned.before.events / 4
        assert pruned.after.step_logs < pruned.before.step_logs / 20
    else:  # most of so few runs hold a partition's state
        assert pruned.after.events < pruned.before.events
        assert pruned.after.step_logs < pruned.before.step_logs
    assert [each.done for each in told if each.phase == "prune"] == list(range(0, told[0].total or 0, 100))


@pytest.mark.soak
def test_memory_follows_what_stays_and_not_what_goes(recorded: Recorded) -> None:
    """Ten times the runs over the same partitions, and the same peak; garbage, which Dagster makes of each connection,
    is collected as often."""
    peaks = []
    for number in (200, 2000):
        _fill(recorded, number)
        tracemalloc.start()
        prune(recorded.instance, 7, now=NOW, progress=lambda _: collect())
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5


def test_a_transaction_is_short(recorded: Recorded) -> None:
    """No statement touches more rows than `AT_ONCE`, however many there are to remove."""
    _fill(recorded, 400)
    touched: list[int] = []

    def count(*arguments: object) -> None:
        cursor, statement = arguments[1], str(arguments[2])
        if statement.startswith("DELETE"):
            touched.append(cursor.rowcount)  # type: ignore[attr-defined]

    engine_event.listen(Engine, "after_cursor_execute", count)
    try:
        prune(recorded.instance, 7, now=NOW)
    finally:
        engine_event.remove(Engine, "after_cursor_execute", count)
    assert 0 < max(touched) <= 500
