"""Twelve logs under names that logrotate and shippers make; eleven were passed over in silence."""

from pathlib import Path

import pytest

from cowrie_assets.health.doctor import doctor
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.loading import is_proven

LOGS = Path(__file__).parent / "05_names_passed_over" / "logs"


@pytest.mark.parametrize("mode", ["delta", "bulk"])
def test_every_log_is_read(warehouse: Warehouse, mode: str) -> None:
    loaded = ingest(warehouse, Settings(log_root=LOGS), mode=mode).load
    assert (loaded.logs, loaded.lines, loaded.events, loaded.dead_letters) == (12, 48, 48, 0)
    assert loaded.warnings == []
    again = ingest(warehouse, Settings(log_root=LOGS)).load
    assert (again.unchanged, again.lines) == (12, 0)
    is_proven(warehouse)


@pytest.mark.sqlite_first
def test_each_is_read_where_it_is_named(warehouse: Warehouse) -> None:
    for path in sorted(LOGS.iterdir()):
        loaded = ingest(warehouse, Settings(), paths=[path]).load
        assert (path.name, loaded.events, loaded.dead_letters) == (path.name, 4, 0)


def test_doctor_finds_them(tmp_path: Path) -> None:
    environment = {"COWRIE_LOG_ROOT": str(LOGS), "COWRIE_DATABASE_URL": f"sqlite:///{tmp_path / 'w.db'}"}
    assert any(found.message.startswith("12 logs of 1 sensor ") for found in doctor(environment))
