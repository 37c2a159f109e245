"""One `cowrie-assets ui` for all tests of this folder: a start costs seconds.

The real logs are read as if they had been written lately: Dagster's pages look at the latest partitions only.
"""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import pytest

from cowrie_assets.clock import today
from cowrie_assets_tests.truth import RealLogs
from cowrie_assets_tests.ui.dev import Dev, running

DAILY = (
    *("raw_events", "session_summaries", "command_stats", "login_stats", "files", "session_techniques", "sightings"),
    "daily_report",
)
_WRITTEN = [date(2026, 8, 27) + timedelta(days=number) for number in range(9)]
"""The days of the logs, one before them and one behind."""
LATER = timedelta(weeks=(today() - _WRITTEN[-1] - timedelta(days=1)) // timedelta(weeks=1))
"""By so many weeks the logs are moved: the last of their days is one of the seven before today."""
DAYS = [str(day + LATER) for day in _WRITTEN]


@pytest.fixture(scope="package")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dev]:
    """Dagster over an empty folder of logs."""
    with running(tmp_path_factory.mktemp("dev"), COWRIE_FIRST_DAY=str(date(2026, 8, 1) + LATER)) as dev:
        yield dev


@pytest.fixture(scope="package")
def filled(dev: Dev, real_logs_of: Callable[[str], RealLogs]) -> Dev:
    """The project's share of real logs, brought in by a backfill of all daily assets; sensors and schedules are off."""
    dev.stop_schedules()
    for sensor in ("new_logs", "stale_reports"):
        dev.turn(sensor, on=False)
    for log in real_logs_of("share").logs.glob("*/cowrie.json*"):
        folder = dev.logs / log.parent.name
        folder.mkdir(exist_ok=True)
        (folder / log.name).write_text("".join(map(_moved, log.read_text().splitlines())))
    runs = dev.runs_of(dev.launch_backfill(DAILY, DAYS))
    assert [run["status"] for run in runs] == ["SUCCESS"], "nine days share a run"
    return dev


def _moved(line: str) -> str:
    event = json.loads(line)
    return json.dumps(event | {"timestamp": (datetime.fromisoformat(event["timestamp"]) + LATER).isoformat()}) + "\n"
