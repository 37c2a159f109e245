"""Whence the period's sessions came: countries, autonomous systems, lists that name addresses, what services say."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TypedDict

from cowrie_assets.reports.averages import share
from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.top_list import TopItem, TopList
from cowrie_assets.warehouse.codec import decode_text

_FIRST_LISTED = 5


class Numbered(TypedDict):
    """How much came of one kind."""

    sessions: int
    addresses: int


class Country(Numbered):
    """What came from a country."""

    country: str
    """ISO 3166-1 alpha-2, in capitals."""


class AutonomousSystem(Numbered):
    """What came from the networks of one operator."""

    asn: int
    name: str | None


class PlaceEnrichments(TypedDict):
    """By the databases and services that say where addresses are."""

    addresses: int
    """Source addresses whose country is known."""
    without_country: int
    """Those whose country is not."""
    countries: list[Country]
    """All of them, that of most sessions first, then by code."""
    autonomous_systems: list[AutonomousSystem]
    """The first, by sessions, then by number; as many as a top list has items."""


class KnownScanners(Numbered):
    """What comes from addresses that a list of the kind `scanner` or `researcher` names."""

    percent: float | None
    """Of all sessions, rounded to 1 decimal; null of none."""
    left_out: bool
    """Whether the top lists are made without these sessions."""


class TagKind(Numbered):
    """What comes from addresses that a list of a kind names; an address may be named by lists of several."""

    kind: str


class TagList(TagKind):
    """What comes from addresses that a list names."""

    list: str


class TagEnrichments(TypedDict):
    """By the lists of addresses (`COWRIE_ADDRESS_LISTS`), that of most sessions first, then by name."""

    known_scanners: KnownScanners
    kinds: list[TagKind]
    lists: list[TagList]


class Service(TypedDict):
    """What one service says of the period's addresses, or of its files."""

    service: str
    kind: str
    """`address` or `file`."""
    answered: int
    """Different values that it answered for, if only that it does not know them."""
    malicious: int
    """Those that it lists, or calls malicious."""
    labels: list[TopItem]
    """What it calls them; counted are different values."""


@dataclass(slots=True)
class Said:
    """What a service says of the values of one kind, as it is counted."""

    answered: int = 0
    judged: int = 0
    malicious: int = 0
    labels: Counter[str] = field(default_factory=Counter)

    def add(self, malicious: int | None, label: str | None, values: int) -> None:
        """Of so many values it says the same."""
        self.answered += values
        self.judged += values if malicious is not None else 0
        self.malicious += values if malicious else 0
        if label is not None:
            self.labels[decode_text(label)] += values


@dataclass(slots=True)
class Origins:
    """The rows of `sql/reports/origins.sql`."""

    countries: list[Country] = field(default_factory=list)
    systems: list[AutonomousSystem] = field(default_factory=list)
    lists: list[TagList] = field(default_factory=list)
    kinds: list[TagKind] = field(default_factory=list)
    scanning: tuple[int, int] = (0, 0)
    """Sessions and addresses of known scanners."""
    services: dict[str, Said] = field(default_factory=lambda: defaultdict(Said))
    listed_in: tuple[int, int] = (0, 0)
    """Sessions that logged in from addresses which somebody lists, and these addresses."""
    first_listed_in: list[str] = field(default_factory=list)
    """Those with most of these sessions, then by address."""


def origins(scope: Scope) -> Origins:
    """What is known of the scope's source addresses."""
    found = Origins()
    for row in scope.rows("origins", top=scope.top, most=_FIRST_LISTED):
        value, sessions, addresses = decode_text(row.value), row.sessions, row.addresses
        match row.item, value:
            case "country", str():
                found.countries.append({"country": value, "sessions": sessions, "addresses": addresses})
            case "as", str():
                name = decode_text(row.name)
                found.systems.append({"asn": int(value), "name": name, "sessions": sessions, "addresses": addresses})
            case "list", str():
                found.lists.append({"list": value, "kind": row.name, "sessions": sessions, "addresses": addresses})
            case "kind", str():
                found.kinds.append({"kind": value, "sessions": sessions, "addresses": addresses})
            case "known_scanners", None:
                found.scanning = sessions, addresses
            case "service", str():
                found.services[value].add(row.flag, row.name, addresses)
            case "listed_in", None:
                found.listed_in = sessions, addresses
            case "listed_in", str():
                found.first_listed_in.append(value)
    return found


def place_enrichments(scope: Scope, found: Origins, unique_ips: int) -> PlaceEnrichments:
    """Countries and networks, of so many source addresses in all."""
    addresses = sum(each["addresses"] for each in found.countries)
    systems = sorted(found.systems, key=lambda each: (-each["sessions"], each["asn"]))
    return {
        "addresses": addresses,
        "without_country": unique_ips - addresses,
        "countries": sorted(found.countries, key=lambda each: (-each["sessions"], each["country"])),
        "autonomous_systems": systems[: scope.top],
    }


def tag_enrichments(scope: Scope, found: Origins, sessions: int) -> TagEnrichments:
    """What lists name, of so many sessions in all."""
    scanning, addresses = found.scanning
    return {
        "known_scanners": {
            "sessions": scanning,
            "addresses": addresses,
            "percent": share(scanning, sessions),
            "left_out": scope.without_known_scanners,
        },
        "kinds": sorted(found.kinds, key=lambda each: (-each["sessions"], each["kind"])),
        "lists": sorted(found.lists, key=lambda each: (-each["sessions"], each["list"], each["kind"])),
    }


def services_of_files(scope: Scope) -> dict[str, Said]:
    """What services say of the scope's files."""
    found: defaultdict[str, Said] = defaultdict(Said)
    for row in scope.rows("file_services"):
        found[row.provider].add(row.malicious, row.label, row.files)
    return found


def service_enrichments(scope: Scope, files: dict[str, Said], addresses: dict[str, Said]) -> list[Service]:
    """Those that answered, of files before those of addresses, by name."""
    return [
        {
            "service": name,
            "kind": kind,
            "answered": said.answered,
            "malicious": said.malicious,
            "labels": _labels(said.labels, scope.top),
        }
        for kind, services in (("file", files), ("address", addresses))
        for name, said in sorted(services.items())
    ]


def _labels(labels: Counter[str], most: int) -> list[TopItem]:
    best = TopList(most)
    for label, count in labels.items():
        best.add(label, count)
    return best.items()
