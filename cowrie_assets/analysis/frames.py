"""DataFrames of tables: times of UTC, categories, types that know "no value"."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from cowrie_assets.analysis.tables import Column, Span, Table, Type, days_of, rows_of, texts_of
from cowrie_assets.clock import US_PER_DAY

_TEXTS: Any = pd.StringDtype("python")
"""Lone surrogates, which attackers send, are in no text of Arrow."""
_DTYPES: dict[Type, Any] = {Type.INTEGER: "Int64", Type.NUMBER: "Float64", Type.FLAG: "boolean"}
_TIMES: Any = "datetime64[us, UTC]"


def frames(connection: Connection, table: Table, span: Span) -> Iterator[pd.DataFrame]:
    """A DataFrame for each day that has rows, in order; one without rows where no day has any."""
    given = False
    for day in days_of(connection, table, span):
        rows = [row for some in rows_of(connection, table, day, span) for row in some]
        if rows:
            given = True
            yield frame(table, rows)
    if not given:
        yield frame(table, [])


def joined(table: Table, of_days: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """One DataFrame of those of all days."""
    whole = pd.concat(of_days, ignore_index=True)
    categories = [column.name for column in table.columns if column.type is Type.CATEGORY]
    return whole.astype(dict.fromkeys(categories, "category"))  # those of each day are others


def frame(table: Table, rows: Sequence[Any]) -> pd.DataFrame:
    """A DataFrame of rows as the warehouse has them."""
    values = list(zip(*rows, strict=True)) if rows else [()] * len(table.columns)
    return pd.DataFrame(
        {column.name: _series(column, given) for column, given in zip(table.columns, values, strict=True)}
    )


def _series(column: Column, values: Sequence[Any]) -> Any:  # noqa: ANN401  (a Series of whatever the column holds)
    match column.type:
        case Type.TEXT:
            return pd.Series(texts_of(values), dtype=_TEXTS)
        case Type.CATEGORY:
            return pd.Series(texts_of(values), dtype=_TEXTS).astype("category")
        case Type.TIME:
            return pd.Series(pd.array(values, dtype="Int64")).astype(_TIMES)
        case Type.DAY:
            return pd.Series([value * US_PER_DAY for value in values], dtype="int64").astype(_TIMES)
        case _:
            return pd.Series(values, dtype=_DTYPES[column.type])
