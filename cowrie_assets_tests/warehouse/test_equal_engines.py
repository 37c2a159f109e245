"""SQLite and PostgreSQL end with the same rows in every table, on all logs that the tests have."""

from datetime import UTC, datetime
from os import utime
from pathlib import Path

import pytest

from benchmarks.generate import generate
from cowrie_assets.campaigns.update import update_campaigns
from cowrie_assets.indicators.storing import store_indicators
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.databases import ENGINES, Databases
from cowrie_assets_tests.events import HOSTILE, line
from cowrie_assets_tests.loading import write_log
from cowrie_assets_tests.truth import REAL_LOGS
from cowrie_assets_tests.warehouse.row_hashes import row_hashes

_TESTS = Path(__file__).parents[1]
_NOW_US = 1_800_000_000_000_000
_FILLED = {
    *("active_hours", "addresses", "artefact_facts", "artefacts", "campaign_facts", "campaign_sessions", "campaigns"),
    *("command_facts", "command_techniques", "commands", "dead_letters", "event_days", "events", "file_facts"),
    *("indicator_facts", "log_origins", "log_paths", "login_facts", "logs", "sensor_days", "session_facts"),
    *("session_keys", "sightings", "technique_facts", "texts"),
}
"""What is compared holds something to compare."""


def test_on_hostile_lines_samples_and_cases(databases: Databases, tmp_path: Path) -> None:
    _write_hostile(tmp_path / "logs")
    _copy_all(tmp_path / "logs", _TESTS / "cases", _TESTS / "sample_logs")
    _are_equal(databases, tmp_path)


@pytest.mark.soak
def test_on_all_logs_of_the_tests_and_generated_ones(databases: Databases, tmp_path: Path) -> None:
    _write_hostile(tmp_path / "logs")
    _copy_all(tmp_path / "logs", _TESTS, *REAL_LOGS.values())
    generate(tmp_path / "logs" / "generated", events=100_000, days=40)
    _are_equal(databases, tmp_path)


def _copy_all(to: Path, *roots: Path) -> None:
    """Every folder of logs below some others, under a name of its own, last written long ago: a fresh clone's are of
    today, and would count as live."""
    written = datetime(2026, 9, 4, tzinfo=UTC).timestamp()
    folders = sorted({log.parent for root in roots for log in root.rglob("cowrie*json*") if log.is_file()})
    for number, folder in enumerate(folders):
        copy = to / f"{number}-{folder.name}"
        copy.mkdir()
        for log in folder.glob("cowrie*json*"):
            (copy / log.name).write_bytes(log.read_bytes())
            utime(copy / log.name, (written, written))


def _write_hostile(root: Path) -> None:
    lines = [
        line(number, input=text, username=text, password=text, url=text) for number, text in enumerate(HOSTILE.values())
    ]
    write_log(root, [*lines, b"no event", b'{"eventid":"x"}', b""])


def _are_equal(databases: Databases, folder: Path) -> None:
    """The rows of both engines, behind all that is made of logs without anything from outside."""
    settings = Settings(log_root=folder / "logs")
    found = []
    for engine in ENGINES:
        with Warehouse.open(databases.new(engine, folder)) as warehouse:
            ingest(warehouse, settings)
            update_campaigns(warehouse, now_us=_NOW_US)
            store_indicators(warehouse)
            found.append(row_hashes(warehouse))
    of_sqlite, of_postgresql = found
    assert {table for table, (rows, _) in of_sqlite.items() if rows} >= _FILLED
    assert of_sqlite == of_postgresql
