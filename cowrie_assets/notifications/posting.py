"""One POST to a webhook: over TLS or to this machine, bounded in time, not redirected, and silent about the address.

The address of a webhook is often its whole secret, and so is the token: neither stands in an error or a log. That is
why this uses the standard library's client, which logs nothing.
"""

from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPException
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from cowrie_assets.notifications.loopback import is_loopback
from cowrie_assets.notifications.message import DeliveryError
from cowrie_assets.printable import printable
from cowrie_assets.retry_after import retry_after_seconds

LONGEST_REST = 3600.0
"""Seconds that a receiver's Retry-After counts for at most."""

_SHOWN_CHARACTERS = 200


def fault_of_url(url: str) -> str | None:
    """Why `url` cannot be posted to, in words that do not show it; None where it can."""
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


def post(url: str, body: bytes, headers: Mapping[str, str], *, receiver: str, seconds: float) -> None:
    """POST `body`; any answer of 200 to 299 means that it was taken.

    `url` is one that `fault_of_url` finds no fault with, `seconds` bound each wait for the network, `receiver` names it
    in errors. Raises DeliveryError.
    """
    request = Request(url, data=body, headers=dict(headers), method="POST")  # noqa: S310  (see fault_of_url)
    late = DeliveryError(f"{receiver} did not answer within {seconds:g} s")
    try:
        with _opener(past_proxies=is_loopback(urlsplit(url).hostname or "")).open(request, timeout=seconds):
            return
    except HTTPError as error:
        with error:
            raise _refusal(receiver, error.code, error.headers.get("Retry-After", "")) from None
    except TimeoutError:
        raise late from None
    except URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise late from None
        reason = printable(str(error.reason))[:_SHOWN_CHARACTERS]
        raise DeliveryError(f"{receiver} cannot be reached: {reason}") from None
    except (OSError, HTTPException):
        raise DeliveryError(f"{receiver} broke off the connection before it answered") from None


def _opener(*, past_proxies: bool) -> OpenerDirector:
    """A client that speaks HTTP and nothing else, and follows no redirect: one would carry secrets to another host."""
    opener = OpenerDirector()
    opener.add_handler(ProxyHandler({}) if past_proxies else ProxyHandler())
    for handler in (HTTPHandler, HTTPSHandler, HTTPErrorProcessor, HTTPDefaultErrorHandler):
        opener.add_handler(handler())
    return opener


def _refusal(receiver: str, code: int, retry_after: str) -> DeliveryError:
    known = {status.value: status.phrase for status in HTTPStatus}
    phrase = f" ({known[code]})" if code in known else ""
    wait = min(retry_after_seconds(retry_after) or 0.0, LONGEST_REST)
    return DeliveryError(f"{receiver} answered {code}{phrase}", retry_after=wait)
