"""GreyNoise's community service: whether an address scans the whole Internet. Some fifty calls a day: asked where it is
switched on. An address that it never saw is answered with 404 and the same fields."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

from cowrie_assets.enrichment.addresses import public_address
from cowrie_assets.enrichment.answers import Kind, Said
from cowrie_assets.enrichment.service import Lookup, Rates, Request, Service, UnreadableAnswerError, days
from cowrie_assets.enrichment.services.fields import about_address, document_of, filled, text

_JUDGED = {"malicious": True, "benign": False}


def _request(values: Sequence[str]) -> Request:
    return Request(f"community/{quote(str(public_address(values[0])), safe='')}")


def _read(values: Sequence[str], body: bytes) -> Mapping[str, Said]:
    document = document_of(body)
    about_address(document.get("ip"), values[0])
    if not isinstance(document.get("noise"), bool):
        raise UnreadableAnswerError("answered without 'noise'")
    classification, name = text(document.get("classification")), text(document.get("name"))
    data = filled(
        noise=document["noise"],
        riot=document.get("riot") is True,
        name=name if name != "unknown" else None,
        last_seen=text(document.get("last_seen")),
    )
    return {values[0]: Said(_JUDGED.get(classification or ""), label=classification, data=data)}


def _is_unknown(values: Sequence[str], body: bytes) -> bool:
    document = document_of(body)
    about_address(document.get("ip"), values[0])
    return document.get("noise") is False


GREYNOISE = Service(
    name="greynoise",
    title="GreyNoise",
    url="https://api.greynoise.io/",
    rates=Rates(per_minute=10, per_day=50),
    needs="switch",
    path="v3/",
    key_header="key",
    lookups=(Lookup(Kind.ADDRESS, _request, _read, days(7), _is_unknown),),
)
