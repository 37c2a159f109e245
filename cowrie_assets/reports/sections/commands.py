"""The `commands` section: what was typed."""

from typing import TypedDict

from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.top_list import TopItem


class CommandsSection(TypedDict):
    """Counted are occurrences."""

    total: int
    unique: int
    top_commands: list[TopItem]
    high_risk_total: int
    """Occurrences of commands whose risk score is 70 or more."""


def commands_section(scope: Scope) -> CommandsSection:
    """The section, from `sql/reports/commands.sql`."""
    commands = scope.figures("commands")
    return {
        "total": commands.numbers["total"],
        "unique": commands.numbers["unique"],
        "top_commands": commands.top("top_commands"),
        "high_risk_total": commands.numbers["high_risk_total"],
    }
