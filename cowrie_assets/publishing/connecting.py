"""The client for a configured search server: each product has its own, loaded where it is used."""

from cowrie_assets.publishing.destination import Destination
from cowrie_assets.publishing.server import SearchServer

REQUEST_SECONDS = 30.0
"""How long one request may take."""


def connect(destination: Destination, *, request_seconds: float = REQUEST_SECONDS) -> SearchServer:
    """A connection to a configured cluster; nothing is sent yet. Raises SettingsError."""
    if destination.product == "opensearch":
        from cowrie_assets.publishing.opensearch import OpenSearchServer  # noqa: PLC0415  (an optional dependency)

        return OpenSearchServer(destination, request_seconds)
    from cowrie_assets.publishing.elastic import ElasticsearchServer  # noqa: PLC0415  (half a second, rarely needed)

    return ElasticsearchServer(destination, request_seconds)
