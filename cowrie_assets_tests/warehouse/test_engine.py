"""Opening a database: what is asked of it, what is refused and with which words; reading one state, writing alone."""

import os
import re
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from cowrie_assets.database_url import read_database_url, url_for_people
from cowrie_assets.warehouse.apsw_dbapi import connect
from cowrie_assets.warehouse.engine import Warehouse, _prepare_sqlite
from cowrie_assets.warehouse.errors import WarehouseError
from cowrie_assets_tests import events


def insert_sensor(warehouse: Warehouse, number: int) -> None:
    with warehouse.write() as connection:
        connection.execute(
            text("INSERT INTO sensors (id, name) VALUES (:number, :name)"), {"number": number, "name": str(number)}
        )


def count_sensors(warehouse: Warehouse) -> int:
    with warehouse.read() as connection:
        return int(connection.execute(text("SELECT COUNT(*) FROM sensors")).scalar_one())


def test_sqlite_writes_ahead_and_waits_for_others(tmp_path: Path) -> None:
    with Warehouse.open(f"sqlite:///{tmp_path / 'w.db'}") as warehouse, warehouse.read() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "busy_timeout", "page_size", "auto_vacuum")
        }
    assert found == {
        **{"journal_mode": "wal", "synchronous": 1, "busy_timeout": 120_000},
        **{"page_size": 8192, "auto_vacuum": 2},
    }


def test_a_database_is_opened_while_another_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'warehouse.db'}"
    monkeypatch.setattr("cowrie_assets.warehouse.engine._BUSY_MS", 1)
    with Warehouse.open(url) as one, one.write(), Warehouse.open(url) as other, other.read() as connection:
        assert connection.execute(text("PRAGMA auto_vacuum")).scalar() == 2, "incremental, since the file was made"


def test_a_checkpoint_empties_the_write_ahead_log(tmp_path: Path) -> None:
    with Warehouse.open(f"sqlite:///{tmp_path / 'w.db'}") as warehouse:
        insert_sensor(warehouse, 1)
        log = tmp_path / "w.db-wal"
        assert log.stat().st_size > 0
        warehouse.checkpoint()
        assert log.stat().st_size == 0
        assert count_sensors(warehouse) == 1


def test_where_sqlite_cannot_write_ahead_it_says_so_and_works(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """SQLite's file layer without locks has no shared memory, as a network share has none."""
    connection = connect(tmp_path / "w.db", vfs="unix-none")
    _prepare_sqlite(connection, None)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    connection.close()
    assert "SQLite cannot use WAL here" in caplog.text


def test_a_read_sees_one_state_whatever_is_written_meanwhile(warehouse: Warehouse) -> None:
    insert_sensor(warehouse, 1)
    with warehouse.read() as connection:
        count = text("SELECT COUNT(*) FROM sensors")
        before = connection.execute(count).scalar_one()
        insert_sensor(warehouse, 2)
        assert connection.execute(count).scalar_one() == before == 1
    assert count_sensors(warehouse) == 2


def test_a_write_that_fails_leaves_nothing(warehouse: Warehouse) -> None:
    with pytest.raises(ZeroDivisionError), warehouse.write() as connection:
        connection.execute(text("INSERT INTO sensors (id, name) VALUES (1, 'a')"))
        connection.execute(text("CREATE TABLE left_over (id INTEGER)"))
        _ = 1 / 0
    assert count_sensors(warehouse) == 0
    with pytest.raises(Exception, match="left_over"), warehouse.read() as connection:
        connection.execute(text("SELECT * FROM left_over"))


def test_writers_stand_in_line(warehouse: Warehouse) -> None:
    """Each reads the count and writes one more under it: two at once would read the same."""

    def add() -> None:
        for _ in range(10):
            with warehouse.write() as connection:
                newest = connection.execute(text("SELECT COALESCE(MAX(id), 0) FROM sensors")).scalar_one()
                connection.execute(
                    text("INSERT INTO sensors (id, name) VALUES (:id, :name)"), {"id": newest + 1, "name": str(newest)}
                )

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count_sensors(warehouse) == 40


def test_its_size_is_told(warehouse: Warehouse) -> None:
    assert warehouse.size_bytes > 100_000


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("no url", "is no SQLAlchemy URL"),
        ("mysql://u:hidden-word@h/db", "mysql is not supported; use sqlite or postgresql"),
        ("sqlite://", "a SQLite warehouse is a file"),
        ("sqlite:///:memory:", "a SQLite warehouse is a file"),
        ("sqlite:////nowhere/at/all/w.db", "/nowhere/at/all of the database does not exist; create it first"),
        ("postgresql+nothing://u:hidden-word@h/db", "cannot be opened"),
        ("postgresql://u:hidden-word@127.0.0.1:1/db", "cannot be opened"),
        ("postgresql://127.0.0.1:1/db?user=u&password=hidden-word", "cannot be opened"),
        ("postgresql://u:hidden-word@127.0.0.1:1/db?no_such_option=1", "cannot be opened"),
    ],
)
def test_what_cannot_be_opened_is_refused_in_words_without_its_password(url: str, words: str) -> None:
    with pytest.raises(WarehouseError, match=words.replace("+", r"\+")) as refused:
        Warehouse.open(url)
    assert "hidden-word" not in str(refused.value)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "w.db").write_text("no database at all, " * 100)
    with pytest.raises(WarehouseError, match="file is not a database"):
        Warehouse.open(f"sqlite:///{tmp_path / 'w.db'}")


@pytest.mark.parametrize("secret", ["hidden-word", "p@ss:/wörd", "%41"])
def test_a_password_is_in_no_label(postgres_url: str, secret: str) -> None:
    url = make_url(postgres_url).set(password=secret)
    for written in (
        url.render_as_string(hide_password=False),
        url.set(password=None).update_query_dict({"password": secret}).render_as_string(hide_password=False),
    ):
        with Warehouse.connect(written) as warehouse:
            labels = (warehouse.label, url_for_people(read_database_url(written)))
        assert all(secret not in label and "w%C3%B6rd" not in label for label in labels), labels


def test_the_files_of_a_database_are_for_their_owner_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with Warehouse.open(f"sqlite:///{tmp_path / 'w.db'}") as warehouse:
            insert_sensor(warehouse, 1)
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
            assert modes == dict.fromkeys(("w.db", "w.db-wal", "w.db-shm"), 0o600)
        (tmp_path / "w.db").chmod(0o644)
        Warehouse.open(f"sqlite:///{tmp_path / 'w.db'}").close()
        assert stat.S_IMODE((tmp_path / "w.db").stat().st_mode) == 0o644
    finally:
        os.umask(before)


_FILLS_ITS_DISK = """
import resource, sys
from pathlib import Path
from cowrie_assets.cli.app import run
resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))
sys.exit(run(["ingest", sys.argv[1]]))
"""


def test_a_disk_without_room_is_told_with_its_path_and_its_room(tmp_path: Path) -> None:
    """No file of that process may be larger than 1.5 MB: to SQLite, that is what a full disk is."""
    log = tmp_path / "hp" / "cowrie.json"
    log.parent.mkdir()
    log.write_bytes(b"".join(events.line(number, message="x" * 900) + b"\n" for number in range(3_000)))
    sorting = tmp_path / "sorting"
    sorting.mkdir()
    named = {"COWRIE_DATABASE_URL": f"sqlite:///{tmp_path / 'w.db'}", "SQLITE_TMPDIR": str(sorting)}
    environment = os.environ | named
    ended = subprocess.run(
        [sys.executable, "-c", _FILLS_ITS_DISK, str(log)], env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    (said,) = [line for line in ended.stderr.splitlines() if line.startswith("Error: ")]
    assert re.search(rf"disk.*: [\d.]+ MB free at {tmp_path}/w.db, [\d.]+ MB free at {sorting}$", said), said
    environment["COWRIE_LOG_ROOT"] = str(tmp_path)
    again = [sys.executable, "-c", "from cowrie_assets.cli import main; main()", "ingest"]
    assert subprocess.run(again, env=environment, capture_output=True, check=False).returncode == 0
