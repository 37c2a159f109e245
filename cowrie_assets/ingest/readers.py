"""Reading as plans say: here, or in a process of its own where a log is large enough to pay for it.

Two processes take turns: while the batches of a piece of a log are written, they read the pieces behind it, or the next
logs. What was read of a log before its turn is taken only where the log's plan, made when the turn comes, asks for the
same; else it is dropped.
"""

from collections import deque
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass

from cowrie_assets.ingest.batch import Batch
from cowrie_assets.ingest.discovery import LogFile
from cowrie_assets.ingest.ledger import Plan
from cowrie_assets.ingest.pieces import split
from cowrie_assets.ingest.reader_process import ReaderProcess
from cowrie_assets.ingest.reading import Planned, ReadTask, read_batches
from cowrie_assets.ingest.sources import Sources
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.codec import decode_text

_WORTH_A_PROCESS = 8 * 1024 * 1024
"""Bytes to read, or read already of other logs, from which on parsing in a process of its own pays for starting it."""
_WORTH_SENDING = 256 * 1024
"""Bytes of a log from which on a process that runs is worth asking."""
_MOST_IN_VAIN = 5
"""So often what was read ahead may be dropped before nothing is read ahead any more: a folder may be full of copies."""
_PROCESSES = 2
"""With the writer, two keep two cores busy; more were not measured."""

NextLog = Callable[[LogFile], Plan | None]
"""The plan of the log that is to be read next after one, as far as can be told; None where there is none."""


@dataclass(frozen=True, slots=True)
class _Begun:
    """A piece of a log that a process reads, or has read up to its first batch; and what comes after it in the log."""

    log: LogFile
    piece: ReadTask
    rest: ReadTask | None
    process: ReaderProcess

    @property
    def end(self) -> int | None:
        """The offset in a plain log at which the piece's last batch ends, if all goes well."""
        if self.piece.stop is not None:
            return self.piece.stop.offset
        return self.piece.planned.size if self.piece.planned is not None else None


class Readers:
    """Reads the logs of one load. Close it when done."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._sources = Sources(settings.registry)
        self._idle = [ReaderProcess(self._make_room) for _ in range(_PROCESSES)]
        self._ahead: deque[_Begun] = deque()
        """What was begun before its turn, in the order of the turns."""
        self._in_vain = 0

    def close(self) -> None:
        """End the reading processes."""
        for process in (*self._idle, *(begun.process for begun in self._ahead)):
            process.close()

    def may_read_ahead(self, size: int) -> bool:
        """Whether it is worth planning a log ahead of which so many bytes are new."""
        return size >= _WORTH_SENDING and self._in_vain < _MOST_IN_VAIN

    def read(self, plan: Plan, *, read_before: int, next_log: NextLog = lambda _: None) -> Generator[Batch, None, None]:
        """The batches of a log, of which there may be none; `read_before`: bytes that the load has read of other logs.

        Raises what `read_batches` raises, and ReaderFailedError.
        """
        if not plan.is_read:
            return _nothing()
        task = self._task(plan)
        if _is_worth_a_process(plan, task, read_before):
            return self._read_pieces(plan.log, task, next_log)
        return read_batches(task, self._make_room)

    def _read_pieces(self, log: LogFile, task: ReadTask, next_log: NextLog) -> Generator[Batch, None, None]:
        begun = self._take_turn(log, *self._split(task))
        while True:
            end = yield from self._read_piece(begun, next_log)
            if begun.rest is None or begun.piece.stop is None or end != begun.piece.stop.offset:
                return
            is_ahead = bool(self._ahead) and self._ahead[0].log == log
            begun = self._ahead.popleft() if is_ahead else self._take_turn(log, begun.rest, None)

    def _read_piece(self, begun: _Begun, next_log: NextLog) -> Generator[Batch, None, int | None]:
        """The batches of a piece; gives the offset at which they end."""
        end: int | None = None
        process, is_idle = begun.process, False
        try:
            self._begin_ahead(begun, next_log)
            with closing(process.batches(begun.piece)) as batches:
                coming = next(batches, None)
                while coming is not None:
                    batch, coming = coming, None
                    end = batch.end
                    is_last = end == begun.end and not batch.has_long
                    if is_last:
                        coming = next(batches, None)
                    if is_last and coming is None:  # the process need not wait until the batch is written
                        self._idle.append(process)
                        is_idle = True
                        self._begin_ahead(begun, next_log)
                    yield batch
                    del batch  # it may be large: nothing is kept of it while the next one is made
                    if not is_last:
                        coming = next(batches, None)
        finally:
            if not is_idle:
                self._idle.append(process)
        return end

    def _take_turn(self, log: LogFile, piece: ReadTask, rest: ReadTask | None) -> _Begun:
        if self._ahead and self._ahead[0].piece == piece:
            return self._ahead.popleft()
        self._drop_ahead()
        return _Begun(log, piece, rest, self._idle.pop())

    def _begin_ahead(self, current: _Begun, next_log: NextLog) -> None:
        """Let each idle process begin what comes next."""
        while self._idle and self._in_vain < _MOST_IN_VAIN:
            last = self._ahead[-1] if self._ahead else current
            log, task = last.log, last.rest
            if task is None:
                plan = next_log(last.log)
                if plan is None or not plan.is_read:
                    return
                log, task = plan.log, self._task(plan)
                if not _is_worth_a_process(plan, task, _WORTH_A_PROCESS):
                    return
            piece, rest = self._split(task)
            try:
                self._idle[-1].read_ahead(piece)
            except OSError:  # the system starts no more processes
                self._in_vain = _MOST_IN_VAIN
                return
            self._ahead.append(_Begun(log, piece, rest, self._idle.pop()))

    def _split(self, task: ReadTask) -> tuple[ReadTask, ReadTask | None]:
        return split(task) if self._in_vain < _MOST_IN_VAIN else (task, None)

    def _make_room(self) -> None:
        """Something long is read: no process but the one that reads it, if one does, keeps any memory."""
        self._drop_ahead()
        for process in self._idle:
            process.close()

    def _drop_ahead(self) -> None:
        self._in_vain += bool(self._ahead)
        while self._ahead:
            process = self._ahead.pop().process
            process.close()
            self._idle.append(process)

    def read_here(self, plan: Plan) -> Generator[Batch, None, None]:
        """The batches of a small log. Raises what `read_batches` raises."""
        return read_batches(self._task(plan), self._make_room) if plan.is_read else _nothing()

    def _task(self, plan: Plan) -> ReadTask:
        """All of the log, or what is behind the known part; in doubt the known part too, so that what was lost comes
        back."""
        settings = self._settings
        known = None if plan.from_start else plan.known
        return ReadTask(
            path=plan.log.path,
            source=self._sources.of(decode_text(plan.folder), plan.log.path.parent),
            closed=plan.closed,
            max_line_bytes=settings.max_line_bytes,
            batch_events=settings.batch_events,
            start=known.bytes_read if known else 0,
            line=known.next_line if known else 1,
            after_unterminated=known is not None and known.unterminated == 1,
            planned=_planned(plan),
        )


def _is_worth_a_process(plan: Plan, task: ReadTask, read_before: int) -> bool:
    expected = plan.file.size if plan.compression != "plain" else plan.file.size - task.start
    return expected >= _WORTH_A_PROCESS or (read_before >= _WORTH_A_PROCESS and expected >= _WORTH_SENDING)


def _planned(plan: Plan) -> Planned:
    file, known = plan.file, plan.known
    return Planned(
        device=file.device,
        inode=file.inode,
        size=file.size,
        mtime_ns=file.mtime_ns,
        fingerprint=plan.fingerprint,
        offset=known.bytes_read if known else 0,
        checkpoint=known.checkpoint if known else b"",
    )


def _nothing() -> Generator[Batch, None, None]:
    """Those of a log without a whole line."""
    yield from ()
