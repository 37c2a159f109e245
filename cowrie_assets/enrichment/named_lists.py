"""A list of addresses as the settings name it."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

NAME = "[a-z0-9][a-z0-9_.-]{0,63}"
"""What the name of a list looks like."""


class ListKind(StrEnum):
    """What a list says of the addresses that it names."""

    SCANNER = "scanner"
    """Scans the whole internet, whoever does so."""
    RESEARCHER = "researcher"
    """Scans to measure, and says who it is."""
    TOR = "tor"
    VPN = "vpn"
    PROXY = "proxy"
    HOSTING = "hosting"
    BOTNET = "botnet"
    BLOCKLIST = "blocklist"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class AddressList:
    """A list of addresses and networks in a file."""

    name: str
    kind: ListKind
    path: Path
    may_be_empty: bool = False
    """Whether a file with nothing in it names nobody; else it is one that could not be fetched."""
