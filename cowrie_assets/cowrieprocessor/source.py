"""A database of cowrieprocessor, opened to be read and nothing else: SQLite or PostgreSQL, schema versions 1 to 17.

Rows are read in the order of their numbers, each stretch by a query of its own: that tool may go on writing meanwhile.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, NamedTuple, Self

from sqlalchemy import (
    BigInteger,
    ColumnClause,
    ColumnElement,
    Connection,
    Engine,
    LargeBinary,
    Row,
    Select,
    TableClause,
    Text,
    cast,
    column,
    create_engine,
    event,
    func,
    inspect,
    null,
    select,
    table,
)
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError

from cowrie_assets.database_place import DatabasePlaceError, database_at
from cowrie_assets.database_url import url_for_people
from cowrie_assets.errors import UserError
from cowrie_assets.warehouse import apsw_dbapi
from cowrie_assets.warehouse.apsw_dialect import DRIVER
from cowrie_assets.warehouse.errors import explained, refused_connection

NEWEST_VERSION = 17
Stretch = Literal["raw_events", "dead_letter_events"]
STRETCHES: tuple[Stretch, Stretch] = ("raw_events", "dead_letter_events")
"""The tables that hold events, in the order in which they are imported."""
_NEEDED = {
    "raw_events": {"id", "source", "payload"},
    "dead_letter_events": {"id", "source", "payload"},
}
_OF_THE_FIRST_TOOL = {"sessions", "commands", "files"}
_NUMBERS = range(2**63 - 1)
"""Those of rows: each is an offset in the ledger, and the next one is its end."""
_AT_A_TIME = 500
_FOREIGN = "is no database of cowrieprocessor"
_TEXTS = frozenset(
    (
        *("shasum", "vt_classification", "vt_description"),
        *("vt_first_seen", "vt_last_analysis", "vt_scan_date", "last_updated"),
    )
)
_SUMMED = ("event_count", "command_count", "login_attempts", "file_downloads")


class SourceError(UserError):
    """A database that cannot be imported; the message says why, and quotes no secret."""


class SourceRow(NamedTuple):
    """A row that may hold an event."""

    id: int
    source: str
    """The path of the log that it was read from, as that tool was given it."""
    inode: str | None
    """Of that log, a number as text; a repaired row of that tool has the path here."""
    payload: bytes
    """JSON in UTF-8."""


@dataclass(frozen=True, slots=True)
class DaySums:
    """What the summaries of that tool say of a day, by the session's first event as it has it."""

    sessions: int
    events: int
    commands: int
    login_attempts: int
    file_downloads: int


class Source:
    """An open database. `Source.open(place)` is the way to get one; close it, or use it as a context manager."""

    def __init__(self, engine: Engine, url: URL, version: int, tables: dict[str, set[str]]) -> None:
        self._engine = engine
        self._tables = tables
        self.url = url
        """It may hold a secret."""
        self.version = version
        """Of its schema, 1 to 17."""
        self.label = url_for_people(url)
        """The database for people, without its secrets."""
        self.name = _name(url)
        """What the ledger calls it: the same for the same place, without a slash in it."""

    @classmethod
    def open(cls, place: str) -> Self:
        """Open the database at `place`: a SQLite file, or the URL of either engine, or a secret reference to one.

        Raises SourceError where it cannot be read, and where it is no database of cowrieprocessor.
        """
        try:
            return cls.at(database_at(place))
        except DatabasePlaceError as error:
            raise SourceError(f"the source cannot be opened: {error}") from None

    @classmethod
    def at(cls, url: URL) -> Self:
        """Open the database of a URL that `open` made out. Raises SourceError."""
        try:
            engine = _sqlite(url) if url.get_backend_name() == "sqlite" else _postgresql(url)
            with engine.connect() as connection:
                return cls(engine, url, *_look(connection, url_for_people(url)))
        except (DBAPIError, ImportError, ArgumentError, ValueError) as error:
            reason, _ = refused_connection(getattr(error, "orig", None) or error)
            raise SourceError(f"{url_for_people(url)} cannot be opened: {reason}") from None

    def count(self, stretch: Stretch, *, below: int | None = None) -> int:
        """How many rows a table has; of those with a number less than `below` where that is given."""
        if stretch not in self._tables:
            return 0
        rows = select(func.count()).select_from(table(stretch, column("id")))
        query = rows if below is None else rows.where(column("id") < below)
        with self._reading() as connection:
            return int(connection.execute(query).scalar_one())

    def rows(self, stretch: Stretch, after: int, most: int, most_bytes: int) -> list[SourceRow]:
        """The next rows behind the number `after`: at most `most`, and no more once they hold `most_bytes`."""
        if stretch not in self._tables:
            return []
        from_table = self._table(stretch)
        inode = from_table.c.source_inode if "source_inode" in self._tables[stretch] else null()
        query = (
            select(from_table.c.id, *map(self._bytes_of, (from_table.c.source, inode, from_table.c.payload)))
            .where(from_table.c.id > after)
            .order_by(from_table.c.id)
            .limit(most)
        )
        found, size = [], 0
        with self._reading() as connection:
            for number, source, its_inode, payload in map(tuple, self._streamed(connection, query)):
                text = payload.encode("utf-8", "surrogatepass") if isinstance(payload, str) else payload or b""
                found.append(
                    SourceRow(number, text_of(source), None if its_inode is None else text_of(its_inode), text)
                )
                size += len(text)
                if size >= most_bytes:
                    break
        return found

    def verdicts_of_files(self) -> Iterator[Row[Any]]:
        """What the table of files has of VirusTotal, a row for each session and file that it was asked about; texts as
        `text_of` reads them."""
        names = (
            *("shasum", "vt_classification", "vt_description", "vt_malicious", "vt_first_seen", "vt_last_analysis"),
            *("vt_positives", "vt_total", "vt_scan_date", "last_updated"),
        )
        if not self._tables.get("files", set()).issuperset(names):
            return
        files = self._table("files")
        asked = files.c.vt_total.isnot(None) | files.c.vt_scan_date.isnot(None) | files.c.vt_classification.isnot(None)
        said = (self._as_written(files.c[name]) if name in _TEXTS else files.c[name] for name in names)
        query = select(*said).where(asked).order_by(files.c.shasum)
        with self._reading() as connection:
            yield from self._streamed(connection, query)

    def cached_answers(self) -> Iterator[Row[Any]]:
        """The rows of the cache of services: `service cache_key created_at cache_value`, the value as JSON; texts as
        `text_of` reads them."""
        names = {"service", "cache_key", "cache_value", "created_at"}
        if not self._tables.get("enrichment_cache", set()).issuperset(names):
            return
        cache = self._table("enrichment_cache")
        value = self._bytes_of(cache.c.cache_value).label("cache_value")
        named = map(self._as_written, (cache.c.service, cache.c.cache_key, cache.c.created_at))
        query = select(*named, value)
        with self._reading() as connection:
            yield from self._streamed(connection, query.order_by(cache.c.service, cache.c.cache_key))

    def sums_by_day(self, sensor: str | None = None) -> dict[date, DaySums]:
        """The sums of the session summaries by their days, in order; of one sensor, by the name that they give it,
        where asked. What begins at a time that nobody can read is passed over."""
        has = self._tables.get("session_summaries", set())
        if not has.issuperset({"session_id", "first_event_at", *_SUMMED}):
            return {}
        summaries = self._table("session_summaries")
        day = func.substr(self._bytes_of(self._utc(summaries.c.first_event_at)), 1, 10)
        sums = [cast(func.coalesce(func.sum(summaries.c[name]), 0), BigInteger) for name in _SUMMED]
        query = select(day, func.count(), *sums).where(summaries.c.first_event_at.isnot(None)).group_by(day)
        if sensor is not None:
            if "matcher" not in has:
                return {}
            query = query.where(summaries.c.matcher == sensor)
        with self._reading() as connection:
            found = connection.execute(query.order_by(day)).all()
        days = ((_day(row[0]), DaySums(*(int(number) for number in row[1:]))) for row in found)
        return {day: sums for day, sums in days if day is not None}

    def close(self) -> None:
        """Give every connection back."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _reading(self) -> "_Reading":
        return _Reading(self._engine, self.label)

    def _table(self, name: str) -> TableClause:
        return table(name, *(column(each) for each in sorted(self._tables[name])))

    def _as_written(self, text: ColumnClause[Any]) -> ColumnElement[Any]:
        """A column as its engine has it, texts of SQLite as bytes: they need not be UTF-8."""
        return cast(text, LargeBinary).label(text.name) if self._engine.dialect.name == "sqlite" else text

    def _bytes_of(self, payload: ColumnElement[Any]) -> ColumnElement[Any]:
        """A column as it is written: bytes from SQLite, which does not look into them, text from PostgreSQL."""
        return cast(payload, LargeBinary if self._engine.dialect.name == "sqlite" else Text)

    def _utc(self, moment: ColumnClause[Any]) -> ColumnElement[Any]:
        return moment if self._engine.dialect.name == "sqlite" else func.timezone("UTC", moment)

    def _streamed(self, connection: Connection, query: Select[Any]) -> Iterator[Row[Any]]:
        yield from connection.execution_options(yield_per=_AT_A_TIME).execute(query)


class _Reading:
    """A transaction that reads; an error in it is a sentence that quotes no secret."""

    def __init__(self, engine: Engine, label: str) -> None:
        self._begun = engine.connect()
        self._label = label

    def __enter__(self) -> Connection:
        return self._begun

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._begun.close()
        if isinstance(error, DBAPIError) and error.orig is not None:
            told = explained(error.orig, self._label)
            raise SourceError(str(told or f"{self._label} cannot be read ({type(error.orig).__name__})")) from None


def text_of(value: object) -> str:
    """What stands in a column of texts: SQLite holds anything there. Empty for None."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    return "" if value is None else str(value)


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(text_of(text))
    except ValueError:
        return None


def _name(url: URL) -> str:
    """`cowrie.sqlite@1f3a9c2e`: names of databases are alike, places are not."""
    if url.get_backend_name() == "sqlite":
        place = os.path.realpath(url.database or "")
    else:
        place = f"{url.host or url.query.get('host', '')}:{url.port or ''}/{url.database}"
    digest = blake2b(place.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"{Path(url.database or '').name}@{digest}"


def _sqlite(url: URL) -> Engine:
    file = Path(url.database or "")
    if not file.is_file():
        raise SourceError(f"there is no database at {file}")

    def connect() -> apsw_dbapi.Connection:
        connection = apsw_dbapi.connect(file, read_only=True)
        try:
            connection.execute("SELECT COUNT(*) FROM sqlite_schema")
        except apsw_dbapi.CantOpenError:
            if _may_be_written(file):
                raise
            # A database in WAL mode wants files beside it: in a folder that nobody writes to, nothing changes either.
            return apsw_dbapi.connect(file, read_only=True, immutable=True)
        return connection

    return create_engine(URL.create(DRIVER, database=str(file)), creator=connect, hide_parameters=True)


def _may_be_written(file: Path) -> bool:
    log = file.with_name(f"{file.name}-wal")
    return os.access(file.parent, os.W_OK) or (log.exists() and log.stat().st_size > 0)


def _postgresql(url: URL) -> Engine:
    engine = create_engine(url, hide_parameters=True, connect_args={"client_encoding": "utf8", "connect_timeout": 10})

    @event.listens_for(engine, "connect")
    def _read_only(connection: Any, _record: object) -> None:  # noqa: ANN401
        connection.read_only = True

    return engine


def _look(connection: Connection, label: str) -> tuple[int, dict[str, set[str]]]:
    """The version of the schema, and the columns of its tables. Raises SourceError where it is none."""
    looked_at = inspect(connection)
    names = set(looked_at.get_table_names())
    if "schema_state" not in names:
        if names >= _OF_THE_FIRST_TOOL and "raw_events" not in names:
            raise SourceError(
                f"{label} is a database of the first tool (sessions, commands and files, without raw events): nothing "
                "of it can be imported, for sessions are made from events alone; ingest its logs"
            )
        raise SourceError(f"{label} {_FOREIGN}: it has no table schema_state")
    state = table("schema_state", column("key"), column("value"))
    value = connection.execute(select(state.c.value).where(state.c.key == "schema_version")).scalar()
    written = str(value or "")
    version = int(written) if written.isascii() and written.isdigit() and len(written) <= len("9999") else 0
    if not 1 <= version <= NEWEST_VERSION:
        found = f"version {version}" if version else "no version"
        raise SourceError(f"{label} has {found} of cowrieprocessor's schema; versions 1 to {NEWEST_VERSION} are known")
    wanted = {*_NEEDED, "files", "enrichment_cache", "session_summaries"} & names
    tables = {name: {each["name"] for each in looked_at.get_columns(name)} for name in sorted(wanted)}
    for name, needed in _NEEDED.items():
        if name in tables and not needed <= tables[name]:
            missing = ", ".join(sorted(needed - tables[name]))
            raise SourceError(f"{label} {_FOREIGN}: {name} has no {missing}")
    if "raw_events" not in tables:
        raise SourceError(f"{label} {_FOREIGN}: it has no table raw_events")
    for name in tables.keys() & _NEEDED.keys():
        _require_numbers(connection, label, name)
    return version, tables


def _require_numbers(connection: Connection, label: str, name: str) -> None:
    number: ColumnClause[int] = column("id")
    for found in connection.execute(select(func.min(number), func.max(number)).select_from(table(name))).one():
        if found is not None and found not in _NUMBERS:
            raise SourceError(
                f"{label} is damaged: {name} has a row of the number {found}, and that tool counts from 1; a row's "
                "number is its place here, so give it another one, or take it out"
            )
