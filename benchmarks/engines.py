"""Databases of both engines for benchmarks: SQLite files, and databases of one real PostgreSQL with its ordinary
settings (fsync, full_page_writes and synchronous_commit are on), started where one is asked for and ended afterwards.
"""

import os
import shutil
import tempfile
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from benchmarks.process_memory import cpu_seconds_of
from cowrie_assets_tests.databases import ENGINES, Engine, Postgres


@dataclass(frozen=True, slots=True)
class Database:
    """One database of a benchmark's own."""

    engine: Engine
    url: str
    postmaster: int | None
    """The process id of its PostgreSQL server; None for SQLite."""
    empty_bytes: int

    @property
    def environment(self) -> dict[str, str]:
        """That of a `cowrie-assets` which works with it."""
        return {**os.environ, "COWRIE_DATABASE_URL": self.url}

    @property
    def size_bytes(self) -> int:
        """What its tables and indexes take on disk; PostgreSQL's own catalogue of an empty database is not counted."""
        database = make_url(self.url).database or ""
        if self.engine == "sqlite":
            file = Path(database)
            return sum(path.stat().st_size for path in file.parent.glob(f"{file.name}*"))
        return _postgresql_bytes(self.url) - self.empty_bytes

    def server_cpu_seconds(self) -> float:
        """Processor time that the PostgreSQL server has taken so far; 0 for SQLite, which is a part of its client."""
        return cpu_seconds_of(self.postmaster) if self.postmaster is not None else 0.0


@dataclass(frozen=True)
class Databases:
    """Makes databases; SQLite files lie below `folder`."""

    folder: Path
    postgres: Postgres
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @contextmanager
    def new(self, engine: Engine) -> Iterator[Database]:
        """An empty database without tables, which is removed again."""
        if engine == "sqlite":
            folder = self.folder / str(next(self._numbers))
            folder.mkdir()
            yield Database(engine, f"sqlite:///{folder / 'warehouse.db'}", None, 0)
            shutil.rmtree(folder)
            return
        url = self.postgres.new(empty=True)
        yield Database(engine, url, self.postgres.postmaster, _postgresql_bytes(url))
        self.postgres.drop(url)


@contextmanager
def databases() -> Iterator[Databases]:
    """Databases for as long as the block runs; PostgreSQL is started by the first one that is asked for."""
    with tempfile.TemporaryDirectory(prefix="cowrie-benchmark-") as scratch:
        server = Path(tempfile.mkdtemp(prefix="cowrie-benchmark-pg-"))
        postgres = Postgres(server, durable=True)
        try:
            yield Databases(Path(scratch), postgres)
        finally:
            postgres.stop()


def add_engine_options(parser: ArgumentParser, default: str = "both") -> None:
    """`--engine` and `--json`, which every benchmark has."""
    parser.add_argument("--engine", choices=[*ENGINES, "both"], default=default, help=f"default: {default}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the figures and the machine are kept")


def engines_of(choice: str) -> tuple[Engine, ...]:
    """The engines that `--engine` names."""
    return tuple(engine for engine in ENGINES if choice in (engine, "both"))


def _postgresql_bytes(url: str) -> int:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    finally:
        engine.dispose()
