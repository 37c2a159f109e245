"""Many rows into one table as fast as each engine takes them: `executemany` on SQLite, binary COPY on PostgreSQL.

Binary COPY names no types, and PostgreSQL takes the bytes of a text as they are: what is UTF-8 already is neither
decoded nor escaped on its way.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sqlalchemy import BigInteger, Connection, Integer, LargeBinary, RootTransaction, SmallInteger, Text

from cowrie_assets.database_url import url_for_people
from cowrie_assets.warehouse.errors import explained
from cowrie_assets.warehouse.month_partitions import add_month_partitions
from cowrie_assets.warehouse.refresh_queue import new_step
from cowrie_assets.warehouse.schema import metadata

if TYPE_CHECKING:
    from psycopg.adapt import Dumper

_PAYLOAD = "payload"
_MAY_BE_UTF8 = {_PAYLOAD, "text"}
"""The columns of texts whose values may come as UTF-8: those of `events` always do."""
_STAGED_AS = ((Integer, "BIGINT"), (LargeBinary, "BYTEA"), (Text, "TEXT"))
"""psycopg cuts a number that has no room in a short integer; so the server refuses it, as it is inserted."""
_COPIED_AS = ((SmallInteger, "int2"), (BigInteger, "int8"), (Integer, "int4"), (LargeBinary, "bytea"), (Text, "bytea"))
"""The form in which binary COPY sends a column: PostgreSQL's own type, but the bytes of a text."""
_ROOM = {"int2": 2**15, "int4": 2**31}
_BYTES_OF_EVENTS = {"event_hash", _PAYLOAD}
_FEW_ROWS = 1000
"""Groups of fewer share one COPY: a command more costs what so many rows do."""

_STAGING_IS_EMPTY: WeakKeyDictionary[RootTransaction | None, bool] = WeakKeyDictionary()
"""Of transactions that have their staging table: one in which many small logs are written makes it once. Nothing is
known of it once a savepoint is rolled back: it is then what it was before, or not there at all."""

RowTuple = Sequence[Any]
Group = tuple[Sequence[str], list[tuple[Any, ...]]]
"""Columns of `events`, and rows of their values. Equal events stand in one group: equal content has equal columns."""
Inserted = dict[int, int]
"""How many events each day got, of the days that got any."""


def insert_rows(connection: Connection, table: str, columns: Sequence[str], rows: Sequence[RowTuple]) -> None:
    """Insert rows that are known to be new. Values are bound as they are: texts must be encoded (`warehouse.codec`)."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        _copy_into_table(connection, table, columns, rows)
    else:
        marks = ", ".join(_marks(columns))
        sql = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608  (names of our own schema)
        connection.exec_driver_sql(sql, [tuple(row) for row in rows])


def insert_new_events(connection: Connection, groups: Sequence[Group], constants: Mapping[str, int]) -> Inserted:
    """Insert the events whose `event_hash` is not there yet; of equal ones in a group the first is taken.

    `constants` are further columns, the same for all of them. The sessions that got events, and the days on which
    events of no session came, wait for their summaries from then on (`waiting_sessions`).
    """
    if not groups:
        return {}
    insert = _insert_by_staging if connection.dialect.name == "postgresql" else _insert_by_executemany
    return insert(connection, groups, constants)


def _insert_by_executemany(connection: Connection, groups: Sequence[Group], constants: Mapping[str, int]) -> Inserted:
    newest = connection.exec_driver_sql("SELECT MAX(id) FROM events").scalar() or 0
    days: set[int] = set()
    for columns, rows in groups:
        names = ", ".join((*columns, *constants))
        values = ", ".join((*_marks(columns), *(str(int(value)) for value in constants.values())))
        connection.exec_driver_sql(
            f"INSERT INTO events ({names}) VALUES ({values}) ON CONFLICT (event_hash) DO NOTHING",  # noqa: S608
            rows,
        )
        day_column = columns.index("event_day")
        days |= {row[day_column] for row in rows}
    inserted: Inserted = {}
    for day in days:
        count = connection.exec_driver_sql(
            "SELECT COUNT(*) FROM events WHERE event_day = ? AND id > ?", (day, newest)
        ).scalar_one()
        if count:
            inserted[day] = count
    if inserted:
        connection.exec_driver_sql(
            "INSERT INTO waiting_sessions (event_day, session_ref, step, first_event_id) "
            "SELECT event_day, IFNULL(session_ref, 0), ?, MIN(id) FROM events WHERE id > ? "
            "GROUP BY event_day, session_ref",
            (new_step(), newest),
        )
    return inserted


def _insert_by_staging(connection: Connection, groups: Sequence[Group], constants: Mapping[str, int]) -> Inserted:
    _empty_staging(connection)
    add_month_partitions(
        connection,
        (row[place] for columns, rows in groups for place in [columns.index("event_hash")] for row in rows),
    )
    for columns, rows in _with_few_together(groups):
        types = ["bytea" if column in _BYTES_OF_EVENTS else "int8" for column in columns]
        _copy(connection, "staging_events", columns, types, rows)
    names = ", ".join(dict.fromkeys(column for columns, _ in groups for column in columns))
    values = ", ".join(str(int(value)) for value in constants.values())
    is_small = sum(len(rows) for _, rows in groups) < _FEW_ROWS
    staged = "WITH staged AS (DELETE FROM staging_events RETURNING *), " if is_small else "WITH "
    result = connection.exec_driver_sql(
        f"{staged} inserted AS (INSERT INTO events ({names}, {', '.join(constants)}) "  # noqa: S608
        f"SELECT {names}, {values} FROM {'staged' if is_small else 'staging_events'} ORDER BY byte_offset "
        "ON CONFLICT DO NOTHING RETURNING event_day, session_ref, id), "
        "waiting AS (INSERT INTO waiting_sessions (event_day, session_ref, step, first_event_id) "
        f"SELECT event_day, COALESCE(session_ref, 0), {new_step()}, MIN(id) FROM inserted "
        "GROUP BY event_day, session_ref) "
        "SELECT event_day, COUNT(*) AS events FROM inserted GROUP BY event_day"
    ).all()
    _STAGING_IS_EMPTY[connection.get_transaction()] = is_small
    return {row.event_day: row.events for row in result}


def _empty_staging(connection: Connection) -> None:
    """Have an empty staging table. Batches of many rows leave theirs there until the next one: to delete them costs as
    much as a tenth of inserting them, and so does a table that each commit empties."""
    if not _STAGING_IS_EMPTY.get(connection.get_transaction(), False):
        connection.exec_driver_sql(f"CREATE TEMPORARY TABLE IF NOT EXISTS staging_events ({_staged_columns()})")
        connection.exec_driver_sql("TRUNCATE staging_events")


def forget_staging(connection: Connection, *_of_event: object) -> None:
    """For the event `rollback_savepoint` of an engine."""
    _STAGING_IS_EMPTY.pop(connection.get_transaction(), None)


def _with_few_together(groups: Sequence[Group]) -> Iterator[tuple[Sequence[str], Iterable[RowTuple]]]:
    """The groups, those of few rows as one with the columns of them all."""
    few = [group for group in groups if len(group[1]) < _FEW_ROWS]
    yield from (group for group in groups if len(group[1]) >= _FEW_ROWS)
    together = list(dict.fromkeys(column for columns, _ in few for column in columns))
    if few:
        yield together, (row for columns, rows in few for row in _spread(rows, columns, together))


def _spread(rows: Sequence[RowTuple], columns: Sequence[str], over: Sequence[str]) -> Iterable[RowTuple]:
    """Rows of `columns` as rows of the columns `over`, with None where they have none."""
    places = {column: place for place, column in enumerate(columns, 1)}
    spread = itemgetter(*(places.get(column, 0) for column in over))
    return (spread((None, *row)) for row in rows)


def _marks(columns: Sequence[str]) -> list[str]:
    return ["CAST(? AS TEXT)" if column in _MAY_BE_UTF8 else "?" for column in columns]


@cache
def _staged_columns() -> str:
    kinds = ((column.name, column.type) for column in metadata.tables["events"].columns)
    return ", ".join(
        f"{name} {next(staged for known, staged in _STAGED_AS if isinstance(kind, known))}" for name, kind in kinds
    )


def _copy_into_table(connection: Connection, table: str, columns: Sequence[str], rows: Sequence[RowTuple]) -> None:
    """Raises ValueError where a number has no room in its column: psycopg would cut it."""
    kinds = [metadata.tables[table].c[column].type for column in columns]
    types = [next(sent for known, sent in _COPIED_AS if isinstance(kind, known)) for kind in kinds]
    for place, sent in enumerate(types):
        room = _ROOM.get(sent)
        if room and any(row[place] is not None and not -room <= row[place] < room for row in rows):
            raise ValueError(f"{table}.{columns[place]} has no room for a number")
    texts = [place for place, kind in enumerate(kinds) if isinstance(kind, Text)]
    _copy(connection, table, columns, types, _in_bytes(rows, texts))


@cache
def _dumper_of_bytes() -> "type[Dumper]":
    """The one written in C: for `bytea` by name psycopg takes that of its DB-API type `Binary`, written in Python."""
    from psycopg.types.string import BytesBinaryDumper  # noqa: PLC0415  (SQLite needs no psycopg)

    return BytesBinaryDumper


def _in_bytes(rows: Iterable[RowTuple], texts: Sequence[int]) -> Iterator[RowTuple]:
    for row in rows:
        if any(isinstance(row[place], str) for place in texts):
            values = list(row)
            for place in texts:
                if isinstance(values[place], str):
                    values[place] = values[place].encode()
            yield values
        else:
            yield row


def _copy(
    connection: Connection, table: str, columns: Sequence[str], types: Sequence[str], rows: Iterable[RowTuple]
) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101  (for mypy: a connection in use has one)
    sql = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
    try:
        with driver.cursor() as cursor:
            cursor.adapters.register_dumper(bytes, _dumper_of_bytes())
            with cursor.copy(sql) as copy:
                copy.set_types(types)
                write = copy.write_row
                for row in rows:
                    write(row)
    except connection.dialect.loaded_dbapi.Error as error:
        sentence = explained(error, url_for_people(connection.engine.url))
        if sentence is None:
            raise
        raise sentence from None  # the driver's own words quote the row, which an attacker wrote
