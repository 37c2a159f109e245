"""What a run would ask, without asking: the queue as it would be, in a transaction that is undone."""

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from cowrie_assets import clock
from cowrie_assets.enrichment.access import Access
from cowrie_assets.enrichment.answers import Kind
from cowrie_assets.enrichment.due import days_to_enroll, enroll_day
from cowrie_assets.enrichment.quota import Wait, wait_before_call
from cowrie_assets.enrichment.skipping import why_skipped
from cowrie_assets.enrichment.wanted import Wanted, queue_of
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.write_scope import ROWS


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
    """Ends a transaction so that nothing of it stays."""


def plan(warehouse: Warehouse, accesses: Sequence[Access], wanted: Wanted, *, listed: int) -> list[Planned]:
    """What each service would be asked now, and the first `listed` values of it. Changes nothing."""
    return [_planned(warehouse, access, wanted, listed) for access in accesses]


def _planned(warehouse: Warehouse, access: Access, wanted: Wanted, listed: int) -> Planned:
    now = clock.now_us()
    kinds = [lookup.kind for lookup in access.service.lookups]
    first: list[str] = []
    number, skipped, waits = 0, 0, None
    with suppress(_Undone), warehouse.write(ROWS) as connection:
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
