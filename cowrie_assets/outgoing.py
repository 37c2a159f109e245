"""What is asked of servers outside: which URLs may be, who is said to ask, and why a connection broke.

A URL may be a secret, and so may what a library says of it: neither stands in what is returned here.
"""

from urllib.parse import urlsplit

from cowrie_assets.loopback import is_loopback
from cowrie_assets.printable import shown


def fault_of_url(url: str) -> str | None:
    """Why `url` cannot be asked, in words that do not show it; None where it can."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is no URL"
    if not url.isascii() or not url.isprintable() or " " in url or not host:
        return "is no URL such as https://example.org/path"
    if parts.username is not None or parts.password is not None:
        return "holds a user or a password: give a token instead"
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        return "must begin with https:// (http:// only to this machine)"
    return None


def what_broke(error: Exception) -> str:
    """Whether a connection was made or broke off. Only the system's own words for it are shown: others hold the URL."""
    cause: BaseException | None = error
    seen = set[int]()
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        if isinstance(cause, OSError) and cause.strerror and not hasattr(cause, "request"):
            return f"cannot be reached: {shown(cause.strerror)}"
        reason = getattr(cause, "reason", None) or next((arg for arg in cause.args if isinstance(arg, Exception)), None)
        cause = reason if isinstance(reason, BaseException) else cause.__cause__ or cause.__context__
    return "broke off the connection before it answered"
