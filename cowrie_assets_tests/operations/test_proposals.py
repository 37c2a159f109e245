"""What `doctor` proposes for the sensors file where one machine has had several names."""

import tomllib
from pathlib import Path

import pytest

from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.proposals import proposals
from cowrie_assets.sensor_registry import SensorRegistry
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events
from cowrie_assets_tests.loading import write_log


@pytest.mark.parametrize("collector", ["", "m2"])
def test_without_a_uuid_the_folder_is_proposed_as_a_path(warehouse: Warehouse, tmp_path: Path, collector: str) -> None:
    lines = [
        events.line(number, sensor=f"container-{number // 4}", timestamp=f"2026-08-{20 + number // 4}T10:00:00Z")
        for number in range(8)
    ]
    write_log(tmp_path / "logs", lines)
    settings = Settings(log_root=tmp_path / "logs", collector=collector)
    ingest(warehouse, settings)
    with warehouse.read() as connection:
        (table,) = proposals(connection, SensorRegistry())
    (sensor,) = tomllib.loads(table)["sensor"]
    assert Path(sensor["logpath"]).is_dir()
    assert Path(sensor["logpath"]).is_relative_to(tmp_path / "logs")
