"""The `tunnels` section: where sessions asked the honeypot to forward connections to."""

from typing import TypedDict

from cowrie_assets.reports.figures import Figures
from cowrie_assets.reports.top_list import TopItem


class TunnelsSection(TypedDict):
    """By requests (`cowrie.direct-tcpip.request`), whose numbers stand in the section `sessions`."""

    unique_targets: int
    top_targets: list[TopItem]
    """`address:port`, an IPv6 address in brackets."""


def tunnels_section(tunnels: Figures) -> TunnelsSection:
    """The section, from the figures of `sql/reports/tunnels.sql`."""
    return {"unique_targets": tunnels.numbers["unique_targets"], "top_targets": tunnels.top("top_targets")}
