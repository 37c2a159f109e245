"""The `clients` section: what connected."""

from typing import TypedDict

from cowrie_assets.reports.figures import Figures
from cowrie_assets.reports.top_list import TopItem


class ClientsSection(TypedDict):
    """Counted are sessions."""

    top_hassh: list[TopItem]
    top_versions: list[TopItem]


def clients_section(clients: Figures) -> ClientsSection:
    """The section, from the figures of `sql/reports/clients.sql`."""
    return {"top_hassh": clients.top("top_hassh"), "top_versions": clients.top("top_versions")}
