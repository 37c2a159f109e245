"""A SQLite warehouse as one file, by SQLite's own online backup.

The copy is taken inside a read transaction: in WAL mode that is one state, whatever is written meanwhile, and no writer
waits for it.
"""

from contextlib import suppress
from pathlib import Path

import apsw
from sqlalchemy import Connection

from cowrie_assets.backups.errors import BackupError
from cowrie_assets.progress import Progress, ProgressSink
from cowrie_assets.warehouse import apsw_dbapi
from cowrie_assets.warehouse.errors import explained

_PAGES_AT_ONCE = 4_096
_LONGEST_WAIT_SECONDS = 5.0
_BESIDE = ("-wal", "-shm", "-journal")
_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
_DAMAGED = (apsw.NotADBError, apsw.CorruptError)


def copy(source: Connection, destination: Path, progress: ProgressSink) -> None:
    """Copy the state that the read transaction `source` sees into the empty file `destination`, one file with no other
    beside it. Raises WarehouseError where a disk gives up."""
    opened = source.connection.driver_connection
    assert isinstance(opened, apsw.Connection)  # noqa: S101  (for mypy)
    try:
        copied = apsw_dbapi.connect(destination)
        try:
            with copied.backup("main", opened, "main") as backup:
                while not backup.step(_PAGES_AT_ONCE):
                    done = backup.page_count - backup.remaining
                    progress(Progress("backup", done, backup.page_count, "pages", destination.parent.name))
            copied.execute("PRAGMA journal_mode=DELETE")
        finally:
            copied.close()
    except apsw.Error as error:
        raise explained(error, f"copy in {destination.parent}", destination) or error from None


def check(file: Path) -> dict[str, int]:
    """The number of rows of each table of a copy. Raises BackupError where SQLite finds it damaged."""
    opened = apsw_dbapi.connect(file, read_only=True)
    try:
        said = [str(row[0]) for row in opened.execute("PRAGMA integrity_check(1)")]
        if said != ["ok"]:
            raise BackupError("the copy is damaged, and so may be the database: SQLite's integrity check does not pass")
        names = [str(name) for (name,) in opened.execute(_TABLES)]
        return {name: int(next(opened.execute(f"SELECT COUNT(*) FROM {_quoted(name)}"))[0]) for name in names}  # noqa: S608
    except _DAMAGED:
        raise BackupError("the copy is damaged, and so may be the database: SQLite cannot read it") from None
    finally:
        opened.close()


def count_rows(source: Connection) -> dict[str, int]:
    """The number of rows of each table that the read transaction `source` sees."""
    names = source.exec_driver_sql(_TABLES).scalars().all()
    return {name: source.exec_driver_sql(f"SELECT COUNT(*) FROM {_quoted(name)}").scalar_one() for name in names}  # noqa: S608


def remove(file: Path) -> None:
    """Remove a copy, and what SQLite laid beside it as the disk gave up."""
    for path in (file, *_beside(file)):
        path.unlink(missing_ok=True)


def put_in_place(draft: Path, database: Path, *, overwrite: bool) -> None:
    """Have the file `draft` be the database. Raises BackupError where one is there and not to be overwritten, and where
    another process has it open."""
    beside = _beside(database)
    if not overwrite:
        there = [path for path in (database, *beside) if path.exists()]
        if there:
            raise BackupError(f"{there[0]} is there: give --overwrite to have the backup take its place")
        draft.replace(database)
        return
    alone = _alone_with(database) if database.exists() else None
    try:
        for path in beside:  # they are another database's, which SQLite would write into this one
            path.unlink(missing_ok=True)
        draft.replace(database)
    finally:
        if alone is not None:
            alone.close()


def _alone_with(database: Path) -> apsw_dbapi.Connection | None:
    """A connection that keeps every other one out, its write-ahead log folded back; None where the file is damaged."""
    opened = apsw_dbapi.connect(database, seconds=_LONGEST_WAIT_SECONDS)
    try:
        opened.execute("PRAGMA journal_mode=DELETE")
        opened.execute("BEGIN EXCLUSIVE")
    except apsw.BusyError:
        opened.close()
        raise BackupError(
            f"another process has {database} open: stop Dagster and all commands that work on it, then restore"
        ) from None
    except _DAMAGED:
        with suppress(apsw.Error):
            opened.close()
        return None
    return opened


def _beside(file: Path) -> list[Path]:
    return [file.with_name(file.name + suffix) for suffix in _BESIDE]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
