"""Elasticsearch, by its official client: versions 8 and 9 of the server."""

import logging
from collections.abc import Mapping

from elastic_transport import ConnectionTimeout, SerializationError, TlsError, TransportError
from elastic_transport.client_utils import DEFAULT
from elasticsearch import ApiError, Elasticsearch, UnsupportedProductError

from cowrie_assets.publishing.destination import Destination, Product
from cowrie_assets.publishing.server import Json, Scrubber, ServerError, json_object, refusal

_ABSENT = 404
logging.getLogger("elastic_transport").setLevel(logging.ERROR)  # it logs whole answers, which may repeat a secret


class ElasticsearchServer:
    """Implements `SearchServer`."""

    product: Product = "elasticsearch"

    def __init__(self, destination: Destination, request_seconds: float) -> None:
        """Raises SettingsError where a secret cannot be had."""
        credentials = destination.credentials()
        basic = (credentials.user, credentials.password) if credentials.user and credentials.password else None
        self.label = destination.label
        self._scrub = Scrubber(credentials)
        self._seconds = request_seconds
        self._client = Elasticsearch(
            list(destination.hosts),
            api_key=credentials.api_key,
            basic_auth=basic,
            request_timeout=request_seconds,
            max_retries=0,
            retry_on_status=(),
            ca_certs=str(destination.ca_certs) if destination.ca_certs else DEFAULT,
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
        headers = {"accept": "application/json"}
        if body is not None:
            headers["content-type"] = f"application/{'x-ndjson' if isinstance(body, bytes) else 'json'}"
        try:
            answer = self._client.perform_request(method, path, params=params, headers=headers, body=body)
        except UnsupportedProductError:
            raise ServerError(
                f"what answers at {self.label} is no Elasticsearch; for OpenSearch set COWRIE_OPENSEARCH_URL"
            ) from None
        except ApiError as error:
            if absent_ok and error.meta.status == _ABSENT:
                return {}
            raise refusal(self.label, error.meta.status, error.meta.headers, error.body, self._scrub) from None
        except TlsError as error:
            raise ServerError(f"{self.label} cannot be trusted: {self._scrub(str(error.message))}") from None
        except SerializationError:
            return json_object(self.label, None)
        except ConnectionTimeout:
            raise ServerError(f"{self.label} did not answer within {self._seconds:g} s", passing=True) from None
        except TransportError as error:
            raise ServerError(f"{self.label} did not answer: {self._scrub(str(error.message))}", passing=True) from None
        return json_object(self.label, answer.body)

    def plain(self, text: str) -> str:
        """See `SearchServer.plain`."""
        return self._scrub(text)

    def close(self) -> None:
        """See `SearchServer.close`."""
        self._client.close()
