"""One log, read as batches: bytes to framed items to events. Needs no database, so it can run in its own process."""

import os
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

from cowrie_assets.cowrie.event import Source
from cowrie_assets.cowrie.framing import Framer
from cowrie_assets.ingest.batch import Batch, BatchBuilder, DeadLetter
from cowrie_assets.ingest.content import LogContent
from cowrie_assets.ingest.fingerprint import Checkpointer, checkpoint_of_file
from cowrie_assets.ingest.suspects import MOST, HoleFinder, Place, places

_SMALLEST_BLOCK = 512
_LARGEST_BLOCK = 1 << 17
"""Larger ones fall out of the processor's cache: at 1 MiB framing costs four times what it does at 128 KiB."""
_BYTES_PER_EVENT = 512


@dataclass(frozen=True, slots=True)
class ReadTask:
    """What to read of one log, and how.

    `start` and `stop` are offsets in its content at which reading may begin and end; `stop` None is the end of what is
    there. `line` is the physical line that begins at `start`.
    """

    path: Path
    source: Source
    closed: bool
    max_line_bytes: int
    batch_events: int
    start: int = 0
    stop: int | None = None
    line: int = 1
    after_unterminated: bool = False


def read_batches(task: ReadTask) -> Generator[Batch, None, None]:
    """The batches of a log's content from `task.start` to `task.stop`, in order, each with its end's checkpoint.

    Raises OSError where the log cannot be read any more.
    """
    with LogContent(task.path) as content:
        checkpoints = _Checkpoints(content)
        framer = Framer(
            offset=task.start,
            line_number=task.line,
            max_line_bytes=task.max_line_bytes,
            after_unterminated=task.after_unterminated,
        )
        builder = BatchBuilder(task.source, task.start)
        block_size = min(max(task.batch_events * _BYTES_PER_EVENT, _SMALLEST_BLOCK), _LARGEST_BLOCK)
        for block in _between(content, checkpoints, task, block_size):
            builder.add(framer.feed(block))
            if builder.batch.lines >= task.batch_events:
                yield _finish(builder, framer, checkpoints)
                builder = BatchBuilder(task.source, framer.safe_offset)
        closed = task.closed or task.stop is not None
        builder.add(framer.finish(closed=closed))
        if content.damage is not None and task.stop is None:
            builder.batch.dead_letters.append(
                DeadLetter(framer.safe_line, framer.safe_offset, "damaged_archive", content.damage, 0)
            )
        builder.batch.damaged = content.damage is not None
        if builder.batch.lines or framer.safe_offset > builder.batch.start:
            yield _finish(builder, framer, checkpoints)


def _finish(builder: BatchBuilder, framer: Framer, checkpoints: "_Checkpoints") -> Batch:
    batch = builder.finish(framer.safe_offset, framer.safe_line)
    batch.checkpoint = checkpoints.at(framer.safe_offset)
    batch.suspects = checkpoints.suspects(batch)
    batch.unterminated = framer.unterminated
    return batch


def _between(content: LogContent, checkpoints: "_Checkpoints", task: ReadTask, block_size: int) -> Iterator[bytes]:
    """The blocks from start to stop. What cannot be sought is read from its beginning, for the checkpoint's sake."""
    offset = task.start if content.seekable else 0
    for block in content.blocks(offset, block_size=block_size):
        checkpoints.update(offset, block)
        begin = max(task.start - offset, 0)
        end = len(block) if task.stop is None else task.stop - offset
        offset += len(block)
        if begin < min(end, len(block)):
            yield block[begin:end]
        if task.stop is not None and offset >= task.stop:
            return


class _Checkpoints:
    """The digest of the content's samples up to an offset: by seeking where that works, else while streaming. And the
    places that may be completed later."""

    def __init__(self, content: LogContent) -> None:
        self._fd = content.fileno() if content.seekable else None
        self._read_at = content.read_at if content.seekable else _nothing
        self._streamed = Checkpointer()
        self._holes = HoleFinder()
        self._found: list[tuple[int, int]] = []

    def update(self, offset: int, block: bytes) -> None:
        self._found += self._holes.update(offset, block)
        if self._fd is None:
            self._streamed.update(block)

    def suspects(self, batch: Batch) -> list[Place]:
        """The holes found since the last batch, and what is dead in this one."""
        spans = {letter.byte_offset: letter.content_bytes for letter in batch.dead_letters} | dict(self._found)
        self._found.clear()
        return places(self._read_at, sorted(spans.items())[:MOST])

    def at(self, offset: int) -> bytes:
        if self._fd is None:
            return self._streamed.digest_at(offset)
        fd = self._fd
        return checkpoint_of_file(lambda position, length: os.pread(fd, length, position), offset)


def _nothing(_offset: int, _length: int) -> bytes:
    """What is read of a place in a content that cannot be sought: where such a file changes, it is read again."""
    return b""
