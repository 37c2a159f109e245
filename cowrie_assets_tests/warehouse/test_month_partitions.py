"""On PostgreSQL an event lies in the partition of the month in which it was written; far years share a few."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from cowrie_assets import clock
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.loading import load_lines

MONTHS = {
    "0002-01-01T00:00:00Z": "events_1970_01_on",
    "1969-12-31T23:59:59.999999Z": "events_1970_01_on",
    "1970-01-01T00:00:00Z": "events_1970_01_on",
    "2008-12-31T23:59:59.999999Z": "events_1970_01_on",
    "2009-01-01T00:00:00Z": "events_2009_01",
    "2024-02-29T23:59:59.999999Z": "events_2024_02",
    "2024-03-01T00:00:00Z": "events_2024_03",
    "2025-12-31T23:59:59Z": "events_2025_12",
    "2026-01-01T00:30:00+01:00": "events_2025_12",
    "2026-01-01T00:00:00Z": "events_2026_01",
    "2050-01-01T00:00:00Z": "events_2050_01_on",
    "2106-02-07T06:28:15Z": "events_2050_01_on",
    "9998-12-31T23:59:59.999999Z": "events_2050_01_on",
}
"""The seconds of an identity end on 2106-02-07: what is later is stored with the last of them."""


@pytest.fixture(autouse=True)
def in_2026(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "today", lambda: date(2026, 11, 28))


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


def names(warehouse: Warehouse) -> list[str]:
    """Every partition, also those without an event."""
    with warehouse.read() as connection:
        query = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'events'::regclass ORDER BY 1"
        return list(connection.execute(text(query)).scalars())


def test_a_clock_that_jumps_over_1600_months_makes_few_partitions(postgres: Warehouse, tmp_path: Path) -> None:
    """One for each year that is neither near nor far; the present and the next month are made ahead of time."""
    jumps = [f"{2027 + month // 12}-{month % 12 + 1:02}-03T00:00:00Z" for month in range(12, 1600)]
    load_lines(postgres, tmp_path, *(events.line(0, timestamp=timestamp) for timestamp in jumps))
    years = [f"events_{year}_01_on" for year in range(2028, 2050)]
    assert names(postgres) == ["events_2026_11", "events_2026_12", *years, "events_2050_01_on"]
    assert sum(partitions(postgres).values()) == len(jumps)


def test_a_year_that_comes_near_keeps_the_partition_it_has(
    postgres: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_lines(postgres, tmp_path, events.line(0, timestamp="2030-06-01T00:00:00Z"))
    monkeypatch.setattr(clock, "today", lambda: date(2029, 12, 31))
    load_lines(postgres, tmp_path, events.line(0, timestamp="2030-07-01T00:00:00Z"))
    assert partitions(postgres) == {"events_2030_01_on": 2}
    assert "events_2029_12" in names(postgres)


def test_partitions_that_stand_in_the_way_are_gone_around(postgres: Warehouse, tmp_path: Path) -> None:
    """Revision 0001 made one for each month, of far years too."""
    with postgres.write() as connection:
        for name, begin, end in (
            ("events_1970_01", "'\\x00000000'", "'\\x0028de80'"),
            ("events_2035_03", "'\\x7a90f400'", "'\\x7ab9d280'"),
            ("events_2106_02", "'\\xfff7bc00'", "MAXVALUE"),
        ):
            connection.execute(
                text(f"CREATE TABLE {name} PARTITION OF events FOR VALUES FROM ({begin}) TO ({end})"),
            )
    timestamps = {
        "0002-01-01T00:00:00Z": "events_1970_01",
        "1999-01-01T00:00:00Z": "events_1970_02_on",
        "2035-02-28T00:00:00Z": "events_2035_01_on",
        "2035-03-02T00:00:00Z": "events_2035_03",
        "2035-12-01T00:00:00Z": "events_2035_04_on",
        "2099-01-01T00:00:00Z": "events_2050_01_on",
        "9998-01-01T00:00:00Z": "events_2106_02",
    }
    load_lines(postgres, tmp_path, *(events.line(0, timestamp=timestamp) for timestamp in timestamps))
    assert partitions(postgres) == dict.fromkeys(timestamps.values(), 1)


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
