"""SQL over the warehouse and its archive together, by DuckDB: what a statement reads is copied into a database of its
own before, which goes with it. Nothing that a statement does reaches the warehouse, the archive or any file.

The tables are the contract's views. `raw_events` has the events of the warehouse and those that left it, each once:
an event is in the warehouse or in the file of its sealed day.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Result, select, text

from cowrie_assets.amounts import counted
from cowrie_assets.archives import day_files
from cowrie_assets.archives.places import EXTRA, Place
from cowrie_assets.clock import day_of_number
from cowrie_assets.errors import UserError
from cowrie_assets.ingest.rederive import identities_of
from cowrie_assets.operations.positions import identity
from cowrie_assets.printable import shown
from cowrie_assets.summaries.check_results import day_window
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import seals
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.views import VIEWS

TABLES = tuple(
    sorted(
        set(VIEWS)
        - {"virustotal_verdicts", "dshield_verdicts", "verdicts_of_files", "verdicts_of_addresses", "known_scanners"}
    )
)
"""Those that a statement may name; the other views are parts of these."""

_ROWS_AT_A_TIME = 2_000
_ASK_FOR_NAMES = {"describe", "show"}
"""What tells of tables without reading them."""
_MAKE_NAMES = {"query", "query_table"}
"""DuckDB's functions that take the name of a table, or SQL, as a text, which may be put together."""
_MEMORY = "192MB"
"""Beyond it DuckDB uses the temporary folder. Python and the libraries take 130 MiB, what is on its way some 100. Each
further thread holds blocks of its own: with two, half as much did not suffice to copy 240 MB, with one it did."""
_MOST_OF_AN_ERROR = 500
_TIME = re.compile(r".*_(at|seen|since|timestamp|analysis|scan_date|updated)")
_DAYS = {"day", "sealed_day", "event_date"}
_REALS = {"duration_seconds", "entropy"}
_INTEGERS = {
    *("id", "log_file_id", "byte_offset", "line_number", "content_bytes", "generation", "bytes_read", "size"),
    *("lines", "events", "duplicates", "dead_letters", "blank", "archived", "invalid_utf8", "naive_timestamps"),
    *("unknown_event_ids", "unusual", "sessions", "src_port", "dst_port", "closed", "event_count", "command_count"),
    *("high_risk_commands", "login_attempts", "login_successes", "login_failures", "file_downloads"),
    *("file_downloads_failed", "file_uploads", "tunnel_requests", "risk_score", "vt_flagged", "dshield_flagged"),
    *("occurrences", "high_risk", "attempts", "successes", "file_size", "vt_malicious", "vt_positives", "vt_total"),
    *("malicious", "score", "positives", "total", "address_id", "asn", "name_matches", "named_by_event"),
    *("addresses", "networks", "sensors", "days", "profiles", "confidence"),
}
"""Of the views' columns by name, on both engines: SQLite tells no types. All others are texts."""


class QueryError(UserError):
    """A statement that cannot be run; the message says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a statement gives."""

    schema: Any
    """The `pyarrow.Schema` of its columns; each name stands once. Times without a zone are UTC."""
    batches: Iterator[Any]
    """Its rows, as `pyarrow.RecordBatch`es."""
    missing: Sequence[str]
    """What of the archive could not be read for it, in sentences."""


@contextmanager
def query(
    warehouse: Warehouse, place: Place | None, sql: str, *, start: date | None = None, end: date | None = None
) -> Iterator[Answer]:
    """Run one SELECT, and read what it gives within the block. The warehouse is read in one snapshot. `raw_events` has
    the events of the days `start` to `end` (inclusive; open where None), by the time of each.

    Raises QueryError where the statement is another one, or is wrong.
    """
    duckdb = _duckdb()
    with TemporaryDirectory() as folder, duckdb.connect(str(Path(folder) / "query.duckdb")) as engine:
        with _explained(duckdb):
            named = _tables_of(duckdb, engine, sql)
            engine.execute(f"SET memory_limit = '{_MEMORY}'")
            engine.execute("SET threads = 1")
            engine.execute("SET TimeZone = 'UTC'")
            with warehouse.read() as connection:
                missing = _fill(engine, connection, place, named, (start, end))
            engine.execute("SET enable_external_access = false")
            engine.execute("SET lock_configuration = true")
            reader = engine.sql(sql).to_arrow_reader(_ROWS_AT_A_TIME)
        schema = _with_own_names(reader.schema)
        yield Answer(schema, _batches(duckdb, reader, schema), missing)


def _tables_of(duckdb: Any, engine: Any, sql: str) -> set[str]:  # noqa: ANN401  (an extra, loaded where it is used)
    """The tables that a statement may read: those whose names are words of it. Raises QueryError where it is not one
    SELECT."""
    statements = engine.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise QueryError("a query is one SELECT: nothing can be changed by it")
    words = re.findall(r"\w+", sql.lower())
    if words[0] in _ASK_FOR_NAMES:
        return set()
    return set(TABLES) if _MAKE_NAMES.intersection(words) else set(TABLES).intersection(words)


def _fill(
    engine: Any,  # noqa: ANN401
    connection: Connection,
    place: Place | None,
    named: set[str],
    days: tuple[date | None, date | None],
) -> list[str]:
    """Make every table, and copy into those that are named what the warehouse has; what of the archive is missing."""
    import pyarrow  # noqa: PLC0415  (an extra)

    start, end = days
    window = day_window(start, end)
    for table in TABLES:
        found = _rows_of(connection, table, window if table in named else _NO_DAY)
        schema = pyarrow.schema([(name, _type_of(pyarrow, name)) for name in list(found.keys())])
        reader = pyarrow.RecordBatchReader.from_batches(schema, _copied(pyarrow, found, schema))
        engine.register("copied", reader)
        name = "stored_events" if table == "raw_events" else table
        engine.execute(f"CREATE TABLE {name} AS SELECT * FROM copied")  # noqa: S608
        engine.unregister("copied")
    names, missing = _archived(connection, place) if "raw_events" in named else ([], [])
    if place is not None and names:
        engine.register("archived_events", place.dataset(names, day_files.schema()))
        engine.create_function("event_hash", _identity, ["VARCHAR", "VARCHAR"], "VARCHAR")
    bounds = [f"event_date >= DATE '{start}'"] if start else []
    bounds += [f"event_date <= DATE '{end}'"] if end else []
    of_archive = _OF_ARCHIVE + (f" WHERE {' AND '.join(bounds)}" if bounds else "") if names else ""
    engine.execute(f"CREATE VIEW raw_events AS SELECT * FROM stored_events{of_archive}")  # noqa: S608
    return missing


def _rows_of(connection: Connection, table: str, window: Mapping[str, int]) -> Result[Any]:
    """The rows of a view; of `raw_events`, which may be long, of some days, and as numbers what it has as text."""
    options = {"yield_per": _ROWS_AT_A_TIME}
    if table == "raw_events":
        return connection.execute(statement("archive/stored_events"), window, execution_options=options)
    rows = f"SELECT * FROM {table}" + (" LIMIT 0" if window is _NO_DAY else "")  # noqa: S608  (names of our own)
    return connection.execute(text(rows), execution_options=options)


_NO_DAY = {"first_day": 0, "last_day": -1}
_OF_ARCHIVE = """
UNION ALL
SELECT
  sensor, session_id, matcher, event_type, CAST(event_timestamp AS TIMESTAMP), event_date, src_ip, payload,
  event_hash(payload, log_folder), log_file_id, byte_offset, CAST(ingested_at AS TIMESTAMP)
FROM archived_events"""


def _identity(payload: str, folder: str) -> str:
    """The identity of an archived event, which its file does not hold; worked out where a statement asks for it."""
    (identity,) = identities_of([payload], [folder])
    return "" if identity is None else identity.hex()


def _archived(connection: Connection, place: Place | None) -> tuple[list[str], list[str]]:
    """The files of the days whose raw events left the warehouse; in sentences, those that cannot be read."""
    of_left = select(seals).where(seals.c.removed_at.isnot(None)).order_by(seals.c.session_day)
    left = connection.execute(of_left).mappings().all()
    if not left:
        return [], []
    if place is None:
        return [], [
            f"the raw events of {counted(len(left), 'day')} are in an archive that COWRIE_ARCHIVE_URL does not name"
        ]
    mark = identity(connection)
    names = {day_files.name_of(day_of_number(seal["session_day"])): seal for seal in left}
    schemas = place.schemas(list(names))
    found = [name for name, seal in names.items() if name in schemas and day_files.is_of(schemas[name], seal, mark)]
    gone = names.keys() - set(found)
    return found, [f"{place.label(name)} is not there, or is of another database" for name in sorted(gone)]


def _copied(pyarrow: Any, found: Result[Any], schema: Any) -> Iterator[Any]:  # noqa: ANN401
    for rows in found.partitions(_ROWS_AT_A_TIME):
        columns = zip(*rows, strict=True)
        arrays = [_array(pyarrow, list(values), field.type) for values, field in zip(columns, schema, strict=True)]
        yield pyarrow.RecordBatch.from_arrays(arrays, schema=schema)


def _array(pyarrow: Any, values: list[Any], kind: Any) -> Any:  # noqa: ANN401
    """A column of a view: on SQLite times and days are texts. Those of `raw_events` are numbers."""
    types = {type(value) for value in values}
    if pyarrow.types.is_temporal(kind) and str in types:
        zoned = pyarrow.timestamp("us", tz="UTC") if pyarrow.types.is_timestamp(kind) else kind
        return pyarrow.array(values, pyarrow.string()).cast(zoned).cast(kind)
    if pyarrow.types.is_temporal(kind) and int in types:
        number = pyarrow.int64() if pyarrow.types.is_timestamp(kind) else pyarrow.int32()
        return pyarrow.array(values, number).cast(kind)
    if pyarrow.types.is_floating(kind) and Decimal in types:
        values = [None if value is None else float(value) for value in values]
    if types & {bytes, memoryview}:
        values = [None if value is None else bytes(value).hex() for value in values]
    return pyarrow.array(values, kind)


def _type_of(pyarrow: Any, column: str) -> Any:  # noqa: ANN401
    if column in _DAYS:
        return pyarrow.date32()
    if column in _INTEGERS:
        return pyarrow.int64()
    if column in _REALS:
        return pyarrow.float64()
    return pyarrow.timestamp("us") if _TIME.fullmatch(column) else pyarrow.string()


def _with_own_names(schema: Any) -> Any:  # noqa: ANN401
    """A schema in which no name stands twice."""
    import pyarrow  # noqa: PLC0415

    taken: set[str] = set()
    fields = []
    for field in schema:
        name, number = field.name, 1
        while name in taken:
            number += 1
            name = f"{field.name}_{number}"
        taken.add(name)
        fields.append(field.with_name(name))
    return pyarrow.schema(fields)


def _batches(duckdb: Any, reader: Any, schema: Any) -> Iterator[Any]:  # noqa: ANN401
    import pyarrow  # noqa: PLC0415

    with _explained(duckdb):
        for batch in reader:
            yield pyarrow.RecordBatch.from_arrays(batch.columns, schema=schema)


@contextmanager
def _explained(duckdb: Any) -> Iterator[None]:  # noqa: ANN401
    """Have DuckDB's errors say in a sentence what is wrong with the statement."""
    try:
        yield
    except duckdb.Error as error:
        raise QueryError(shown(" ".join(str(error).split()), _MOST_OF_AN_ERROR)) from None


def _duckdb() -> Any:  # noqa: ANN401
    try:
        import duckdb  # noqa: PLC0415  (an extra)
        import numpy  # noqa: F401, PLC0415
        import pyarrow  # noqa: F401, PLC0415
    except ImportError:
        raise QueryError(f"duckdb, numpy or pyarrow is not installed: {EXTRA}") from None
    return duckdb
