"""Importing a database of cowrieprocessor: its events by the load's own step, what services said, never its summaries.

In the ledger the rows of the logs of a folder are a log of their own, which lies in that folder and is named as the
database and its table; a row's number is the offset in it. So each row is a line of the accounting, and the next import
goes on behind the last row: after a kill, and when that tool has stored more.
"""

import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from pathlib import Path

from sqlalchemy import select, update

from cowrie_assets.activity import phase, stage
from cowrie_assets.clock import day_of_number
from cowrie_assets.cowrieprocessor.reading import ImportTask, Made, checkpoint, steps
from cowrie_assets.cowrieprocessor.said import SaidResult, import_said
from cowrie_assets.cowrieprocessor.source import STRETCHES, Source, SourceError, Stretch
from cowrie_assets.errors import UserError
from cowrie_assets.garbage_collection import no_garbage_collection
from cowrie_assets.ingest.batch import Batch
from cowrie_assets.ingest.bookkeeping import StalePlanError
from cowrie_assets.ingest.discovery import LogFile
from cowrie_assets.ingest.ledger import FileState, KnownLog, Plan, log_of_row
from cowrie_assets.ingest.reader_process import ReaderFailedError, ReaderProcess
from cowrie_assets.ingest.rereading import Reading
from cowrie_assets.ingest.step import Part, StepResult, StepWriter
from cowrie_assets.ingest.stripped import IMPORTED
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.summaries.refresh_day import RefreshResult
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.codec import decode_text, encode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import logs

_FEW_ROWS = 20_000
"""So many are read in the time that a process of its own would take to begin."""
_IN_WORK = "another import of the same database goes on: what either brought stays; run this again when it is done"


class ImportBusyError(UserError):
    """Another process imports the same database."""

    passing = True


@dataclass(slots=True)
class StretchResult:
    """What came of the rows of a table: `lines = events + duplicates + dead_letters + archived`.

    A row of `raw_events` is one line; one of `dead_letter_events` is as many as events and dead lines stand in it.
    """

    passed_over: int = 0
    """Rows that an earlier import took in."""
    rows: int = 0
    lines: int = 0
    events: int = 0
    """Those that are new."""
    duplicates: int = 0
    dead_letters: int = 0
    archived: int = 0
    restored: int = 0
    """Events that the loader had changed, as Cowrie wrote them."""
    dead_by_reason: dict[str, int] = field(default_factory=dict)

    def add(self, made: Made, step: StepResult) -> None:
        """Count in what a step made of some rows."""
        self.rows += made.rows
        self.restored += made.restored
        for name in ("lines", "events", "duplicates", "dead_letters", "archived"):
            setattr(self, name, getattr(self, name) + getattr(step, name))
        for reason, count in _dead_by_reason(made.batch):
            self.dead_by_reason[reason] = self.dead_by_reason.get(reason, 0) + count


@dataclass(slots=True)
class ImportResult:
    """What an import did."""

    stretches: dict[Stretch, StretchResult]
    said: SaidResult
    refresh: RefreshResult
    days: tuple[date, ...]
    """The UTC days that got new events."""
    late: int
    """Events of sealed days that came too late for them: see the view `late_events`."""
    seconds: float


@phase("import")
def import_database(
    warehouse: Warehouse, settings: Settings, source: Source, *, anew: bool = False, progress: ProgressSink = silent
) -> ImportResult:
    """Bring what is new of `source` into the warehouse, and the summaries up to date; with `anew` look at every row
    again. Raises SourceError, and ImportBusyError where another process imports the same."""
    begin = time.perf_counter()
    found: dict[Stretch, StretchResult] = {}
    days: set[int] = set()
    late = 0
    with no_garbage_collection():
        for stretch in STRETCHES:
            importing = _Importing(warehouse, settings, source, stretch, progress)
            try:
                found[stretch] = importing.run(anew=anew)
            except StalePlanError:
                raise ImportBusyError(_IN_WORK) from None
            days |= importing.days
            late += importing.late
    if days:
        warehouse.checkpoint()
    said = import_said(warehouse, source, progress=progress)
    refreshed = refresh(warehouse, progress=progress)
    in_order = tuple(day_of_number(day) for day in sorted(days))
    return ImportResult(found, said, refreshed, in_order, late, time.perf_counter() - begin)


@dataclass(slots=True)
class _Log:
    """The rows of the logs of one folder, as a log."""

    plan: Plan
    known: KnownLog | None
    reading: Reading | None
    place: int
    """Behind the last row that was read."""
    rows: int
    """So many were read; the ledger's `next_line` is one more."""


class _Importing:
    def __init__(
        self,
        warehouse: Warehouse,
        settings: Settings,
        source: Source,
        stretch: Stretch,
        progress: ProgressSink,
    ) -> None:
        self._warehouse = warehouse
        self._settings = settings
        self._source = source
        self._stretch = stretch
        self._progress = progress
        self._name = f"{source.name}.{stretch}"
        """Of the file that stands for the table in each folder."""
        configured = frozenset(sensor.name for sensor in settings.registry.sensors)
        self._writer = StepWriter(
            warehouse, configured, read_limit=settings.max_line_bytes, privacy_key=settings.privacy_key
        )
        self._result = StretchResult()
        self._logs: dict[str, _Log] = {}
        self.days: set[int] = set()
        self.late = 0

    def run(self, *, anew: bool) -> StretchResult:
        known = self._known()
        last = max((each.bytes_read for each in known.values()), default=0) - 1
        goes_on = not anew and last >= 0 and self._goes_on_behind(last, known)
        after = last if goes_on else -1
        for folder, each in known.items():
            self._logs[folder] = self._log(folder, each, from_start=not goes_on)
        total = self._source.count(self._stretch)
        self._result.passed_over = self._source.count(self._stretch, below=after + 1) if after >= 0 else 0
        with closing(self._steps(after, total - self._result.passed_over)) as steps_made:
            for step in steps_made:
                self._write(step)
                done = min(self._result.passed_over + self._result.rows, total)
                self._progress(Progress(f"import {self._stretch}", done, total, "rows", self._source.label))
        if self._result.rows:
            self._progress(Progress(f"import {self._stretch}", total, total, "rows", self._source.label))
        self._end()
        return self._result

    def _steps(self, after: int, rows: int) -> Generator[list[Made]]:
        """What the rows behind a number are, step by step; many of them are read by a process of its own."""
        settings = self._settings
        names = {folder: decode_text(log.plan.folder) for folder, log in self._logs.items()}
        limits = (settings.batch_events, settings.max_line_bytes)
        task = ImportTask(self._source.url, self._stretch, after, *limits, settings.registry, names)
        if rows <= _FEW_ROWS:
            yield from steps(self._source, task)
            return
        reader = ReaderProcess()
        try:
            yield from reader.batches(task)
        except ReaderFailedError as error:
            raise SourceError(f"{self._source.label} cannot be read: {error}") from None
        finally:
            reader.close()

    def _write(self, step: Sequence[Made]) -> None:
        """Write the rows of a step, all in one transaction, so that the farthest log tells where the next begins."""
        parts = [self._part(made) for made in step]
        with stage("flush", logs=len(parts), records=sum(part.batch.lines for part in parts)) as flush:
            results = self._writer.write_parts(parts)
        flush.phase.add(batches_committed=1)
        for made, (known, written) in zip(step, results, strict=True):
            self._logs[made.folder].known = known
            self._result.add(made, written)
            flush.phase.add(
                events_read=written.events + written.duplicates + written.archived,
                events_inserted=written.events,
                duplicates_skipped=written.duplicates,
                events_invalid=written.dead_letters,
            )
            self.days.update(written.inserted)
            self.late += written.late
        if any(made.batch.has_long for made in step):
            self._warehouse.release_memory()

    def _part(self, made: Made) -> Part:
        log = self._logs.get(made.folder)
        if log is None:
            log = self._logs[made.folder] = self._log(made.folder, None, from_start=False)
        log.rows += made.rows
        made.batch.start, log.place = log.place, made.batch.end
        made.batch.end_line = log.rows + 1
        return Part(log.plan, log.known, made.batch, log.reading)

    def _end(self) -> None:
        """Nothing more is expected of what was read: give the logs that were read anew their numbers, and close all."""
        for log in self._logs.values():
            if log.reading is not None and log.known is not None:
                log.known, step = self._writer.end_reading(log.plan, log.known, log.reading)
                self._result.duplicates += step.duplicates
                self._result.dead_letters += step.dead_letters
        numbers = [log.known.id for log in self._logs.values() if log.known is not None]
        closed = update(logs).where(logs.c.status != "closed").values(status="closed", proved=1)
        with self._warehouse.write() as connection:
            for some in chunks(numbers):
                connection.execute(closed.where(logs.c.id.in_(some)))

    def _known(self) -> dict[str, KnownLog]:
        """What the ledger has of the table, by the folder."""
        ours = select(logs).where(logs.c.compression == IMPORTED, logs.c.collector == self._settings.collector)
        with self._warehouse.read() as connection:
            rows = [log_of_row(row) for row in connection.execute(ours).mappings()]
        paths = [(Path(decode_text(row.path)), row) for row in rows]
        return {str(path.parent): row for path, row in paths if path.name == self._name}

    def _goes_on_behind(self, last: int, known: Mapping[str, KnownLog]) -> bool:
        """Whether the rows up to the number `last` are those that were read: then only what lies behind is new."""
        if any(each.doubt for each in known.values()):
            return False
        row = next(iter(self._source.rows(self._stretch, last - 1, 1, 1)), None)
        checkpoints = {each.checkpoint for each in known.values() if each.bytes_read == last + 1}
        if row is None or row.id != last or checkpoints != {checkpoint(row)}:
            return False
        return self._source.count(self._stretch, below=last + 1) == sum(each.next_line - 1 for each in known.values())

    def _log(self, folder: str, known: KnownLog | None, *, from_start: bool) -> _Log:
        path = Path(folder) / self._name
        sensor = self._settings.registry.name_of_folder(path.parent)
        name = path.parent.name or "/"
        log = LogFile(path, sensor, live=False, collector=self._settings.collector)
        reading = Reading() if from_start and known is not None else None
        start = 0 if known is None or reading is not None else known.bytes_read
        stored = encode_text(str(path))
        plan = Plan(
            log=log,
            file=FileState(self._settings.collector, stored, 0, 0, 0, 0, b"", 0, 0),
            compression=IMPORTED,
            closed=True,
            fingerprint=blake2b(stored.encode("utf-8"), digest_size=16, person=b"cowrieprocessor").digest(),
            known=known,
            folder=encode_text(name) if known is None else known.folder,
            newest_candidate=0,
            from_start=reading is not None,
            seekable=False,
        )
        rows = 0 if known is None or reading is not None else known.next_line - 1
        return _Log(plan, known, reading, start, rows)


def _dead_by_reason(batch: Batch) -> Iterator[tuple[str, int]]:
    for letter in batch.dead_letters:
        yield letter.reason, 1
    for run in batch.dead_lines:
        yield run.reason, run.lines
