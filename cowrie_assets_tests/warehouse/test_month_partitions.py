"""On PostgreSQL an event lies in the partition of the month in which it was written."""

from pathlib import Path

import pytest
from sqlalchemy import text

from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.loading import load_lines

MONTHS = {
    "0002-01-01T00:00:00Z": "events_1970_01",
    "1969-12-31T23:59:59.999999Z": "events_1970_01",
    "1970-01-01T00:00:00Z": "events_1970_01",
    "2024-02-29T23:59:59.999999Z": "events_2024_02",
    "2024-03-01T00:00:00Z": "events_2024_03",
    "2025-12-31T23:59:59Z": "events_2025_12",
    "2026-01-01T00:30:00+01:00": "events_2025_12",
    "2026-01-01T00:00:00Z": "events_2026_01",
    "2106-02-07T06:28:15Z": "events_2106_02",
    "9998-12-31T23:59:59.999999Z": "events_2106_02",
}
"""The seconds of an identity end on 2106-02-07: what is later is stored with the last of them."""


@pytest.fixture
def postgres(postgres_url: str):
    with Warehouse.open(postgres_url) as warehouse:
        yield warehouse


def partitions(warehouse: Warehouse) -> dict[str, int]:
    """Events by partition."""
    with warehouse.read() as connection:
        return dict(connection.execute(text("SELECT tableoid::regclass::text, COUNT(*) FROM events GROUP BY 1")).all())


def test_events_lie_in_the_partition_of_their_month(postgres: Warehouse, tmp_path: Path) -> None:
    for timestamp, partition in MONTHS.items():
        before = partitions(postgres).get(partition, 0)
        load_lines(postgres, tmp_path, events.line(0, timestamp=timestamp))
        assert partitions(postgres)[partition] == before + 1, timestamp


def test_one_batch_may_be_of_many_months_and_loads_once(postgres: Warehouse, tmp_path: Path) -> None:
    lines = [events.line(0, timestamp=timestamp) for timestamp in MONTHS]
    assert load_lines(postgres, tmp_path, *lines, *lines).events == len(lines)
    assert load_lines(postgres, tmp_path, *reversed(lines)).events == 0
    assert set(partitions(postgres)) == set(MONTHS.values())
    assert sum(partitions(postgres).values()) == len(tables.rows(postgres, "raw_events")) == len(lines)


def test_a_look_for_an_identity_goes_to_one_partition(postgres: Warehouse, tmp_path: Path) -> None:
    load_lines(postgres, tmp_path, *(events.line(0, timestamp=timestamp) for timestamp in MONTHS))
    with postgres.read() as connection:
        identity = bytes(connection.execute(text("SELECT event_hash FROM events WHERE event_day = 19782")).scalar_one())
        query = text(f"EXPLAIN SELECT id FROM events WHERE event_hash = '\\x{identity.hex()}'")
        plan = "\n".join(connection.execute(query).scalars())
    assert "events_2024_02" in plan
    assert "events_2024_03" not in plan
