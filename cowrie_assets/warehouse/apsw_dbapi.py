"""A thin DB-API over apsw, which brings its own SQLite: as much of PEP 249 as SQLAlchemy's dialect and this code call.

Two libraries in one process must not have the same file open: closing a file gives up the POSIX locks that the other
library holds on it. So whatever of this process opens a warehouse opens it here. Other processes may use any library.

apsw's errors are passed on as they are; `result` is SQLite's primary code, where it is SQLite that complains.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

import apsw

apilevel = "2.0"
threadsafety = 1
paramstyle = "qmark"
sqlite_version = apsw.sqlite_lib_version()
sqlite_version_info = tuple(map(int, sqlite_version.split(".")))

Error = apsw.Error
CantOpenError = apsw.CantOpenError
Binary = bytes
Row = tuple[Any, ...]
Column = tuple[str, None, None, None, None, None, None]

_WAIT_SECONDS = 5.0


class Cursor(apsw.Cursor):
    """What a statement gives, row by row as SQLite finds them; of one that writes, all when it was executed."""

    description: Sequence[Column] | None = None  # type: ignore[assignment]
    """apsw's own is there until the last row only."""
    rowcount = -1
    _sql = ""
    _writes = False
    _returned: Iterator[Row] | None = None

    def __init__(self, connection: apsw.Connection) -> None:
        super().__init__(connection)
        self.exec_trace = _note

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> "Cursor":  # type: ignore[override]
        """Run one statement. One that writes is done behind it, so that COMMIT has nothing to wait for."""
        self._sql, self.rowcount, self._returned = sql, -1, None
        before = self.connection.total_changes()
        super().execute(sql, parameters)
        if self._writes:
            self._returned = iter(super().fetchall())
            self.rowcount = self.connection.total_changes() - before
        return self

    def executemany(self, sql: str, rows: Iterable[Sequence[Any]]) -> "Cursor":  # type: ignore[override]
        """Run one statement for each of `rows`; what it returns is dropped."""
        self.description, self._returned = None, iter(())
        before = self.connection.total_changes()
        self.exec_trace = None  # apsw would call it for each row
        try:
            for _ in super().executemany(sql, rows):
                pass
        finally:
            self.exec_trace = _note
        self.rowcount = self.connection.total_changes() - before
        return self

    @property
    def lastrowid(self) -> int:
        """The rowid of the row that this connection inserted last."""
        return self.connection.last_insert_rowid()

    def fetchone(self) -> Row | None:
        """The next row; None where there is none."""
        return super().fetchone() if self._returned is None else next(self._returned, None)

    def fetchmany(self, size: int = 1) -> list[Row]:
        """At most `size` rows."""
        return list(islice(self._rows, size))

    def fetchall(self) -> list[Row]:
        """The rows that are left."""
        return super().fetchall() if self._returned is None else list(self._returned)

    def close(self, force: bool = True) -> None:
        """Drop the rows that are left."""
        super().close(force)

    @property
    def _rows(self) -> Iterator[Row]:
        return self if self._returned is None else self._returned


class Connection(apsw.Connection):
    """A connection on which a transaction begins where a statement says BEGIN, and nowhere else."""

    def __init__(self, name: str, flags: int, vfs: str | None, seconds: float) -> None:
        super().__init__(name, flags, vfs)
        self.set_busy_timeout(round(seconds * 1000))

    def cursor(self) -> Cursor:
        """A cursor of this module."""
        return Cursor(self)

    def commit(self) -> None:
        """End the transaction, if there is one."""
        if self.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        """Take back the transaction, if there is one."""
        if self.in_transaction:
            self.execute("ROLLBACK")

    def close(self, force: bool = True) -> None:
        """Close it, whatever is not read to its end."""
        super().close(force)


def connect(
    database: str | Path,
    *,
    read_only: bool = False,
    immutable: bool = False,
    vfs: str | None = None,
    seconds: float = _WAIT_SECONDS,
) -> Connection:
    """Open a file, which is made where there is none unless `read_only`; wait `seconds` for a lock of another.

    `immutable`: it is only read, and nobody writes to it, so no lock is taken and no file laid beside it. `vfs` is
    SQLite's way to files and locks, where it is not the usual one.
    """
    if immutable:
        name, flags = f"file:{quote(str(database))}?immutable=1", apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
        return Connection(name, flags, vfs, seconds)
    made = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    return Connection(str(database), apsw.SQLITE_OPEN_READONLY if read_only else made, vfs, seconds)


def _note(cursor: apsw.Cursor, sql: str, _parameters: object) -> bool:
    """Keep what apsw tells of a statement before its first step only."""
    assert isinstance(cursor, Cursor)  # noqa: S101  (for mypy: no other has this tracer)
    if len(sql) != len(cursor._sql):
        raise apsw.MisuseError("one statement at a time")
    columns = cursor.get_description()
    cursor.description = [(column[0], None, None, None, None, None, None) for column in columns] or None
    cursor._writes = not cursor.is_readonly
    return True
