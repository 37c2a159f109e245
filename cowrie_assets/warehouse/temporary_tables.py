"""Temporary tables, which each connection has for itself."""

from sqlalchemy import Connection, text


def make_empty(connection: Connection, table: str, columns: str) -> None:
    """Have an empty temporary table.

    `columns` are declared as PostgreSQL does; SQLite, where `BIGINT` is no alias of the row id, has `INTEGER` instead,
    so that a `BIGINT PRIMARY KEY` needs no index beside the table.
    """
    if connection.dialect.name == "sqlite":
        columns = columns.replace("BIGINT", "INTEGER")
    connection.execute(text(f"CREATE TEMPORARY TABLE IF NOT EXISTS {table} ({columns})"))
    connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608  (a name of our own)
