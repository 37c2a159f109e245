"""OpenSearch, by its official client, which the extra `opensearch` brings."""

import json
import logging
from collections.abc import Mapping

from cowrie_assets.errors import SettingsError
from cowrie_assets.publishing.destination import Destination, Product
from cowrie_assets.publishing.server import Json, Scrubber, ServerError, json_object, refusal

_ABSENT = 404
_GOOD = range(200, 300)
_ANY_STATUS = range(300, 600)
logging.getLogger("opensearch").setLevel(logging.ERROR)  # it logs whole answers, which may repeat a secret


class OpenSearchServer:
    """Implements `SearchServer`.

    Requests go through the client's connections, not through its methods: those keep `Retry-After` to themselves.
    """

    product: Product = "opensearch"

    def __init__(self, destination: Destination, request_seconds: float) -> None:
        """Raises SettingsError where the client is not installed or a secret cannot be had."""
        try:
            from opensearchpy import OpenSearch  # noqa: PLC0415  (an optional dependency)
        except ImportError:
            raise SettingsError(
                "COWRIE_OPENSEARCH_URL needs the OpenSearch client: pip install 'cowrie-assets[opensearch]'"
            ) from None
        credentials = destination.credentials()
        basic = (credentials.user, credentials.password) if credentials.user and credentials.password else None
        self.label = destination.label
        self._scrub = Scrubber(credentials)
        self._seconds = request_seconds
        ca_certs = str(destination.ca_certs) if destination.ca_certs else None
        self._client = OpenSearch(
            hosts=list(destination.hosts), http_auth=basic, timeout=request_seconds, ca_certs=ca_certs
        )

    def call(
        self,
        method: str,
        path: str,
        body: object | None = None,
        *,
        params: Mapping[str, str] | None = None,
        absent_ok: bool = False,
    ) -> Json:
        """See `SearchServer.call`."""
        kind = "x-ndjson" if isinstance(body, bytes) else "json"
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode("ascii")
        status, headers, text = self._send(method, path, params, content, f"application/{kind}")
        try:
            answer = json.loads(text)
        except ValueError:
            answer = text
        if status in _GOOD:
            return json_object(self.label, answer)
        if absent_ok and status == _ABSENT:
            return {}
        lower = {name.lower(): value for name, value in headers.items()}
        raise refusal(self.label, status, lower, answer, self._scrub)

    def _send(
        self, method: str, path: str, params: Mapping[str, str] | None, content: bytes | None, content_type: str
    ) -> tuple[int, Mapping[str, str], str]:
        from opensearchpy import exceptions  # noqa: PLC0415  (an optional dependency)

        connection = self._client.transport.get_connection()
        headers = {"content-type": content_type}
        try:
            status, answered, text = connection.perform_request(
                method, path, params, content, timeout=self._seconds, ignore=_ANY_STATUS, headers=headers
            )
        except exceptions.SSLError as error:
            raise ServerError(f"{self.label} cannot be trusted: {self._scrub(str(error.error))}") from None
        except exceptions.ConnectionError as error:
            self._client.transport.mark_dead(connection)
            slow = isinstance(error, exceptions.ConnectionTimeout)
            why = f" within {self._seconds:g} s" if slow else f": {self._scrub(str(error.error))}"
            raise ServerError(f"{self.label} did not answer{why}", passing=True) from None
        return status, answered, text

    def plain(self, text: str) -> str:
        """See `SearchServer.plain`."""
        return self._scrub(text)

    def close(self) -> None:
        """See `SearchServer.close`."""
        self._client.close()
