"""VirusTotal v3: what antivirus engines say of a file. Only hashes are sent, nothing is ever uploaded.

A public key has 4 calls a minute, 500 a day and 15,500 a month, days ending 00:00 UTC. What is not known is answered
with 404 and an error whose code is NotFoundError.
"""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from cowrie_assets.clock import US_PER_DAY
from cowrie_assets.enrichment.answers import Kind, Said
from cowrie_assets.enrichment.service import Lookup, Past, Rates, Request, Service
from cowrie_assets.enrichment.services.fields import (
    about_file,
    document_of,
    epoch,
    filled,
    items,
    mapping,
    number,
    object_in,
    text,
    texts,
)

_SHA256 = re.compile("[0-9a-f]{64}")
_COUNTED = ("malicious", "suspicious", "undetected", "harmless")
"""What engines say that looked at the file; others timed out, failed, or do not take files of its type."""
_NEW_US = 7 * US_PER_DAY
_WATCHED_US = 3 * US_PER_DAY
_UNKNOWN = ((1, 1), (4, 3), (11, 7))
"""How many days a file is unknown, and how many go by until it is asked about again: after 1, 3, 7, and then 30."""


def _request(values: Sequence[str]) -> Request:
    return Request(f"files/{quote(values[0], safe='')}")


def _read(values: Sequence[str], body: bytes) -> Mapping[str, Said]:
    found = object_in(document_of(body), "data")
    about_file(found.get("id"), values[0])
    attributes = object_in(found, "attributes")
    stats = object_in(attributes, "last_analysis_stats")
    counts = {name: max(number(stats.get(name)) or 0, 0) for name in _COUNTED}
    positives, total = counts["malicious"], sum(counts.values())
    threat = mapping(attributes.get("popular_threat_classification"))
    votes = mapping(attributes.get("total_votes"))
    analysed = epoch(attributes.get("last_analysis_date"))
    data = filled(
        family=_first(threat.get("popular_threat_name")),
        category=_first(threat.get("popular_threat_category")),
        type=text(attributes.get("type_description")),
        size=number(attributes.get("size")),
        names=texts(attributes.get("names")),
        tags=texts(attributes.get("tags")),
        votes=filled(malicious=number(votes.get("malicious")), harmless=number(votes.get("harmless"))),
        reputation=number(attributes.get("reputation")),
    )
    said = Said(
        malicious=positives > 0 if total else None,
        score=round(100 * positives / total) if total else None,
        label=text(threat.get("suggested_threat_label")),
        description=text(attributes.get("type_description")),
        positives=positives if total else None,
        total=total or None,
        first_seen=epoch(attributes.get("first_submission_date")),
        last_analysis=analysed,
        scanned_at=analysed,
        data=data,
    )
    return {values[0]: said}


def _is_unknown(values: Sequence[str], body: bytes) -> bool:
    """Paths that it does not have get the same code; the message names a file where it is about one."""
    error = mapping(document_of(body).get("error"))
    named = set(_SHA256.findall((text(error.get("message")) or "").lower()))
    return error.get("code") == "NotFoundError" and named <= {values[0]}


def _first(ranked: object) -> str | None:
    """What most engines say: they come in order."""
    return next((text(mapping(each).get("value")) for each in items(ranked)), None)


def lifetime(said: Said, past: Past, now: int) -> int:
    """30 days; a day, for three days, where the file was submitted first within 7 days before it was found; while it is
    not known 1, 3, 7 and then 30 days."""
    if said.first_seen is None and said.total is None:
        unknown_for = 0 if past.answered_at is None else now - past.answered_at
        return next((rest for below, rest in _UNKNOWN if unknown_for < below * US_PER_DAY), 30) * US_PER_DAY
    known_at = now if past.known_at is None else past.known_at
    submitted_at = said.first_seen if said.first_seen is None or said.first_seen <= now else None  # none is to come
    is_new = submitted_at is not None and known_at - submitted_at < _NEW_US
    return (1 if is_new and now - known_at < _WATCHED_US else 30) * US_PER_DAY


VIRUSTOTAL = Service(
    name="virustotal",
    title="VirusTotal",
    url="https://www.virustotal.com/",
    rates=Rates(per_minute=4, per_day=500, per_month=15_500),
    needs="key",
    path="api/v3/",
    key_header="x-apikey",
    lookups=(Lookup(Kind.FILE, _request, _read, lifetime, _is_unknown),),
)
