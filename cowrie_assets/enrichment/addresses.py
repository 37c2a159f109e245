"""Which addresses may leave this machine: public ones, as they are written canonically."""

from ipaddress import IPv4Address, IPv6Address, ip_address

_LONGEST = 45


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
    if isinstance(address, IPv6Address) and (address.scope_id or address.ipv4_mapped or address.is_site_local):
        return None
    return address
