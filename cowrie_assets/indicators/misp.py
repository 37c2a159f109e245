"""Indicators as an event of MISP, in the JSON of its core format.

UUIDs are of version 5 over what they name, so an event that is imported again replaces what it brought before.
"""

from collections.abc import Iterable, Iterator
from uuid import UUID, uuid5

import orjson

from cowrie_assets.clock import US_PER_SECOND, iso_us
from cowrie_assets.indicators.indicator import Indicator, IndicatorType, split_endpoint, type_of_host

_NAMESPACE = UUID("0b7b5c1e-6f0a-5d0e-8a53-0f5f5d0c3e29")
_DELIVERY, _NETWORK, _FRAUD = "Payload delivery", "Network activity", "Financial fraud"
_WALLETS = {"bitcoin": "btc", "monero": "xmr", "dash": "dash"}
_TYPES = {
    IndicatorType.DOMAIN: "domain",
    IndicatorType.URL: "url",
    IndicatorType.SHA256: "sha256",
    IndicatorType.SSH_KEY: "ssh-fingerprint",
}
_DELIVERED = frozenset({IndicatorType.URL, IndicatorType.SHA256})
_TO_IDS = 50
"""What is as sure as that goes into detection."""
_LISTED = 5


def as_misp(found: Iterable[Indicator], title: str, as_of: int) -> Iterator[bytes]:
    """One event, an attribute a line; `title` tells by what they were chosen: UUIDs follow from it. `as_of`
    (microseconds) is when they stood so: MISP takes the later of two."""
    head = orjson.dumps(
        {
            "uuid": str(uuid5(_NAMESPACE, title)),
            "info": title,
            "threat_level_id": "3",
            "analysis": "2",
            "distribution": "0",
            "published": False,
        }
    )
    yield b'{"Event": ' + head[:-1] + b', "Attribute": ['
    before, latest = b"\n", 0
    for each in found:
        latest = max(latest, each.last_seen)
        yield before + orjson.dumps(misp_attribute(each, title, as_of))
        before = b",\n"
    ending = {"date": iso_us(latest)[:10], "timestamp": str(as_of // US_PER_SECOND)}
    yield b"\n], " + orjson.dumps(ending)[1:] + b"}\n"


def misp_attribute(each: Indicator, title: str, as_of: int) -> dict[str, object]:
    """An indicator as an attribute."""
    of, category, value = _typed(each)
    return {
        "uuid": str(uuid5(_NAMESPACE, f"{title}\n{of}\n{value}")),
        "type": of,
        "category": category,
        "value": value,
        "to_ids": each.confidence >= _TO_IDS,
        "distribution": "5",
        "comment": f"confidence {each.confidence}: {'; '.join(map(str, each.reasons[:_LISTED]))}",
        "first_seen": iso_us(each.first_seen),
        "last_seen": iso_us(each.last_seen),
        "timestamp": str(as_of // US_PER_SECOND),
        "Tag": [{"name": f"cowrie:{tag}"} for tag in (*each.tags, *_campaign(each))],
    }


def _campaign(each: Indicator) -> tuple[str, ...]:
    return (f"campaign={each.campaign_id}",) if each.campaign_id else ()


def _typed(each: Indicator) -> tuple[str, str, str]:
    """Type, category and value of an attribute. An address from which sessions came is a source, another a target."""
    match each.type:
        case IndicatorType.IPV4 | IndicatorType.IPV6:
            of = "ip-src" if "source" in each.tags else "ip-dst"
        case IndicatorType.ENDPOINT:
            host, port = split_endpoint(each.value)
            of = "hostname|port" if type_of_host(host) is IndicatorType.DOMAIN else "ip-dst|port"
            return of, _NETWORK, f"{host}|{port}"
        case IndicatorType.WALLET:
            known = [_WALLETS[tag] for tag in each.tags if tag in _WALLETS]
            return (known[0], _FRAUD, each.value) if known else ("text", "Other", each.value)
        case _:
            of = _TYPES[each.type]
    return of, _DELIVERY if each.type in _DELIVERED else _NETWORK, each.value
