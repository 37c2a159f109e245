"""What a run is to ask services about, and how that comes into their queues."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from cowrie_assets.cowrie.event_types import KNOWN
from cowrie_assets.enrichment.access import Access
from cowrie_assets.enrichment.answers import Kind
from cowrie_assets.enrichment.due import (
    Due,
    backlog_of,
    due,
    due_of,
    make_due_of_future,
    put_off,
    values_due,
)
from cowrie_assets.enrichment.providers import provider_ids
from cowrie_assets.enrichment.quota import date_anew
from cowrie_assets.warehouse.dictionary import Dictionaries
from cowrie_assets.warehouse.sql import statement


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run is to do."""

    limit: int | None = None
    """Each service is asked about so many values at most."""
    named: Mapping[Kind, Sequence[str]] | None = None
    """About these only; None: about what is due."""
    refresh: bool = False
    """Answers that are good still are asked for anew."""
    insists: bool = False
    """The user asks for a service or a value by name: a service that is left alone is asked again at once (see
    `quota.wait_before_call`), for the user may have mended what was wrong."""
    until: int | None = None
    """No call is made after this moment, in microseconds since 1970-01-01 UTC."""


@dataclass(frozen=True, slots=True)
class Queue:
    """What one service is to be asked about in a run."""

    provider: str
    provider_id: int
    named: Mapping[Kind, Sequence[int]] | None = field(default=None)
    """The values that were named, by `texts.id`."""

    def date_anew(self, connection: Connection, now: int) -> None:
        """Set right what a wrong clock dated, in a write transaction of `quota.scope_of`: calls count as made now, and
        what was said in the future is due."""
        if date_anew(connection, self.provider_id, now):
            make_due_of_future(connection, self.provider_id, now)

    def due(self, connection: Connection, kind: Kind, *, now: int, most: int) -> list[Due]:
        """The next values, those that were named all at once."""
        if self.named is None:
            return due(connection, kind, self.provider, now=now, most=most)
        return due_of(connection, kind, self.provider_id, self.named.get(kind, ()), now=now)

    def backlog(self, connection: Connection, kind: Kind, *, now: int) -> int:
        """How many values are due."""
        if self.named is None:
            return backlog_of(connection, kind, self.provider_id, now)
        return len(self.due(connection, kind, now=now, most=0))

    def values(self, connection: Connection, kind: Kind, *, now: int) -> Iterator[str]:
        """All values that are due, in no order."""
        if self.named is None:
            return values_due(connection, kind, self.provider_id, now)
        return iter([each.value for each in self.due(connection, kind, now=now, most=0)])


def queue_of(connection: Connection, access: Access, wanted: Wanted, now: int) -> Queue:
    """Put into a service's queue what was named, and what is to be asked for anew, in a write transaction (`ROWS`)."""
    provider_id = provider_ids(connection, {access.name})[access.name]
    kinds = [lookup.kind for lookup in access.service.lookups]
    if wanted.named is not None:
        named = {kind: _named(connection, kind, provider_id, wanted, now) for kind in kinds}
        return Queue(access.name, provider_id, named)
    if wanted.refresh:
        keys = [{"kind": int(kind), "provider_id": provider_id, "now": now} for kind in kinds]
        connection.execute(statement("enrichment/make_due"), keys)
    return Queue(access.name, provider_id)


def _named(connection: Connection, kind: Kind, provider_id: int, wanted: Wanted, now: int) -> list[int]:
    values = (wanted.named or {}).get(kind, ())
    if not values:
        return []
    ids = Dictionaries(KNOWN.__contains__).texts.resolve(connection, values)
    rows = [{"kind": int(kind), "provider_id": provider_id, "value_id": each, "next_attempt_at": now} for each in ids]
    connection.execute(statement("enrichment/add_pending"), rows)
    connection.execute(statement("enrichment/retry_now"), rows)
    if wanted.refresh:
        put_off(connection, kind, provider_id, dict.fromkeys(ids, now))
    return ids
