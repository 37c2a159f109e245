"""An indicator: a value by which others recognise an attacker, how sure that is and why, and until when it holds."""

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import NamedTuple

from cowrie_assets.clock import US_PER_DAY

HIGHEST = 95
"""No confidence is higher: a honeypot is tricked, too."""
_MANY_SESSIONS = 10


class IndicatorType(StrEnum):
    """What a value is; as exports name it."""

    IPV4 = "ipv4"
    IPV6 = "ipv6"
    DOMAIN = "domain"
    URL = "url"
    ENDPOINT = "endpoint"
    """`host:port` that a command connects to."""
    SHA256 = "sha256"
    SSH_KEY = "ssh_key"
    """The fingerprint of a public key, as `ssh-keygen -l` tells it."""
    WALLET = "wallet"


_DAYS_TO_LIVE = {
    **dict.fromkeys((IndicatorType.IPV4, IndicatorType.IPV6), 14),
    **dict.fromkeys((IndicatorType.DOMAIN, IndicatorType.URL, IndicatorType.ENDPOINT), 60),
    **dict.fromkeys((IndicatorType.SHA256, IndicatorType.SSH_KEY, IndicatorType.WALLET), 365),
}
"""Days behind the last sighting: addresses change hands, files do not."""


class Reason(NamedTuple):
    """Why an indicator is as sure as it is."""

    points: int
    """What it adds."""
    why: str

    def __str__(self) -> str:
        return f"{self.why} ({self.points:+d})"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One value; times in microseconds since 1970-01-01 UTC."""

    type: IndicatorType
    value: str
    """Of text that an attacker wrote: a URL may hold any printable character but a blank and quotes."""
    first_seen: int
    """Ever, by any sensor."""
    last_seen: int
    sessions: int
    """Of the days that were asked for."""
    sensors: int
    """That had them."""
    reasons: tuple[Reason, ...]
    tags: tuple[str, ...]
    campaign_id: str | None
    left_out: str | None = None
    """Why it is not shared unless asked for; None where it is."""

    @property
    def key(self) -> tuple[IndicatorType, str]:
        """What tells it from others."""
        return self.type, self.value

    @property
    def confidence(self) -> int:
        """0 to 95: the sum of its reasons."""
        return max(0, min(sum(reason.points for reason in self.reasons), HIGHEST))

    @property
    def expires_at(self) -> int:
        """When it is too old to go by."""
        return self.last_seen + _DAYS_TO_LIVE[self.type] * US_PER_DAY


def spread(sessions: int, sensors: int) -> list[Reason]:
    """How often, and in how many places, it was seen."""
    reasons = []
    if sessions >= _MANY_SESSIONS:
        reasons.append(Reason(10, f"{_MANY_SESSIONS} sessions or more"))
    if sensors > 1:
        reasons.append(Reason(10, "more than one sensor"))
    return reasons


def type_of_host(host: str) -> IndicatorType:
    """What a host is: an address, or a name."""
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return IndicatorType.DOMAIN
    return IndicatorType.IPV4 if address.version == 4 else IndicatorType.IPV6  # noqa: PLR2004  (IPv4)


def split_endpoint(value: str) -> tuple[str, int]:
    """Host and port of an endpoint."""
    host, _, port = value.rpartition(":")
    return host.strip("[]"), int(port)
