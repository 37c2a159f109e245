"""SPUR: what stands behind an address: a data centre, a VPN, a proxy. It does not judge: nothing is malicious by it. Of
an address that it knows nothing of it answers with little but the address."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from cowrie_assets.enrichment.addresses import public_address
from cowrie_assets.enrichment.answers import Kind, Said
from cowrie_assets.enrichment.service import Lookup, Rates, Request, Service, days
from cowrie_assets.enrichment.services.fields import (
    about_address,
    document_of,
    filled,
    items,
    mapping,
    number,
    text,
    texts,
)


def _request(values: Sequence[str]) -> Request:
    return Request(f"context/{quote(str(public_address(values[0])), safe='')}")


def _read(values: Sequence[str], body: bytes) -> Mapping[str, Said]:
    document = document_of(body)
    about_address(document.get("ip"), values[0])
    client, place, network = (mapping(document.get(name)) for name in ("client", "location", "as"))
    tunnels = [mapping(tunnel) for tunnel in items(document.get("tunnels"))]
    operators = texts([tunnel.get("operator") for tunnel in tunnels])
    data = filled(
        asn=number(network.get("number")),
        organization=text(document.get("organization")) or text(network.get("organization")),
        country=text(place.get("country")),
        risks=texts(document.get("risks")),
        services=texts(document.get("services")),
        behaviors=texts(client.get("behaviors")),
        proxies=texts(client.get("proxies")),
        tunnels=texts([tunnel.get("type") for tunnel in tunnels]),
        operators=operators,
    )
    said = Said(label=text(document.get("infrastructure")), description=", ".join(operators) or None, data=data)
    return {values[0]: said}


SPUR = Service(
    name="spur",
    title="SPUR",
    url="https://api.spur.us/",
    rates=Rates(per_minute=60),
    needs="key",
    path="v2/",
    key_header="Token",
    lookups=(Lookup(Kind.ADDRESS, _request, _read, days(14)),),
)
