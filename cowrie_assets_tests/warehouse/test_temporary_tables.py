"""Temporary tables are empty whenever they are asked for, and long lists of values come in bounded parts."""

from sqlalchemy import text

from cowrie_assets.warehouse.chunks import MOST_BINDS, chunks
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.temporary_tables import make_empty


def test_a_temporary_table_is_empty_each_time(warehouse: Warehouse) -> None:
    with warehouse.write() as connection:
        for _ in range(2):
            make_empty(connection, "numbers", "number BIGINT PRIMARY KEY")
            connection.execute(text("INSERT INTO numbers (number) VALUES (4611686018427387904)"))
            assert connection.execute(text("SELECT number FROM numbers")).scalars().all() == [2**62]


def test_chunks_are_all_items_in_order_and_none_is_too_long() -> None:
    for length in (0, 1, MOST_BINDS, MOST_BINDS + 1, 3 * MOST_BINDS):
        parts = list(chunks(range(length)))
        assert [item for part in parts for item in part] == list(range(length))
        assert all(0 < len(part) <= MOST_BINDS for part in parts)
