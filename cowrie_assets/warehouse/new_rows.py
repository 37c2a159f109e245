"""Rows that another transaction may be putting in at the same moment, on PostgreSQL: each is put in once, by either.

A row that another transaction has put in and not committed is waited for. So rows are put in by the order of their
keys, as every writer does: two that bring the same ones do not wait for each other.
"""

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table

from cowrie_assets.warehouse.codec import Utf8

_ROWS_AT_ONCE = 10_000
_CHARACTERS_AT_ONCE = 4 * 1024 * 1024

Row = tuple[Any, ...]


def put_in_missing(connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[Row]) -> list[Row]:
    """Put in the rows whose key, the first of `columns`, the table does not have; what it gave these: key and primary
    key of each. Texts are as warehouse.codec stores them."""
    key, number = columns[0], table.primary_key.columns[0].name
    ending = f"ON CONFLICT ({key}) DO NOTHING RETURNING {key}, {number}"
    names = ", ".join(columns)
    types = [str(table.c[column].type.compile(connection.dialect)).partition(" ")[0] for column in columns]
    arrays = ", ".join(f"CAST(%b AS {kind}[])" for kind in types)
    many = f"INSERT INTO {table.name} ({names}) SELECT {names} FROM UNNEST({arrays}) AS new ({names}) {ending}"  # noqa: S608  (names of our own schema)
    new: list[Row] = []
    for part in _parts(sorted(rows, key=itemgetter(0))):
        if any(isinstance(value, Utf8) for value in part[0]):
            marks = ", ".join("convert_from(%b, 'UTF8')" if isinstance(value, Utf8) else "%b" for value in part[0])
            one = f"INSERT INTO {table.name} ({names}) VALUES ({marks}) {ending}"  # noqa: S608
            found = connection.exec_driver_sql(one, part[0])
        else:
            found = connection.exec_driver_sql(many, tuple(map(list, zip(*part, strict=True))))
        new += [(bytes(mark) if isinstance(mark, memoryview) else mark, number) for mark, number in found]
    return new


def _parts(rows: list[Row]) -> Iterator[list[Row]]:
    """Rows that one statement takes: many, or a single one that holds a long text as UTF-8."""
    part: list[Row] = []
    characters = 0
    for row in rows:
        is_long = any(isinstance(value, Utf8) for value in row)
        length = sum(len(value) for value in row if isinstance(value, str))
        if part and (is_long or len(part) == _ROWS_AT_ONCE or characters + length > _CHARACTERS_AT_ONCE):
            yield part
            part, characters = [], 0
        part.append(row)
        characters += length
        if is_long:
            yield part
            part = []
    if part:
        yield part
