"""Loaders, refreshes and report writers at once on PostgreSQL, some of them killed, end with the tables of one clean
load."""

import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cowrie_assets.clock import now_us
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.validate import validate
from cowrie_assets.reports.checks import check_reports
from cowrie_assets.reports.files import write_reports
from cowrie_assets.reports.staleness import stale_periods
from cowrie_assets.summaries.checks import run_checks
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import tables
from cowrie_assets_tests.databases import Databases
from cowrie_assets_tests.side_by_side import settings_of, write_logs

_AT_ANY_MOMENT = ["ledger_accounts_for_every_line", "ledger_owns_its_events", "dead_letters_are_listed"]
"""Checks that hold whatever was killed when."""
Contents = dict[str, list[tuple[tuple[str, Any], ...]]]


class Rounds:
    """Rounds over the same logs, each on a database of its own."""

    def __init__(self, folder: Path, databases: Databases, seed: int, events_a_log: int) -> None:
        self._folder = folder
        self._databases = databases
        write_logs(folder / "logs", random.Random(seed), events_a_log)
        clean = settings_of(folder, databases.sqlite.new(folder / "clean.db"))
        with Warehouse.open(clean.database_url) as warehouse:
            ingest(warehouse, clean)
            self._expected: Contents = tables.contents(warehouse)

    def play(self, seed: int, kills: int) -> None:
        """A round: what is left to do afterwards is done by one process, then everything must be as it is expected."""
        url = self._databases.postgres.new()
        try:
            self._run(url, seed, kills)
            self._assert_as_expected(url)
        finally:
            self._databases.postgres.drop(url)
            shutil.rmtree(self._folder / "reports", ignore_errors=True)
            (self._folder / "stop").unlink(missing_ok=True)

    def _run(self, url: str, seed: int, kills: int) -> None:
        command = (sys.executable, "-m", "cowrie_assets_tests.side_by_side", str(self._folder), url, str(seed))
        done = subprocess.run((*command, str(kills)), capture_output=True, text=True, check=False, timeout=600)
        assert done.returncode == 0, f"seed {seed}: {done.stdout}\n{done.stderr}"

    def _assert_as_expected(self, url: str) -> None:
        settings = settings_of(self._folder, url)
        with Warehouse.open(url) as warehouse:
            assert [each for each in run_checks(warehouse, names=_AT_ANY_MOMENT) if not each.passed] == []
            ingest(warehouse, settings)
            assert tables.contents(warehouse) == self._expected
            assert [each for each in validate(warehouse, settings) if not each.passed] == []
            with warehouse.read() as connection:
                stale = stale_periods(connection, "daily", now=now_us())
            for period in stale:
                write_reports(warehouse, period, settings.report_dir, formats=("json",))
            assert [each for each in check_reports(warehouse, None, None, settings.report_dir) if not each.passed] == []


@pytest.mark.timeout(120)
def test_a_round_ends_with_the_tables_of_a_clean_load(tmp_path: Path, databases: Databases) -> None:
    Rounds(tmp_path, databases, seed=1, events_a_log=10).play(1, kills=3)


@pytest.mark.soak
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("logs", range(10))
def test_two_hundred_rounds_end_with_the_tables_of_a_clean_load(
    tmp_path: Path, databases: Databases, logs: int
) -> None:
    rounds = Rounds(tmp_path, databases, seed=logs, events_a_log=60)
    for seed in range(20):
        rounds.play(1000 * logs + seed, kills=10)
