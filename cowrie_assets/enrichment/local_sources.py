"""The files on this machine that say something of addresses: databases of places, and lists of addresses.

`COWRIE_MMDB` has the paths of databases, `COWRIE_ADDRESS_LISTS` the path of a TOML file of `[[list]]` tables, or the
lists themselves as `name=kind:path`; paths and lists are parted by commas or line breaks. A name or kind that is not
understood is a fault, and nothing is matched with that setting: a list of another kind moves the numbers of reports.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cowrie_assets.enrichment.named_lists import NAME, AddressList, ListKind
from cowrie_assets.errors import SettingsError
from cowrie_assets.printable import shown

MOST_LISTS = 64
_ENTRY = re.compile(rf"({NAME})=([a-z]+):(.+)", re.DOTALL)
_PARTED = re.compile(r"[,\n]")
_ENTRY_FORM = "COWRIE_ADDRESS_LISTS is the path of a .toml file, or name=kind:path, parted by commas"


class UnusableFileError(Exception):
    """A file of these that cannot be used; the message names it and says why."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} cannot be used: {reason}")


@dataclass(frozen=True, slots=True)
class LocalSources:
    """What is matched on this machine."""

    databases: tuple[Path, ...] = ()
    """Of places; where several know something of an address, the first is believed."""
    lists: tuple[AddressList, ...] = ()
    faults: Mapping[str, str] = field(default_factory=dict)
    """Why the setting of `mmdb` or `lists`, or the TOML file, is not understood: what these said stays."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "LocalSources":
        """Read the environment. A value that is not understood is a fault of its service, and stops no other."""
        databases: tuple[Path, ...] = ()
        lists: tuple[AddressList, ...] = ()
        faults: dict[str, str] = {}
        try:
            databases = _databases(environment.get("COWRIE_MMDB"))
        except SettingsError as error:
            faults["mmdb"] = str(error)
        try:
            lists = _lists(environment.get("COWRIE_ADDRESS_LISTS"))
        except SettingsError as error:
            faults["lists"] = str(error)
        return cls(databases, lists, faults)

    def has(self, service: str) -> bool:
        """Whether files of `mmdb` or `lists` are configured; without any, what they said is taken away."""
        return service in self.faults or bool(self.databases if service == "mmdb" else self.lists)


def _parts(value: str | None) -> list[str]:
    return [part.strip() for part in _PARTED.split(value or "") if part.strip()]


def _databases(value: str | None) -> tuple[Path, ...]:
    databases = tuple(map(Path, _parts(value)))
    if len(set(databases)) < len(databases):
        raise SettingsError("COWRIE_MMDB names a file twice")
    return databases


def _lists(value: str | None) -> tuple[AddressList, ...]:
    parts = _parts(value)
    if len(parts) == 1 and parts[0].endswith(".toml") and not _ENTRY.fullmatch(parts[0]):
        from cowrie_assets.enrichment.address_lists_file import read_lists_file  # noqa: PLC0415  (pydantic: 0.1 s)

        lists = read_lists_file(Path(parts[0]))
    else:
        lists = tuple(map(_of_entry, parts))
    names = [each.name for each in lists]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise SettingsError(f"COWRIE_ADDRESS_LISTS has two lists of the name {twice}")
    if len(lists) > MOST_LISTS:
        raise SettingsError(f"COWRIE_ADDRESS_LISTS has {len(lists)} lists, and {MOST_LISTS} are the most")
    return lists


def _of_entry(entry: str) -> AddressList:
    match = _ENTRY.fullmatch(entry)
    if match is None:
        raise SettingsError(f"{_ENTRY_FORM}, not {shown(entry)}")
    if match[2] not in set(ListKind):
        raise SettingsError(
            f"COWRIE_ADDRESS_LISTS: the kind of the list {match[1]} must be one of {', '.join(ListKind)}"
        )
    return AddressList(match[1], ListKind(match[2]), Path(match[3]))
