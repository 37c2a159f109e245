"""What no service is asked about. Terminal recordings and malformed hashes make no row of `files`: none comes here."""

from cowrie_assets.cowrie.trivial_files import is_trivial
from cowrie_assets.enrichment.addresses import public_address
from cowrie_assets.enrichment.answers import Kind, is_value


def why_skipped(kind: Kind, value: str) -> str | None:
    """Why `value` is no matter for any service; None where it may be asked about."""
    if not is_value(kind, value):
        return f"no {kind.name.lower()} that can be asked about"
    if kind is Kind.FILE and is_trivial(value):
        return "a file that holds next to nothing"
    if kind is Kind.ADDRESS and public_address(value) is None:
        return "no public address"
    return None
