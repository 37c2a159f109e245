"""How assets describe themselves on Dagster's pages, and how texts that attackers wrote are shown there.

Such texts stand in tables only, which render nothing, cut short and with whatever is not printable escaped; never in
Markdown.
"""

from collections.abc import Iterable, Mapping, Sequence

import dagster as dg

from cowrie_assets.printable import printable, shown
from cowrie_assets.reports.sections.alerts import Alert
from cowrie_assets.reports.sections.changes import ChangesSection
from cowrie_assets.reports.top_list import TopItem

OWNERS = ["team:honeypot-operations"]
WRITER_POOL = "warehouse_writer"
"""One run at a time writes the warehouse: `dagster.yaml` gives the pool one slot."""

_BARS = "\u2007▁▂▃▄▅▆▇█"


def top_table(column: str, counted: str, items: Iterable[TopItem]) -> dg.TableMetadataValue:
    """A table of values that attackers wrote and how often each was counted."""
    schema = dg.TableSchema([dg.TableColumn(column, "string"), dg.TableColumn(counted, "int")])
    records = [dg.TableRecord({column: shown(item["value"]), counted: item["count"]}) for item in items]
    return dg.MetadataValue.table(records, schema)


def row_table(rows: Sequence[Mapping[str, object]]) -> dg.TableMetadataValue:
    """Rows with whatever columns they have, in the order in which these come up; texts may be an attacker's."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    numbers = {name for name in columns if all(isinstance(row.get(name), int | None) for row in rows)}
    schema = dg.TableSchema([dg.TableColumn(name, "int" if name in numbers else "string") for name in columns])
    records = [dg.TableRecord({name: _cell(row.get(name)) for name in columns}) for row in rows]
    return dg.MetadataValue.table(records, schema)


def _cell(value: object) -> str | int | float | None:
    return value if isinstance(value, int | float) or value is None else shown(str(value))


def alert_table(alerts: Iterable[Alert]) -> dg.TableMetadataValue:
    """The alerts of a report, a line each."""
    schema = dg.TableSchema([dg.TableColumn(name, "string") for name in ("severity", "kind", "message")])
    records = [
        dg.TableRecord({"severity": alert["severity"], "kind": alert["kind"], "message": printable(alert["message"])})
        for alert in alerts
    ]
    return dg.MetadataValue.table(records, schema)


def change_table(changes: ChangesSection) -> dg.TableMetadataValue:
    """The headline figures beside those of the period before; empty cells where there is nothing to compare with."""
    rows: list[dict[str, str | float | None]] = [
        {
            "figure": figure,
            "value": change["value"],
            "before": change["previous"],
            "change, %": change["change_percent"],
            "median of four": change["median"],
            "change to it, %": change["change_to_median_percent"],
        }
        for figure, change in changes["figures"].items()
    ]
    schema = dg.TableSchema([dg.TableColumn(name, "string" if name == "figure" else "float") for name in rows[0]])
    return dg.MetadataValue.table([dg.TableRecord(row) for row in rows], schema)


def sparkline(counts: Sequence[int]) -> str:
    """A line of bars, each as high as its count against the greatest: `▁▃█▂`; a blank is a count of 0."""
    most = max([1, *counts])
    return "".join(_BARS[-(-count * (len(_BARS) - 1) // most)] for count in counts)
