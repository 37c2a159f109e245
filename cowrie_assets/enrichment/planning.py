"""What a run would ask, without asking: the queue as it would be, in copies of its tables that nobody else sees."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Table, insert, select

from cowrie_assets import clock
from cowrie_assets.enrichment.access import Access
from cowrie_assets.enrichment.answers import Kind
from cowrie_assets.enrichment.due import days_to_enroll, enroll_day
from cowrie_assets.enrichment.providers import provider_ids
from cowrie_assets.enrichment.quota import Wait, wait_before_call
from cowrie_assets.enrichment.skipping import why_skipped
from cowrie_assets.enrichment.wanted import Wanted, queue_of
from cowrie_assets.warehouse.codec import encode_text
from cowrie_assets.warehouse.dictionary import digest_of
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import enrolled_days, service_calls, texts, verdict_facts, verdict_providers
from cowrie_assets.warehouse.temporary_tables import stand_in


@dataclass(frozen=True, slots=True)
class Planned:
    """What one service would be asked."""

    service: str
    number: int
    """Values that it would be asked about."""
    skipped: int
    """Values that are due, and that no service is asked about."""
    first: tuple[str, ...]
    """The first that it would be asked about, but for passwords."""
    waits: Wait | None
    """Why it would not be called at once."""


class _Undone(Exception):
    """Ends a transaction so that no copy stays."""


def plan(warehouse: Warehouse, accesses: Sequence[Access], wanted: Wanted, *, listed: int) -> list[Planned]:
    """What each service would be asked now, and the first `listed` values of it. Changes nothing."""
    return [_planned(warehouse, access, wanted, listed) for access in accesses]


def _copy_queue(connection: Connection, provider: str, kinds: Sequence[Kind], wanted: Wanted) -> None:
    """Have what a run would write stand in copies: of the provider's rows of some kinds; where values are named, of
    theirs alone."""
    stand_in(connection, verdict_providers)
    number = provider_ids(connection, {provider})[provider]
    for table in (enrolled_days, service_calls):
        stand_in(connection, table, lambda original: original.c.provider_id == number)

    def of_queue(facts: Table) -> ColumnElement[bool]:
        return (facts.c.provider_id == number) & facts.c.kind.in_([int(kind) for kind in kinds])

    if wanted.named is None:
        stand_in(connection, verdict_facts, of_queue)
        return
    digests = {digest_of(value): value for values in wanted.named.values() for value in values}
    stand_in(connection, texts, lambda original: original.c.digest.in_(digests))
    known = {bytes(digest): value_id for digest, value_id in connection.execute(select(texts.c.digest, texts.c.id))}
    stand_in(connection, verdict_facts, lambda facts: of_queue(facts) & facts.c.value_id.in_(known.values()))
    new = [
        {"id": -1 - place, "digest": digest, "text": encode_text(digests[digest])}
        for place, digest in enumerate(digests.keys() - known.keys())
    ]
    if new:
        connection.execute(insert(texts), new)


def _planned(warehouse: Warehouse, access: Access, wanted: Wanted, listed: int) -> Planned:
    now = clock.now_us()
    kinds = [lookup.kind for lookup in access.service.lookups]
    first: list[str] = []
    number, skipped, waits = 0, 0, None
    with suppress(_Undone), warehouse.read() as connection:
        _copy_queue(connection, access.name, kinds, wanted)
        queue = queue_of(connection, access, wanted, now)
        queue.date_anew(connection, now)
        if wanted.named is None:
            for kind in kinds:
                for day in days_to_enroll(connection, kind, queue.provider_id):
                    enroll_day(connection, kind, queue.provider_id, day)
        for kind in kinds:
            reasons = (why_skipped(kind, value) for value in queue.values(connection, kind, now=now))
            asked = Counter(reason is None for reason in reasons)
            number, skipped = number + asked[True], skipped + asked[False]
            if kind is not Kind.PASSWORD:
                dues = queue.due(connection, kind, now=now, most=10 * listed)
                first += [each.value for each in dues if why_skipped(kind, each.value) is None]
        waits = wait_before_call(
            connection, queue.provider_id, access.rates, now, insisted_at=now if wanted.insists else None
        )
        raise _Undone
    most = number if wanted.limit is None else min(number, wanted.limit)
    return Planned(access.name, most, skipped, tuple(first[: min(listed, most)]), waits)
