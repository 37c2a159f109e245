"""What the services of abuse.ch have in common: the header of the key, and how they say that they know nothing."""

from collections.abc import Mapping

from cowrie_assets.enrichment.service import KeyRefusedError, UnreadableAnswerError
from cowrie_assets.enrichment.services.fields import document_of, text

KEY_HEADER = "Auth-Key"
_NOTHING = {"no_results", "no_result", "hash_not_found", "illegal_hash", "invalid_host", "invalid_sha256_hash"}
_NO_KEY = {"unknown_auth_key", "user_blacklisted", "unauthorized"}


def found(body: bytes) -> Mapping[str, object] | None:
    """The answer; None where nothing is known of the value. Raises UnreadableAnswerError, KeyRefusedError."""
    document = document_of(body)
    status = text(document.get("query_status"))
    if status in _NO_KEY:
        raise KeyRefusedError
    if status in _NOTHING:
        return None
    if status != "ok":
        raise UnreadableAnswerError("answered with a query_status that is not known")
    return document
