"""Reading as plans say: here, or in a process of its own where a log is large enough to pay for it."""

from collections.abc import Generator

from cowrie_assets.ingest.batch import Batch
from cowrie_assets.ingest.ledger import Plan
from cowrie_assets.ingest.reader_process import ReaderProcess
from cowrie_assets.ingest.reading import Planned, ReadTask, read_batches
from cowrie_assets.ingest.sources import Sources
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.codec import decode_text

_WORTH_A_PROCESS = 8 * 1024 * 1024
"""Bytes to read, or read already of other logs, from which on parsing in a process of its own pays for starting it."""
_WORTH_SENDING = 256 * 1024
"""Bytes of a log from which on a process that runs is worth asking."""


class Readers:
    """Reads the logs of one load. Close it when done."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._sources = Sources(settings.registry)
        self._process: ReaderProcess | None = None

    def close(self) -> None:
        """End the reading process, if there is one."""
        if self._process is not None:
            self._process.close()

    def read(self, plan: Plan, *, read_before: int) -> Generator[Batch, None, None]:
        """The batches of a log, of which there may be none; `read_before`: bytes that the load has read of other logs.

        Raises what `read_batches` raises, and ReaderFailedError.
        """
        if not plan.is_read:
            return _nothing()
        task = self._task(plan)
        expected = plan.file.size if plan.compression != "plain" else plan.file.size - task.start
        if expected < _WORTH_A_PROCESS and not (read_before >= _WORTH_A_PROCESS and expected >= _WORTH_SENDING):
            return read_batches(task)
        if self._process is None:
            self._process = ReaderProcess()
        return self._process.batches(task)

    def read_here(self, plan: Plan) -> Generator[Batch, None, None]:
        """The batches of a small log. Raises what `read_batches` raises."""
        return read_batches(self._task(plan)) if plan.is_read else _nothing()

    def _task(self, plan: Plan) -> ReadTask:
        """All of the log, or what is behind the known part; in doubt the known part too, so that what was lost comes
        back."""
        settings = self._settings
        known = None if plan.anew else plan.known
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
