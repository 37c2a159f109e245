"""Which network an address lies in."""

import re
from ipaddress import IPv6Address, ip_address, ip_network

_PREFIX = {4: 24, 6: 48}
_HASHED = re.compile(r"(hash-[0-9a-f]{12})-[0-9a-f]{20}")


def network_of(address: str) -> str | None:
    """The network of an address, as `192.0.2.0/24` or `2001:db8:1::/48`; None where `address` is none.

    An IPv4 address written as an IPv6 one (`::ffff:192.0.2.1`) counts as what it is. Of a hashed address it is the part
    that stands for its network (`cowrie.privacy`).
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        hashed = _HASHED.fullmatch(address)
        return None if hashed is None else hashed[1]
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    number = int(parsed)  # leaves the zone of `fe80::1%eth0` behind
    return str(ip_network((number, _PREFIX[parsed.version]), strict=False))
