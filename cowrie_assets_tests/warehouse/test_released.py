"""Released revisions stay as they are, and lead back as well as on: on both engines, with data in the tables."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, text

from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.validate import validate
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.warehouse import versions
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import tables
from cowrie_assets_tests.warehouse.old_database import make_old_database, write_read_logs
from cowrie_assets_tests.warehouse.released import RELEASED, digest_of_revision, files_of, line_of
from cowrie_assets_tests.warehouse.saved_database import SAVED, restore_saved, write_saved_logs

_LATER = [each for each in versions.REVISIONS if each > "0001"]
_SAVED_REVISIONS = sorted({file.name[:4] for file in SAVED.iterdir()})
_GIVEN_ANEW = {"version", "revision", "step", "identity", "made_from"}
"""Columns whose values a migration gives: random, or numbers that only have an order; see `lost` of revision 0008."""
Contents = dict[str, tuple[list[str], list[tuple[Any, ...]]]]


@pytest.mark.parametrize("revision", versions.REVISIONS)
def test_a_released_revision_is_as_it_was_released(revision: str) -> None:
    assert RELEASED.get(revision) == digest_of_revision(revision), (
        f"revision {revision} is released: make the next one instead. Where it is new, it lands with the line\n"
        f"{line_of(revision)}\nin cowrie_assets_tests/warehouse/released.py"
    )
    names = {path.name for path in files_of(revision)}
    ways = ("", "_down") if revision in _LATER else ("",)
    assert {f"{revision}_{engine}{way}.sql" for engine in ("sqlite", "postgresql") for way in ways} <= names


@pytest.fixture(params=[pytest.param("loaded_once", marks=pytest.mark.sqlite_first), "loaded_twice"])
def of_revision_1(request: pytest.FixtureRequest, empty_database_url: str, tmp_path: Path) -> Iterator[Warehouse]:
    write_read_logs(tmp_path / "logs")
    with Warehouse.connect(empty_database_url) as warehouse:
        make_old_database(warehouse, request.param, tmp_path / "logs")
        yield warehouse


def test_up_down_and_up_again_gives_the_tables_of_the_first_time(of_revision_1: Warehouse) -> None:
    first = contents(of_revision_1)
    versions.upgrade(of_revision_1)
    newest = contents(of_revision_1)
    for revision in reversed(versions.REVISIONS[:-1]):
        versions.downgrade(of_revision_1, revision)
        assert versions.current(of_revision_1) == revision
    assert contents(of_revision_1) == first
    assert "unusual" not in tables.rows(of_revision_1, "log_files")[0]
    versions.upgrade(of_revision_1)
    assert contents(of_revision_1) == newest


@pytest.mark.parametrize("revision", _SAVED_REVISIONS)
def test_a_saved_database_becomes_what_a_clean_load_gives(
    empty_database_url: str, tmp_path: Path, revision: str
) -> None:
    restore_saved(revision, empty_database_url)
    settings = Settings(
        log_root=write_saved_logs(tmp_path / "logs"),
        database_url=empty_database_url,
        report_dir=tmp_path / "reports",
    )
    clean_settings = replace(settings, database_url=f"sqlite:///{tmp_path / 'clean.db'}")
    with Warehouse.connect(empty_database_url) as warehouse:
        assert versions.current(warehouse) == revision
        versions.upgrade(warehouse)
    with Warehouse.open(empty_database_url) as warehouse, Warehouse.open(clean_settings.database_url) as clean:
        ingest(clean, clean_settings)
        refresh(warehouse)  # the rules of today score what those of then scored
        assert tables.contents(warehouse) == tables.contents(clean)
        assert _ledger(warehouse) == _ledger(clean)
        again = ingest(warehouse, settings)
        assert again.load.events == 0
        failed = {result.name for result in validate(warehouse, settings) if not result.passed}
        assert failed == {"report_files_are_there"}  # they lay in a folder that was not saved
        assert tables.contents(warehouse) == tables.contents(clean)


@pytest.mark.parametrize("revision", _SAVED_REVISIONS)
def test_a_saved_database_goes_to_the_first_revision_and_back(empty_database_url: str, revision: str) -> None:
    restore_saved(revision, empty_database_url)
    with Warehouse.connect(empty_database_url) as warehouse:
        saved = {view: tables.rows(warehouse, view) for view in ("raw_events", "session_summaries", "command_stats")}
        versions.upgrade(warehouse)
        for target in reversed(versions.REVISIONS[:-1]):
            versions.downgrade(warehouse, target)
        assert {view: tables.rows(warehouse, view) for view in saved} == saved
        versions.upgrade(warehouse)
        assert {view: tables.rows(warehouse, view) for view in saved} == saved


def contents(warehouse: Warehouse) -> Contents:
    """Every table's columns and rows, in an order of their own, without what a migration gives anew."""
    found: Contents = {}
    with warehouse.read() as connection:
        for name in inspect(connection).get_table_names():
            result = connection.execute(text(f"SELECT * FROM {name}"))
            columns = sorted(set(result.keys()) - _GIVEN_ANEW)
            rows = [tuple(_plain(row[column]) for column in columns) for row in result.mappings()]
            found[name] = (columns, sorted(rows, key=repr))
    return found


def _ledger(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    names = ("sensor", "lines", "events", "duplicates", "dead_letters", "blank", "first_event_at", "status")
    return sorted(
        (tuple(row[name] for name in names) for row in tables.rows(warehouse, "log_files")),
        key=repr,
    )


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value
