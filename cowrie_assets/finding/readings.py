"""What a value that somebody types may be: an address, a network, the hash of a file, and so on. Pure functions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from cowrie_assets.cowrie.artefacts import ssh_keys
from cowrie_assets.errors import UserError
from cowrie_assets.reports.render.defang import refang

MOST_NETWORKS = 256
"""A network is looked up by the /24 or /48 networks in it, so many at most: an IPv4 /16, an IPv6 /40."""
_STORED_PREFIX = {4: 24, 6: 48}
_SHA256 = re.compile(r"[0-9A-Fa-f]{64}")
_SHORTER_HASH = re.compile(r"[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}")
_HASSH = re.compile(r"[0-9A-Fa-f]{32}")
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?|\[?[0-9A-Fa-f:.]{2,45}\]?")
_CAMPAIGN = re.compile(r"[0-9a-f]{12}")
_TECHNIQUE = re.compile(r"[Tt]\d{4}(\.\d{3})?")
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}=?")
_WALLET = re.compile(r"[A-Za-z0-9:]{25,128}")
_ENDPOINT = re.compile(r"[A-Za-z0-9_.-]{1,253}:[0-9]{1,5}")
_LONGEST_SESSION_ID = 128


class Kind(StrEnum):
    """What a value is."""

    ADDRESS = "address"
    NETWORK = "network"
    FILE = "file"
    URL = "url"
    HOST = "host"
    """Of a url that a file came from."""
    HASSH = "hassh"
    CREDENTIAL = "credential"
    """`user:password`."""
    USERNAME = "username"
    PASSWORD = "password"  # noqa: S105  (no password)
    COMMAND = "command"
    NORMAL_FORM = "normal_form"
    """Of commands, as reports and rankings name them."""
    SESSION = "session"
    TECHNIQUE = "technique"
    """By its id in ATT&CK; one that has subtechniques stands for these, too."""
    CAMPAIGN = "campaign"
    """By its id."""
    SSH_KEY = "ssh_key"
    """That sessions implanted, by its fingerprint."""
    WALLET = "wallet"
    ENDPOINT = "endpoint"
    """`host:port` that commands connect to."""


class ReadingError(UserError):
    """A value that cannot be looked up; the message says why."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that a value may be."""

    kind: Kind
    value: str
    """As it was typed."""
    texts: tuple[str, ...]
    """As it may be stored, each spelling once; of a credential the user and the password."""


def readings(value: str) -> list[Reading]:
    """Everything that `value` may be, what its form says before what any text may be; of one that is defanged
    (`hxxp://192[.]0[.]2[.]1/x`, as reports write it), also what the plain one may be.

    Raises ReadingError where it is empty, or a network too large to look up.
    """
    if not value:
        raise ReadingError("an empty value is not looked up")
    return [
        reading
        for each in dict.fromkeys((value, refang(value)))
        for reading in (*_by_form(each.strip()), *_in_commands(each.strip()), *_as_text(each))
    ]


def session_ids(value: str) -> tuple[str, ...]:
    """The ids of sessions that `value` may be: as typed, and in lower case, as Cowrie writes them."""
    return tuple(dict.fromkeys((value, value.lower())))


def networks_of(network: IPv4Network | IPv6Network) -> list[str]:
    """The networks, as the warehouse names them, that hold an address of `network`. Raises ReadingError where there are
    too many."""
    stored = _STORED_PREFIX[network.version]
    if network.prefixlen >= stored:
        return [str(network.supernet(new_prefix=stored))]
    if 2 ** (stored - network.prefixlen) > MOST_NETWORKS:
        widest = stored - (MOST_NETWORKS - 1).bit_length()
        raise ReadingError(f"{network} is too large to look up: an IPv{network.version} network has /{widest} or more")
    return [str(each) for each in network.subnets(new_prefix=stored)]


def network_in(value: str) -> IPv4Network | IPv6Network | None:
    """The network that `value` names (`192.0.2.0/24`, `192.0.2.7/24`); None where it names none."""
    if "/" not in value:
        return None
    try:
        return ip_network(value, strict=False)
    except ValueError:
        return None


def _by_form(value: str) -> Iterator[Reading]:
    if spellings := _addresses(value):
        yield Reading(Kind.ADDRESS, value, spellings)
    network = network_in(value)
    if network is not None:
        yield Reading(Kind.NETWORK, value, tuple(networks_of(network)))
    if _SHA256.fullmatch(value):
        yield Reading(Kind.FILE, value, (value.lower(),))
    if _SHORTER_HASH.fullmatch(value):
        yield Reading(Kind.FILE, value, (value.lower(),))
    if _HASSH.fullmatch(value):
        yield Reading(Kind.HASSH, value, (value.lower(),))
    if "://" in value:
        yield Reading(Kind.URL, value, (value,))
    elif _HOST.fullmatch(value):
        yield Reading(Kind.HOST, value, (value.strip("[]").lower(),))


def _in_commands(value: str) -> Iterator[Reading]:
    """What commands show or name."""
    if _TECHNIQUE.fullmatch(value):
        yield Reading(Kind.TECHNIQUE, value, (value.upper(),))
    if _CAMPAIGN.fullmatch(value):
        yield Reading(Kind.CAMPAIGN, value, (value,))
    if _FINGERPRINT.fullmatch(value):
        yield Reading(Kind.SSH_KEY, value, (value.rstrip("="),))
    elif value.startswith(("ssh-", "ecdsa-", "sk-")):
        for key in ssh_keys(value.encode("utf-8", "surrogatepass")):
            yield Reading(Kind.SSH_KEY, value, (key.value,))
    if _WALLET.fullmatch(value):
        yield Reading(Kind.WALLET, value, (value,))
    if _ENDPOINT.fullmatch(value):
        yield Reading(Kind.ENDPOINT, value, (value.lower(),))


def _as_text(value: str) -> Iterator[Reading]:
    if len(value) <= _LONGEST_SESSION_ID:
        yield Reading(Kind.SESSION, value, session_ids(value))
    user, colon, password = value.partition(":")
    if colon:
        yield Reading(Kind.CREDENTIAL, value, (user, password))
    yield Reading(Kind.USERNAME, value, (value,))
    yield Reading(Kind.PASSWORD, value, (value,))
    yield Reading(Kind.COMMAND, value, (value,))
    yield Reading(Kind.NORMAL_FORM, value, (value,))


def _addresses(value: str) -> tuple[str, ...]:
    """The spellings of an address: as typed, the usual one, and of an IPv4 address those within IPv6 and back."""
    try:
        parsed = ip_address(value)
    except ValueError:
        return ()
    spellings = [value, str(parsed)]
    ipv4 = parsed.ipv4_mapped if isinstance(parsed, IPv6Address) else parsed
    if ipv4 is not None:
        high, low = divmod(int(ipv4), 2**16)
        spellings += [str(ipv4), f"::ffff:{ipv4}", f"::ffff:{high:x}:{low:x}"]
    return tuple(dict.fromkeys(spellings))
