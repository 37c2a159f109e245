"""One POST to a webhook: over TLS or to this machine, bounded in time, not redirected, and silent about the address.

The address of a webhook is often its whole secret, and so is the token: neither stands in an error or a log.
"""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

from cowrie_assets.loopback import is_loopback
from cowrie_assets.notifications.message import DeliveryError
from cowrie_assets.outgoing import what_broke
from cowrie_assets.retry_after import retry_after_seconds

LONGEST_REST = 3600.0
"""Seconds that a receiver's Retry-After counts for at most."""


def post(url: str, body: bytes, headers: Mapping[str, str], *, receiver: str, seconds: float) -> None:
    """POST `body`; any answer of 200 to 299 means that it was taken.

    `url` is one that `fault_of_url` finds no fault with, `seconds` bound each wait for the network, `receiver` names it
    in errors. Raises DeliveryError.
    """
    import requests  # noqa: PLC0415  (0.1 s that only who posts shall pay)

    logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)  # its DEBUG lines show the address
    try:
        with requests.Session() as session:
            session.trust_env = not is_loopback(urlsplit(url).hostname or "")  # no proxy to this machine
            with session.post(
                url, body, headers=dict(headers), timeout=seconds, allow_redirects=False, stream=True
            ) as answer:
                if not HTTPStatus.OK <= answer.status_code < HTTPStatus.MULTIPLE_CHOICES:
                    raise _refusal(receiver, answer.status_code, answer.headers.get("Retry-After", ""))
    except requests.Timeout:
        raise DeliveryError(f"{receiver} did not answer within {seconds:g} s") from None
    except requests.ConnectionError as error:
        raise DeliveryError(f"{receiver} {what_broke(error)}") from None
    except requests.RequestException as error:
        raise DeliveryError(f"{receiver} gave no answer that can be read ({type(error).__name__})") from None


def _refusal(receiver: str, code: int, retry_after: str) -> DeliveryError:
    known = {status.value: status.phrase for status in HTTPStatus}
    phrase = f" ({known[code]})" if code in known else ""
    wait = retry_after_seconds(retry_after, longest=LONGEST_REST) or 0.0
    return DeliveryError(f"{receiver} answered {code}{phrase}", retry_after=wait)
