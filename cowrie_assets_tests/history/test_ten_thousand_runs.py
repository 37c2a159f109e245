"""Ten thousand runs over 400 partitions: none loses its state, the size falls, memory follows what stays.

The soak has that many; elsewhere there are few, over partitions that are as few.
"""

import tracemalloc
from datetime import timedelta
from gc import collect

import pytest
from sqlalchemy import event as engine_event
from sqlalchemy.engine import Engine

from cowrie_assets.history.prune import prune
from cowrie_assets.history.storage import AT_ONCE
from cowrie_assets.progress import Progress
from cowrie_assets_tests.history.conftest import DAILY, DEFINITIONS, NOW, Recorded
from cowrie_assets_tests.history.copied_runs import Copy, Template
from cowrie_assets_tests.history.pages import shown

MANY = 10_000, 400
FEW = 225, 60
_AGO = timedelta(days=400)
_FAILED = 50
"""One partition in so many has a last run that failed."""


def _fill(recorded: Recorded, runs: int, partitions: int) -> list[str]:
    """Runs of the last 400 days, over one partition after another; of some of these keys the last run failed."""
    keys = DAILY.get_partition_keys()[:partitions]
    good = Template(recorded.instance, recorded.run("2026-08-31"), "2026-08-31")
    wrong = Template(recorded.instance, recorded.run("2026-08-31", fails="1"), "2026-08-31")
    step = _AGO / runs
    moments = [(keys[number % partitions], NOW.replace(tzinfo=None) - _AGO + number * step) for number in range(runs)]
    good.copy(Copy(key, ended) for key, ended in moments)
    wrong.copy(Copy(key, NOW.replace(tzinfo=None) - timedelta(days=9)) for key in keys[::_FAILED])
    recorded.run("2026-08-30")
    return keys


@pytest.mark.parametrize(("runs", "partitions"), [FEW, pytest.param(*MANY, marks=pytest.mark.soak)])
def test_no_partition_of_ten_thousand_runs_loses_its_state(recorded: Recorded, runs: int, partitions: int) -> None:
    keys = _fill(recorded, runs, partitions)
    assert len(recorded.runs()) > runs
    some = keys[:: partitions // 4]
    before = shown(recorded.instance, DEFINITIONS, some)
    assert len(before["raw_events materializations"]) >= partitions
    assert before["raw_events status"]["failed"] == {*keys[::_FAILED], "2026-08-31"}
    told: list[Progress] = []
    pruned = prune(recorded.instance, 7, now=NOW, progress=told.append)
    after = shown(recorded.instance, DEFINITIONS, some)
    assert after.keys() == before.keys()
    for name, value in before.items():
        assert after[name] == value, name
    assert pruned.runs > runs - 3 * partitions
    assert len(recorded.runs()) == runs + len(keys[::_FAILED]) + 3 - pruned.runs
    if (runs, partitions) == MANY:
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
        _fill(recorded, number, 400)
        tracemalloc.start()
        prune(recorded.instance, 7, now=NOW, progress=lambda _: collect())
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5


def test_a_transaction_is_short(recorded: Recorded) -> None:
    """No statement touches more rows than `AT_ONCE`, however many there are to remove."""
    _fill(recorded, 200, 100)
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
    assert max(touched) == AT_ONCE
