"""The `commands` section: what was typed."""

from typing import TypedDict

from cowrie_assets.reports.figures import Figures
from cowrie_assets.reports.top_list import TopItem


class CommandsSection(TypedDict):
    """Counted are occurrences, unless said otherwise."""

    total: int
    unique: int
    top_commands: list[TopItem]
    high_risk_total: int
    """Occurrences of commands whose risk score is 70 or more."""
    top_last_commands: list[TopItem]
    """What sessions typed last; counted are sessions.

    The last command of a session is the one seen last; of several seen last at the same microsecond, the one that sorts
    first.
    """


def commands_section(commands: Figures) -> CommandsSection:
    """The section, from the figures of `sql/reports/commands.sql`."""
    return {
        "total": commands.numbers["total"],
        "unique": commands.numbers["unique"],
        "top_commands": commands.top("top_commands"),
        "high_risk_total": commands.numbers["high_risk_total"],
        "top_last_commands": commands.top("top_last_commands"),
    }
