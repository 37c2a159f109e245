"""SQLite under SQLAlchemy by apsw: what the DB-API asks for, errors as SQLAlchemy knows them, other processes."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from sqlalchemy import Connection, create_engine, exc, text
from sqlalchemy.engine import Engine

from cowrie_assets.warehouse.apsw_dbapi import connect
from cowrie_assets.warehouse.apsw_dialect import DRIVER
from cowrie_assets.warehouse.engine import Warehouse


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A file with a table of three rows; SQLAlchemy begins no transaction here, for SQLite's are begun by BEGIN."""
    engine = create_engine(f"{DRIVER}:///{tmp_path / 'x.db'}")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (number INTEGER PRIMARY KEY, word TEXT UNIQUE)")
        connection.exec_driver_sql("INSERT INTO t VALUES (?, ?)", [(1, "a"), (2, "b"), (3, None)])
    yield engine
    engine.dispose()


def test_a_statement_tells_its_columns_with_and_without_rows(engine: Engine) -> None:
    with engine.connect() as connection:
        none = connection.execute(text("SELECT word, number AS other FROM t WHERE number > 9"))
        assert list(none.keys()) == ["word", "other"]
        assert none.all() == []
        assert connection.execute(text("SELECT number, word FROM t")).mappings().all() == [
            {"number": 1, "word": "a"},
            {"number": 2, "word": "b"},
            {"number": 3, "word": None},
        ]
        assert not connection.execute(text("UPDATE t SET word = 'c' WHERE number = 9")).returns_rows


def test_rows_come_as_many_at_a_time_as_asked_for(engine: Engine) -> None:
    with engine.connect() as connection:
        found = connection.execute(text("SELECT number FROM t"))
        assert [len(part) for part in found.partitions(2)] == [2, 1]
        cursor = connection.connection.cursor()
        cursor.execute("SELECT number FROM t")
        assert (cursor.fetchone(), cursor.fetchmany(1), cursor.fetchall()) == ((1,), [(2,)], [(3,)])
        assert (cursor.fetchone(), cursor.fetchmany(1), cursor.fetchall()) == (None, [], [])


def test_what_writes_tells_how_many_rows(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.execute(text("UPDATE t SET word = NULL")).rowcount == 3
        assert connection.execute(text("DELETE FROM t WHERE number = 9")).rowcount == 0
        insert = "INSERT INTO t VALUES (?, ?) ON CONFLICT DO NOTHING"
        assert connection.exec_driver_sql(insert, [(3, "x"), (4, "y"), (5, "z")]).rowcount == 2
        assert (
            connection.exec_driver_sql("WITH n(i) AS (VALUES (7), (8)) INSERT INTO t SELECT i, i FROM n").rowcount == 2
        )
        assert connection.execute(text("SELECT 1")).rowcount == -1
        cursor = connection.connection.cursor()
        cursor.execute("INSERT INTO t (word) VALUES ('new')")
        assert cursor.lastrowid == 9


def test_what_a_writing_statement_returns_may_be_read_after_the_commit(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        gone = connection.execute(text("DELETE FROM t WHERE number < 3 RETURNING number"))
        connection.commit()
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM t").scalar_one() == 1
        assert gone.all() == [(1,), (2,)]
        assert gone.rowcount == 2


def test_a_result_that_is_not_read_to_its_end_holds_no_transaction_up(engine: Engine) -> None:
    def writes(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.exec_driver_sql("UPDATE t SET word = NULL")
        connection.commit()

    with engine.connect() as one, engine.connect() as other:
        one.exec_driver_sql("PRAGMA journal_mode=WAL")
        one.exec_driver_sql("BEGIN")
        assert one.exec_driver_sql("SELECT number FROM t").first() == (1,)
        one.commit()
        writes(other)
        writes(one)


def test_only_one_statement_is_run(engine: Engine) -> None:
    with engine.connect() as connection:
        with pytest.raises(exc.InterfaceError, match="one statement at a time"):
            connection.exec_driver_sql("DELETE FROM t; DELETE FROM t")
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM t;\n").scalar_one() == 3


@pytest.mark.parametrize(
    ("sql", "kind", "code"),
    [
        ("INSERT INTO t VALUES (1, 'x')", exc.IntegrityError, apsw.SQLITE_CONSTRAINT),
        ("INSERT INTO t VALUES ('x', 'x')", exc.IntegrityError, apsw.SQLITE_MISMATCH),
        ("SELECT nothing FROM nowhere", exc.OperationalError, apsw.SQLITE_ERROR),
        ("SELECT zeroblob(2000000000)", exc.DataError, apsw.SQLITE_TOOBIG),
    ],
)
def test_an_error_is_what_sqlalchemy_knows(engine: Engine, sql: str, kind: type[exc.DBAPIError], code: int) -> None:
    with engine.connect() as connection, pytest.raises(exc.DBAPIError) as raised:
        connection.exec_driver_sql(sql)
    assert type(raised.value) is kind
    assert isinstance(raised.value.orig, apsw.Error)
    assert raised.value.orig.result == code


def test_each_error_of_sqlite_is_one_of_the_database_api() -> None:
    known = create_engine(f"{DRIVER}:///x.db").dialect.dbapi_exception_translation_map
    codes = range(1, 27)
    names = {type(apsw.exception_for(code)).__name__ for code in codes}
    assert all(hasattr(exc, known.get(name, name)) for name in names - {"NotFoundError", "NoLFSError", "Error"}), names


def test_a_file_that_is_only_read_is_neither_made_nor_changed(tmp_path: Path) -> None:
    with pytest.raises(apsw.CantOpenError):
        connect(tmp_path / "x.db", read_only=True)
    connect(tmp_path / "x.db").execute("CREATE TABLE t (number)")
    with pytest.raises(apsw.ReadOnlyError):
        connect(tmp_path / "x.db", read_only=True).execute("INSERT INTO t VALUES (1)")


_ANOTHER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=60)
for line in sys.stdin:
    with connection:
        connection.execute("INSERT INTO sensors (id, name) VALUES (?, ?)", (int(line), "other " + line))
    print(connection.execute("SELECT COUNT(*) FROM sensors").fetchone()[0], flush=True)
print(connection.execute("PRAGMA integrity_check").fetchone()[0], flush=True)
"""


def test_another_process_reads_and_writes_with_the_library_of_python(tmp_path: Path) -> None:
    """Each sees at once what the other wrote, and the file that both leave is sound."""
    file = tmp_path / "w.db"
    with (
        Warehouse.open(f"sqlite:///{file}") as warehouse,
        subprocess.Popen(
            [sys.executable, "-c", _ANOTHER, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as other,
    ):
        assert other.stdin is not None
        assert other.stdout is not None
        for number in range(1, 20, 2):
            with warehouse.write() as connection:
                connection.execute(
                    text("INSERT INTO sensors (id, name) VALUES (:id, :name)"), {"id": number, "name": str(number)}
                )
            other.stdin.write(f"{number + 1}\n")
            other.stdin.flush()
            assert int(other.stdout.readline()) == number + 1
            with warehouse.read() as connection:
                assert connection.execute(text("SELECT COUNT(*) FROM sensors")).scalar_one() == number + 1
        other.stdin.close()
        assert other.stdout.readline() == "ok\n"
        with warehouse.read() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"


def test_a_writer_of_python_s_library_is_waited_for(tmp_path: Path) -> None:
    """The locks of both are the kernel's: who has it is told, and what it wrote is there afterwards."""
    file = tmp_path / "w.db"
    holds = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN IMMEDIATE'); "
        "c.execute(\"INSERT INTO sensors (id, name) VALUES (1, 'other')\"); "
        "print('held', flush=True); sys.stdin.readline(); "
        "c.execute('COMMIT')"
    )
    with Warehouse.open(f"sqlite:///{file}") as warehouse:
        with subprocess.Popen(
            [sys.executable, "-c", holds, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as other:
            assert other.stdout is not None
            assert other.stdout.readline() == "held\n"
            without_patience = connect(file, seconds=0)
            with pytest.raises(apsw.BusyError):
                without_patience.execute("BEGIN IMMEDIATE")
            without_patience.close()
            other.communicate("go on\n")
        with warehouse.write() as connection:
            assert connection.execute(text("SELECT name FROM sensors")).scalars().all() == ["other"]
