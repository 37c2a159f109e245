"""The one load step: a batch's events, dead letters, ledger row and offset in one transaction, whoever loads.

A kill at any moment leaves either all of a step or nothing of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import TypeVar

from sqlalchemy import Connection

from cowrie_assets.clock import US_PER_DAY, now_us
from cowrie_assets.ingest.batch import Batch
from cowrie_assets.ingest.bookkeeping import (
    StalePlanError,
    advance,
    note_lost,
    note_replayed,
    open_log,
    require_next,
    require_unmoved,
    settle_log,
    take_numbers,
)
from cowrie_assets.ingest.dead_letters import (
    Replayed,
    add_letters,
    mark_replayed,
    renew_letters,
    resolve_after_end,
    resolve_stored,
)
from cowrie_assets.ingest.ledger import KnownLog, Plan, known_log
from cowrie_assets.ingest.lost_rows import lost_row, take_over
from cowrie_assets.ingest.origins import record_origins
from cowrie_assets.ingest.precedence import withdraw_of_others
from cowrie_assets.ingest.replayed_letters import ReadLetters
from cowrie_assets.ingest.rereading import Reading, count_owned, count_stored
from cowrie_assets.ingest.resolving import Resolver
from cowrie_assets.ingest.sealed_events import FilteredEvents, filter_sealed
from cowrie_assets.ingest.shared_rows import SharedRows
from cowrie_assets.ingest.spoiled import remove_replaced
from cowrie_assets.ingest.spoiled_letters import AstrayLetters, letters_of_no_log
from cowrie_assets.ingest.step_scope import scope_of
from cowrie_assets.ingest.stripped import StrippedEvents
from cowrie_assets.ingest.treated_days import TreatedDays
from cowrie_assets.warehouse import day_versions
from cowrie_assets.warehouse.bulk_insert import Inserted, insert_new_events
from cowrie_assets.warehouse.engine import NotAloneError, Warehouse, keep_few_pages
from cowrie_assets.warehouse.schema import event_days
from cowrie_assets.warehouse.write_scope import ALONE, WriteScope

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class StepResult:
    """What one step did: `inserted` events by day, and how many lines were what."""

    inserted: dict[int, int]
    lines: int
    events: int
    duplicates: int
    dead_letters: int
    blank: int
    bytes: int
    unusual: int = 0
    archived: int = 0
    """Events of sealed days that are not in `events`."""
    late: int = 0
    """Those of them that are late, and were not seen before."""


@dataclass(frozen=True, slots=True)
class WholeLog:
    """A small log with all that is to be written of it."""

    plan: Plan
    batches: list[Batch]
    damaged: bool


@dataclass(frozen=True, slots=True)
class WrittenLog:
    """What the steps of a log that was written whole did, and its ledger row; None where it holds no whole line."""

    known: KnownLog | None
    steps: list[StepResult]


@dataclass(frozen=True, slots=True)
class Part:
    """A batch of a log; `known` is the log's ledger row as the step before left it, None before the first."""

    plan: Plan
    known: KnownLog | None
    batch: Batch
    reading: Reading | None = None
    """Of a log that is read anew: the batch is counted in."""


class StepWriter:
    """Writes the steps of one loader. Holds the dictionaries' memory between them."""

    def __init__(
        self,
        warehouse: Warehouse,
        configured: frozenset[str] = frozenset(),
        *,
        read_limit: int,
        privacy_key: str | None = None,
    ) -> None:
        """`configured`: the names of the sensors of the sensors file; `read_limit`: bytes of the longest line that the
        batches were read with; `privacy_key`: the reference of the key that days were hashed with."""
        self._warehouse = warehouse
        self._configured = configured
        self._read_limit = read_limit
        self._resolver = Resolver()
        self._shared = SharedRows(warehouse, self._resolver)
        self._stripped = StrippedEvents()
        self._treated = TreatedDays(warehouse, privacy_key)
        self._letters_of_no_log: dict[bytes, int] | None = None
        """As they were when a log was first read anew."""
        self._days: set[int] = set()
        """The days that the transaction which runs brought events of."""

    def write(
        self, plan: Plan, known: KnownLog | None, batch: Batch, reading: Reading | None = None
    ) -> tuple[KnownLog, StepResult]:
        """Write a batch of `plan`'s log; `known` is the ledger row as the step before left it, None before the first.

        With `reading` the batch is one of a log that is read anew. Gives the ledger row as it stands now. Raises
        StalePlanError, and writes nothing, where the row is not what was expected.
        """
        ((now_known, result),) = self.write_parts([Part(plan, known, batch, reading)])
        return now_known, result

    def write_parts(self, parts: Sequence[Part]) -> list[tuple[KnownLog, StepResult]]:
        """Write batches of several logs in one transaction, all of them or none. Gives their ledger rows as they stand
        now. Raises StalePlanError as `write` does."""
        befores = [None if part.reading is None else part.reading.copy() for part in parts]
        batches = self._treated.treat([part.batch for part in parts])

        def step(connection: Connection) -> list[tuple[KnownLog, StepResult, Reading | None]]:
            self._treated.require_current(connection)
            if any(batch.has_long for batch in batches):
                keep_few_pages(connection)
            if len(batches) > 1:
                self._resolver.add(connection, batches)
            done = []
            for part, batch, before in zip(parts, batches, befores, strict=True):
                so_far = None if before is None else before.copy()
                done.append((*self._write(connection, part.plan, part.known, batch, so_far), so_far))
            return done

        written = self._run(step, [part.plan for part in parts], batches)
        for part, (_, _, so_far) in zip(parts, written, strict=True):
            if part.reading is not None and so_far is not None:
                part.reading.become(so_far)
        return [(known, result) for known, result, _ in written]

    def write_together(self, logs: Sequence[WholeLog]) -> list[WrittenLog | None]:
        """Write and settle many small logs in one transaction; None for a log whose plan is stale: nothing of such a
        log is written."""
        logs = [replace(log, batches=self._treated.treat(log.batches)) for log in logs]
        batches = [batch for log in logs for batch in log.batches]

        def steps(connection: Connection) -> list[WrittenLog | None]:
            self._treated.require_current(connection)
            self._resolver.add(connection, batches)
            return [self._write_whole(connection, log) for log in logs]

        try:
            return self._run(steps, [log.plan for log in logs], batches)
        except StalePlanError:
            return [None] * len(logs)

    def replay(self, log_id: int, read: Callable[[Connection], ReadLetters], resolution: str) -> Replayed:
        """Store dead letters of a log as the events that `read` gives in the step's transaction, and resolve them so.

        Each stays a line of its log: see `note_replayed`. A log whose row is lost is left alone.
        """
        return self._run_as(lambda connection: self._replay(connection, log_id, read(connection), resolution), ALONE)

    def _replay(self, connection: Connection, log_id: int, letters: ReadLetters, resolution: str) -> Replayed:
        letters = replace(letters, batch=self._treated.treat_within(connection, letters.batch))
        known, batch, now = known_log(connection, log_id), letters.batch, now_us()
        if known is None or not batch.events:
            return Replayed()
        inserted, filtered = self._write_events(connection, log_id, batch, now)
        self._days.update(inserted)
        record_origins(connection, self._resolver.dictionaries.sensors, log_id, batch.origins)
        new = sum(inserted.values())
        replayed = Replayed(new, batch.events - new - filtered.archived, filtered.archived)
        mark_replayed(connection, letters.identities(), resolution, now)
        note_replayed(connection, known, batch, now, replayed)
        return replayed

    def _run(
        self, work: Callable[[Connection], Result], plans: Sequence[Plan], batches: Sequence[Batch] = ()
    ) -> Result:
        """What `work` gives in a transaction that is alone with what these logs and batches concern; in one that is
        alone altogether where it comes upon rows of others."""
        try:
            if batches:
                self._shared.add(plans, batches)
            try:
                return self._run_as(work, scope_of(plans, batches))
            except NotAloneError:
                return self._run_as(work, ALONE)
        except BaseException:
            self._forget()
            raise

    def _run_as(self, work: Callable[[Connection], Result], scope: WriteScope) -> Result:
        attempts = count()

        def step(connection: Connection) -> Result:
            if next(attempts):
                self._forget()
            self._days = set()
            try:
                done = work(connection)
            except BaseException:
                self._forget()
                raise
            day_versions.renew(connection, event_days, self._days)
            return done

        return self._warehouse.run(step, of=scope)

    def _forget(self) -> None:
        """Drop what is in memory of a transaction that was undone."""
        self._resolver.forget()
        self._stripped.forget()

    def _write_whole(self, connection: Connection, log: WholeLog) -> WrittenLog | None:
        known, results = log.plan.known, list[StepResult]()
        days = set(self._days)
        reading = Reading() if log.plan.from_start else None
        try:
            with connection.begin_nested():
                for batch in log.batches:
                    known, result = self._write(connection, log.plan, known, batch, reading)
                    results.append(result)
                if reading is not None and known is not None:
                    known, result = self._end_reading(connection, known, reading)
                    results.append(result)
                settle_log(connection, log.plan, known, damaged=log.damaged, now=now_us())
        except StalePlanError:
            self._days = days
            self._forget()
            return None
        return WrittenLog(known, results)

    def end_reading(self, plan: Plan, known: KnownLog, reading: Reading) -> tuple[KnownLog, StepResult]:
        """Give the ledger row the numbers of a reading anew that is complete; what its steps called dead and is stored
        is set right in the result. Raises StalePlanError as `write` does."""
        before = reading.copy()
        return self._run(lambda connection: self._end_reading(connection, known, before.copy()), [plan])

    def settle(self, plan: Plan, known: KnownLog | None, *, damaged: bool) -> None:
        """Record that the log was read to its end: what its path holds, where it lies now, whether more can come."""
        self._run(lambda connection: settle_log(connection, plan, known, damaged=damaged, now=now_us()), [plan])

    def _end_reading(self, connection: Connection, known: KnownLog, reading: Reading) -> tuple[KnownLog, StepResult]:
        now = now_us()
        require_unmoved(connection, known)
        resolve_after_end(connection, known.id, reading.last, now)
        if reading.astray is not None:
            reading.astray.remove_spoiled(connection)
        dead = self._keep_stored(connection, known, reading, now)
        known = take_numbers(connection, known, reading, now, read_limit=self._read_limit)
        return known, StepResult({}, 0, 0, duplicates=dead, dead_letters=-dead, blank=0, bytes=0)

    def _keep_stored(self, connection: Connection, known: KnownLog, reading: Reading, now: int) -> int:
        """Count in what is stored of a log and was not read well this time; how many lines of it are dead."""
        if known.events <= reading.events or known.first_event_at is None or known.last_event_at is None:
            return 0
        days = (known.first_event_at // US_PER_DAY, known.last_event_at // US_PER_DAY)
        stored = count_stored(connection, known, days)
        if stored > reading.events:
            stored -= remove_replaced(connection, known.id, days)
        if stored <= reading.events:
            return 0
        dead = resolve_stored(connection, known.id, days, now)
        reading.keep_stored(stored, dead, known)
        return dead

    def _write(
        self, connection: Connection, plan: Plan, known: KnownLog | None, batch: Batch, reading: Reading | None
    ) -> tuple[KnownLog, StepResult]:
        now = now_us()
        if known is None:
            (sensor_id,) = self._resolver.dictionaries.sensors.resolve(connection, [plan.log.sensor])
            known = open_log(connection, plan, sensor_id, now, read_limit=self._read_limit)
        else:
            require_unmoved(connection, known)
        if reading is None:
            require_next(known, batch)
        inserted, filtered = self._write_events(connection, known.id, batch, now)
        new = sum(inserted.values())
        self._days.update(inserted)
        record_origins(connection, self._resolver.dictionaries.sensors, known.id, batch.origins)
        last_events = [each for each in (known.last_event_at, batch.last_event_at) if each is not None]
        are_dropped = self._treated.drops_letters_of(max(last_events, default=None))
        if reading is None:
            lost = lost_row(connection, plan)
            taken_over = 0 if lost is None else take_over(connection, lost, known.id, batch)
            replayed = add_letters(connection, known.id, batch, now, are_dropped=are_dropped)
            counts = {"inserted": new + taken_over, "archived": filtered.archived}
            known = advance(connection, known, batch, now, **counts, replayed=replayed, read_limit=self._read_limit)
        else:
            if reading.astray is None:
                reading.astray = self._astray_letters(connection, known.id)
            resolved, dead, replayed = renew_letters(
                connection, known.id, batch, now, reading.astray, are_dropped=are_dropped
            )
            reading.take(batch, count_owned(connection, known.id, batch), filtered.archived, replayed)
            known = note_lost(connection, known, inserted=new, resolved=resolved, dead=dead, now=now)
        return known, StepResult(
            inserted=inserted,
            lines=batch.lines,
            events=new,
            duplicates=batch.events - new - filtered.archived + replayed.events + replayed.duplicates,
            dead_letters=batch.dead - replayed.lines,
            blank=batch.blank,
            bytes=batch.end - batch.start,
            unusual=batch.unusual,
            archived=filtered.archived + replayed.archived,
            late=filtered.late,
        )

    def _astray_letters(self, connection: Connection, log_id: int) -> AstrayLetters:
        if self._letters_of_no_log is None:
            self._letters_of_no_log = letters_of_no_log(connection)
        return AstrayLetters.of(connection, log_id, self._letters_of_no_log)

    def _write_events(
        self, connection: Connection, log_id: int, batch: Batch, now: int
    ) -> tuple[Inserted, FilteredEvents]:
        groups = self._stripped.settle(connection, log_id, self._resolver.rows(connection, batch))
        filtered = filter_sealed(connection, groups, log_id, now)
        if batch.folder_sensor is not None:
            self._withdraw_of_others(connection, log_id, filtered, batch.folder_sensor)
        return insert_new_events(connection, filtered.groups, {"log_id": log_id, "ingested_at": now}), filtered

    def _withdraw_of_others(self, connection: Connection, log_id: int, filtered: FilteredEvents, sensor: str) -> None:
        (number,) = self._resolver.dictionaries.sensors.resolve(connection, [sensor])
        identities = [
            row[columns.index("event_hash")]
            for columns, rows in filtered.groups
            for row in rows
            if row[columns.index("sensor_id")] == number and row[columns.index("event_hash")] not in filtered.known
        ]
        withdraw_of_others(connection, log_id, identities, sensor, self._configured)
