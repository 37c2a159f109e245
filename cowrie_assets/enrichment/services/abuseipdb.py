"""AbuseIPDB: how sure its users are that an address is abused, from what they reported within 90 days."""

from collections.abc import Mapping, Sequence

from cowrie_assets.enrichment.addresses import public_address
from cowrie_assets.enrichment.answers import Kind, Said
from cowrie_assets.enrichment.service import Lookup, Rates, Request, Service, UnreadableAnswerError, days
from cowrie_assets.enrichment.services.fields import about_address, document_of, filled, number, object_in, text

_MALICIOUS_FROM = 50
"""Percent."""


def _request(values: Sequence[str]) -> Request:
    query = {"ipAddress": str(public_address(values[0])), "maxAgeInDays": "90"}
    return Request("check", query=query, headers={"Accept": "application/json"})


def _read(values: Sequence[str], body: bytes) -> Mapping[str, Said]:
    found = object_in(document_of(body), "data")
    about_address(found.get("ipAddress"), values[0])
    score = number(found.get("abuseConfidenceScore"))
    if score is None:
        raise UnreadableAnswerError("answered without 'abuseConfidenceScore'")
    data = filled(
        country=text(found.get("countryCode")),
        usage=text(found.get("usageType")),
        isp=text(found.get("isp")),
        domain=text(found.get("domain")),
        tor=found.get("isTor") is True,
        whitelisted=found.get("isWhitelisted") is True,
        reports=number(found.get("totalReports")),
        reporters=number(found.get("numDistinctUsers")),
        last_reported=text(found.get("lastReportedAt")),
    )
    return {values[0]: Said(score >= _MALICIOUS_FROM, score, text(found.get("usageType")), data=data)}


ABUSEIPDB = Service(
    name="abuseipdb",
    title="AbuseIPDB",
    url="https://api.abuseipdb.com/",
    rates=Rates(per_minute=60, per_day=1_000),
    needs="key",
    path="api/v2/",
    key_header="Key",
    lookups=(Lookup(Kind.ADDRESS, _request, _read, days(7)),),
)
