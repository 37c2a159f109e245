"""Many rows into one table as fast as each engine takes them: `executemany` on SQLite, binary COPY on PostgreSQL.

Binary COPY names no types, and PostgreSQL takes the bytes of a text as they are: what is UTF-8 already is neither
decoded nor escaped on its way.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import repeat
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Connection, Integer, LargeBinary, SmallInteger, Text

from cowrie_assets.database_url import url_for_people
from cowrie_assets.warehouse.errors import WarehouseConflictError, explained
from cowrie_assets.warehouse.month_partitions import add_month_partitions
from cowrie_assets.warehouse.refresh_queue import new_step
from cowrie_assets.warehouse.schema import metadata
from cowrie_assets.warehouse.sql import statement

if TYPE_CHECKING:
    from psycopg.adapt import Dumper

_PAYLOAD = "payload"
_MAY_BE_UTF8 = {_PAYLOAD, "text"}
"""The columns of texts whose values may come as UTF-8: those of `events` always do."""
_COPIED_AS = ((SmallInteger, "int2"), (BigInteger, "int8"), (Integer, "int4"), (LargeBinary, "bytea"), (Text, "bytea"))
"""The form in which binary COPY sends a column: PostgreSQL's own type, but the bytes of a text."""
_ROOM = {"int2": "h", "int4": "i"}
"""The arrays that have room for the same numbers."""
_WAITING = ("event_day", "session_ref", "step", "first_event_id")
_AT_ONCE = "another process stored the same events at the same moment"

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
    insert = _insert_by_copy if connection.dialect.name == "postgresql" else _insert_by_executemany
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
        if sum(inserted.values()) == sum(len(rows) for _, rows in groups):
            waiting = {pair for columns, rows in groups for pair in _days_and_sessions(columns, rows)}
        else:
            found = "SELECT DISTINCT event_day, session_ref FROM events WHERE id > ?"
            waiting = {(day, session or 0) for day, session in connection.exec_driver_sql(found, (newest,))}
        step, first_id = new_step(), newest + 1
        queued = [(day, session, step, first_id) for day, session in sorted(waiting)]
        insert_rows(connection, "waiting_sessions", _WAITING, queued)
    return inserted


def _days_and_sessions(columns: Sequence[str], rows: Sequence[RowTuple]) -> set[tuple[int, int]]:
    """What waits where these events are new: their days and sessions, 0 for none."""
    day = columns.index("event_day")
    if "session_ref" not in columns:
        return {(row[day], 0) for row in rows}
    session = columns.index("session_ref")
    return {(row[day], row[session] or 0) for row in rows}


def _insert_by_copy(connection: Connection, groups: Sequence[Group], constants: Mapping[str, int]) -> Inserted:
    """Straight into the table: rows that go by a staging table are written twice, and `ON CONFLICT` takes them one by
    one where COPY takes pages. So what is stored already is looked up first."""
    columns, rows = _in_order(groups, constants)
    identity, day = map(columns.index, ("event_hash", "event_day"))
    rows = _new_rows(connection, rows, identity)
    if not rows:
        return {}
    try:
        _copy(connection, "events", columns, rows)
    except connection.dialect.loaded_dbapi.errors.UniqueViolation:
        raise WarehouseConflictError(_AT_ONCE) from None
    waiting = sorted(_days_and_sessions(columns, rows))
    binds = {
        "days": [day for day, _ in waiting],
        "sessions": [session for _, session in waiting],
        "step": new_step(),
        "first_identity": rows[0][identity],
    }
    connection.execute(statement("warehouse/add_waiting"), binds)
    return Counter(map(itemgetter(day), rows))


def _in_order(groups: Sequence[Group], constants: Mapping[str, int]) -> tuple[list[str], list[RowTuple]]:
    """The rows of all groups by their place in the log, with the columns of them all: None where a group has none."""
    named = dict.fromkeys(column for columns, _ in groups for column in columns)
    together = [*named, *constants]
    rows: list[RowTuple] = []
    for columns, some in groups:
        values = dict(zip(columns, zip(*some, strict=True), strict=True))
        _require_room("events", values)
        rows += zip(*(values.get(column) or repeat(constants.get(column)) for column in together))  # noqa: B905  (repeat has no end)
    rows.sort(key=itemgetter(together.index("byte_offset")))
    return together, rows


def _new_rows(connection: Connection, rows: list[RowTuple], identity: int) -> list[RowTuple]:
    """Those whose event, by the column at `identity`, is not stored; of equal ones the first."""
    identities = sorted(map(itemgetter(identity), rows))
    add_month_partitions(connection, identities)
    binds = {"identities": b"".join(identities), "least": identities[0], "greatest": identities[-1]}
    stored = set(map(bytes, connection.execute(statement("warehouse/stored_events"), binds).scalars()))
    if not stored and len(set(identities)) == len(rows):
        return rows
    first = {row[identity]: row for row in reversed(rows)}
    return [row for row in rows if row[identity] not in stored and first[row[identity]] is row]


def _marks(columns: Sequence[str]) -> list[str]:
    return ["CAST(? AS TEXT)" if column in _MAY_BE_UTF8 else "?" for column in columns]


def _copy_into_table(connection: Connection, table: str, columns: Sequence[str], rows: Sequence[RowTuple]) -> None:
    """Raises as `_require_room` does."""
    small = [place for place, column in enumerate(columns) if _copied_as(table, column) in _ROOM]
    _require_room(table, {columns[place]: map(itemgetter(place), rows) for place in small})
    texts = [place for place, column in enumerate(columns) if isinstance(metadata.tables[table].c[column].type, Text)]
    _copy(connection, table, columns, _in_bytes(rows, texts) if texts else rows)


def _require_room(table: str, values: Mapping[str, Iterable[Any]]) -> None:
    """Raises OverflowError where a number among these values of columns has no room in its column: psycopg would cut
    it."""
    for column, some in values.items():
        if room := _ROOM.get(_copied_as(table, column)):
            array(room, filter(None, some))


@cache
def _copied_as(table: str, column: str) -> str:
    kind = metadata.tables[table].c[column].type
    return next(sent for known, sent in _COPIED_AS if isinstance(kind, known))


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


def _copy(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[RowTuple]) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101  (for mypy: a connection in use has one)
    sql = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
    try:
        with driver.cursor() as cursor:
            cursor.adapters.register_dumper(bytes, _dumper_of_bytes())
            with cursor.copy(sql) as copy:
                copy.set_types([_copied_as(table, column) for column in columns])
                write = copy.write_row
                for row in rows:
                    write(row)
    except connection.dialect.loaded_dbapi.Error as error:
        sentence = explained(error, url_for_people(connection.engine.url))
        if sentence is None:
            raise
        raise sentence from None  # the driver's own words quote the row, which an attacker wrote
