"""The `enrichments` section: what is known of the period's files and addresses, by the verdicts of this moment.

All that a report shows of verdicts, places and lists stands here, but for the flags of sessions and files, and what the
sections `abnormal`, `interesting` and `alerts` tell in words.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypedDict

from cowrie_assets.clock import iso_us
from cowrie_assets.reports.averages import share
from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.sections.known import KnownAddress, KnownFile, known_addresses, known_files
from cowrie_assets.reports.sections.origins import (
    Origins,
    PlaceEnrichments,
    Said,
    Service,
    TagEnrichments,
    place_enrichments,
    service_enrichments,
    services_of_files,
    tag_enrichments,
)
from cowrie_assets.reports.staleness import verdicts_as_of
from cowrie_assets.reports.top_list import TopItem


class FileEnrichments(TypedDict):
    """Numbers of distinct hashes. Those skipped are in none but `unique_hashes` and `unjudged`."""

    unique_hashes: int
    judged: int
    """VirusTotal says whether they are malicious."""
    coverage_percent: float | None
    """`judged` of `unique_hashes`, rounded to 1 decimal; null where there is none."""
    malicious: int
    clean: int
    """VirusTotal says that they are not malicious."""
    unjudged: int
    """No verdict is known: those unknown, pending, failed and skipped."""
    unknown: int
    """VirusTotal answered, and does not say whether they are malicious: mostly, it does not know them."""
    pending: int
    """Not asked for yet."""
    failed: int
    unique_classifications: int
    classifications: list[TopItem]
    """What VirusTotal calls them; counted are hashes."""
    known: list[KnownFile]
    """Those that the document lists and a service answered for, or which were examined: of `top_hashes`, new ones, of
    sessions to look at."""


class AddressEnrichments(TypedDict):
    """Numbers of distinct source addresses."""

    unique_ips: int
    judged: int
    coverage_percent: float | None
    dshield_flagged: int
    unlisted: int
    """DShield was asked, and does not list them."""
    unjudged: int
    """DShield was not asked yet."""
    known: list[KnownAddress]
    """Those that the document lists and something is known of: of `top_ips`, of sessions to look at and abnormal ones.
    """


class EnrichmentsSection(TypedDict):
    """Numbers of `files` are by VirusTotal, of `addresses` by DShield."""

    verdicts_as_of: str | None
    """When a verdict that the period's reports show changed last; null: none ever did."""
    files: FileEnrichments
    addresses: AddressEnrichments
    services: list[Service]
    places: PlaceEnrichments
    tags: TagEnrichments


def enrichments_section(scope: Scope, document: Mapping[str, Any], found: Origins) -> EnrichmentsSection:
    """The section, from what is known of the source addresses, and the sections before it."""
    known = scope.figures("enrichments")
    numbers = known.numbers
    as_of = verdicts_as_of(scope.connection, scope.period).get(scope.sensor_id, 0)
    unique_hashes, unique_ips = document["files"]["unique_hashes"], document["sessions"]["unique_ips"]
    dshield = found.services.get("dshield", Said())
    return {
        "verdicts_as_of": iso_us(as_of) if as_of else None,
        "files": {
            "unique_hashes": unique_hashes,
            "judged": numbers["judged"],
            "coverage_percent": share(numbers["judged"], unique_hashes),
            "malicious": numbers["malicious"],
            "clean": numbers["clean"],
            "unjudged": unique_hashes - numbers["judged"],
            "unknown": numbers["unknown"],
            "pending": unique_hashes - sum(numbers[name] for name in ("judged", "unknown", "failed", "skipped")),
            "failed": numbers["failed"],
            "unique_classifications": numbers["unique_classifications"],
            "classifications": known.top("classifications"),
            "known": known_files(scope, listed_files(document)),
        },
        "addresses": {
            "unique_ips": unique_ips,
            "judged": dshield.judged,
            "coverage_percent": share(dshield.judged, unique_ips),
            "dshield_flagged": dshield.malicious,
            "unlisted": dshield.judged - dshield.malicious,
            "unjudged": unique_ips - dshield.judged,
            "known": known_addresses(scope, listed_addresses(document)),
        },
        "services": service_enrichments(scope, services_of_files(scope), found.services),
        "places": place_enrichments(scope, found, unique_ips),
        "tags": tag_enrichments(scope, found, document["sessions"]["total"]),
    }


def listed_files(document: Mapping[str, Any]) -> Iterator[str]:
    """The files that a document lists, some more than once."""
    yield from _values(document["files"]["top_hashes"])
    yield from _values(document["new"]["hashes"]["items"])
    for session in document["interesting"]:
        yield from session.get("shasums", ())


def listed_addresses(document: Mapping[str, Any]) -> Iterator[str]:
    """The addresses that a document lists, some more than once."""
    yield from _values(document["sources"]["top_ips"])
    for session in (*document["interesting"], *document["abnormal"]["sessions"]):
        if session.get("src_ip") is not None:
            yield session["src_ip"]


def _values(items: Sequence[TopItem]) -> Iterator[str]:
    return (item["value"] for item in items)
