"""Housekeeping gives back what is free, waits for nobody, and leaves every row as it is."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from cowrie_assets.progress import Progress
from cowrie_assets.warehouse import maintenance
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.maintenance import maintain
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.databases import Databases
from cowrie_assets_tests.loading import load_lines

_MANY = 20_000


def fill(warehouse: Warehouse, folder: Path) -> None:
    """Some events, and free space: `_MANY` rows that were removed again."""
    load_lines(warehouse, folder, *(events.line(number) for number in range(20)))
    rows = [{"day": 0, "id": number, "step": 0} for number in range(_MANY)]
    with warehouse.write() as connection:
        query = "INSERT INTO waiting_sessions (event_day, session_ref, step) VALUES (:day, :id, :step)"
        connection.execute(text(query), rows)
    with warehouse.write() as connection:
        connection.execute(text("DELETE FROM waiting_sessions WHERE event_day = 0"))


def free_pages(warehouse: Warehouse) -> int:
    with warehouse.read() as connection:
        return int(connection.execute(text("PRAGMA freelist_count")).scalar_one())


@pytest.fixture
def sqlite(databases: Databases, tmp_path: Path) -> Iterator[Warehouse]:
    with Warehouse.open(databases.sqlite.new(tmp_path / "warehouse.db")) as opened:
        yield opened


def test_sqlite_gives_back_a_few_pages_at_a_time(
    sqlite: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maintenance, "_PAGES_AT_ONCE", 3)
    monkeypatch.setattr(maintenance, "_WORTH_IT", 100)
    fill(sqlite, tmp_path)
    right, free = tables.contents(sqlite), free_pages(sqlite)
    assert free > 3
    told: list[Progress] = []

    def write_beside(progress: Progress) -> None:
        told.append(progress)
        with sqlite.write() as connection:  # nobody holds the lock between two pieces
            connection.execute(text("UPDATE text_collections SET texts = texts"))

    done = maintain(sqlite, progress=write_beside)
    assert done.bytes_before - done.bytes_after >= (free - 1) * 8192
    assert [each.done for each in told[:-1]] == list(range(0, free, 3))
    assert (told[-1].done, told[-1].total, free_pages(sqlite)) == (free, free, 0)
    assert tables.contents(sqlite) == right
    again = maintain(sqlite)
    assert again.bytes_before == again.bytes_after == done.bytes_after


def test_sqlite_has_no_statistics_and_an_old_file_learns_to_shrink(sqlite: Warehouse, tmp_path: Path) -> None:
    fill(sqlite, tmp_path)
    right = tables.contents(sqlite)
    with sqlite.outside_transactions() as connection:
        connection.execute(text("PRAGMA auto_vacuum=NONE"))
        connection.execute(text("VACUUM"))
    fill(sqlite, tmp_path)
    with sqlite.write() as connection:
        connection.execute(text("ANALYZE"))
    done = maintain(sqlite)
    assert (done.gives_back, done.dropped_statistics) == (False, True)
    assert done.free_bytes > 0
    assert "--full" in done.sentences[-1]
    full = maintain(sqlite, full=True)
    assert (full.gives_back, full.free_bytes, full.dropped_statistics) == (True, 0, False)
    assert full.bytes_after < done.bytes_after
    assert tables.contents(sqlite) == right


def test_postgresql_does_the_tables_that_need_it(postgres_url: str, tmp_path: Path) -> None:
    """Also a partitioned one, which the server's autovacuum passes by; whatever somebody reads or writes meanwhile."""
    with Warehouse.open(postgres_url) as warehouse, Warehouse.open(postgres_url) as other:
        maintain(warehouse)
        fill(warehouse, tmp_path)
        right = tables.contents(warehouse)
        warehouse.release_memory()  # a process of the server tells what it did when it ends, at the latest
        until = time.monotonic() + 120
        while _removed(warehouse) < _MANY and time.monotonic() < until:
            time.sleep(0.05)
        with other.write() as writing:
            writing.execute(text("UPDATE text_collections SET texts = texts"))
            done = maintain(warehouse)
        assert "public.waiting_sessions" in done.vacuumed
        assert "public.events" in done.analyzed
        assert maintain(warehouse).vacuumed == ()
        assert len(maintain(warehouse, full=True).vacuumed) > len(done.vacuumed)
        assert tables.contents(warehouse) == right
        with warehouse.outside_transactions() as connection:
            assert connection.execute(text("SHOW vacuum_cost_delay")).scalar_one() == "0"


def _removed(warehouse: Warehouse) -> int:
    query = text("SELECT n_tup_del FROM pg_stat_user_tables WHERE relname = 'waiting_sessions'")
    with warehouse.read() as connection:
        return int(connection.execute(query).scalar_one())
