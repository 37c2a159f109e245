"""Rows that loaders of different sensors share on PostgreSQL.

They are put in before a step begins, in transactions of their own: another loader that brings the same waits for these
and not for the whole step.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from cowrie_assets.clock import US_PER_SECOND, now_us
from cowrie_assets.ingest.batch import Batch
from cowrie_assets.ingest.ledger import Plan
from cowrie_assets.ingest.resolving import Resolver
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.month_partitions import add_month_partitions
from cowrie_assets.warehouse.write_scope import of_name

_SECOND_BYTES = 4


class SharedRows:
    """Puts in what several loaders may bring, before a step takes its locks. SQLite has one writer."""

    def __init__(self, warehouse: Warehouse, resolver: Resolver) -> None:
        self._warehouse = warehouse
        self._resolver = resolver
        self._months: set[tuple[int, int]] = set()
        """Months that have their partition."""

    def add(self, plans: Sequence[Plan], batches: Sequence[Batch]) -> None:
        """Add what the dictionaries do not have of these batches, and the months that `events` has no partition for."""
        if self._warehouse.dialect != "postgresql":
            return
        tables = [table for batch in batches for table in batch.tables]
        months = {month: identity for table in tables for month, identity in _months(table.column("event_hash"))}
        now = (now_us() // US_PER_SECOND).to_bytes(_SECOND_BYTES, "big")
        months[_month_of(now)] = now  # a partition is made ahead of time
        missing = months.keys() - self._months
        if missing:
            seconds_of_missing = [months[month] for month in missing]
            self._warehouse.run(
                lambda connection: add_month_partitions(connection, seconds_of_missing), of=of_name("month partitions")
            )
            self._months |= missing
        sensors = {plan.log.sensor for plan in plans}
        sensors.update(origin.sensor for batch in batches for origin in batch.origins)
        sensors.update(batch.folder_sensor for batch in batches if batch.folder_sensor is not None)
        self._resolver.add_shared(self._warehouse, batches, sorted(sensors))


def _months(identities: Iterable[bytes]) -> Iterator[tuple[tuple[int, int], bytes]]:
    """The months in which events were written, each with an identity of it."""
    known = list(identities)
    span = (min(known), max(known))
    if _month_of(span[0]) == _month_of(span[1]):
        known = [span[0]]
    return ((_month_of(identity), identity) for identity in known)


def _month_of(identity: bytes) -> tuple[int, int]:
    written = datetime.fromtimestamp(int.from_bytes(identity[:_SECOND_BYTES], "big"), UTC)
    return written.year, written.month
