"""URLhaus: malware that was hosted at an address, and where a file was hosted."""

from collections.abc import Mapping, Sequence

from cowrie_assets.enrichment.addresses import public_address
from cowrie_assets.enrichment.answers import Kind, Said
from cowrie_assets.enrichment.service import Lookup, Rates, Request, Service, days
from cowrie_assets.enrichment.services.abuse_ch import KEY_HEADER, found
from cowrie_assets.enrichment.services.fields import (
    about_address,
    about_file,
    filled,
    items,
    mapping,
    moment,
    number,
    text,
    texts,
)


def _host(values: Sequence[str]) -> Request:
    return Request("host/", "POST", form={"host": str(public_address(values[0]))})


def _read_host(values: Sequence[str], body: bytes) -> Mapping[str, Said]:
    answer = found(body)
    if answer is None:
        return {values[0]: Said(malicious=False)}
    about_address(answer.get("host"), values[0])
    urls = [mapping(url) for url in items(answer.get("urls"))]
    tags = texts([tag for url in urls for tag in items(url.get("tags"))])
    data = filled(
        tags=tags,
        threats=texts([url.get("threat") for url in urls]),
        urls=number(answer.get("url_count")),
        online=sum(url.get("url_status") == "online" for url in urls),
    )
    first_seen = moment(answer.get("firstseen"))
    return {values[0]: Said(malicious=True, label=next(iter(tags), None), first_seen=first_seen, data=data)}


def _payload(values: Sequence[str]) -> Request:
    return Request("payload/", "POST", form={"sha256_hash": values[0]})


def _read_payload(values: Sequence[str], body: bytes) -> Mapping[str, Said]:
    answer = found(body)
    if answer is None:
        return {values[0]: Said()}
    about_file(answer.get("sha256_hash"), values[0])
    data = filled(
        urls=number(answer.get("url_count")),
        size=number(answer.get("file_size")),
        last_seen=text(answer.get("lastseen")),
    )
    said = Said(
        malicious=True,
        label=text(answer.get("signature")),
        description=text(answer.get("file_type")),
        first_seen=moment(answer.get("firstseen")),
        data=data,
    )
    return {values[0]: said}


URLHAUS = Service(
    name="urlhaus",
    title="URLhaus",
    url="https://urlhaus-api.abuse.ch/",
    rates=Rates(per_minute=60),
    needs="key",
    path="v1/",
    key_header=KEY_HEADER,
    lookups=(
        Lookup(Kind.FILE, _payload, _read_payload, days(7)),
        Lookup(Kind.ADDRESS, _host, _read_host, days(3)),
    ),
)
