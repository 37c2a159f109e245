"""One `dagster dev` for all tests of this folder: a start costs a quarter of a minute."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest

from cowrie_assets_tests.truth import REAL_LOGS, RealLogs
from cowrie_assets_tests.ui.dev import Dev, running

DAILY = ("raw_events", "session_summaries", "command_stats", "login_stats", "files", "sightings", "daily_report")
DAYS = [str(date(2026, 8, 27) + timedelta(days=number)) for number in range(9)]


@pytest.fixture(scope="package")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    """Dagster over an empty folder of logs."""
    with running(tmp_path_factory.mktemp("dev"), COWRIE_FIRST_DAY="2026-08-01") as dev:
        yield dev


@pytest.fixture(scope="package")
def filled(dev: Dev, real_logs_of: Callable[[str], RealLogs]) -> Dev:
    """All real logs that there are, brought in by a backfill of all daily assets; the sensors are off."""
    for sensor in ("new_logs", "stale_reports"):
        dev.turn(sensor, on=False)
    for log in real_logs_of(list(REAL_LOGS)[-1]).logs.glob("*/cowrie.json*"):
        folder = dev.logs / log.parent.name
        folder.mkdir(exist_ok=True)
        shutil.copy(log, folder)
    runs = dev.runs_of(dev.launch_backfill(DAILY, DAYS))
    assert [run["status"] for run in runs] == ["SUCCESS"], "nine days share a run"
    return dev
