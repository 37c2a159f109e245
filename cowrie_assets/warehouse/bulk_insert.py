"""Many rows into one table as fast as each engine takes them: `executemany` on SQLite, COPY on PostgreSQL."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from cowrie_assets.database_url import url_for_people
from cowrie_assets.warehouse.codec import Utf8
from cowrie_assets.warehouse.errors import explained
from cowrie_assets.warehouse.month_partitions import add_month_partitions

_PAYLOAD = "payload"
_MAY_BE_UTF8 = {_PAYLOAD, "text"}
"""The columns of texts whose values may come as UTF-8: those of `events` always do."""
if TYPE_CHECKING:
    from psycopg.adapt import Dumper

RowTuple = Sequence[Any]
Group = tuple[Sequence[str], list[tuple[Any, ...]]]
"""Columns of `events`, and rows of their values. Equal events stand in one group: equal content has equal columns."""
Inserted = dict[int, int]
"""How many events each day got, of the days that got any."""


def new_step() -> int:
    """A number for `waiting_sessions.step` that no other step has."""
    return secrets.randbits(62)


def insert_rows(connection: Connection, table: str, columns: Sequence[str], rows: Sequence[RowTuple]) -> None:
    """Insert rows that are known to be new. Values are bound as they are: texts must be encoded (`warehouse.codec`)."""
    if not rows:
        return
    if connection.dialect.name == "postgresql":
        _copy(connection, f"COPY {table} ({', '.join(columns)}) FROM STDIN", rows)
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
    none = "SELECT * FROM events LIMIT 0"
    connection.exec_driver_sql(f"CREATE TEMPORARY TABLE IF NOT EXISTS staging_events ON COMMIT DELETE ROWS AS {none}")
    for columns, rows in groups:
        hash_column = columns.index("event_hash")
        add_month_partitions(connection, {row[hash_column][:4] for row in rows})
        place = columns.index(_PAYLOAD)
        numbered = ((position, *row[:place], Utf8(row[place]), *row[place + 1 :]) for position, row in enumerate(rows))
        _copy(connection, f"COPY staging_events (id, {', '.join(columns)}) FROM STDIN", numbered)
    names = ", ".join(dict.fromkeys(column for columns, _ in groups for column in columns))
    values = ", ".join(str(int(value)) for value in constants.values())
    result = connection.exec_driver_sql(
        f"WITH inserted AS (INSERT INTO events ({names}, {', '.join(constants)}) "  # noqa: S608
        f"SELECT {names}, {values} FROM staging_events ORDER BY staging_events.id "
        "ON CONFLICT DO NOTHING RETURNING event_day, session_ref, id), "
        "waiting AS (INSERT INTO waiting_sessions (event_day, session_ref, step, first_event_id) "
        f"SELECT event_day, COALESCE(session_ref, 0), {new_step()}, MIN(id) FROM inserted "
        "GROUP BY event_day, session_ref) "
        "SELECT event_day, COUNT(*) AS events FROM inserted GROUP BY event_day"
    ).all()
    connection.exec_driver_sql("DELETE FROM staging_events")
    return {row.event_day: row.events for row in result}


def _marks(columns: Sequence[str]) -> list[str]:
    return ["CAST(? AS TEXT)" if column in _MAY_BE_UTF8 else "?" for column in columns]


@cache
def _dumper_of_utf8() -> "type[Dumper]":
    from psycopg.adapt import Dumper  # noqa: PLC0415  (SQLite needs no psycopg)

    class Utf8Dumper(Dumper):
        def dump(self, obj: bytes) -> bytes:
            return obj

    return Utf8Dumper


def _copy(connection: Connection, sql: str, rows: Iterable[RowTuple]) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101  (for mypy: a connection in use has one)
    try:
        with driver.cursor() as cursor, cursor.copy(sql) as copy:
            cursor.adapters.register_dumper(Utf8, _dumper_of_utf8())
            for row in rows:
                copy.write_row(row)
    except connection.dialect.loaded_dbapi.Error as error:
        sentence = explained(error, url_for_people(connection.engine.url))
        if sentence is None:
            raise
        raise sentence from None  # the driver's own words quote the row, which an attacker wrote
