"""Where each phase stands, as `cowrie-assets status` shows it: what runs now, and what ran last."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cowrie_assets.cli.printing import duration, size
from cowrie_assets.printable import shown
from cowrie_assets.progress import amount, rate

if TYPE_CHECKING:
    from rich.table import Table

_STYLES = {"running": "bold", "failed": "red", "killed": "red", "silent": "red"}
_LONGEST_DETAIL = 80


def phase_table(documents: "Sequence[dict[str, Any]]") -> "Table":
    """A line for each phase. Where it is at may be a text that an attacker wrote."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("phase", "state", "process", "since (UTC)", "done", "takes", "memory"):
        table.add_column(heading, no_wrap=True)
    table.add_column("where", overflow="ellipsis", no_wrap=True)
    for document in documents:
        state = document["state"]
        table.add_row(
            document["phase"],
            Text(state, style=_STYLES.get(state, "")),
            f"{document['pid']} on {shown(document['hostname'], 20)}",
            f"{document['started_at'][:19]}Z",
            _done(document),
            _takes(document),
            size(document["memory"]["rss_bytes"]),
            Text(shown(document["error"] or document["details"]["message"], _LONGEST_DETAIL), style="dim"),
        )
    return table


def _done(document: dict[str, Any]) -> str:
    at = document["progress"]
    return amount(at["current"], at["total"], at["unit"]) if at["unit"] else ""


def _takes(document: dict[str, Any]) -> str:
    """How long it took; of what runs, how fast it is and how long it will take yet."""
    at = document["progress"]
    parts = [duration(document["elapsed"]["phase_seconds"])]
    if document["state"] == "running":
        parts.append(rate(at["rate_per_sec"], at["unit"]))
        if at["eta_seconds"]:
            parts.append(f"{duration(at['eta_seconds'])} left")
    return ", ".join(filter(None, parts))
