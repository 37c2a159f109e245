"""One log, read as batches: bytes to framed items to events. Needs no database, so it can run in its own process."""

import os
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

from cowrie_assets.cowrie.event import Source
from cowrie_assets.cowrie.framing import Framer
from cowrie_assets.ingest.batch import Batch
from cowrie_assets.ingest.batch_builder import BatchBuilder
from cowrie_assets.ingest.content import LogContent
from cowrie_assets.ingest.decompression import Compression
from cowrie_assets.ingest.fingerprint import Checkpointer, checkpoint_of_file, first_line_fingerprint
from cowrie_assets.ingest.letters import DeadLetter
from cowrie_assets.ingest.suspects import MOST, HoleFinder, Place, places
from cowrie_assets.ingest.witness import BrokenContentError, Witness

_SMALLEST_BLOCK = 512
_LARGEST_BLOCK = 1 << 17
"""Larger ones fall out of the processor's cache: at 1 MiB framing costs four times what it does at 128 KiB."""
_BYTES_PER_EVENT = 512
_MOST_KEPT_BYTES = 16 * 1024 * 1024
"""Of a batch's events and dead letters: attackers choose the length of lines."""
_MOST_CONTENT_BYTES = 256 * 1024 * 1024
"""Of content that a batch covers; more than is kept of it where lines are blank or too long."""
_FAR_BEHIND = 32 * 1024 * 1024
_LONG_BYTES = 2 * 1024 * 1024
"""What does not end within so many bytes may take as much memory as one log may take."""
_HEAD_BYTES = 4096
"""How much of a content `first_line_fingerprint` looks at."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What a plan was made for: this file, that began so and was known up to `offset`, by the checkpoint there."""

    device: int
    inode: int
    size: int
    mtime_ns: int
    fingerprint: bytes | None
    offset: int = 0
    checkpoint: bytes = b""


@dataclass(frozen=True, slots=True)
class Stop:
    """A place in a content behind which another task goes on: the line that begins there, and its checkpoint."""

    offset: int
    line: int
    checkpoint: bytes


@dataclass(frozen=True, slots=True)
class ReadTask:
    """What to read of one log, and how.

    `start` is an offset in its content at which reading may begin, `line` the physical line that begins there.
    """

    path: Path
    source: Source
    closed: bool
    max_line_bytes: int
    batch_events: int
    start: int = 0
    line: int = 1
    after_unterminated: bool = False
    planned: Planned | None = None
    """What must be found; anything is taken where this is None."""
    stop: Stop | None = None
    """Where to end, if all that begins before is whole there; else all of the content is read."""

    def read(self, ask: Callable[[], None]) -> Generator[Batch, None, None]:
        """See `read_batches`."""
        return read_batches(self, ask)


def _allowed() -> None:
    """Nobody need be asked."""


def read_batches(task: ReadTask, ask: Callable[[], None] = _allowed) -> Generator[Batch, None, None]:
    """The batches of a log's content from `task.start` on, in order, each with its end's checkpoint.

    `ask` is called once, before the first thing in it that is long: it returns when the memory for that may be taken.
    Every byte of a batch that is handed on was shown to stand in one unbroken file, the one that was planned. Raises
    BrokenContentError where that cannot be shown, and OSError where the log cannot be read any more.
    """
    with LogContent(task.path) as content:
        evidence = _Evidence(content, task)
        framer = Framer(
            offset=task.start,
            line_number=task.line,
            max_line_bytes=task.max_line_bytes,
            after_unterminated=task.after_unterminated,
        )
        builder = BatchBuilder(task.source, task.start)
        block_size = min(max(task.batch_events * _BYTES_PER_EVENT, _SMALLEST_BLOCK), _LARGEST_BLOCK)
        asked = False
        for block in _between(content, evidence, task, block_size):
            if not asked and evidence.read_to - framer.safe_offset > _LONG_BYTES:
                ask()
                asked = True
            builder.add(framer.feed(block))
            if task.stop is not None and _ends_at(task.stop, framer):
                last = _finish(builder, framer, evidence)
                _require(last.checkpoint == task.stop.checkpoint)
                yield last
                return
            evidence.keep_reach(framer.safe_offset)
            if _is_full(builder, framer, task):
                yield _finish(builder, framer, evidence)
        builder.add(framer.finish(closed=task.closed))
        if content.damage is not None:
            builder.batch.dead_letters.append(
                DeadLetter(framer.safe_line, framer.safe_offset, "damaged_archive", content.damage, 0)
            )
        builder.batch.damaged = content.damage is not None
        last = _finish(builder, framer, evidence)
        if last.lines or last.end > last.start:
            yield last


def _ends_at(stop: Stop, framer: Framer) -> bool:
    return (framer.safe_offset, framer.safe_line, framer.unterminated) == (stop.offset, stop.line, False)


def _is_full(builder: BatchBuilder, framer: Framer, task: ReadTask) -> bool:
    batch = builder.batch
    return (
        batch.events + batch.dead >= task.batch_events
        or builder.kept_bytes >= _MOST_KEPT_BYTES
        or framer.safe_offset - batch.start >= _MOST_CONTENT_BYTES
    )


def _finish(builder: BatchBuilder, framer: Framer, evidence: "_Evidence") -> Batch:
    batch = builder.finish(framer.safe_offset, framer.safe_line)
    batch.checkpoint = evidence.checkpoint_at(framer.safe_offset)
    batch.suspects = evidence.suspects(batch)
    batch.unterminated = framer.unterminated
    evidence.prove(batch)
    return batch


def _between(content: LogContent, evidence: "_Evidence", task: ReadTask, block_size: int) -> Iterator[bytes]:
    """The blocks from `task.start` on. What cannot be sought is read from its beginning, for the checkpoint's sake."""
    offset = task.start if content.seekable else 0
    blocks = content.blocks(offset, block_size=block_size)
    for block in blocks if task.stop is None else _cut(blocks, task.stop.offset - offset):
        evidence.update(block)
        begin = max(task.start - offset, 0)
        offset += len(block)
        if begin < len(block):
            yield block[begin:]


def _cut(blocks: Iterator[bytes], place: int) -> Iterator[bytes]:
    """The blocks; that in which `place` lies, counted from the first one's beginning, in two."""
    for block in blocks:
        if 0 < place < len(block):
            yield block[:place]
            yield block[place:]
        else:
            yield block
        place -= len(block)


class _Evidence:
    """What shows that the content read is the one that was planned, in one piece; and the checkpoints on the way.

    A checkpoint is the digest of the content's samples up to an offset: by seeking where that works, else while
    streaming. Raises BrokenContentError where the file is not the one that was planned.
    """

    def __init__(self, content: LogContent, task: ReadTask) -> None:
        self._content = content
        self._fd = content.fileno() if content.seekable else None
        self._streamed = Checkpointer()
        self._holes = HoleFinder()
        self._found: list[tuple[int, int]] = []
        self._task = task
        self._head = b""
        """The content's first bytes, where it is read from its beginning."""
        self.read_to = task.start if content.seekable else 0
        self._reads_head = self.read_to == 0
        self._anchors: dict[int, bytes] = {}
        """Checkpoints that must hold while batches are read: the plan's, and the last batch's."""
        self._witness = content.witness = Witness(content.fileno(), sparing=task.closed)
        planned = task.planned
        if planned is not None:
            _require_same_file(content.stat, content.compression, planned)
            if planned.offset:
                self._anchors[planned.offset] = planned.checkpoint
                self._require_anchors()

    def update(self, block: bytes) -> None:
        """The content's next bytes."""
        if self._reads_head and len(self._head) < _HEAD_BYTES:
            self._head += block[: _HEAD_BYTES - len(self._head)]
        self._found += self._holes.update(self.read_to, block)
        before, self.read_to = self.read_to, self.read_to + len(block)
        if self._fd is None:
            self._streamed.update(block)
            start = self._task.start
            if start in self._anchors and before < start <= self.read_to:
                _require(self._streamed.digest_at(start) == self._anchors[start])

    def suspects(self, batch: Batch) -> list[Place]:
        """The holes found since the last batch, and what is dead in this one."""
        dead = {letter.byte_offset: letter.content_bytes for letter in batch.dead_letters}
        runs = {run.offset: len(run.text) for run in batch.dead_lines}
        spans = dead | runs | dict(self._found)
        self._found.clear()
        return places(self._bytes_at, sorted(spans.items())[:MOST])

    def _bytes_at(self, offset: int, length: int) -> bytes:
        """None of a content that cannot be sought: where such a file changes, it is read again."""
        return b"" if self._fd is None else os.pread(self._fd, length, offset)

    def keep_reach(self, offset: int) -> None:
        """Make the checkpoint of an offset that reading may end at while it can be made: blanks or a line of any length
        may come behind it."""
        if self._fd is None and self.read_to - offset > _FAR_BEHIND:
            self._streamed.digest_at(offset)

    def checkpoint_at(self, offset: int) -> bytes:
        """The checkpoint at an offset behind all that were asked for before."""
        if self._fd is None:
            return self._streamed.digest_at(offset)
        fd = self._fd
        return checkpoint_of_file(lambda position, length: os.pread(fd, length, position), offset)

    def prove(self, batch: Batch) -> None:
        """Raises BrokenContentError where any byte between the batch's ends may not be the planned file's."""
        planned = self._task.planned
        if planned is not None and self._head:
            _require(first_line_fingerprint(self._first_bytes(), closed=self._task.closed) == planned.fingerprint)
        if self._fd is not None:
            self._witness.forget_before(batch.start)
            self._anchors[batch.end] = batch.checkpoint
        if not self._witness.unchanged():
            if planned is not None:
                _require_same_file(os.fstat(self._content.fileno()), self._content.compression, planned)
            self._require_anchors()
            self._witness.prove()
        self._anchors = {offset: known for offset, known in self._anchors.items() if offset >= batch.end}

    def _first_bytes(self) -> bytes:
        """Those that came; as many as a fingerprint needs where they can be had."""
        more = b"" if self._fd is None or len(self._head) == _HEAD_BYTES else os.pread(self._fd, _HEAD_BYTES, 0)
        return more if more.startswith(self._head) else self._head

    def _require_anchors(self) -> None:
        if self._fd is not None:
            for offset, checkpoint in self._anchors.items():
                _require(self.checkpoint_at(offset) == checkpoint)


def _require_same_file(status: os.stat_result, compression: Compression, planned: Planned) -> None:
    """What is plain may have grown since; an archive is another where its size or time is."""
    _require((status.st_dev, status.st_ino) == (planned.device, planned.inode) and status.st_size >= planned.size)
    if compression != "plain":
        _require((status.st_size, status.st_mtime_ns) == (planned.size, planned.mtime_ns))


def _require(holds: bool) -> None:
    if not holds:
        raise BrokenContentError
