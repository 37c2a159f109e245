"""How assets describe themselves on Dagster's pages, and how texts that attackers wrote are shown there.

Such texts stand in tables only, which render nothing, cut short and with whatever is not printable escaped; never in
Markdown.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import dagster as dg

from cowrie_assets.defs.columns import column_schema
from cowrie_assets.printable import printable
from cowrie_assets.reports.top_list import TopItem
from cowrie_assets.settings import Settings

OWNERS = ["team:honeypot-operations"]
WRITER_POOL = "warehouse_writer"
"""One run at a time writes the warehouse: `dagster.yaml` gives the pool one slot."""

_SHOWN_CHARACTERS = 200
_DATABASE = Settings.from_environment().database_label
STORAGE_KIND = _DATABASE.split(":", 1)[0].split("+", 1)[0]
"""`sqlite` or `postgresql`."""


def shown(text: str) -> str:
    """`text` on one line of at most 200 characters, what is not printable as an escape."""
    cut = text[:_SHOWN_CHARACTERS]
    plain = printable(cut)
    whole = len(cut) == len(text) and len(plain) <= _SHOWN_CHARACTERS
    return plain if whole else plain[: _SHOWN_CHARACTERS - 1] + "…"


def top_table(column: str, counted: str, items: Iterable[TopItem]) -> dg.TableMetadataValue:
    """A table of values that attackers wrote and how often each was counted."""
    schema = dg.TableSchema([dg.TableColumn(column, "string"), dg.TableColumn(counted, "int")])
    records = [dg.TableRecord({column: shown(item["value"]), counted: item["count"]}) for item in items]
    return dg.MetadataValue.table(records, schema)


def table_metadata(table: str) -> Mapping[str, Any]:
    """What is known of a table before anything is stored in it: where it is, its columns."""
    return {
        "dagster/column_schema": column_schema(table),
        "dagster/relation_identifier": f"{_DATABASE}/{table}",
        "dagster/storage_kind": STORAGE_KIND,
    }
