"""Indicators as a bundle of STIX 2.1 (OASIS, 2021).

Ids are UUIDs of version 5 over what they name, so the same indicator has the same id in every bundle. An object always
tells of all days and sensors, whatever the bundle was chosen by (`collecting.whole`): `created` is when it was first
seen, `modified` as of when it is told, so a later bundle replaces it.
"""

from collections.abc import Iterable, Iterator
from uuid import UUID, uuid5

import orjson

from cowrie_assets.clock import iso_us
from cowrie_assets.indicators.indicator import Indicator, IndicatorType, split_endpoint, type_of_host

_NAMESPACE = UUID("6c2e0e4c-3b1f-5a57-9d0a-4f0f4d1c7a11")
"""Of this project, for good: another one would give every indicator another id."""
_IDENTITY = f"identity--{uuid5(_NAMESPACE, 'identity')}"
_SINCE = "2026-01-01T00:00:00.000Z"
_SOURCE = {
    "type": "identity",
    "spec_version": "2.1",
    "id": _IDENTITY,
    "created": _SINCE,
    "modified": _SINCE,
    "name": "cowrie_assets",
    "description": "Seen by Cowrie honeypots",
    "identity_class": "system",
}
_NAMES = {
    IndicatorType.IPV4: "IPv4 address",
    IndicatorType.IPV6: "IPv6 address",
    IndicatorType.DOMAIN: "Domain name",
    IndicatorType.URL: "URL",
    IndicatorType.ENDPOINT: "Endpoint",
    IndicatorType.SHA256: "File",
    IndicatorType.SSH_KEY: "SSH public key",
    IndicatorType.WALLET: "Wallet",
}
_PATTERNS = {
    IndicatorType.IPV4: "[ipv4-addr:value = {value}]",
    IndicatorType.IPV6: "[ipv6-addr:value = {value}]",
    IndicatorType.DOMAIN: "[domain-name:value = {value}]",
    IndicatorType.URL: "[url:value = {value}]",
    IndicatorType.SHA256: "[file:hashes.'SHA-256' = {value}]",
    IndicatorType.SSH_KEY: "[x-ssh-public-key:fingerprint = {value}]",
    IndicatorType.WALLET: "[x-cryptocurrency-wallet:value = {value}]",
}
_UP_TO_MILLISECONDS = len("2026-08-31T00:00:00.000")
_OBJECT_OF_HOST = {
    IndicatorType.IPV4: "ipv4-addr",
    IndicatorType.IPV6: "ipv6-addr",
    IndicatorType.DOMAIN: "domain-name",
}


def as_stix(found: Iterable[Indicator], as_of: int) -> Iterator[bytes]:
    """One bundle, an object a line: its source, then the indicators as they stood `as_of` (microseconds)."""
    yield b'{"type": "bundle", "id": "bundle--%s", "objects": [\n' % str(uuid5(_NAMESPACE, "bundle")).encode()
    yield orjson.dumps(_SOURCE)
    for each in found:
        yield b",\n" + orjson.dumps(stix_object(each, as_of))
    yield b"\n]}\n"


def stix_object(each: Indicator, as_of: int) -> dict[str, object]:
    """An indicator as the object of STIX 2.1."""
    pattern = pattern_of(each)
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--{uuid5(_NAMESPACE, pattern)}",
        "created_by_ref": _IDENTITY,
        "created": stix_time(each.first_seen),
        "modified": stix_time(max(as_of, each.first_seen)),
        "name": f"{_NAMES[each.type]} {each.value}",
        "description": "; ".join(map(str, each.reasons)),
        "indicator_types": ["malicious-activity"],
        "pattern": pattern,
        "pattern_type": "stix",
        "valid_from": stix_time(each.first_seen),
        "valid_until": stix_time(each.expires_at),
        "confidence": each.confidence,
        "labels": [*each.tags, *([f"campaign:{each.campaign_id}"] if each.campaign_id else [])] or ["honeypot"],
    }


def pattern_of(each: Indicator) -> str:
    """The pattern that finds an indicator's value."""
    if each.type is not IndicatorType.ENDPOINT:
        return _PATTERNS[each.type].format(value=_literal(each.value))
    host, port = split_endpoint(each.value)
    of = _OBJECT_OF_HOST[type_of_host(host)]
    return (
        f"[network-traffic:dst_ref.type = '{of}' AND network-traffic:dst_ref.value = {_literal(host)}"
        f" AND network-traffic:dst_port = {port}]"
    )


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def stix_time(us: int) -> str:
    """A time in milliseconds, which every reader of STIX takes."""
    return f"{iso_us(us)[:_UP_TO_MILLISECONDS]}Z"
