"""Which addresses may leave this machine: public ones, as they are written canonically; IPv6 has several spellings."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_LONGEST = 45
_NAT64 = IPv6Network("64:ff9b::/96")


def public_address(text: str) -> IPv4Address | IPv6Address | None:
    """The address that `text` is; None where it is none, or one that means something inside a network only."""
    if len(text) > _LONGEST or not text.isascii():
        return None
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified:
        return None
    return None if isinstance(address, IPv6Address) and _holds_another(address) else address


def canonical_spelling(text: str) -> str:
    """How the address that `text` is is written canonically; `text` itself where no public one is."""
    address = public_address(text)
    return text if address is None else str(address)


def _holds_another(address: IPv6Address) -> bool:
    """Whether it names a link, or an IPv4 address inside it, which may be a private one."""
    holds_ipv4 = address.ipv4_mapped or address.sixtofour or address.teredo or address in _NAT64
    return bool(address.scope_id or address.is_site_local or holds_ipv4)
