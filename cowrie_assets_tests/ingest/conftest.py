"""What the tests of loading share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cowrie_assets.warehouse.engine import Warehouse


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Warehouse]:
    """An open warehouse on SQLite, where the engine makes no difference."""
    with Warehouse.open(f"sqlite:///{tmp_path / 'warehouse.db'}") as warehouse:
        yield warehouse
