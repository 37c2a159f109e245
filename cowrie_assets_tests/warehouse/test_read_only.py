"""A warehouse opened for answers writes nothing, and ends what takes too long."""

import pytest
from sqlalchemy import text

from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.errors import WarehouseError

ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n",
    "postgresql": "SELECT pg_sleep(60)",
}


def test_nothing_is_written_and_nothing_takes_long(database_url: str) -> None:
    with Warehouse.open(database_url, create=False, answers_within=0.2) as warehouse:
        with pytest.raises(WarehouseError, match=r"read-only|may not write"), warehouse.read() as connection:
            connection.execute(text("DELETE FROM logs"))
        for _ in range(2):
            with pytest.raises(WarehouseError, match="longer than it may"), warehouse.read() as connection:
                connection.execute(text(ENDLESS[warehouse.dialect])).all()
        with warehouse.read() as connection:
            assert connection.execute(text("SELECT COUNT(*) FROM logs")).scalar() == 0
