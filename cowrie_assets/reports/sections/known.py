"""What is known of single files and addresses that a report lists, by the verdicts, places and lists of this moment."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypedDict

from sqlalchemy import Row

from cowrie_assets.clock import US_PER_DAY, day_number, iso_us
from cowrie_assets.reports.figures import Scope
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.dictionary import digest_of

_VIRUSTOTAL = "virustotal"
_LARGEST_SIZE = 2**53


class KnownFile(TypedDict):
    """What services and its own bytes say of a file.

    What VirusTotal does not say is told by the others, the first of them by name, and then by its bytes where these
    were examined (`enrichment.downloads`).
    """

    shasum: str
    label: str | None
    type: str | None
    size: int | None
    """Bytes."""
    positives: int | None
    total: int | None
    """So many engines of VirusTotal call it malicious, of so many that looked."""
    first_submitted: str | None
    """When VirusTotal was first given it."""
    malicious_by: list[str]
    """The services that call it malicious, by name."""
    malicious_since: str | None
    """When the first of these began to say so, as this database learnt it."""
    days_before_virustotal: int | None
    """How many days before its first submission it was first seen here; null where it was not, and of a file that the
    report does not call new."""


class Tag(TypedDict):
    """A list that names an address."""

    list: str
    kind: str


class KnownAddress(TypedDict):
    """Where an address is, and who names it."""

    address: str
    country: str | None
    city: str | None
    asn: int | None
    as_name: str | None
    tags: list[Tag]
    """By list."""
    listed_by: list[str]
    """The services that list it, or call it malicious, by name."""


def known_files(scope: Scope, shasums: Iterable[str]) -> list[KnownFile]:
    """Those of some files for which a service answered, or which were examined, in the order given."""
    wanted = list(dict.fromkeys(shasums))
    said: defaultdict[str, dict[str, Row[Any]]] = defaultdict(dict)
    examined: dict[str, Row[Any]] = {}
    if wanted:
        digests = [digest_of(shasum) for shasum in wanted]
        examined = {row.shasum: row for row in scope.rows("examined_files", digests=digests)}
        for row in scope.rows("known_files", digests=digests):
            said[row.shasum][row.provider] = row
    return [
        _file(scope, shasum, said[shasum], examined.get(shasum))
        for shasum in wanted
        if shasum in said or shasum in examined
    ]


def known_addresses(scope: Scope, addresses: Iterable[str]) -> list[KnownAddress]:
    """Those of some addresses of which anything is known, in the order given."""
    wanted = list(dict.fromkeys(addresses))
    found: dict[str, KnownAddress] = {}
    if wanted:
        for row in scope.rows("known_addresses", digests=[digest_of(address) for address in wanted]):
            address = decode_text(row.address)
            _tell(found.setdefault(address, _nothing_of(address)), row)
    for known in found.values():
        known["tags"].sort(key=lambda tag: (tag["list"], tag["kind"]))
        known["listed_by"].sort()
    return [found[address] for address in wanted if address in found]


def size_in(data: str | None) -> int | None:
    """The size of a file in the rest of VirusTotal's answer, as it is stored."""
    if data is None:
        return None
    size = json.loads(decode_text(data)).get("size")
    return size if isinstance(size, int) and 0 <= size < _LARGEST_SIZE else None


def _file(scope: Scope, shasum: str, said: Mapping[str, Row[Any]], examined: Row[Any] | None) -> KnownFile:
    """VirusTotal's word goes before that of the others."""
    ordered = sorted(said.values(), key=lambda row: (row.provider != _VIRUSTOTAL, row.provider))
    calling = [row for row in ordered if row.malicious]
    since = min((row.malicious_since for row in calling if row.malicious_since is not None), default=None)
    of_virustotal = said.get(_VIRUSTOTAL)
    submitted = None if of_virustotal is None else of_virustotal.first_seen
    size = None if of_virustotal is None else size_in(of_virustotal.data)
    of_bytes = (None, None) if examined is None else (examined.type, examined.size)
    return {
        "shasum": shasum,
        "label": _first(row.label for row in ordered),
        "type": _first(row.description for row in ordered) or of_bytes[0],
        "size": of_bytes[1] if size is None else size,
        "positives": None if of_virustotal is None else of_virustotal.positives,
        "total": None if of_virustotal is None else of_virustotal.total,
        "first_submitted": None if submitted is None else iso_us(submitted),
        "malicious_by": sorted(row.provider for row in calling),
        "malicious_since": None if since is None else iso_us(since),
        "days_before_virustotal": _days_before(scope, submitted, ordered),
    }


def _days_before(scope: Scope, submitted: int | None, said: Sequence[Row[Any]]) -> int | None:
    first_day = said[0].first_day if said else None
    if submitted is None or first_day is None or first_day < day_number(scope.period.start):
        return None
    days = submitted // US_PER_DAY - first_day
    return int(days) if days > 0 else None


def _first(texts: Iterable[str | None]) -> str | None:
    found = next((text for text in texts if text is not None), None)
    return None if found is None else decode_text(found)


def _nothing_of(address: str) -> KnownAddress:
    return {
        "address": address,
        "country": None,
        "city": None,
        "asn": None,
        "as_name": None,
        "tags": [],
        "listed_by": [],
    }


def _tell(known: KnownAddress, row: Row[Any]) -> None:
    """Take in a row of `sql/reports/known_addresses.sql`."""
    match row.item:
        case "place":
            known["country"], known["asn"] = row.country, row.asn
            known["city"], known["as_name"] = decode_text(row.city), decode_text(row.name)
        case "tag":
            known["tags"].append({"list": row.name, "kind": row.kind})
        case _:
            known["listed_by"].append(row.name)
