"""The `sources` section: where sessions came from."""

from typing import TypedDict

from cowrie_assets.reports.figures import Figures
from cowrie_assets.reports.top_list import TopItem


class SourcesSection(TypedDict):
    """Counted are sessions."""

    top_ips: list[TopItem]
    unique_networks: int
    """IPv4 /24 and IPv6 /48; an address that is none lies in none."""
    top_networks: list[TopItem]


def sources_section(sources: Figures) -> SourcesSection:
    """The section, from the figures of `sql/reports/sources.sql`."""
    return {
        "top_ips": sources.top("top_ips"),
        "unique_networks": sources.numbers["unique_networks"],
        "top_networks": sources.top("top_networks"),
    }
