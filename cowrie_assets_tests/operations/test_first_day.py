"""Where time begins when no setting says it: with the oldest event, and never before Cowrie was."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from cowrie_assets.operations.first_day import oldest_day
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.apsw_dbapi import connect
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.events import line

DAY = date(2023, 5, 6)


def write(root: Path, name: str, *days: date) -> None:
    """A log with an event on each of `days`, in this order."""
    path = root / "hp-1" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        for number, day in enumerate(days):
            moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
            written = f"{day.year:04}" + moment.strftime("-%m-%dT%H:%M:%S.000000Z")
            file.write(line(number, session=f"{name}{number}", timestamp=written) + b"\n")


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(log_root=tmp_path / "logs", database_url=database_url)


@pytest.fixture
def loaded(settings: Settings) -> Iterator[Settings]:
    assert settings.log_root is not None
    write(settings.log_root, "cowrie.json.1", DAY, DAY + timedelta(days=1))
    write(settings.log_root, "cowrie.json.2", DAY + timedelta(days=7))
    with Warehouse.open(settings.database_url) as warehouse:
        ingest(warehouse, settings)
    yield settings


def test_it_is_the_day_of_the_oldest_event(loaded) -> None:
    assert oldest_day(loaded) == DAY


def test_a_clock_gone_wrong_moves_it_nowhere(loaded) -> None:
    for number, year in enumerate((2, 1970, 2013, 9998)):
        write(loaded.log_root, f"cowrie.json.wild{number}", date(year, 5, 5))
    with Warehouse.open(loaded.database_url) as warehouse:
        ingest(warehouse, loaded)
    assert oldest_day(loaded) == DAY


def test_a_day_far_from_every_other_moves_it_nowhere(loaded) -> None:
    write(loaded.log_root, "cowrie.json.wild", date(2016, 5, 5))
    with Warehouse.open(loaded.database_url) as warehouse:
        ingest(warehouse, loaded)
    assert oldest_day(loaded) == DAY


def test_the_only_day_is_the_first(settings) -> None:
    write(settings.log_root, "cowrie.json.1", date(2016, 5, 5))
    with Warehouse.open(settings.database_url) as warehouse:
        ingest(warehouse, settings)
    assert oldest_day(settings) == date(2016, 5, 5)


def test_a_log_that_begins_with_a_wild_event_counts_by_its_sound_ones(settings) -> None:
    write(settings.log_root, "cowrie.json.1", date(1970, 1, 1), DAY)
    with Warehouse.open(settings.database_url) as warehouse:
        ingest(warehouse, settings)
    assert oldest_day(settings) == DAY


def test_before_anything_is_read_the_logs_on_the_disk_tell_it(settings) -> None:
    assert oldest_day(settings) is None
    settings.log_root.mkdir()
    assert oldest_day(settings) is None
    write(settings.log_root, "cowrie.json.1", DAY)
    write(settings.log_root, "cowrie.json.2", DAY + timedelta(days=7))
    assert oldest_day(settings) == DAY


def test_a_database_that_is_absent_broken_or_locked_holds_nothing_up(tmp_path, caplog) -> None:
    file = tmp_path / "w.db"
    settings = Settings(log_root=tmp_path / "logs", database_url=f"sqlite:///{file}")
    write(tmp_path / "logs", "cowrie.json.1", DAY)
    assert oldest_day(settings) == DAY
    assert not file.exists(), "a look makes no database"
    assert not caplog.records
    file.write_bytes(b"this is no database" * 1000)
    assert oldest_day(settings) == DAY
    assert "cannot be asked for its first day" in caplog.text
    file.unlink()
    Warehouse.open(settings.database_url).close()
    caplog.clear()
    locking = connect(file)
    locking.execute("PRAGMA locking_mode=EXCLUSIVE")
    locking.execute("BEGIN EXCLUSIVE")
    assert oldest_day(settings) == DAY
    assert "another process is busy with it" in caplog.text
    locking.close()
    file.unlink()
    file.mkdir()
    assert oldest_day(settings) == DAY


def test_a_server_that_is_not_there_holds_nothing_up_and_no_secret_is_told(tmp_path, caplog) -> None:
    url = f"postgresql+psycopg://cowrie:hunter2@/cowrie?host={tmp_path}"
    assert oldest_day(Settings(database_url=url)) is None
    assert "hunter2" not in caplog.text
    assert "cannot be asked" in caplog.text
