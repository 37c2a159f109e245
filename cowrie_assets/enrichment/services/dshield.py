"""DShield: whether sensors of the Internet Storm Center reported an address.

It wants a contact in the User-Agent and at most one call a second; after a 429 it is left alone for five minutes.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from cowrie_assets.enrichment.addresses import public_address
from cowrie_assets.enrichment.answers import Kind, Said
from cowrie_assets.enrichment.service import Lookup, Rates, Request, Service, days
from cowrie_assets.enrichment.services.fields import (
    about_address,
    document_of,
    filled,
    mapping,
    number,
    object_in,
    text,
)


def _request(values: Sequence[str]) -> Request:
    return Request(f"ip/{quote(str(public_address(values[0])), safe='')}?json")


def _read(values: Sequence[str], body: bytes) -> Mapping[str, Said]:
    found = object_in(document_of(body), "ip")
    about_address(found.get("number"), values[0])
    count, attacks = number(found.get("count")) or 0, number(found.get("attacks")) or 0
    data = filled(
        count=count,
        attacks=attacks,
        first_day=text(found.get("mindate")),
        last_day=text(found.get("maxdate")),
        asn=number(found.get("as")),
        as_name=text(found.get("asname")),
        country=text(found.get("ascountry")),
        network=text(found.get("network")),
        threat_feeds=sorted(filter(None, map(text, mapping(found.get("threatfeeds")))))[:20],
    )
    return {values[0]: Said(malicious=count > 0 or attacks > 0, data=data)}


DSHIELD = Service(
    name="dshield",
    title="DShield",
    url="https://isc.sans.edu/",
    rates=Rates(per_minute=60, seconds_between=1),
    needs="contact",
    path="api/",
    lookups=(Lookup(Kind.ADDRESS, _request, _read, days(7)),),
    rest_seconds=300,
)
