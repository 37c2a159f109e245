"""The `enrichments` section: how much is known of the period's files and addresses, by the verdicts of this moment."""

from typing import TypedDict

from cowrie_assets.clock import iso_us
from cowrie_assets.reports.averages import share
from cowrie_assets.reports.figures import Scope
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


class EnrichmentsSection(TypedDict):
    """Files by VirusTotal, addresses by DShield."""

    verdicts_as_of: str | None
    """When a verdict that the period's reports show changed last; null: none ever did."""
    files: FileEnrichments
    addresses: AddressEnrichments


def enrichments_section(scope: Scope, *, unique_hashes: int, unique_ips: int) -> EnrichmentsSection:
    """The section, from `sql/reports/enrichments.sql` and how many hashes and source addresses the period has."""
    known = scope.figures("enrichments")
    numbers = known.numbers
    as_of = verdicts_as_of(scope.connection, scope.period)
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
        },
        "addresses": {
            "unique_ips": unique_ips,
            "judged": numbers["judged_addresses"],
            "coverage_percent": share(numbers["judged_addresses"], unique_ips),
            "dshield_flagged": numbers["flagged_addresses"],
            "unlisted": numbers["judged_addresses"] - numbers["flagged_addresses"],
            "unjudged": unique_ips - numbers["judged_addresses"],
        },
    }
