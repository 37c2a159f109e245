"""Whether a host means the same elsewhere, however it is spelled: `0x7f000001`, `127.1` and `[::1]` do not."""

import re
from ipaddress import IPv4Address, IPv6Address
from unicodedata import normalize
from urllib.parse import unquote

from cowrie_assets.enrichment.addresses import public_address

_PART = re.compile(r"0[xX](?P<hexadecimal>[0-9A-Fa-f]{0,8})|0(?P<octal>[0-7]{1,11})|(?P<decimal>0|[1-9][0-9]{0,9})")
_BASES = {"hexadecimal": 16, "octal": 8, "decimal": 10}
_PARTS, _PART_BITS, _BITS = 4, 8, 32
_INSIDE = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "private", "home.arpa")
"""Names that networks give out for themselves."""


def is_public(host: str) -> bool:
    """Whether a host of a URL, in brackets or not, is a public address or a name that may be resolved anywhere."""
    name = normalize("NFKC", unquote(host)).strip("[]").rstrip(".").lower()
    address = _mapped(name) or _as_resolvers_read(name)
    if address is not None or ":" in name:
        return public_address(address or name) is not None
    return "." in name and not any(name.endswith(f".{each}") for each in _INSIDE)


def _mapped(name: str) -> str | None:
    """The IPv4 address within an IPv6 address: `::ffff:192.0.2.1` leads there; None for what is none."""
    try:
        address = IPv6Address(name).ipv4_mapped
    except ValueError:
        return None
    return None if address is None else str(address)


def _as_resolvers_read(name: str) -> str | None:
    """The IPv4 address of one to four numbers (`inet_aton`), of which the last fills what is left; None for a name."""
    parts = [_PART.fullmatch(part) for part in name.split(".", _PARTS)]
    numbers = [int(part[part.lastgroup] or "0", _BASES[part.lastgroup]) for part in parts if part and part.lastgroup]
    if len(numbers) != len(parts) or len(parts) > _PARTS:
        return None
    *first, last = numbers
    left = _BITS - _PART_BITS * len(first)
    if any(number >> _PART_BITS for number in first) or last >> left:
        return None
    whole = sum(number << (_BITS - _PART_BITS * place) for place, number in enumerate(first, start=1)) + last
    return str(IPv4Address(whole))
