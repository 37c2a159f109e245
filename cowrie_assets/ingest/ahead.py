"""What keeps loaders of different sensors out of each other's way on PostgreSQL: what a step is alone with, and what is
done before it begins, in transactions of its own."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from cowrie_assets.clock import US_PER_SECOND, now_us
from cowrie_assets.ingest.batch import Batch
from cowrie_assets.ingest.ledger import Plan
from cowrie_assets.ingest.resolving import Resolver
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.month_partitions import add_month_partitions
from cowrie_assets.warehouse.write_scope import WriteScope, of_contents, of_name, of_paths, of_sensors

_SECOND_BYTES = 4


def scope_of(plans: Sequence[Plan], batches: Sequence[Batch]) -> WriteScope:
    """The sensors that events go to, the sensors as written (whose events may be claimed by several), and the logs by
    content and path."""
    sensors = {plan.log.sensor for plan in plans}
    for batch in batches:
        sensors.update(batch.sensors)
        sensors.update(origin.written_sensor for origin in batch.origins)
    paths = {(plan.file.collector, path) for plan in plans for path in (plan.file.path, plan.known and plan.known.path)}
    contents = {plan.fingerprint for plan in plans if plan.fingerprint is not None}
    at_paths = of_paths(f"{collector}:{path}" for collector, path in paths if path is not None)
    return of_sensors(sensors) | of_contents(contents) | at_paths


class Ahead:
    """Does what would make a step wait for other loaders before the step takes its locks. SQLite has one writer."""

    def __init__(self, warehouse: Warehouse, resolver: Resolver) -> None:
        self._warehouse = warehouse
        self._resolver = resolver
        self._months: set[tuple[int, int]] = set()
        """Months that have their partition."""

    def prepare(self, plans: Sequence[Plan], batches: Sequence[Batch]) -> None:
        """Add what the dictionaries do not have of these batches, and the months that `events` has no partition for."""
        if self._warehouse.dialect != "postgresql":
            return
        tables = [table for batch in batches for table in batch.tables]
        months = {month: identity for table in tables for month, identity in _months(table.column("event_hash"))}
        now = (now_us() // US_PER_SECOND).to_bytes(_SECOND_BYTES, "big")
        months[_month_of(now)] = now  # a partition is made ahead of time
        missing = months.keys() - self._months
        if missing:
            wanted = [months[month] for month in missing]
            self._warehouse.run(
                lambda connection: add_month_partitions(connection, wanted), of=of_name("month partitions")
            )
            self._months |= missing
        sensors = {plan.log.sensor for plan in plans}
        sensors.update(origin.sensor for batch in batches for origin in batch.origins)
        sensors.update(batch.folder_sensor for batch in batches if batch.folder_sensor is not None)
        self._resolver.add_ahead(self._warehouse, batches, sorted(sensors))


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
