"""Loading logs: delta reads what is new of each, bulk reads each from its start. Both write through one load step."""

import logging
import os
import time
from collections.abc import Sequence
from contextlib import closing
from itertools import pairwise
from typing import Literal

from cowrie_assets.activity import Stage, stage
from cowrie_assets.amounts import counted
from cowrie_assets.backoff import Backoff
from cowrie_assets.clock import now_us
from cowrie_assets.garbage_collection import no_garbage_collection
from cowrie_assets.ingest.batch import Batch
from cowrie_assets.ingest.bookkeeping import StalePlanError
from cowrie_assets.ingest.discovery import LogFile
from cowrie_assets.ingest.file_looks import Look, Seen, path_key, seen_paths, stats
from cowrie_assets.ingest.ledger import KnownLog, Plan
from cowrie_assets.ingest.load_result import LoadResult
from cowrie_assets.ingest.moved import in_same_folder
from cowrie_assets.ingest.planning import plan_logs
from cowrie_assets.ingest.reader_process import ReaderFailedError
from cowrie_assets.ingest.readers import Readers
from cowrie_assets.ingest.reading_claims import ReadingClaims
from cowrie_assets.ingest.rereading import Reading
from cowrie_assets.ingest.small_logs import SMALL_CONTENT, groups
from cowrie_assets.ingest.step import StepWriter, WholeLog
from cowrie_assets.ingest.witness import BrokenContentError
from cowrie_assets.printable import shown
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.engine import Warehouse

Mode = Literal["delta", "bulk"]
_LOG = logging.getLogger(__name__)
_PLANS = 100
"""How often a log is planned anew because another loader was faster, before this one leaves it to the other."""
_OTHER_LOADER = Backoff(first=0.05, longest=5.0)
"""What the other loader is given before the log is planned anew."""
_BROKEN_READINGS = 20
"""How often a log is planned anew because it was rewritten while it was read, before it is left for the next load."""
_WRITER_OF_LOG = Backoff(first=0.002, longest=0.1)
"""What the log's writer is given before that."""
_BYTES_TOGETHER = 8 * 1024 * 1024


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
    limits = {"batch_events": settings.batch_events, "max_line_bytes": settings.max_line_bytes}
    with stage(f"{mode}_ingest", database=warehouse, **limits) as run:
        return _Load(warehouse, settings, mode, run, progress).run(logs)


class _Load:
    def __init__(
        self, warehouse: Warehouse, settings: Settings, mode: Mode, run: Stage, progress: ProgressSink
    ) -> None:
        self._warehouse = warehouse
        self._settings = settings
        self._bulk = mode == "bulk"
        self._run = run
        self._progress = run.telling(progress)
        configured = frozenset(sensor.name for sensor in settings.registry.sensors)
        self._writer = StepWriter(
            warehouse, configured, read_limit=settings.max_line_bytes, privacy_key=settings.privacy_key
        )
        self._readers = Readers(settings)
        self._claims = ReadingClaims(warehouse, settings.lock_wait_seconds)
        self._read_by_others: list[tuple[LogFile, int]] = []
        """The logs that another load was reading at their turn, with their sizes."""
        self._result = LoadResult()
        self._total_bytes = 0
        self._done = 0
        self._new_bytes: dict[LogFile, int] = {}
        """Of the logs to open, how much is new by their sizes."""
        self._next_log: dict[LogFile, LogFile] = {}
        """The log after each; none where small ones come."""
        self._just_read: set[int] = set()
        """Ids of the logs that this load read to their ends."""
        self._empty: set[LogFile] = set()

    def run(self, logs: Sequence[LogFile]) -> LoadResult:
        begin = time.perf_counter()
        try:
            with no_garbage_collection():
                waiting = self._changed(logs)
                self._run.note(files_total=len(logs), batches_committed=0, **self._result.figures)
                self._total_bytes = sum(size for _, size in waiting)
                together = list(groups(waiting))
                for group, following in pairwise(together):
                    if len(following) == 1:
                        self._next_log |= {log: following[0][0] for log, _ in group}
                for group in together:
                    self._load_claimed(group)
                for log, size in self._read_by_others:
                    self._claims.wait_for(log)
                    self._load_group([(log, size)])
                    self._claims.release([log])
        finally:
            self._readers.close()
            self._claims.close()
        self._progress(Progress("load", self._done, self._done, "bytes"))
        self._result.seconds = time.perf_counter() - begin
        self._run.note(**self._result.figures)
        if self._result.events:
            self._warehouse.checkpoint()
        return self._result

    def _changed(self, logs: Sequence[LogFile]) -> list[tuple[LogFile, int]]:
        """The logs that have to be opened, with their sizes: in bulk all, else those that a stat shows to be new or
        changed, and those that it proves nothing of."""
        look = Look.now(self._settings)
        seen: dict[str, Seen] = {}
        if not self._bulk:
            with self._warehouse.read() as connection:
                seen = seen_paths(connection, logs)
        waiting = []
        for log, status in stats(logs):
            if isinstance(status, OSError):
                self._result.warn_failed(log.path, status)
                continue
            known = seen.get(path_key(log))
            if not status.st_size:
                self._empty.add(log)
            if known is not None and look.shows_no_change(log, status, known):
                self._count_unchanged(log)
            else:
                waiting.append((log, status.st_size))
                self._new_bytes[log] = status.st_size - (known.size if known else 0)
        return waiting

    def _load_claimed(self, group: Sequence[tuple[LogFile, int]]) -> None:
        """Load what no other load reads; what one does is left for the end, when there may be nothing left to read."""
        claimed = self._claims.take([log for log, _ in group])
        self._read_by_others += [each for each in group if each[0] not in claimed]
        if claimed:
            self._load_group([each for each in group if each[0] in claimed])
            self._claims.release(claimed)

    def _load_group(self, group: Sequence[tuple[LogFile, int]]) -> None:
        """Load small logs in one transaction; one that is alone, or that fails or is stale among them, in its own."""
        logs = [log for log, _ in group]
        alone = set(logs if len(group) == 1 else self._load_together(logs))
        for log, size in group:
            if log in alone:
                self._progress(Progress("load", self._done, self._total_bytes, "bytes", str(log.path)))
                self._load_alone(log)
            self._done += size
        self._progress(Progress("load", self._done, self._total_bytes, "bytes", counted(self._result.events, "event")))

    def _load_alone(self, log: LogFile) -> None:
        try:
            with stage("file", source=shown(str(log.path)), sensor=shown(log.sensor)):
                self._load_log(log, self._done)
        except OSError as error:
            self._result.warn_failed(log.path, error)
        except ReaderFailedError as error:
            self._result.warn_unread(log.path, f"cannot be read: {error}")
        except MemoryError:
            self._result.warn_unread(log.path, "cannot be read: there is not enough memory")

    def _load_together(self, logs: Sequence[LogFile]) -> list[LogFile]:
        """Load what can be loaded of small logs in one transaction; the others are given back."""
        whole: list[WholeLog] = []
        left: list[LogFile] = []
        read_from_start: set[int] = set()
        for log, plan in zip(logs, self._plans(logs), strict=True):
            if plan is None:
                self._count_unchanged(log)
            elif isinstance(plan, OSError):
                self._result.warn_failed(log.path, plan)
            elif plan.from_start and plan.known is not None and plan.known.id in read_from_start:
                left.append(log)  # whether it is a copy shows once the other is written
            else:
                if plan.from_start and plan.known is not None:
                    read_from_start.add(plan.known.id)
                read = self._read_whole(plan)
                if read is None:
                    left.append(log)
                else:
                    whole.append(read)
            batches = [batch for each in whole for batch in each.batches]
            events = sum(batch.lines for batch in batches)
            if events >= self._settings.batch_events or sum(map(_bytes_of, batches)) >= _BYTES_TOGETHER:
                left += self._write_together(whole)
                whole = []
        return left + self._write_together(whole)

    def _write_together(self, whole: list[WholeLog]) -> list[LogFile]:
        """Write small logs; those that were not written are given back, all where one of them cannot be written."""
        if not whole:
            return []
        try:
            with stage("flush", logs=len(whole), records=sum(batch.lines for each in whole for batch in each.batches)):
                results = self._writer.write_together(whole)
        except Exception:
            if len(whole) == 1:
                raise
            _LOG.info("small logs are loaded one by one, for one of them failed", exc_info=True)
            return [each.plan.log for each in whole]
        if any(batch.has_long for each in whole for batch in each.batches):
            self._warehouse.release_memory()
        for each, written in zip(whole, results, strict=True):
            if written is not None:
                for step in written.steps:
                    self._result.add(step)
                self._count_loaded(each.plan, written.known, _damage(each.batches))
        self._note([(each.plan, batch) for each in whole for batch in each.batches])
        return [each.plan.log for each, written in zip(whole, results, strict=True) if written is None]

    def _read_whole(self, plan: Plan) -> WholeLog | None:
        """All that is to be read of a log; None where that is much, or fails: the log is then loaded alone."""
        damaged = _was_damaged(plan)
        batches: list[Batch] = []
        try:
            with closing(self._readers.read_here(plan)) as found:
                for batch in found:
                    batches.append(batch)
                    damaged = batch.damaged
                    if sum(map(_bytes_of, batches)) > SMALL_CONTENT:
                        return None
        except Exception:
            _LOG.info("a small log is loaded alone, for reading it failed", exc_info=True)
            return None
        return WholeLog(plan, batches, damaged)

    def _plans(self, logs: Sequence[LogFile], *, record_looks: bool = True) -> list[Plan | OSError | None]:
        return plan_logs(
            self._warehouse,
            logs,
            Look.now(self._settings),
            skip_unchanged=not self._bulk,
            record_looks=record_looks,
            just_read=self._just_read,
        )

    def _load_log(self, log: LogFile, done: int) -> None:
        broken = 0
        for attempt in range(1, _PLANS + 1):
            (plan,) = self._plans([log])
            if isinstance(plan, OSError):
                raise plan
            if plan is None:
                self._count_unchanged(log)
                return
            try:
                self._read(plan, done)
            except StalePlanError:
                time.sleep(_OTHER_LOADER.pause(attempt))
                continue
            except BrokenContentError:
                broken += 1
                if broken == _BROKEN_READINGS:
                    self._result.warn_unread(log.path, "is being rewritten while it is read; left for the next load")
                    return
                time.sleep(_WRITER_OF_LOG.pause(broken))
                continue
            return
        self._result.warn_unread(log.path, "is being loaded by another process; left to it")

    def _read(self, plan: Plan, done: int) -> None:
        known = plan.known
        damaged = _was_damaged(plan)
        damage: str | None = None
        reading = Reading() if plan.from_start else None
        with closing(self._readers.read(plan, read_before=self._result.bytes, next_log=self._plan_next)) as batches:
            for batch in batches:
                damaged = batch.damaged
                damage = _damage([batch])
                with stage("flush", records=batch.lines, offset=batch.end):
                    known, step = self._writer.write(plan, known, batch, reading)
                self._result.add(step)
                self._note([(plan, batch)])
                self._tell(plan, done, batch)
                has_long = batch.has_long
                del batch  # it may be large, and the next one is made while this loop waits
                if has_long:
                    self._warehouse.release_memory()
        if reading is not None and known is not None:
            known, step = self._writer.end_reading(plan, known, reading)
            self._result.add(step)
        self._writer.settle(plan, known, damaged=damaged)
        self._count_loaded(plan, known, damage)

    def _plan_next(self, log: LogFile) -> Plan | None:
        """What will have to be read of the log after this one, as far as can be told now."""
        following = self._next_log.get(log)
        if following is None or not self._readers.may_read_ahead(self._new_bytes[following]):
            return None
        if not self._claims.take([following]):
            return None
        (plan,) = self._plans([following], record_looks=False)
        return plan if isinstance(plan, Plan) else None

    def _count_unchanged(self, log: LogFile) -> None:
        if log in self._empty:
            self._result.empty += 1
        else:
            self._result.unchanged += 1

    def _count_loaded(self, plan: Plan, known: KnownLog | None, damage: str | None) -> None:
        if plan.file.size:
            self._result.logs += 1
        else:
            self._result.empty += 1
        if known is not None:
            self._just_read.add(known.id)
            self._result.tell_damage(plan, known, damage)
        if plan.known is not None and not in_same_folder(plan.known.path, plan.file.path):
            self._result.moved += 1
            folder = os.path.dirname(decode_text(plan.known.path))  # noqa: PTH120  (a path may hold what Path refuses)
            if folder not in self._result.moved_from:
                self._result.moved_from.append(folder)

    def _note(self, flushed: Sequence[tuple[Plan, Batch]]) -> None:
        """What a transaction committed of logs, for whoever subscribed."""
        self._run.note(**self._result.figures)
        self._run.add(batches_committed=1)
        if not flushed:
            return
        now, (plan, batch) = now_us(), flushed[-1]
        self._run.note(last_source=shown(str(plan.log.path)), last_offset=batch.end, last_flush_at=now)
        dead = next((each for each in reversed(flushed) if each[1].dead), None)
        if dead is not None:
            plan, batch = dead
            letter = batch.dead_letters[-1] if batch.dead_letters else next(batch.letters())
            source = shown(str(plan.log.path))
            self._run.note(last_dead_reason=letter.reason, last_dead_source=source, last_dead_at=now)

    def _tell(self, plan: Plan, done: int, batch: Batch) -> None:
        within = batch.end if plan.compression == "plain" else 0
        events = counted(self._result.events, "event")
        self._progress(
            Progress(
                "load", done + min(within, plan.file.size), self._total_bytes, "bytes", f"{plan.log.path}: {events}"
            )
        )


def _was_damaged(plan: Plan) -> bool:
    """Whether what the ledger says of a log is that it is damaged; a reading anew tells it anew."""
    return plan.known is not None and plan.known.status == "damaged" and not plan.from_start


def _damage(batches: Sequence[Batch]) -> str | None:
    """What is wrong with the content that ends with these batches, as a sentence; None where nothing is."""
    letters = [letter for batch in batches[-1:] for letter in batch.dead_letters]
    return next((letter.content for letter in letters if letter.reason == "damaged_archive"), None)


def _bytes_of(batch: Batch) -> int:
    return batch.end - batch.start
