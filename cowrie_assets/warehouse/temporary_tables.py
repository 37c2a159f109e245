"""Temporary tables, which each connection has for itself."""

from collections.abc import Callable

from sqlalchemy import ColumnElement, Connection, MetaData, Table, insert, select, text

_TEMPORARY = {"sqlite": "temp", "postgresql": "pg_temp"}


def make_empty(connection: Connection, table: str, columns: str) -> None:
    """Have an empty temporary table.

    `columns` are declared as PostgreSQL does; SQLite, where `BIGINT` is no alias of the row id, has `INTEGER` instead,
    so that a `BIGINT PRIMARY KEY` needs no index beside the table.
    """
    if connection.dialect.name == "sqlite":
        columns = columns.replace("BIGINT", "INTEGER")
    connection.execute(text(f"CREATE TEMPORARY TABLE IF NOT EXISTS {table} ({columns})"))
    connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608  (a name of our own)


def stand_in(connection: Connection, table: Table, of: Callable[[Table], ColumnElement[bool]] | None = None) -> None:
    """Have a temporary table with rows of `table` (those `of` a condition, else all) stand before it: for the rest of
    the transaction, which is to be undone, statements that name it read and write the copy. Both engines look there
    first. Who may only read may do so."""
    dialect = connection.dialect.name
    place = "main" if dialect == "sqlite" else connection.execute(text("SELECT current_schema()")).scalar_one()
    original = table.to_metadata(MetaData(), schema=place)
    copy = table.to_metadata(MetaData(), schema=_TEMPORARY[dialect])
    copy.create(connection)
    rows = select(original) if of is None else select(original).where(of(original))
    connection.execute(insert(copy).from_select(original.columns.keys(), rows))
