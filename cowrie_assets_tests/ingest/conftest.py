"""What the tests of loading share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.databases import Databases


@pytest.fixture
def sqlite(databases: Databases, tmp_path: Path) -> Iterator[Warehouse]:
    """An open warehouse on SQLite, where the engine makes no difference."""
    with Warehouse.open(databases.new("sqlite", tmp_path)) as warehouse:
        yield warehouse
