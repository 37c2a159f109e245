"""What goes wrong on a machine, seen from the command line: a sentence and exit code 1, and once it is mended the same
command goes on from there, until `validate` passes. docs/OPERATING.md lists these tests."""

import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import tables
from cowrie_assets_tests.cli.conftest import Cowrie, Outcome
from cowrie_assets_tests.databases import Postgres
from cowrie_assets_tests.written_logs import WrittenLogs

_MAIN = [sys.executable, "-c", "from cowrie_assets.cli import main; main()"]
_SESSIONS = 181
"""Of the sample."""


def _refused(outcome: Outcome, *words: str) -> None:
    assert outcome.code == 1
    assert "Traceback" not in outcome.err
    for word in words:
        assert word in outcome.err


def _goes_on(cowrie: Cowrie) -> None:
    ended = cowrie("ingest")
    assert ended.code == 0, ended.err
    assert cowrie("status", "--format", "json").json["sessions"] == _SESSIONS
    validated = cowrie("validate")
    assert validated.code == 0, validated.out


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[tuple[Path, Callable[[str], None]]]:
    """A disk of the test's own, and how it is mounted anew: with another size, or read-only."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mount(options: str) -> None:
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True, capture_output=True)

    try:
        mount("size=64m")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a disk of the test's own takes the right to mount one")
    yield folder, mount
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_full_disk(cowrie: Cowrie, disk: tuple[Path, Callable[[str], None]], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, mount = disk
    monkeypatch.setenv("COWRIE_DATABASE_URL", f"sqlite:///{folder / 'warehouse.db'}")
    assert cowrie("db", "upgrade").code == 0
    used = sum(file.stat().st_size for file in folder.iterdir())
    mount(f"remount,size={used + 200_000}")
    _refused(cowrie("ingest"), "disk", f"MB free at {folder}")
    (folder / "another's").write_bytes(bytes(shutil.disk_usage(folder).free))
    for command in (["status"], ["validate"], ["backfill", "2026-08-31", "2026-08-31"]):
        _refused(cowrie(*command), f"no room is left on its disk: 0.0 MB free at {folder / 'warehouse.db'}\n")
    (folder / "another's").unlink()
    mount("remount,size=64m")
    _goes_on(cowrie)


def test_a_disk_that_became_read_only(
    cowrie: Cowrie, disk: tuple[Path, Callable[[str], None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, mount = disk
    monkeypatch.setenv("COWRIE_DATABASE_URL", f"sqlite:///{folder / 'warehouse.db'}")
    monkeypatch.setenv("COWRIE_REPORT_DIR", str(folder / "reports"))
    monkeypatch.setenv("COWRIE_STATUS_DIR", str(folder / "status"))
    assert cowrie("db", "upgrade").code == 0
    mount("remount,ro")
    _refused(cowrie("ingest"), str(folder), "read")
    _refused(cowrie("backfill", "2026-08-31", "2026-08-31"), str(folder), "read")
    mount("remount,rw")
    _goes_on(cowrie)
    mount("remount,ro")
    _refused(cowrie("report", "daily", "2026-08-31", "--output", folder / "reports"), str(folder))
    mount("remount,rw")
    assert cowrie("report", "daily", "2026-08-31", "--output", folder / "reports").code == 0
    assert cowrie("validate").code == 0


@pytest.mark.sqlite_first
def test_a_locked_database(cowrie: Cowrie, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COWRIE_DATABASE_URL", database_url)
    monkeypatch.setenv("COWRIE_LOCK_WAIT_SECONDS", "1")
    with Warehouse.open(database_url) as other, other.write():
        _refused(cowrie("ingest"), "locked for 1", str(os.getpid()), "run the command again")
    _goes_on(cowrie)


def test_a_clock_that_jumps(cowrie: Cowrie, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """400 days ahead, then a month behind, then right: the rows are those of a clock that was right all the time."""
    monkeypatch.setenv("COWRIE_LOG_ROOT", str(tmp_path / "logs"))
    logs = WrittenLogs(tmp_path / "logs", random.Random(1))
    right = time.time_ns
    for days in (400, -30, 0):
        logs.write(25)
        monkeypatch.setattr(time, "time_ns", lambda days=days: right() + days * 86_400 * 10**9)
        assert cowrie("ingest").code == 0
    logs.complete()
    assert cowrie("ingest").code == 0
    logs.assert_loaded(os.environ["COWRIE_DATABASE_URL"], tmp_path)


# ---------------------------------------------------------------------------------------------------------- PostgreSQL


def _slow_ingest(url: str, logs: Path) -> "subprocess.Popen[str]":
    """An ingest that commits each event for itself, and has committed some."""
    slowly = {"COWRIE_LOG_ROOT": str(logs), "COWRIE_DATABASE_URL": url, "COWRIE_BATCH_EVENTS": "1"}
    process = subprocess.Popen([*_MAIN, "ingest"], env=os.environ | slowly, stderr=subprocess.PIPE, text=True)
    with Warehouse.open(url) as warehouse:
        while process.poll() is None and not tables.rows(warehouse, "raw_events"):
            time.sleep(0.01)
    return process


def _lost(process: "subprocess.Popen[str]") -> None:
    _, err = process.communicate(timeout=240)
    _refused(Outcome(process.returncode, "", err), "connection", "run the command again")


@pytest.mark.soak
def test_a_database_that_ends_its_connections(
    cowrie: Cowrie, postgres_url: str, sample_logs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a restart does, without the time that it takes."""
    monkeypatch.setenv("COWRIE_DATABASE_URL", postgres_url)
    process = _slow_ingest(postgres_url, sample_logs)
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE :name"
    with Warehouse.open(postgres_url) as warehouse, warehouse.read() as connection:
        connection.execute(text(end), {"name": f"cowrie-assets {process.pid} %"}).all()
    _lost(process)
    _goes_on(cowrie)


@pytest.mark.soak
def test_a_database_that_is_restarted(
    cowrie: Cowrie, sample_logs: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Postgres(tmp_path_factory.mktemp("server"))
    try:
        url = server.new()
        monkeypatch.setenv("COWRIE_DATABASE_URL", url)
        process = _slow_ingest(url, sample_logs)
        server.halt()
        _lost(process)
        _refused(cowrie("ingest"), "cannot be opened")
        server.resume()
        _goes_on(cowrie)
    finally:
        server.stop()
