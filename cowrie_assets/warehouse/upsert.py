"""Insert a row or bring it up to date, the same on both engines."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite


def upsert(connection: Connection, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Make the row of `key` hold `values`."""
    row = {**key, **values}
    connection.execute(_statement(connection.dialect.name, table, tuple(key), tuple(row)), row)


@cache
def _statement(dialect: str, table: Table, key: tuple[str, ...], columns: tuple[str, ...]) -> Insert:
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    row = insert(table)
    changed = {column: row.excluded[column] for column in columns if column not in key}
    return row.on_conflict_do_update(index_elements=key, set_=changed)
