"""What every provider says of some values, for people who ask."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam

from cowrie_assets.enrichment.answers import Kind, Status
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.dictionary import digest_of
from cowrie_assets.warehouse.sql import statement


@dataclass(frozen=True, slots=True)
class Known:
    """What one provider says of one value. Texts are a service's, and may hold what cannot be printed."""

    value: str
    provider: str
    status: Status
    is_malicious: bool | None
    label: str | None
    positives: int | None
    total: int | None
    fetched_at: int | None
    """Microseconds since 1970-01-01 UTC."""
    error: str | None


def known_of(connection: Connection, kind: Kind, values: Sequence[str]) -> list[Known]:
    """All verdicts of some values, value after value."""
    query = statement("enrichment/known_of").bindparams(bindparam("digests", expanding=True))
    rows = (
        row
        for some in chunks(list(map(digest_of, values)))
        for row in connection.execute(query, {"kind": int(kind), "digests": some})
    )
    return [
        Known(
            value=decode_text(row.value),
            provider=row.provider,
            status=Status(row.status),
            is_malicious=None if row.malicious is None else bool(row.malicious),
            label=None if row.label is None else decode_text(row.label),
            positives=row.positives,
            total=row.total,
            fetched_at=row.fetched_at,
            error=None if row.error is None else decode_text(row.error),
        )
        for row in rows
    ]
