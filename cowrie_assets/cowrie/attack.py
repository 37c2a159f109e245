"""The techniques of MITRE ATT&CK that the rules name: a small file, made once, of the current version and the last."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

TACTICS = (
    *("reconnaissance", "resource-development", "initial-access", "execution", "persistence", "privilege-escalation"),
    *("stealth", "defense-impairment", "credential-access", "discovery", "lateral-movement", "collection"),
    *("command-and-control", "exfiltration", "impact"),
)
"""Of the current version, in the order of the matrix, as the Navigator writes them."""


@dataclass(frozen=True, slots=True)
class Naming:
    """What one version of ATT&CK calls a technique."""

    id: str
    name: str
    """A subtechnique's behind its technique's: `Proxy: Multi-hop Proxy`."""
    tactics: tuple[str, ...]
    """As the Navigator writes them: `defense-impairment`."""


@dataclass(frozen=True, slots=True)
class Technique:
    """A technique as the current version of ATT&CK has it, and as the version before had it."""

    now: Naming
    before: Naming


@dataclass(frozen=True, slots=True)
class Attack:
    """The part of ATT&CK that is used."""

    version: str
    version_before: str
    techniques: Mapping[str, Technique]
    """By the id in the current version."""


@cache
def attack() -> Attack:
    """What comes with the project."""
    content = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    techniques = {number: technique_of(number, entry) for number, entry in content["techniques"].items()}
    return Attack(content["version"], content["before"], techniques)


def technique_of(number: str, entry: Mapping[str, Any]) -> Technique:
    """A technique by its id and its entry in the file."""
    now = Naming(number, entry["name"], tuple(entry["tactics"]))
    before = entry.get("before", {})
    return Technique(
        now,
        Naming(before.get("id", now.id), before.get("name", now.name), tuple(before.get("tactics", now.tactics))),
    )
