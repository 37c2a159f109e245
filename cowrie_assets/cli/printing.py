"""Documents and amounts as the commands print them."""

import re
from collections.abc import Mapping, Sequence

from cowrie_assets.amounts import count, counted, duration, size
from cowrie_assets.printable import shown

__all__ = ["count", "counted", "duration", "printable_json", "size", "table"]

_NOT_PRINTABLE_ASCII = re.compile(r"[^ -~]")


def printable_json(document: bytes) -> bytes:
    """The same JSON document with what is not printable, lone surrogates included, as `\\u` escapes; it reads back the
    same."""
    text = document.decode("utf-8", "surrogatepass")
    if "".join(text.split("\n")).isprintable():
        return document
    return "\n".join(_NOT_PRINTABLE_ASCII.sub(_escaped_in_json, line) for line in text.split("\n")).encode("utf-8")


def table(rows: Sequence[Mapping[str, object]]) -> list[str]:
    """Rows as aligned lines below their columns' names, numbers to the right; texts are bounded and printable."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    cells = [{name: _cell(row.get(name)) for name in columns} for row in rows]
    width = {name: max(len(name), *(len(row[name]) for row in cells)) for name in columns}
    numbers = {name for name in columns if all(isinstance(row.get(name), int | float) for row in rows)}

    def line(values: Mapping[str, str]) -> str:
        aligned = (
            values[name].rjust(width[name]) if name in numbers else values[name].ljust(width[name]) for name in columns
        )
        return "  ".join(aligned).rstrip()

    return [line({name: name for name in columns}), *map(line, cells)] if rows else []


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int | float) else shown(str(value))


def _escaped_in_json(match: re.Match[str]) -> str:
    char = match.group()
    if char.isprintable():
        return char
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
