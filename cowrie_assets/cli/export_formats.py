"""Rows of a table as CSV, JSON lines and Parquet."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, BinaryIO

import click

from cowrie_assets.analysis.tables import Column, Table, Type
from cowrie_assets.archives.places import EXTRA
from cowrie_assets.cli.printing import printable_json
from cowrie_assets.clock import day_of_number, iso_us
from cowrie_assets.reports.json_writer import dump
from cowrie_assets.spreadsheet import csv_line
from cowrie_assets.warehouse.codec import decode_text

Rows = Iterable[Sequence[Any]]


def _csv(table: Table, rows: Rows) -> Iterator[bytes]:
    yield csv_line(column.name for column in table.columns)
    for some in rows:
        for row in some:
            yield csv_line(map(_cell, table.columns, row))


def _json_lines(table: Table, rows: Rows) -> Iterator[bytes]:
    for some in rows:
        for row in some:
            values = {column.name: _plain(column, value) for column, value in zip(table.columns, row, strict=True)}
            yield printable_json(dump(values, pretty=False))


LINES: dict[str, Callable[[Table, Rows], Iterator[bytes]]] = {"csv": _csv, "jsonl": _json_lines}


def write_parquet(table: Table, rows: Rows, file: BinaryIO) -> None:
    """Write a Parquet file; a lone surrogate, which Parquet cannot hold, is an escape there.

    Raises ClickException where pyarrow is not installed.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise click.ClickException(f"pyarrow is not installed: {EXTRA}") from None
    types = {
        Type.TEXT: pyarrow.string(),
        Type.CATEGORY: pyarrow.string(),
        Type.INTEGER: pyarrow.int64(),
        Type.NUMBER: pyarrow.float64(),
        Type.FLAG: pyarrow.bool_(),
        Type.TIME: pyarrow.timestamp("us", tz="UTC"),
        Type.DAY: pyarrow.date32(),
    }
    schema = pyarrow.schema([(column.name, types[column.type]) for column in table.columns])
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for some in filter(None, rows):
            columns = zip(table.columns, zip(*some, strict=True), strict=True)
            arrays = [
                pyarrow.array([_arrow(column, value) for value in values], types[column.type])
                for column, values in columns
            ]
            writer.write_batch(pyarrow.RecordBatch.from_arrays(arrays, schema=schema))


def _cell(column: Column, value: Any) -> Any:  # noqa: ANN401  (whatever a column holds)
    plain = _plain(column, value)
    return ("true" if plain else "false") if isinstance(plain, bool) else plain


def _plain(column: Column, value: Any) -> Any:  # noqa: ANN401
    """A value as JSON has it: times and days as ISO 8601 texts in UTC."""
    return None if value is None else _AS_PLAIN.get(column.type, _unchanged)(value)


def _unchanged(value: Any) -> Any:  # noqa: ANN401
    return value


_AS_PLAIN: dict[Type, Callable[[Any], Any]] = {
    Type.TEXT: decode_text,
    Type.CATEGORY: decode_text,
    Type.FLAG: bool,
    Type.TIME: iso_us,
    Type.DAY: lambda day: day_of_number(day).isoformat(),
    Type.NUMBER: float,
}


def _arrow(column: Column, value: Any) -> Any:  # noqa: ANN401
    """A value as `pyarrow.array` takes it: times and days as the numbers that they are."""
    if value is None or column.type in (Type.TIME, Type.DAY):
        return value
    plain = _plain(column, value)
    return plain.encode("utf-8", "backslashreplace").decode() if isinstance(plain, str) else plain
