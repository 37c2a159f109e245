"""ThreatFox: whether an address is an indicator of compromise, and of which malware."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from cowrie_assets.enrichment.addresses import public_address
from cowrie_assets.enrichment.answers import Kind, Said
from cowrie_assets.enrichment.service import Lookup, Rates, Request, Service, UnreadableAnswerError, days
from cowrie_assets.enrichment.services.abuse_ch import KEY_HEADER, found
from cowrie_assets.enrichment.services.fields import filled, items, mapping, moment, number, text, texts


def _request(values: Sequence[str]) -> Request:
    return Request("", "POST", document={"query": "search_ioc", "search_term": str(public_address(values[0]))})


def _read(values: Sequence[str], body: bytes) -> Mapping[str, Said]:
    answer = found(body)
    if answer is None:
        return {values[0]: Said(malicious=False)}
    wanted = str(public_address(values[0]))
    listed = [mapping(each) for each in items(answer.get("data"))]
    if not any(_holds(each.get("ioc"), wanted) for each in listed):
        raise UnreadableAnswerError("answered without naming the address that it was asked about")
    of_address = [each for each in listed if _host_of(each.get("ioc")) == wanted]  # the search finds parts of others
    if not of_address:
        return {values[0]: Said(malicious=False)}
    data = filled(
        malware=texts([each.get("malware_printable") for each in of_address]),
        threats=texts([each.get("threat_type") for each in of_address]),
        tags=texts([tag for each in of_address for tag in items(each.get("tags"))]),
        indicators=len(of_address),
    )
    times = [at for each in of_address if (at := moment(each.get("first_seen"))) is not None]
    said = Said(
        malicious=True,
        score=max((number(each.get("confidence_level")) or 0 for each in of_address), default=None),
        label=text(of_address[0].get("malware_printable")),
        first_seen=min(times, default=None),
        data=data,
    )
    return {values[0]: said}


def _holds(indicator: object, wanted: str) -> bool:
    """Whether a search for `wanted` finds it: as a part of what is written, or as its host."""
    return isinstance(indicator, str) and (wanted in indicator.lower() or _host_of(indicator) == wanted)


def _host_of(indicator: object) -> str | None:
    """The host of `192.0.2.1:443`, `[2001:db8::1]:443`, `http://192.0.2.1/x` or a bare address."""
    written = text(indicator)
    if written is None:
        return None
    address = public_address(written)
    if address is not None:
        return str(address)
    try:
        host = urlsplit(written if "://" in written else f"//{written}").hostname
    except ValueError:
        return None
    return host and str(public_address(host) or host)


THREATFOX = Service(
    name="threatfox",
    title="ThreatFox",
    url="https://threatfox-api.abuse.ch/",
    rates=Rates(per_minute=60),
    needs="key",
    path="api/v1/",
    key_header=KEY_HEADER,
    lookups=(Lookup(Kind.ADDRESS, _request, _read, days(7)),),
)
