"""One database, opened safely: SQLite in WAL mode, or PostgreSQL.

A read is one snapshot. A write takes its locks before it looks at anything, so what it reads of its scope stays true
until it commits: on SQLite the one write lock, on PostgreSQL those of `write_scope`.
"""

import logging
import os
import platform
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, ExceptionContext
from sqlalchemy.exc import ArgumentError, DBAPIError

from cowrie_assets.database_url import DatabaseUrlError, read_database_url, url_for_people
from cowrie_assets.warehouse import versions
from cowrie_assets.warehouse.apsw_dbapi import Connection as ApswConnection
from cowrie_assets.warehouse.apsw_dialect import DRIVER
from cowrie_assets.warehouse.conflicts import retried
from cowrie_assets.warehouse.errors import WarehouseBusyError, WarehouseError, explained, refused_connection
from cowrie_assets.warehouse.read_only import restrict
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.vitals import Vitals, file_sizes
from cowrie_assets.warehouse.write_lock import LONGEST_WAIT_OPTION, OTHER_LOCKS, begin_writing, longest_wait, take_locks
from cowrie_assets.warehouse.write_scope import ALONE, WriteScope

if TYPE_CHECKING:
    import psycopg

Dialect = Literal["sqlite", "postgresql"]
Result = TypeVar("Result")
_LOG = logging.getLogger(__name__)
_PAGE_BYTES = 8192
_CACHE_KIB = 65536
_SMALL_CACHE_KIB = 4096
_CHECKPOINT_PAGES = 64 * 1024 * 1024 // _PAGE_BYTES
"""Pages of the write-ahead log before SQLite folds it back: an index page that a load writes often is folded once."""
_BUSY_MS = 120_000
_PRIVATE = 0o600
_CONNECT_SECONDS = 10
_SCOPE = "cowrie_write_scope"
_SILENT = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 6}
_SILENT_MS = 90_000
"""When an end that is not heard of is taken for gone: by default after two hours and more. A network that is cut for a
minute ends nothing, and the locks of a machine that is lost go before those who wait for them give up."""
_POSTGRESQL_SETTINGS = (
    f"SET lock_timeout = '{OTHER_LOCKS}'; SET idle_in_transaction_session_timeout = '1h'; SET jit = off;"
    f" SET cursor_tuple_fraction = 1; SET tcp_user_timeout = {_SILENT_MS};"
    + "".join(f" SET tcp_{name} = {value};" for name, value in _SILENT.items())
)
"""No lock is waited for without end, and a process that was stopped for good holds none. What the planner knows nothing
of yet it takes for large, and would compile statements for longer than they run. Statements that stream are read to
their end: plans made for the first tenth of the rows took three times as long for a month's report."""


class NotAloneError(RuntimeError):
    """What a transaction came upon needs one that is `ALONE`: undo it, and do it again so."""


class Warehouse:
    """An open database. `Warehouse.open(url)` is the way to get one; close it, or use it as a context manager."""

    def __init__(self, engine: Engine, longest_wait: float | None = None) -> None:
        self._engine = engine
        self.dialect: Dialect = "sqlite" if engine.dialect.name == "sqlite" else "postgresql"
        isolation = {"isolation_level": "REPEATABLE READ"} if self.dialect == "postgresql" else {}
        waits = {LONGEST_WAIT_OPTION: longest_wait}
        self._reader = engine.execution_options(**waits, **isolation)
        self._writer = engine.execution_options(**waits, cowrie_write=True)
        self._vitals = Vitals()

    @classmethod
    def open(
        cls,
        url: str,
        *,
        create: bool = True,
        longest_wait: float | None = None,
        answers_within: float | None = None,
    ) -> Self:
        """Open the database of a SQLAlchemy `url`; with `create` an empty one is given its tables. `longest_wait`:
        seconds after which a wait for another writer is given up; None: `write_lock.LONGEST_WAIT`.

        With `answers_within` nothing can be written, and what takes longer than so many seconds ends in an error: on
        SQLite a transaction, on PostgreSQL a statement. For whoever asks on behalf of somebody else.

        Raises WarehouseError where it cannot be reached, where its tables are older or newer than this code, or where
        it has none and gets none.
        """
        warehouse = cls.connect(url, longest_wait=longest_wait, answers_within=answers_within)
        try:
            versions.require_current(warehouse, create=create)
        except BaseException:
            warehouse.close()
            raise
        return warehouse

    @classmethod
    def connect(cls, url: str, *, longest_wait: float | None = None, answers_within: float | None = None) -> Self:
        """Open the database as it is, whatever its tables: for `db upgrade` and `doctor`."""
        try:
            parsed = read_database_url(url)
        except DatabaseUrlError as error:
            raise WarehouseError(str(error)) from None
        file = Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None
        try:
            engine = _postgresql(parsed) if file is None else _sqlite(parsed)
            if answers_within is not None:
                restrict(engine, answers_within)
            with engine.connect() as connection:
                _require_unicode(connection, url_for_people(parsed))
        except (ImportError, DBAPIError, ArgumentError, ValueError) as error:
            reason, passing = refused_connection(getattr(error, "orig", None) or error, file)
            kind = WarehouseBusyError if passing else WarehouseError
            raise kind(f"the database {url_for_people(parsed)} cannot be opened: {reason}") from None
        event.listen(engine, "handle_error", _explain)
        return cls(engine, longest_wait)

    def read(self) -> AbstractContextManager[Connection]:
        """A transaction that sees one state of the database, whatever is written meanwhile."""
        return self._reader.begin()

    @contextmanager
    def write(self, of: WriteScope = ALONE) -> Iterator[Connection]:
        """A transaction that writes; it commits where the block ends well, else nothing of it stays.

        Nobody else writes what is of its scope meanwhile; without one nobody else writes at all.
        """
        with self._vitals.transaction() as timing, self._writer.begin() as connection:
            if self.dialect == "postgresql":
                take_locks(connection, of)
                connection.info[_SCOPE] = of
            timing.locked()
            yield connection
            timing.done(connection)

    def run(self, work: Callable[[Connection], Result], of: WriteScope = ALONE) -> Result:
        """What `work` gives in a transaction of its own, as `write` makes it.

        Where another transaction stood in its way it is undone and done again: `work` must keep nothing of a try that
        failed. Raises WarehouseBusyError where that goes on.
        """
        tries = count()

        def once() -> Result:
            if next(tries):
                self._vitals.repeated += 1
            return self._once(work, of)

        return retried(once)

    def _once(self, work: Callable[[Connection], Result], of: WriteScope) -> Result:
        with self.write(of) as connection:
            return work(connection)

    @contextmanager
    def outside_transactions(self) -> Iterator[Connection]:
        """A connection on which each statement stands alone, for what no transaction may hold (VACUUM)."""
        engine = self._engine
        if self.dialect == "postgresql":
            engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            if self.dialect == "sqlite":
                connection.exec_driver_sql("COMMIT")
            yield connection

    def checkpoint(self) -> bool:
        """Fold SQLite's write-ahead log back into the database file after a large load; nothing elsewhere. Tells
        whether nothing is left in the log.

        Waits for nobody: what a reader still needs of the log stays there, and a later checkpoint folds it.
        """
        if self.dialect != "sqlite":
            return True
        with self._engine.connect() as connection:
            held = self._file_sizes()["wal_pages"]
            connection.execute(text("PRAGMA busy_timeout=0"))
            busy, wal_pages, moved_pages = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()
            self._vitals.checkpointed(held, busy, wal_pages, moved_pages)
            connection.execute(text(f"PRAGMA busy_timeout={_BUSY_MS}"))
        return not busy

    def release_memory(self) -> None:
        """Close the connections that nobody uses: each statement that SQLite's hold on to keeps the values that it was
        given last, and 60 MB in an event are as much in each statement."""
        self._engine.dispose()

    def vitals(self, *, ask: bool) -> dict[str, str | int | float | None]:
        """How the database does: what this process saw of its transactions since it opened it, and on SQLite its size
        and its write-ahead log. Costs nothing and may be asked from any thread.

        With `ask` a short reading transaction adds what waits in it, and on PostgreSQL its size and its cache, which
        are the server's and of all its clients. Raises WarehouseError and SQLAlchemy's errors.
        """
        known: dict[str, str | int | float | None] = {"dialect": self.dialect, **self._vitals.figures(self.dialect)}
        if self.dialect == "sqlite":
            known |= self._file_sizes()
        if ask:
            with self.read() as connection:
                if self.dialect == "postgresql":
                    known |= connection.execute(statement("warehouse/vitals")).mappings().one()
                known |= connection.execute(statement("warehouse/waiting")).mappings().one()
        return known

    def _file_sizes(self) -> dict[str, int]:
        return file_sizes(Path(self._engine.url.database or ""), _PAGE_BYTES)

    @property
    def size_bytes(self) -> int:
        """Bytes the database takes on disk."""
        with self.read() as connection:
            if self.dialect == "postgresql":
                return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
            pages = int(connection.execute(text("PRAGMA page_count")).scalar_one())
            return pages * int(connection.execute(text("PRAGMA page_size")).scalar_one())

    @property
    def file(self) -> Path | None:
        """SQLite's file; None on PostgreSQL."""
        return Path(self._engine.url.database or "") if self.dialect == "sqlite" else None

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


def _explain(context: ExceptionContext) -> None:
    """Raises the sentence of an error that is the database's, its rights' or its disk's; leaves any other as it is."""
    if context.is_pre_ping or context.engine is None:
        return
    url = context.engine.url
    file = Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None
    sentence = explained(context.original_exception, url_for_people(url), file)
    if sentence is not None:
        raise sentence


def _postgresql(url: URL) -> Engine:
    program = f"cowrie-assets {os.getpid()} on {platform.node()}"[:63]
    usual = {"connect_timeout": _CONNECT_SECONDS, "application_name": program, "tcp_user_timeout": _SILENT_MS} | _SILENT
    arguments = {name: value for name, value in usual.items() if name not in url.query} | {"client_encoding": "utf8"}
    engine = create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=arguments)
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_postgresql(connection: "psycopg.Connection", _record: object) -> None:
    usual = connection.autocommit
    connection.autocommit = True
    connection.execute(_POSTGRESQL_SETTINGS)
    connection.autocommit = usual


def _require_unicode(connection: Connection, label: str) -> None:
    """Raises WarehouseError where the database does not hold every text; reads from it either way."""
    asked = "PRAGMA encoding" if connection.dialect.name == "sqlite" else "SHOW server_encoding"
    encoding = str(connection.execute(text(asked)).scalar_one())
    if not encoding.upper().startswith("UTF"):
        raise WarehouseError(
            f"the database {label} has the encoding {encoding}, which does not hold every text: "
            "create one with CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0"
        )


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise WarehouseError("a SQLite warehouse is a file: sqlite:////path/to/cowrie.db")
    file = Path(url.database)
    if not file.resolve().parent.is_dir():
        raise WarehouseError(f"the folder {file.resolve().parent} of the database does not exist; create it first")
    _make_private(file)
    engine = create_engine(url.set(drivername=DRIVER), hide_parameters=True)  # attackers wrote the parameters
    engine.url = url  # as the settings name it
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_private(file: Path) -> None:
    """Make an empty file that only its owner reads: the database holds credentials, and the files that SQLite lays
    beside it take its mode. One that is there stays as it is."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, _PRIVATE))
    except FileExistsError:
        if file.is_dir():
            raise WarehouseError(
                f"the database {file} is a folder: put the database file back there, or set COWRIE_DATABASE_URL"
            ) from None
    except OSError as error:
        raise WarehouseError(f"the database {file} cannot be made: {error.strerror}") from None


def _prepare_sqlite(connection: ApswConnection, _record: object) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
    ((pages,),) = cursor.execute("PRAGMA page_count").fetchall()
    if not pages:  # decided as a file is made; of one that is there, the second would wait for whoever writes to it
        cursor.execute(f"PRAGMA page_size={_PAGE_BYTES}")
        cursor.execute("PRAGMA auto_vacuum=INCREMENTAL")
    ((mode,),) = cursor.execute("PRAGMA journal_mode=WAL").fetchall()
    if mode == "wal":
        cursor.execute("PRAGMA synchronous=NORMAL")
    else:
        _LOG.warning("SQLite cannot use WAL here (journal mode is %s); writes are slower, readers wait for them", mode)
        cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")
    cursor.close()


def is_alone(connection: Connection) -> bool:
    """Whether no other writer runs beside a write transaction."""
    return connection.dialect.name == "sqlite" or connection.info[_SCOPE].is_alone


def require_alone(connection: Connection) -> None:
    """Raises NotAloneError where other writers run beside a write transaction."""
    if not is_alone(connection):
        raise NotAloneError


def keep_few_pages(connection: Connection) -> None:
    """For a transaction that writes a value of many megabytes: SQLite would fill its cache with the value's pages. The
    next transaction has the usual cache."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size=-{_SMALL_CACHE_KIB}")


def overwrite_what_goes(connection: Connection) -> None:
    """For a transaction whose removed rows nobody shall find in the file: SQLite writes zeros over them, and the
    connection does so from then on. PostgreSQL has nothing like it: VACUUM frees their room for what comes next."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")


def sort_in_short_runs(connection: Connection) -> None:
    """For a transaction that groups millions of rows: SQLite sorts them in runs as long as its cache.

    Of so many, runs that fit the processor's cache take three quarters of the time, and less memory; fewer rows are
    sorted best in one run. The next transaction has the usual cache. PostgreSQL does not care.
    """
    keep_few_pages(connection)


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("cowrie_write", False)
    connection.exec_driver_sql(f"PRAGMA cache_size=-{_CACHE_KIB}")
    if writing and connection.engine.url.database and connection.connection.driver_connection:
        file = Path(connection.engine.url.database)
        begin_writing(connection.connection.driver_connection, file, longest_wait(connection))
    else:
        connection.exec_driver_sql("BEGIN")
