"""Where each phase stands, as `cowrie-assets status` shows it: what runs now, and what ran last."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cowrie_assets.cli.printing import duration
from cowrie_assets.printable import shown
from cowrie_assets.progress import amount

if TYPE_CHECKING:
    from rich.table import Table

_STYLES = {"running": "bold", "failed": "red", "killed": "red", "silent": "red"}
_LONGEST_DETAIL = 80


def phase_table(documents: "Sequence[dict[str, Any]]") -> "Table":
    """A line for each phase. Where it is at may be a text that an attacker wrote."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("phase", "state", "process"):
        table.add_column(heading, no_wrap=True)
    for heading in ("done", "took", "where"):
        table.add_column(heading)
    for document in documents:
        state = document["state"]
        where = shown(document["error"] or document["details"]["message"], _LONGEST_DETAIL)
        table.add_row(
            document["phase"],
            Text(state, style=_STYLES.get(state, "")),
            str(document["pid"]),
            _done(document),
            _took(document),
            Text(where, style="dim", no_wrap=True, overflow="ellipsis"),
        )
    return table


def _done(document: dict[str, Any]) -> str:
    at = document["progress"]
    return amount(at["current"], at["total"], at["unit"]) if at["unit"] else ""


def _took(document: dict[str, Any]) -> str:
    """How long it took; of what runs, how long it will take yet."""
    at = document["progress"]
    parts = [duration(document["elapsed"]["phase_seconds"])]
    if document["state"] == "running" and at["eta_seconds"]:
        parts.append(f"{duration(at['eta_seconds'])} left")
    return ", ".join(parts)
