"""A PostgreSQL warehouse as a file of `pg_dump`, and back by `pg_restore` and `psql`, all in one transaction.

A password reaches these tools by their environment only: everybody on a machine reads command lines.
"""

import re
import shutil
import subprocess
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from psycopg.pq import Conninfo
from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import URL

from cowrie_assets.backups.errors import BackupError
from cowrie_assets.backups.settings import BackupSettings
from cowrie_assets.printable import printable
from cowrie_assets.warehouse.errors import free_space
from cowrie_assets.warehouse.sql import statement

_LONGEST_WAIT = "120s"
_MOST_CHARACTERS = 300
_NAME = re.compile(r"[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*")
_COPY = re.compile(rb'COPY "?([a-z_][a-z0-9_]*)"?\."?([a-z_][a-z0-9_]*)"? \(.*\) FROM stdin;\n')
_INSTALL = (
    "install the client programs of the server's version (Debian: apt install postgresql-client; "
    "others: the package of pg_dump), or name their folder by COWRIE_POSTGRES_BIN"
)


class Tools:
    """PostgreSQL's programs, connected to one database."""

    def __init__(self, url: URL, settings: BackupSettings) -> None:
        self._folder = settings.tools
        self._path = settings.environment.get("PATH")
        self._password = str(url.password or "")
        self._environment = {**settings.environment, **_variables(url), "LC_MESSAGES": "C"}

    def dump(self, file: Path, snapshot: str) -> None:
        """Write what `snapshot` sees to the empty file `file`. Raises BackupError."""
        arguments = ("--format=custom", f"--snapshot={snapshot}", f"--lock-wait-timeout={_LONGEST_WAIT}")
        try:
            with self._running("pg_dump", *arguments, "--no-password", f"--file={file}"):
                pass
        except BackupError as error:
            raise BackupError(f"{error}; {free_space(file)} at {file.parent}") from None

    def count_rows(self, file: Path) -> dict[str, int]:
        """The number of rows of each table of a dump, which is read to its end. Raises BackupError."""
        counts: dict[str, int] = {}
        with self._running("pg_restore", "--data-only", "--file=-", str(file), stdout=subprocess.PIPE) as process:
            assert process.stdout is not None  # noqa: S101  (for mypy)
            name: str | None = None
            for line in process.stdout:
                if name is not None:
                    if line == b"\\.\n":
                        name = None
                    else:
                        counts[name] += 1
                elif found := _COPY.fullmatch(line):
                    name = f"{found[1].decode()}.{found[2].decode()}"
                    counts[name] = 0
        return counts

    def restore(self, file: Path, rows: Mapping[str, int], drops: Iterable[str]) -> None:
        """Run the statements `drops`, then bring in what a dump holds, in one transaction. It commits only where each
        table has as many rows as `rows` says. Raises BackupError."""
        first = ["BEGIN", f"SET LOCAL lock_timeout = '{_LONGEST_WAIT}'", *drops]
        last = [*(_check(name, count) for name, count in rows.items() if _NAME.fullmatch(name)), "COMMIT"]
        reading = ("--no-owner", "--no-privileges", "--file=-", str(file))
        writing = ("--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", "--output=/dev/null")
        with self._running("psql", *writing, stdin=subprocess.PIPE) as writer:
            assert writer.stdin is not None  # noqa: S101  (for mypy)
            with suppress(BrokenPipeError):  # psql has ended then, and says why
                writer.stdin.write(_script(first))
                with self._running("pg_restore", *reading, stdout=subprocess.PIPE) as reader:
                    assert reader.stdout is not None  # noqa: S101  (for mypy)
                    shutil.copyfileobj(reader.stdout, writer.stdin)
                writer.stdin.write(_script(last))  # without its COMMIT nothing stays
                writer.stdin.close()

    @contextmanager
    def _running(
        self, name: str, *arguments: str, stdin: int = subprocess.DEVNULL, stdout: int = subprocess.DEVNULL
    ) -> Iterator["subprocess.Popen[bytes]"]:
        """A program at work; it is killed where the block does not end well. Raises BackupError where it fails."""
        with TemporaryFile() as said:
            process = subprocess.Popen(  # noqa: S603  (no shell; no argument is an attacker's)
                [self._program(name), *arguments], stdin=stdin, stdout=stdout, stderr=said, env=self._environment
            )
            try:
                yield process
                process.wait()
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()
                for stream in (process.stdin, process.stdout):
                    _shut(stream)
            if process.returncode != 0:
                raise BackupError(f"{name} failed: {self._reason(said)}")

    def _program(self, name: str) -> str:
        found = shutil.which(name, path=str(self._folder) if self._folder else self._path)
        if found is None:
            where = f"is not in {self._folder}" if self._folder else "is not installed"
            raise BackupError(f"{name} {where}: {_INSTALL}")
        return found

    def _reason(self, said: IO[bytes]) -> str:
        said.seek(0)
        lines = said.read(100_000).decode("utf-8", "replace").splitlines()
        if any("server version mismatch" in line for line in lines):
            versions = next((line.partition("detail: ")[2] for line in lines if "detail: " in line), "")
            return f"it is older than the server ({printable(versions.strip())}): {_INSTALL}"
        first = next(
            (line for line in lines if "ERROR" in line or "error" in line), lines[0] if lines else "it was killed"
        )
        if self._password:
            first = first.replace(self._password, "***")
        return printable(first)[:_MOST_CHARACTERS]


def count_rows(source: Connection) -> dict[str, int]:
    """The number of rows of each table that the read transaction `source` sees, by `schema.table`; partitions are
    tables of their own."""
    names = [
        name for name in source.execute(statement("backups/tables_of_postgresql")).scalars() if _NAME.fullmatch(name)
    ]
    return {name: source.execute(text(f"SELECT COUNT(*) FROM {name}")).scalar_one() for name in names}  # noqa: S608


def snapshot_of(source: Connection) -> str:
    """A name by which `pg_dump` sees what the read transaction `source` sees, as long as that lasts."""
    return str(source.execute(text("SELECT pg_export_snapshot()")).scalar_one())


def drops_of(source: Connection, names: Collection[str]) -> list[str]:
    """Statements that drop those of `names` that are tables or views of the database, with what hangs on them."""
    found = inspect(source)
    kinds = {"TABLE": found.get_table_names(), "VIEW": found.get_view_names()}
    quoted = source.dialect.identifier_preparer.quote
    return [
        f"DROP {kind} IF EXISTS {quoted(name)} CASCADE"
        for kind, there in kinds.items()
        for name in sorted(set(there).intersection(names))
    ]


def _variables(url: URL) -> dict[str, str]:
    """The variables by which libpq is told what `url` says. Raises BackupError where it has none for an option."""
    _, options = url.get_dialect()().create_connect_args(url)
    known = {each.keyword.decode(): each.envvar.decode() for each in Conninfo.get_defaults() if each.envvar}
    unknown = sorted(options.keys() - known.keys())
    if unknown:
        raise BackupError(
            f"the option {printable(unknown[0])} of COWRIE_DATABASE_URL cannot be handed to pg_dump: "
            "name a service of pg_service.conf there"
        )
    return {known[name]: str(value) for name, value in options.items()}


def _check(name: str, rows: int) -> str:
    return (
        f"DO $$ BEGIN IF (SELECT COUNT(*) FROM {name}) <> {rows:d} THEN "  # noqa: S608  (the name was looked at)
        f"RAISE EXCEPTION '{name} has not as many rows as were saved'; END IF; END $$"
    )


def _script(statements: Iterable[str]) -> bytes:
    return "".join(f"{each};\n" for each in statements).encode()


def _shut(stream: IO[bytes] | None) -> None:
    if stream is not None:
        with suppress(BrokenPipeError):
            stream.close()
