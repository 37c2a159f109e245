"""The warehouse that the fleet's figures are taken from holds together."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from benchmarks.fleet_warehouse import DAY, Fleet
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.checks import run_checks
from cowrie_assets.summaries.pending import days_with_data
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import logs


@pytest.mark.sqlite_first
def test_a_small_fleet_is_filled_and_takes_its_day_in(warehouse: Warehouse, tmp_path: Path) -> None:
    fleet = Fleet(tmp_path, sensors=3, months=2, alive=2, events_before=10, events_of_day=12)
    fleet.write_logs()
    fleet.fill(warehouse, Settings())
    with warehouse.read() as connection:
        before = connection.execute(select(func.count()).select_from(logs)).scalar_one()
    assert before >= 3 * 4 + 2 + 3 * 2 * 30

    taken = ingest(warehouse, replace(Settings(), log_root=tmp_path / "day")).load
    assert taken.events == 2 * 12
    assert DAY in days_with_data(warehouse)
    assert [each.name for each in run_checks(warehouse) if not each.passed] == []
