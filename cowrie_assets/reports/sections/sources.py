"""The `sources` section: where sessions came from."""

from typing import Any, TypedDict

from sqlalchemy import Row

from cowrie_assets.clock import iso_us
from cowrie_assets.reports.figures import Figures, Scope
from cowrie_assets.reports.top_list import TopItem
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.dictionary import digest_of


class Address(TypedDict):
    """What came from one address in the period, as the diaries of the ISC quote it."""

    address: str
    network: str | None
    """Its /24 or /48; null where the address is none."""
    sessions: int
    first_event_at: str
    last_event_at: str
    """Instants: of the first and of the last event of its sessions, which may lie behind the period."""
    login_attempts: int
    login_successes: int
    commands: int
    files: int
    """Different SHA-256 of its downloads and uploads."""


class SourcesSection(TypedDict):
    """Counted are sessions."""

    top_ips: list[TopItem]
    addresses: list[Address]
    """Those of `top_ips`, in their order."""
    unique_networks: int
    """IPv4 /24 and IPv6 /48; an address that is none lies in none."""
    top_networks: list[TopItem]


def sources_section(scope: Scope, sources: Figures) -> SourcesSection:
    """The section, from the figures of `sql/reports/sources.sql`, and `sql/reports/addresses.sql`."""
    return {
        "top_ips": sources.top("top_ips"),
        "addresses": _addresses(scope, [item["value"] for item in sources.top("top_ips")]),
        "unique_networks": sources.numbers["unique_networks"],
        "top_networks": sources.top("top_networks"),
    }


def _addresses(scope: Scope, wanted: list[str]) -> list[Address]:
    if not wanted:
        return []
    rows = scope.rows("addresses", digests=[digest_of(address) for address in wanted])
    found: dict[str, Address] = {decode_text(row.address): _address(row) for row in rows}
    return [found[address] for address in wanted]


def _address(row: Row[Any]) -> Address:
    return {
        "address": decode_text(row.address),
        "network": decode_text(row.network),
        "sessions": row.sessions,
        "first_event_at": iso_us(row.first_event_at),
        "last_event_at": iso_us(row.last_event_at),
        "login_attempts": row.login_attempts,
        "login_successes": row.login_successes,
        "commands": row.commands,
        "files": row.files,
    }
