"""What a query gives, as text, JSON, CSV or Parquet. Cells may be an attacker's."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click
import orjson

from cowrie_assets.cli.printing import printable_json, table
from cowrie_assets.cli.whole_file import whole_file
from cowrie_assets.spreadsheet import csv_line
from cowrie_assets.warehouse.codec import decode_text

if TYPE_CHECKING:
    from cowrie_assets.operations.query import Answer


def write(answer: "Answer", output_format: str, output: Path | None) -> None:
    """Write an answer to a file, which is there whole or not at all, or to standard output."""
    if output is None:
        for content in _FORMATS[output_format](answer):
            click.echo(content, nl=False)
        return
    with whole_file(output) as file:
        if output_format == "parquet":
            _write_parquet(answer, file)
        else:
            file.writelines(_FORMATS[output_format](answer))


def _text(answer: "Answer") -> Iterator[bytes]:
    """Aligned tables of as many rows as come at once."""
    for batch in answer.batches:
        rows = [{name: _plain(value) for name, value in row.items()} for row in batch.to_pylist()]
        yield "".join(f"{line}\n" for line in table(rows)).encode()


def _json(answer: "Answer") -> Iterator[bytes]:
    """One document: the columns with their types, and a row a line."""
    columns = [{"name": field.name, "type": str(field.type)} for field in answer.schema]
    yield b'{"columns": ' + _dump(columns) + b', "rows": ['
    separator = b"\n"
    for batch in answer.batches:
        for row in batch.to_pylist():
            yield separator + _dump(row)
            separator = b",\n"
    yield b"\n]}\n"


def _csv(answer: "Answer") -> Iterator[bytes]:
    yield csv_line(answer.schema.names)
    for batch in answer.batches:
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            yield csv_line(map(_plain, row))


def _write_parquet(answer: "Answer", file: BinaryIO) -> None:
    from pyarrow import parquet  # an extra

    with parquet.ParquetWriter(file, answer.schema, compression="zstd") as writer:
        for batch in answer.batches:
            writer.write_batch(batch)


_FORMATS: dict[str, Callable[["Answer"], Iterator[bytes]]] = {"text": _text, "json": _json, "csv": _csv}


def _plain(value: Any) -> Any:  # noqa: ANN401  (whatever SQL gives)
    """A value as it is written: numbers stay numbers, a time without a zone is UTC, bytes are hexadecimal, texts are as
    they were before `warehouse.codec` made them storable."""
    match value:
        case bool():
            plain: Any = "true" if value else "false"
        case Decimal():
            plain = int(value) if value == value.to_integral_value() else float(value)
        case datetime():
            plain = value.isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
        case date():
            plain = value.isoformat()
        case bytes():
            plain = value.hex()
        case dict() | list():
            plain = _dump(value).decode()
        case str():
            plain = decode_text(value)
        case int() | float() | None:
            plain = value
        case _:
            plain = str(value)
    return plain


def _dump(value: Any) -> bytes:  # noqa: ANN401
    stored = orjson.dumps(value, default=_plain, option=orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS)
    return printable_json(decode_text(stored.decode()).encode("utf-8", "surrogatepass"))
