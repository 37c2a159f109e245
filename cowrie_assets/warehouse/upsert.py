"""Insert a row or bring it up to date, the same on both engines."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

AnyInsert = postgresql.Insert | sqlite.Insert


def upsert(connection: Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Make the row of `key` hold `values`."""
    row = {**key, **values}
    connection.execute(_upsert(connection.dialect.name, table, tuple(key), tuple(row)), row)


def insert_new(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """Insert a row; False where one with its key stands, which is left as it is."""
    inserted = _insert(connection.dialect.name, table).on_conflict_do_nothing(index_elements=table.primary_key)
    return connection.execute(inserted.returning(*table.primary_key), row).first() is not None


@cache
def _upsert(dialect: str, table: Table, key: tuple[str, ...], columns: tuple[str, ...]) -> AnyInsert:
    row = _insert(dialect, table)
    changed = {column: row.excluded[column] for column in columns if column not in key}
    return row.on_conflict_do_update(index_elements=key, set_=changed)


def _insert(dialect: str, table: Table) -> AnyInsert:
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
