"""How much of what is stored is known: files and addresses that services answered for, places, lists."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from cowrie_assets.enrichment.answers import Kind
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


def coverage(connection: Connection) -> Coverage:
    """What is known of all that is stored."""
    known = connection.execute(statement("enrichment/coverage")).one()
    numbers: dict[tuple[Kind, str], dict[str, int]] = {}
    for row in connection.execute(statement("enrichment/count_judged")):
        word = {1: "malicious", 0: "clean"}.get(row.malicious, "unknown")
        numbers.setdefault((Kind(row.kind), row.provider), {})[word] = row.number
    judged = {key: Judged(**said) for key, said in numbers.items()}
    return Coverage(known.addresses, known.placed, known.tagged, judged)
