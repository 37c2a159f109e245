"""One warehouse an engine for all tests of a folder: each test stores its own facts in place of what is there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.databases import ENGINES, Databases


@pytest.fixture(scope="package", params=ENGINES)
def warehouse(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Warehouse]:
    with Warehouse.open(databases.new(request.param, tmp_path_factory.mktemp("reports"))) as opened:
        yield opened


@pytest.fixture
def report_dir(tmp_path: Path) -> Path:
    return tmp_path / "reports"
