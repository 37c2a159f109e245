"""Who waits for a lock waits in words and within a limit; a long read keeps no load, and a load keeps no read."""

import logging
import os
import time
from pathlib import Path

import pytest
from sqlalchemy import text

from cowrie_assets.warehouse import write_lock
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.errors import WarehouseBusyError
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.verdict_lock import begin_verdicts, read_between_verdicts
from cowrie_assets.warehouse.write_scope import ROWS
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.databases import Databases
from cowrie_assets_tests.loading import load_lines


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_lock, "LONGEST_WAIT", 0.3)
    monkeypatch.setattr(write_lock, "SLICE", 0.1)
    monkeypatch.setattr(write_lock, "TOLD_EVERY", 0.1)


@pytest.mark.usefixtures("impatient")
def test_a_writer_that_waits_too_long_says_for_whom(
    warehouse: Warehouse, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    words = rf"locked for 0.3 s by .*{os.getpid()}.*: run the command again"
    with Warehouse.open(database_url) as other, other.write(), caplog.at_level(logging.WARNING):
        writing = warehouse.write()
        with pytest.raises(WarehouseBusyError, match=words):
            writing.__enter__()
    assert f"waiting for the database, which is locked by {'process' if 'sqlite' in database_url else 'cowrie'}" in (
        caplog.text
    )
    with warehouse.write() as connection:
        connection.execute(text("INSERT INTO sensors (id, name) VALUES (1, 'written when the other is done')"))


def test_a_wait_goes_on_where_the_lock_is_given_back(
    warehouse: Warehouse, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other writer ends while this one waits: it says so first."""
    monkeypatch.setattr(write_lock, "SLICE", 0.05)
    monkeypatch.setattr(write_lock, "TOLD_EVERY", 0)
    with Warehouse.open(database_url) as other:
        holding = other.write()
        holding.__enter__()

        def told(*_: object) -> None:
            holding.__exit__(None, None, None)
            monkeypatch.undo()

        monkeypatch.setattr(write_lock._LOG, "warning", told)
        with warehouse.write() as connection:
            connection.execute(text("INSERT INTO sensors (id, name) VALUES (1, 'a')"))
        with warehouse.read() as connection:
            assert connection.execute(text("SELECT COUNT(*) FROM sensors")).scalar_one() == 1


def test_sqlite_waits_for_others_as_before_when_it_has_the_lock(tmp_path: Path) -> None:
    with Warehouse.open(f"sqlite:///{tmp_path / 'w.db'}") as warehouse, warehouse.write() as connection:
        assert connection.execute(text("PRAGMA busy_timeout")).scalar_one() == 120_000


def test_the_first_event_of_a_month_beside_a_long_read(warehouse: Warehouse, database_url: str, tmp_path: Path) -> None:
    """On PostgreSQL it brings a partition: neither the load nor another reader may wait for the one that reads."""
    load_lines(warehouse, tmp_path / "logs", events.line(0))
    with Warehouse.open(database_url) as other, other.read() as reading:
        count = text("SELECT COUNT(*) FROM events")
        assert reading.execute(count).scalar_one() == 1
        assert load_lines(warehouse, tmp_path / "logs", events.line(0, timestamp="2025-02-03T00:00:00Z")).events == 1
        assert len(tables.rows(warehouse, "raw_events")) == 2
        assert reading.execute(count).scalar_one() == 1


def test_what_locks_events_against_new_partitions_is_waited_for_within_a_limit(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_lock, "LONGEST_WAIT", 0.3)
    monkeypatch.setattr(write_lock, "SLICE", 0.1)
    with Warehouse.open(postgres_url) as warehouse, Warehouse.open(postgres_url) as other:
        with other.read() as connection:
            connection.execute(text("LOCK TABLE events IN SHARE UPDATE EXCLUSIVE MODE"))
            with pytest.raises(WarehouseBusyError, match=r"locked for 0.3 s by cowrie-assets \d+ on .*server process"):
                load_lines(warehouse, tmp_path, events.line(0))
        assert load_lines(warehouse, tmp_path, events.line(0)).events == 1


def test_a_copy_of_the_database_is_no_holder(databases: Databases) -> None:
    """Its tables have the numbers of the original's."""
    holders = statement("warehouse/holders_of_events")
    with (
        Warehouse.open(databases.postgres.new()) as ours,
        Warehouse.open(databases.postgres.new()) as theirs,
        ours.read() as asking,
        theirs.read() as holding,
    ):
        holding.execute(text("LOCK TABLE events IN SHARE UPDATE EXCLUSIVE MODE"))
        assert asking.execute(holders).all() == []
        with theirs.read() as beside:
            assert len(beside.execute(holders).all()) == 1


def test_a_checkpoint_waits_for_no_reader(tmp_path: Path) -> None:
    """It would wait for two minutes, and hold the write lock."""
    with Warehouse.open(f"sqlite:///{tmp_path / 'w.db'}") as warehouse, warehouse.read() as reading:
        reading.execute(text("SELECT COUNT(*) FROM sensors")).scalar_one()
        with warehouse.write() as connection:
            connection.execute(text("INSERT INTO sensors (id, name) VALUES (1, 'a')"))
        begin = time.monotonic()
        warehouse.checkpoint()
        assert time.monotonic() - begin < 60
        with warehouse.write() as connection:
            assert connection.execute(text("PRAGMA busy_timeout")).scalar_one() == 120_000


def test_a_warehouse_waits_as_long_as_its_settings_say(
    warehouse: Warehouse, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_lock, "SLICE", 0.05)
    with Warehouse.open(database_url, longest_wait=0.1) as hasty, warehouse.write():
        writing = hasty.write()
        with pytest.raises(WarehouseBusyError, match=r"locked for 0\.1 s by"):
            writing.__enter__()


def test_so_does_the_snapshot_of_a_report_for_verdicts_that_are_being_written(postgres_url: str) -> None:
    with (
        Warehouse.open(postgres_url) as warehouse,
        Warehouse.open(postgres_url, longest_wait=0.1) as hasty,
        warehouse.write(ROWS) as connection,
    ):
        begin_verdicts(connection)
        with pytest.raises(WarehouseBusyError, match=r"locked for 0\.1 s by cowrie-assets \d+ on"):
            read_between_verdicts(hasty).__enter__()
