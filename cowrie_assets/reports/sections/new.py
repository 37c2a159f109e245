"""The `new` section: what the period brought that was never seen before, or not within the look-back."""

from dataclasses import dataclass
from typing import TypedDict

from cowrie_assets.clock import day_number
from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.top_list import TopItem
from cowrie_assets.summaries.sightings import BINDS

_EVER = -(2**31)


class NewList(TypedDict):
    """How many values are new, and those of them that the period has most of."""

    total: int
    items: list[TopItem]


class NewSection(TypedDict):
    """What the scope saw in the period and on no day before its start, or of the `look_back_days` before it.

    The aggregate compares with what any sensor saw, a sensor's report with what that sensor saw.
    """

    look_back_days: int | None
    """Null: against all that was seen before."""
    hashes: NewList
    """Counted are downloads and uploads."""
    urls: NewList
    """Counted are downloads."""
    commands: NewList
    """Normal forms; counted are occurrences."""
    passwords: NewList
    """Counted are attempts."""
    hassh: NewList
    """Counted are sessions."""
    networks: NewList
    """IPv4 /24 and IPv6 /48; counted are sessions."""


@dataclass(frozen=True, slots=True)
class Newcomers:
    """The section, and what the alerts ask besides."""

    section: NewSection
    malicious_hashes: int
    """How many of the new hashes VirusTotal calls malicious."""


def newcomers(scope: Scope) -> Newcomers:
    """What is new, from `sql/reports/new.sql`."""
    known_from = _EVER if scope.look_back_days is None else day_number(scope.period.start) - scope.look_back_days
    found = scope.figures("new", known_from=known_from, **BINDS)

    def new(name: str) -> NewList:
        return {"total": found.numbers[name], "items": found.top(name)}

    section: NewSection = {
        "look_back_days": scope.look_back_days,
        "hashes": new("hashes"),
        "urls": new("urls"),
        "commands": new("commands"),
        "passwords": new("passwords"),
        "hassh": new("hassh"),
        "networks": new("networks"),
    }
    return Newcomers(section, found.numbers["malicious_hashes"])
