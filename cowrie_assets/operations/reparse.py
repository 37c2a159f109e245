"""Deriving what is stored anew, under today's settings and code: after it the tables equal those of a clean load."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, delete, select

from cowrie_assets.activity import phase
from cowrie_assets.clock import day_number, day_of_number
from cowrie_assets.cowrie.event import READER_VERSION
from cowrie_assets.cowrie.event_types import KNOWN
from cowrie_assets.ingest.rederive import Rederived, Rederiver
from cowrie_assets.ingest.restating_logs import (
    Days,
    count_folder_names,
    doubt_copies,
    find_sealed_logs,
    folders,
    restate_folders,
    restate_origins,
    take_folder_names,
)
from cowrie_assets.ingest.spoiled import forget_spoiled_texts
from cowrie_assets.ingest.spoiled_names import forget_spoiled_origins, restore_names
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.sensor_registry import SensorRegistry
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.pending import days_with_data
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.summaries.refresh_day import RefreshResult
from cowrie_assets.warehouse import day_versions
from cowrie_assets.warehouse.dictionary import Dictionaries, digest_of
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import event_days, events, reparsed_days
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.upsert import upsert

_ALL_DAYS: Days = (-(2**31), 2**31 - 1)
_ROUNDS = 100
"""How often days are looked for that a load beside it added events to."""


@dataclass(slots=True)
class ReparseResult:
    """What was derived anew, or would be in a dry run."""

    dry_run: bool
    days: list[date] = field(default_factory=list)
    """Those that were read; a run that goes on after one that was stopped leaves out what that one did."""
    changed_days: list[date] = field(default_factory=list)
    """Those of them with an event that changed."""
    total: Rederived = field(default_factory=Rederived)
    renamed_logs: int = 0
    """Logs that bear today's name of their folder now."""
    logs_in_doubt: int = 0
    """Logs that the next ingest reads again from their start."""
    refresh: RefreshResult | None = None


@phase("reparse")
def reparse(
    warehouse: Warehouse,
    settings: Settings,
    *,
    start: date | None = None,
    end: date | None = None,
    dry_run: bool = False,
    progress: ProgressSink = silent,
) -> ReparseResult:
    """Derive every event from `start` to `end` (inclusive; open where None) anew, a transaction a day, then refresh.

    A run that is stopped goes on with the day it was at. Logs take today's names of their folders only where all days
    are asked for. A dry run changes nothing.
    """
    return _Run(warehouse, settings.registry, start, end, dry_run=dry_run).run(progress)


@dataclass(frozen=True, slots=True)
class _Left:
    """What was left as it is of a day."""

    version: int | None
    """That of the day behind it: with another one, a load beside this run added to the day."""
    logs: frozenset[int]
    """Logs (`logs.id`) with events that would come to sealed days."""


class _Run:
    def __init__(
        self, warehouse: Warehouse, registry: SensorRegistry, start: date | None, end: date | None, *, dry_run: bool
    ) -> None:
        self._warehouse = warehouse
        self._registry = registry
        self._all = start is None and end is None
        first, last = _ALL_DAYS
        self._days: Days = (first if start is None else day_number(start), last if end is None else day_number(end))
        self._result = ReparseResult(dry_run)
        self._days_read: set[date] = set()
        self._rederiver = Rederiver(registry)  # of a dry run `_begin` makes another
        self._left: dict[int, _Left] = {}
        """Days with events that would come to sealed days. A run that goes on later looks at them again."""

    def run(self, progress: ProgressSink) -> ReparseResult:
        if not self._result.dry_run:
            restore_names(self._warehouse, self._registry)
            forget_spoiled_texts(self._warehouse)
            if self._all:
                forget_spoiled_origins(self._warehouse)
            self._know_days()
        derivation = self._begin()
        for _ in range(_ROUNDS):
            numbers = self._pending(derivation)
            for position, number in enumerate(numbers):
                progress(Progress("derive anew", position, len(numbers), "days", str(day_of_number(number))))
                self._derive_day(number, derivation)
            progress(Progress("derive anew", len(numbers), len(numbers), "days"))
            if self._finish(derivation):
                break
        if not self._result.dry_run:
            self._result.refresh = refresh(self._warehouse, progress=progress)
        return self._result

    def _know_days(self) -> None:
        """Have `event_days` name each day that holds an event, also one that an event came to by no load."""
        number = event_days.c.event_day
        with self._warehouse.read() as connection:
            known = set(connection.execute(select(number)).scalars())
        held = {day_number(day) for day in days_with_data(self._warehouse)} - known
        if held:
            with self._warehouse.write() as connection:
                of_held = select(events.c.event_day).where(events.c.event_day.in_(held)).distinct()
                day_versions.renew(connection, event_days, connection.execute(of_held).scalars().all())

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        """A write transaction; in a dry run one that only reads."""
        try:
            with self._warehouse.read() if self._result.dry_run else self._warehouse.write() as connection:
                yield connection
            if self._result.dry_run:
                self._rederiver.forget()
        except BaseException:
            self._rederiver.forget()
            raise

    def _begin(self) -> bytes:
        """Take today's names of folders; tell what stands for the settings and code of this run."""
        with self._write() as connection:
            if self._result.dry_run:
                self._rehearse(connection)
            elif self._all:
                self._result.renamed_logs = take_folder_names(connection)
            return _derivation(connection, self._registry)

    def _rehearse(self, connection: Connection) -> None:
        keeping = find_sealed_logs(connection) if self._all else None
        self._rederiver = Rederiver(self._registry, rehearses=True, keeping=keeping)
        if self._all:
            self._result.renamed_logs = count_folder_names(connection)

    def _pending(self, derivation: bytes) -> list[int]:
        binds = {"derivation": derivation, "first_day": self._days[0], "last_day": self._days[1]}
        with self._warehouse.read() as connection:
            rows = connection.execute(statement("ingest/days_to_reparse"), binds).all()
        return [day for day, version in rows if day not in self._left or self._left[day].version != version]

    def _derive_day(self, number: int, derivation: bytes) -> None:
        with self._write() as connection:
            done = self._rederiver.derive_day(connection, number)
            version = connection.execute(select(event_days.c.version).where(event_days.c.event_day == number)).scalar()
            if done.left_logs:
                self._left[number] = _Left(version, done.left_logs)
            elif version is not None and not self._result.dry_run:
                upsert(
                    connection,
                    reparsed_days,
                    {"event_day": number},
                    {"derivation": derivation, "version": version},
                )
        self._count(number, done)

    def _count(self, number: int, done: Rederived) -> None:
        total = self._result.total
        total.events += done.events
        total.changed += done.changed
        total.merged += done.merged
        total.unreadable += done.unreadable
        total.spoiled += done.spoiled
        total.sealed += done.sealed
        day = day_of_number(number)
        if day not in self._days_read:
            self._days_read.add(day)
            self._result.days.append(day)
        if (done.changed or done.merged) and day not in self._result.changed_days:
            self._result.changed_days.append(day)

    def _finish(self, derivation: bytes) -> bool:
        """Bring the ledger up to what was derived, unless a load beside this run added to a day."""
        if self._result.dry_run:
            return True
        if self._pending(derivation):
            return False
        with self._write() as connection:
            names = Dictionaries(KNOWN.__contains__).sensors
            changed = restate_origins(
                connection,
                self._registry,
                names,
                self._days,
                left=frozenset().union(*(each.logs for each in self._left.values())),
            )
            if self._all:
                restate_folders(connection, self._registry, names)
            within = reparsed_days.c.event_day.between(*self._days)
            connection.execute(delete(reparsed_days).where(within))
            if changed:
                self._result.logs_in_doubt = doubt_copies(connection)
        return True


def _derivation(connection: Connection, registry: SensorRegistry) -> bytes:
    """A digest of all that events are derived by, besides their payloads."""
    sensors = sorted(
        (each.name, str(each.logpath), sorted(each.aliases), sorted(each.uuids), each.clock_offset_us)
        for each in registry.sensors
    )
    return digest_of(str(READER_VERSION), repr(sensors), repr(folders(connection)))
