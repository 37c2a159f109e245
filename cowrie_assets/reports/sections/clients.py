"""The `clients` section: what connected."""

from typing import TypedDict

from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.top_list import TopItem


class ClientsSection(TypedDict):
    """Counted are sessions."""

    top_hassh: list[TopItem]
    top_versions: list[TopItem]


def clients_section(scope: Scope) -> ClientsSection:
    """The section, from `sql/reports/clients.sql`."""
    clients = scope.figures("clients")
    return {"top_hassh": clients.top("top_hassh"), "top_versions": clients.top("top_versions")}
