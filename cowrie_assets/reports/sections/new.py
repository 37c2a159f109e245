"""The `new` section: what the period brought that was never seen before, or not within the look-back."""

from dataclasses import dataclass
from typing import TypedDict

from cowrie_assets.reports.figures import Listed, Scope
from cowrie_assets.reports.top_list import TopItem


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
    techniques: NewList
    """Ids of ATT&CK; counted are sessions."""


@dataclass(frozen=True, slots=True)
class Newcomers:
    """The section, and what the alerts ask besides."""

    section: NewSection
    judged_hashes: int
    """How many of the new hashes VirusTotal has answered for."""
    malicious_hashes: int
    """How many of the new hashes VirusTotal calls malicious."""


def newcomers(scope: Scope, listed: Listed, techniques: NewList) -> Newcomers:
    """What is new, from the figures of the sections that count it; `techniques` are told by their own section."""

    def new(section: str, name: str) -> NewList:
        found = listed[section]
        return {"total": found.numbers[f"new_{name}"], "items": found.top(f"new_{name}")}

    section: NewSection = {
        "look_back_days": scope.look_back_days,
        "hashes": new("files", "hashes"),
        "urls": new("files", "urls"),
        "commands": new("commands", "commands"),
        "passwords": new("credentials", "passwords"),
        "hassh": new("clients", "hassh"),
        "networks": new("sources", "networks"),
        "techniques": techniques,
    }
    numbers = listed["files"].numbers
    return Newcomers(section, numbers["new_judged_hashes"], numbers["new_malicious_hashes"])
