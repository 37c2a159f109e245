"""One database, opened safely: SQLite in WAL mode, or PostgreSQL.

A read is one snapshot. A write takes the one write lock before it looks at anything, so whatever it reads stays true
until it commits.
"""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError

from cowrie_assets.settings import url_for_people
from cowrie_assets.warehouse import versions
from cowrie_assets.warehouse.errors import WarehouseError

Dialect = Literal["sqlite", "postgresql"]
_LOG = logging.getLogger(__name__)
_WRITE_LOCK = 0x436F77726965  # "Cowrie": the advisory lock of PostgreSQL that stands for SQLite's write lock
_PAGE_BYTES = 8192
_CACHE_KIB = 65536
_SHORT_RUN_KIB = 4096
_CHECKPOINT_PAGES = 64 * 1024 * 1024 // _PAGE_BYTES
"""Pages of the write-ahead log before SQLite folds it back: an index page that a load writes often is folded once."""
_BUSY_MS = 120_000


class Warehouse:
    """An open database. `Warehouse.open(url)` is the way to get one; close it, or use it as a context manager."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.dialect: Dialect = "sqlite" if engine.dialect.name == "sqlite" else "postgresql"
        isolation = {"isolation_level": "REPEATABLE READ"} if self.dialect == "postgresql" else {}
        self._reader = engine.execution_options(**isolation)
        self._writer = engine.execution_options(cowrie_write=True)

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the database of a SQLAlchemy `url`; an empty one is given its tables.

        Raises WarehouseError where it cannot be reached, or where its tables are older or newer than this code.
        """
        warehouse = cls.connect(url)
        try:
            versions.require_current(warehouse)
        except BaseException:
            warehouse.close()
            raise
        return warehouse

    @classmethod
    def connect(cls, url: str) -> Self:
        """Open the database as it is, whatever its tables: for `db upgrade` and `doctor`."""
        parsed = _parse(url)
        try:
            is_sqlite = parsed.get_backend_name() == "sqlite"
            engine = _sqlite(parsed) if is_sqlite else create_engine(parsed, pool_pre_ping=True, hide_parameters=True)
            with engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except (ArgumentError, NoSuchModuleError, ImportError, DatabaseError) as error:
            name, reason = url_for_people(parsed), getattr(error, "orig", None) or error
            raise WarehouseError(f"the database {name} cannot be opened: {reason}") from error
        return cls(engine)

    def read(self) -> AbstractContextManager[Connection]:
        """A transaction that sees one state of the database, whatever is written meanwhile."""
        return self._reader.begin()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is alone in writing; it commits where the block ends well, else nothing of it stays."""
        with self._writer.begin() as connection:
            if self.dialect == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITE_LOCK})
            yield connection

    def checkpoint(self) -> None:
        """Fold SQLite's write-ahead log back into the database file after a large load; nothing elsewhere."""
        if self.dialect != "sqlite":
            return
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))

    @property
    def size_bytes(self) -> int:
        """Bytes the database takes on disk."""
        with self.read() as connection:
            if self.dialect == "postgresql":
                return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
            pages = int(connection.execute(text("PRAGMA page_count")).scalar_one())
            return pages * int(connection.execute(text("PRAGMA page_size")).scalar_one())

    @property
    def label(self) -> str:
        """The URL with its password hidden."""
        return url_for_people(self._engine.url)

    def close(self) -> None:
        """Give every connection back."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise WarehouseError("COWRIE_DATABASE_URL is no SQLAlchemy URL such as sqlite:////path/to/cowrie.db") from error
    if parsed.drivername in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise WarehouseError(f"{parsed.get_backend_name()} is not supported; use sqlite or postgresql")
    return parsed


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise WarehouseError("a SQLite warehouse is a file: sqlite:////path/to/cowrie.db")
    folder = Path(url.database).resolve().parent
    if not folder.is_dir():
        raise WarehouseError(f"the folder {folder} of the database does not exist; create it first")
    engine = create_engine(url, hide_parameters=True)  # attackers wrote the parameters: no log shows them
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
    cursor.execute(f"PRAGMA page_size={_PAGE_BYTES}")
    (mode,) = cursor.execute("PRAGMA journal_mode=WAL").fetchone()
    if mode == "wal":
        cursor.execute("PRAGMA synchronous=NORMAL")
    else:
        _LOG.warning("SQLite cannot use WAL here (journal mode is %s); writes are slower, readers wait for them", mode)
        cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")
    cursor.close()


def sort_in_short_runs(connection: Connection) -> None:
    """For a transaction that groups millions of rows: SQLite sorts them in runs as long as its cache.

    Of so many, runs that fit the processor's cache take three quarters of the time, and less memory; fewer rows are
    sorted best in one run. The next transaction has the usual cache. PostgreSQL does not care.
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size=-{_SHORT_RUN_KIB}")


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("cowrie_write", False)
    connection.exec_driver_sql(f"PRAGMA cache_size=-{_CACHE_KIB}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
