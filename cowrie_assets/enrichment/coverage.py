"""How much of what is stored is known: files and addresses that services answered for, places, lists, downloads."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from cowrie_assets.enrichment.answers import Kind
from cowrie_assets.reports.top_list import TopItem
from cowrie_assets.warehouse.sql import statement


@dataclass(frozen=True, slots=True)
class Judged:
    """What one service says of the values of one kind that it answered for."""

    malicious: int = 0
    clean: int = 0
    unknown: int = 0
    """It does not say."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """Numbers of different values."""

    addresses: int
    placed: int
    """Source addresses of which a place is known."""
    tagged: int
    """Those that a list names."""
    judged: Mapping[tuple[Kind, str], Judged]
    """By kind and service."""


@dataclass(frozen=True, slots=True)
class Downloads:
    """The files in the downloads' folders, as they were examined last."""

    files: int
    contents: int
    """Different ones."""
    bytes: int
    named_by_no_event: int
    named_wrongly: int
    """Named as by a SHA-256, and it is not theirs."""
    unreadable: int
    by_type: list[TopItem]
    """The most frequent types; counted are different contents."""


def downloads(connection: Connection, *, most: int) -> Downloads:
    """What lies in the folders, with at most `most` types."""
    numbers = connection.execute(statement("enrichment/count_downloads")).one()._asdict()
    types = connection.execute(statement("enrichment/downloads_by_type"), {"most": most})
    return Downloads(**numbers, by_type=[{"value": value, "count": count} for value, count in types])


def coverage(connection: Connection) -> Coverage:
    """What is known of all that is stored."""
    known = connection.execute(statement("enrichment/coverage")).one()
    numbers: dict[tuple[Kind, str], dict[str, int]] = {}
    for row in connection.execute(statement("enrichment/count_judged")):
        word = {1: "malicious", 0: "clean"}.get(row.malicious, "unknown")
        numbers.setdefault((Kind(row.kind), row.provider), {})[word] = row.number
    judged = {key: Judged(**said) for key, said in numbers.items()}
    return Coverage(known.addresses, known.placed, known.tagged, judged)
