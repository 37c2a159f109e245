"""What publishing asks of a search server: JSON over HTTP, and an error that says whether it may pass by itself.

Two implementations: `elastic` on the official Elasticsearch client, `opensearch` on the official OpenSearch client.
Neither tries anything twice: `patience` does, for both alike.
"""

import base64
from collections.abc import Mapping
from typing import Any, Protocol

from cowrie_assets.errors import UserError
from cowrie_assets.printable import shown
from cowrie_assets.publishing.destination import Credentials, Product
from cowrie_assets.retry_after import retry_after_seconds

Json = dict[str, Any]

PASSING = frozenset({429, 502, 503, 504})
"""What a server answers that is busy, or not there for the moment."""

_LONGEST_REST = 3600.0
"""Seconds: a server that asks for more is asked again then."""
_SHOWN_CHARACTERS = 300


class ServerError(UserError, RuntimeError):
    """The server refused, or no answer came; the message is a sentence without secrets, fit for a terminal.

    `status` is None where no answer came: whether the request was carried out is not known then.
    """

    def __init__(
        self, message: str, *, status: int | None = None, passing: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.passing = passing
        self.retry_after = retry_after
        """Seconds that the server wants to be left alone."""


class SearchServer(Protocol):
    """A connection to one cluster."""

    @property
    def product(self) -> Product:
        """What it is."""

    @property
    def label(self) -> str:
        """Its URLs, for people."""

    def call(
        self,
        method: str,
        path: str,
        body: object | None = None,
        *,
        params: Mapping[str, str] | None = None,
        absent_ok: bool = False,
    ) -> Json:
        """The JSON object that the server answers. A body of bytes is lines of JSON (NDJSON), else it is one object.

        Gives an empty one for a 404 where `absent_ok`. Raises ServerError.
        """

    def plain(self, text: str) -> str:
        """What the server said, fit to be shown: see `Scrubber`."""

    def close(self) -> None:
        """Give the connections back."""


def json_object(label: str, answer: object) -> Json:
    """An answer that is one. Raises ServerError: whether the request was carried out is not known."""
    if not isinstance(answer, dict):
        raise ServerError(f"{label} gave an answer that is no JSON object, or half of one", passing=True)
    return answer


class Scrubber:
    """Takes secrets out of what a server, or a library, says: some repeat what they were sent."""

    def __init__(self, credentials: Credentials) -> None:
        pair = f"{credentials.user or ''}:{credentials.password or ''}".encode()
        encoded = base64.b64encode(pair).decode("ascii") if credentials.password else None
        self._secrets = [each for each in (credentials.api_key, credentials.password, encoded) if each]

    def __call__(self, text: str) -> str:
        """`text` on one line of at most 300 characters, what is not printable as an escape, and no secret in it."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return shown(text, _SHOWN_CHARACTERS)


def refusal(label: str, status: int, headers: Mapping[str, str], body: object, scrub: Scrubber) -> ServerError:
    """The error of an answer that is none of 2xx."""
    reason, passing = scrub(reason_of(body)), status in PASSING
    return ServerError(
        f"{label} answered {status}{f': {reason}' if reason else ''}",
        status=status,
        passing=passing,
        retry_after=retry_after_seconds(headers.get("retry-after"), longest=_LONGEST_REST) if passing else None,
    )


def reason_of(body: object) -> str:
    """What an answer gives as its reason: `type: reason` of its error, or its beginning."""
    error = body.get("error", body) if isinstance(body, Mapping) else body
    if not isinstance(error, Mapping):
        return "" if error is None else str(error)
    parts = [error.get("type"), error.get("reason")]
    cause = error.get("caused_by")
    if isinstance(cause, Mapping) and cause.get("reason") != error.get("reason"):
        parts.append(cause.get("reason"))
    return ": ".join(str(part) for part in parts if part)
