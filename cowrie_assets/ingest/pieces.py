"""Pieces of one log that two processes read at a time. A piece is read as what is new of a known log is: from the place
at which the one before it ends, known by that place's checkpoint."""

import os
from dataclasses import replace

from cowrie_assets.ingest.content import LogContent
from cowrie_assets.ingest.fingerprint import checkpoint_of_file
from cowrie_assets.ingest.reading import ReadTask, Stop

_PIECE_BYTES = 10 * 1024 * 1024
"""About what a batch of 20,000 events covers: of what is read ahead, one batch is made before its turn comes."""
_SHORTEST_REST = _PIECE_BYTES // 2
_READ_BYTES = 1024 * 1024


def split(task: ReadTask) -> tuple[ReadTask, ReadTask | None]:
    """The first piece of what is to be read of a log, and the rest; None where it is all in one piece.

    It ends behind a newline. Whether the next one can begin there shows when it is read: see `ReadTask.stop`.
    """
    planned = task.planned
    target = task.start + _PIECE_BYTES
    if planned is None or planned.size < target + _SHORTEST_REST:
        return task, None
    try:
        with LogContent(task.path) as content:
            stop = _stop(content, task, target)
    except OSError:
        return task, None
    if stop is None:
        return task, None
    if stop.offset > planned.offset:
        planned = replace(planned, offset=stop.offset, checkpoint=stop.checkpoint)
    rest = replace(task, start=stop.offset, line=stop.line, after_unterminated=False, planned=planned)
    return replace(task, stop=stop), rest


def _stop(content: LogContent, task: ReadTask, target: int) -> Stop | None:
    """Behind the first newline from `target` on; None where none comes soon."""
    if not content.seekable:
        return None
    line, offset = task.line, task.start
    while offset < target:
        block = content.read_at(offset, min(_READ_BYTES, target - offset))
        if not block:
            return None
        line += block.count(b"\n")
        offset += len(block)
    newline = content.read_at(target, _READ_BYTES).find(b"\n")
    if newline < 0:
        return None
    end, fd = target + newline + 1, content.fileno()
    return Stop(end, line + 1, checkpoint_of_file(lambda position, length: os.pread(fd, length, position), end))
