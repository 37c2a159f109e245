"""Loading logs: delta reads what is new of each, bulk reads each from its start. Both write through one load step."""

import gc
import logging
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from cowrie_assets.clock import day_of_number
from cowrie_assets.ingest.batch import Batch
from cowrie_assets.ingest.bookkeeping import StalePlanError
from cowrie_assets.ingest.discovery import LogFile
from cowrie_assets.ingest.ledger import KnownLog, Plan, plan_log
from cowrie_assets.ingest.reader_process import ReaderProcess
from cowrie_assets.ingest.reading import ReadTask, read_batches
from cowrie_assets.ingest.sources import Sources
from cowrie_assets.ingest.step import StepResult, StepWriter
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.engine import Warehouse

Mode = Literal["delta", "bulk"]
_LOG = logging.getLogger(__name__)
_PLANS = 100
"""How often a log is planned anew because another loader was faster, before this one leaves it to the other."""
_LONGEST_WAIT = 5.0
"""Seconds that the other loader is given before the log is planned anew; 0.05 at first, then doubled each time."""
_WORTH_A_PROCESS = 8 * 1024 * 1024
"""Bytes to read, or read already of other logs, from which on parsing in a process of its own pays for starting it."""
_WORTH_SENDING = 256 * 1024
"""Bytes of a log from which on a process that runs is worth asking."""


@dataclass(slots=True)
class LoadResult:
    """What a load did. `lines = events + duplicates + dead_letters + blank`; `events` are those inserted."""

    logs: int = 0
    unchanged: int = 0
    lines: int = 0
    events: int = 0
    duplicates: int = 0
    dead_letters: int = 0
    blank: int = 0
    bytes: int = 0
    seconds: float = 0.0
    events_by_day: dict[date, int] = field(default_factory=dict)
    """Events inserted, by the UTC day they belong to."""
    warnings: list[str] = field(default_factory=list)

    @property
    def days(self) -> tuple[date, ...]:
        """The days that got new events."""
        return tuple(sorted(self.events_by_day))

    def add(self, step: StepResult) -> None:
        """Count a step in."""
        for day, count in step.inserted.items():
            self.events_by_day[day_of_number(day)] = self.events_by_day.get(day_of_number(day), 0) + count
        self.lines += step.lines
        self.events += step.events
        self.duplicates += step.duplicates
        self.dead_letters += step.dead_letters
        self.blank += step.blank
        self.bytes += step.bytes


def load(
    warehouse: Warehouse,
    settings: Settings,
    *,
    logs: Sequence[LogFile],
    mode: Mode = "delta",
    progress: ProgressSink = silent,
) -> LoadResult:
    """Load `logs` in their order. A log that cannot be read is a warning, and the others go on.

    Raises WarehouseError and SQLAlchemy's errors; what was committed before stays, the next load goes on from there.
    """
    return _Load(warehouse, settings, mode, progress).run(logs)


class _Load:
    def __init__(self, warehouse: Warehouse, settings: Settings, mode: Mode, progress: ProgressSink) -> None:
        self._warehouse = warehouse
        self._settings = settings
        self._bulk = mode == "bulk"
        self._progress = progress
        self._writer = StepWriter(warehouse)
        self._sources = Sources(settings.registry)
        self._result = LoadResult()
        self._total_bytes = 0
        self._reader: ReaderProcess | None = None

    def run(self, logs: Sequence[LogFile]) -> LoadResult:
        begin = time.perf_counter()
        self._total_bytes = sum(_size(log) for log in logs)
        done = 0
        try:
            with _no_garbage_collection():
                for log in logs:
                    self._progress(Progress("load", done, self._total_bytes, "bytes", str(log.path)))
                    try:
                        self._load_log(log, done)
                    except OSError as error:
                        self._warn(f"{log.path} cannot be read: {error.strerror or error}")
                    done += _size(log)
        finally:
            if self._reader is not None:
                self._reader.close()
        self._progress(Progress("load", done, done, "bytes"))
        self._result.seconds = time.perf_counter() - begin
        if self._result.events:
            self._warehouse.checkpoint()
        return self._result

    def _load_log(self, log: LogFile, done: int) -> None:
        for attempt in range(_PLANS):
            with self._warehouse.read() as connection:
                plan = plan_log(
                    connection, log, quiet_seconds=self._settings.quiet_seconds, skip_unchanged=not self._bulk
                )
            if plan is None:
                self._result.unchanged += 1
                return
            try:
                self._read(plan, done)
            except StalePlanError:
                time.sleep(min(0.05 * 2**attempt, _LONGEST_WAIT))
                continue
            self._result.logs += 1
            return
        self._warn(f"{log.path} is being loaded by another process; left to it")

    def _read(self, plan: Plan, done: int) -> None:
        known = plan.known
        damaged = known is not None and known.status == "damaged"
        if plan.fingerprint is not None:
            for task in self._tasks(plan):
                with closing(self._batches(task, plan)) as batches:
                    for batch in batches:
                        damaged = batch.damaged
                        known, step = self._writer.write(plan, known, batch)
                        self._result.add(step)
                        self._tell(plan, done, batch)
        self._writer.settle(plan, known, damaged=damaged)

    def _tasks(self, plan: Plan) -> Iterator[ReadTask]:
        """In bulk the part that is known, so that what was lost of it comes back; then what is new."""
        known = plan.known
        if known is None:
            yield self._task(plan, None)
            return
        if self._bulk and known.bytes_read:
            yield self._task(plan, None, stop=known.bytes_read)
        yield self._task(plan, known)

    def _task(self, plan: Plan, known: KnownLog | None, stop: int | None = None) -> ReadTask:
        settings = self._settings
        return ReadTask(
            path=plan.log.path,
            source=self._sources.of(decode_text(plan.folder), plan.log.path.parent),
            closed=plan.closed,
            max_line_bytes=settings.max_line_bytes,
            batch_events=settings.batch_events,
            start=known.bytes_read if known else 0,
            stop=stop,
            line=known.next_line if known else 1,
            after_unterminated=known is not None and known.unterminated == 1,
            known_damage=known is not None and known.status == "damaged",
        )

    def _batches(self, task: ReadTask, plan: Plan) -> Generator[Batch, None, None]:
        compressed = plan.compression != "plain"
        expected = plan.file.size if compressed else plan.file.size - task.start
        many = self._result.bytes >= _WORTH_A_PROCESS and expected >= _WORTH_SENDING
        if expected < _WORTH_A_PROCESS and not many:
            return read_batches(task)
        if self._reader is None:
            self._reader = ReaderProcess()
        return self._reader.batches(task)

    def _tell(self, plan: Plan, done: int, batch: Batch) -> None:
        within = batch.end if plan.compression == "plain" else 0
        events = f"{self._result.events:,} events"
        self._progress(
            Progress(
                "load", done + min(within, plan.file.size), self._total_bytes, "bytes", f"{plan.log.path}: {events}"
            )
        )

    def _warn(self, sentence: str) -> None:
        _LOG.warning("%s", sentence.encode("unicode_escape").decode("ascii"))
        self._result.warnings.append(sentence)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """The collector looks for cycles among a batch's rows, where there are none, for an eighth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _size(log: LogFile) -> int:
    try:
        return log.path.stat().st_size
    except OSError:
        return 0
