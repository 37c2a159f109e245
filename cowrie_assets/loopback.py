"""Which hosts are this machine itself: what is sent there crosses no network."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Whether `host` is `localhost` or a loopback address; other names are not looked up."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
