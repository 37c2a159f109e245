"""A summary's rows that differ from what their events give, told for people: which row, and what of it differs."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from cowrie_assets.clock import iso_us
from cowrie_assets.summaries.found_rows import named
from cowrie_assets.summaries.touched import Pair
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.schema import texts

_CHARACTERS = 100
_NO_TEXTS = ("sensor_id",)
"""Columns whose numbers are no `texts.id` though they are named so."""
_PASSWORD = "password_id"  # noqa: S105  (a column)
_NOT_SHOWN = "(not shown)"
"""A password may be one of the operator's own."""


def told(
    connection: Connection, day: int, summary: str, keys: Sequence[str], pairs: Sequence[Pair]
) -> tuple[dict[str, Any], ...]:
    """Of each pair of rows with these key columns: day, sensor, session, summary, which of the session's rows it is,
    and the cause of the difference. Texts may be an attacker's, and are cut."""
    names = _texts(connection, pairs)
    rows = [
        {
            "event_day": day,
            "session_ref": row["session_ref"],
            "summary": summary,
            "row": " ".join(_shown(key, row[key], names) for key in keys[1:]),
            "cause": _cause(*pair, names),
        }
        for pair in pairs
        if (row := pair[0] or pair[1]) is not None
    ]
    return named(connection, rows)


def _cause(stands: RowMapping | None, computed: RowMapping | None, names: Mapping[int, str]) -> str:
    if stands is None:
        return "the row is missing"
    if computed is None:
        return "no event gives the row"
    differing = [name for name in stands if name != "is_fresh" and stands[name] != computed[name]]
    return "; ".join(
        f"{name.removesuffix('_id')} is {_shown(name, stands[name], names)}, not {_shown(name, computed[name], names)}"
        for name in differing
    )


def _shown(column: str, value: int | None, names: Mapping[int, str]) -> str:
    if value is None or (value == 0 and _is_text(column)):
        return "none"
    if column == _PASSWORD:
        return _NOT_SHOWN
    if _is_text(column):
        return repr(names.get(value, f"text {value}"))
    return iso_us(value) if column.endswith(("_at", "_seen")) else str(value)


def _is_text(column: str) -> bool:
    return column.endswith("_id") and column not in _NO_TEXTS


def _texts(connection: Connection, pairs: Iterable[Pair]) -> dict[int, str]:
    """The texts that the rows name, cut."""
    wanted = {
        row[column]
        for pair in pairs
        for row in pair
        if row is not None
        for column in row
        if _is_text(column) and column != _PASSWORD and row[column]
    }
    cut = func.substr(texts.c.text, 1, _CHARACTERS)
    found: dict[int, str] = {}
    for some in chunks(sorted(wanted)):
        rows = connection.execute(select(texts.c.id, cut).where(texts.c.id.in_(some)))
        found |= {number: decode_text(text) for number, text in rows}
    return found
