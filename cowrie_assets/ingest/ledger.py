"""The ledger: which logs were read, and how far. "A log is known by its content, not by path or inode" (DATA.md).

It only saves work. A log is taken as known where the first line's fingerprint is, and where the samples of everything
up to the recorded offset are what they were; in any other case it is read from its start, and what is equal vanishes.
"""

import errno
import os
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import Connection, RowMapping, bindparam, select, update

from cowrie_assets.ingest.content import LogContent
from cowrie_assets.ingest.discovery import LogFile
from cowrie_assets.ingest.fingerprint import Checkpointer, checkpoint_of_file, file_samples, first_line_fingerprint
from cowrie_assets.ingest.foreign_formats import foreign_format, is_no_text
from cowrie_assets.ingest.looks import Look, Seen, path_key, proves_more, seen_paths
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import log_paths, logs

_Given = ParamSpec("_Given")
_Found = TypeVar("_Found")
_HEAD_BYTES = 64 * 1024
_LOOKED_AT = (
    update(log_paths)
    .where(
        log_paths.c.path == bindparam("at_path"),
        log_paths.c.size == bindparam("was_size"),
        log_paths.c.mtime_ns == bindparam("was_mtime_ns"),
        log_paths.c.inode == bindparam("was_inode"),
        log_paths.c.samples == bindparam("was_samples"),
    )
    .values(ctime_ns=bindparam("new_ctime_ns"), looked_at_ns=bindparam("new_looked_at_ns"))
)


@dataclass(frozen=True, slots=True)
class KnownLog:
    """A row of the ledger: a content that was read up to `bytes_read`."""

    id: int
    path: str
    bytes_read: int
    next_line: int
    checkpoint: bytes
    unterminated: int
    lines: int
    events: int
    duplicates: int
    first_event_at: int | None
    last_event_at: int | None
    status: str


@dataclass(frozen=True, slots=True)
class FileState:
    """What a file looks like from outside."""

    path: str
    size: int
    mtime_ns: int
    inode: int
    samples: bytes
    ctime_ns: int
    looked_at_ns: int
    """A moment before it was looked at."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be read of a log: all of it, or what lies behind the known part."""

    log: LogFile
    file: FileState
    compression: str
    closed: bool
    """Nobody writes it any more: its last line counts though no newline follows."""
    fingerprint: bytes | None
    """None: the file does not hold a whole line yet."""
    known: KnownLog | None
    newest_rival: int
    """The highest ledger id with this fingerprint at planning: a higher one later means another loader was first."""


def plan_log(warehouse: Warehouse, log: LogFile, *, quiet_seconds: int, skip_unchanged: bool) -> Plan | None:
    """What to read of `log`; None where `skip_unchanged` and the file is as it was when last looked at.

    Raises OSError where the file cannot be read.
    """
    (plan,) = plan_logs(warehouse, [log], quiet_seconds=quiet_seconds, skip_unchanged=skip_unchanged)
    if isinstance(plan, OSError):
        raise plan
    return plan


def plan_logs(
    warehouse: Warehouse,
    logs: Sequence[LogFile],
    *,
    quiet_seconds: int,
    skip_unchanged: bool,
    record_looks: bool = False,
) -> list[Plan | OSError | None]:
    """What `plan_log` gives or raises for each of `logs`, a hundred at most: their files stay open meanwhile.

    The ledger is asked twice for all of them, and no transaction is open while files are read. `record_looks`: what is
    found unchanged by its samples is recorded as looked at where a stat will do the next time.
    """
    look = Look.now(quiet_seconds)
    with ExitStack() as opened:
        files = [_caught(_open, opened, log, look) for log in logs]
        with warehouse.read() as connection:
            seen = seen_paths(connection, logs)
        heads = [
            _caught(_head, file, seen.get(file.file.path), skip_unchanged) if type(file) is _Opened else file
            for file in files
        ]
        with warehouse.read() as connection:
            rivals = _rivals(connection, [head.fingerprint for head in heads if type(head) is _Head])
        plans = [_caught(_planned, head, rivals) if type(head) is _Head else head for head in heads]
    if record_looks:
        _record_looks(warehouse, [head for head in heads if type(head) is _Unchanged])
    return [plan if isinstance(plan, (Plan, OSError)) else None for plan in plans]


def _caught(work: Callable[_Given, _Found], *given: _Given.args, **named: _Given.kwargs) -> _Found | OSError:
    try:
        return work(*given, **named)
    except OSError as error:
        return error


@dataclass(frozen=True, slots=True)
class _Opened:
    log: LogFile
    content: LogContent
    file: FileState
    closed: bool
    look: Look


@dataclass(frozen=True, slots=True)
class _Unchanged:
    """A log that is as it was, by its samples."""

    file: FileState
    proves_more: bool
    """This look lets the next one do with a stat."""


@dataclass(frozen=True, slots=True)
class _Head:
    opened: _Opened
    fingerprint: bytes | None
    head: bytes
    prefer: int | None
    """The ledger's row for what lay at the path at the last look."""


def _open(opened: ExitStack, log: LogFile, look: Look) -> _Opened:
    looked_at_ns = time.time_ns()
    content = opened.enter_context(LogContent(log.path))
    status = content.stat
    file = FileState(
        path=path_key(log),
        size=status.st_size,
        mtime_ns=status.st_mtime_ns,
        inode=status.st_ino,
        samples=_samples(content),
        ctime_ns=status.st_ctime_ns,
        looked_at_ns=looked_at_ns,
    )
    compressed = content.compression != "plain"
    return _Opened(log, content, file, look.is_closed(log, status.st_mtime_ns, compressed=compressed), look)


def _head(opened: _Opened, seen: Seen | None, skip_unchanged: bool) -> _Head | _Unchanged:
    """The beginning of a content, by which it is known. Raises OSError where it is none that can be read."""
    file, content = opened.file, opened.content
    if skip_unchanged and seen is not None and _unchanged(file, seen) and opened.look.is_done(opened.log, seen):
        return _Unchanged(file, proves_more(content.stat, seen, file.looked_at_ns))
    head = next(content.blocks(block_size=_HEAD_BYTES), b"")
    foreign = foreign_format(head)
    if foreign is not None:
        raise OSError(errno.EINVAL, f"it is {foreign}, and no log: unpack or convert it first", str(opened.log.path))
    fingerprint = first_line_fingerprint(head, closed=opened.closed)
    if fingerprint is None and content.damage is not None:
        fingerprint = file.samples  # an archive of which nothing can be had is known by its own bytes
    return _Head(opened, fingerprint, head, seen.log_id if seen else None)


def _planned(head: _Head, rivals_by_fingerprint: dict[bytes, list[KnownLog]]) -> Plan:
    content, fingerprint = head.opened.content, head.fingerprint
    rivals = [] if fingerprint is None else rivals_by_fingerprint.get(fingerprint, [])
    rivals = sorted(rivals, key=lambda rival: (rival.id != head.prefer, -rival.bytes_read, rival.id))
    if not rivals and is_no_text(head.head, content.blocks(), closed=head.opened.closed):
        raise OSError(errno.EINVAL, "it holds no lines of text", str(head.opened.log.path))
    return Plan(
        log=head.opened.log,
        file=head.opened.file,
        compression=content.compression,
        closed=head.opened.closed,
        fingerprint=fingerprint,
        known=_known(content, rivals),
        newest_rival=max((rival.id for rival in rivals), default=0),
    )


def _record_looks(warehouse: Warehouse, unchanged: Sequence[_Unchanged]) -> None:
    """Where a look proved more than the last one, let the next one do with a stat."""
    rows = [
        {
            "at_path": each.file.path,
            "was_size": each.file.size,
            "was_mtime_ns": each.file.mtime_ns,
            "was_inode": each.file.inode,
            "was_samples": each.file.samples,
            "new_ctime_ns": each.file.ctime_ns,
            "new_looked_at_ns": each.file.looked_at_ns,
        }
        for each in unchanged
        if each.proves_more
    ]
    if not rows:
        return
    with warehouse.write() as connection:
        connection.execute(_LOOKED_AT, rows)


def _samples(content: LogContent) -> bytes:
    return file_samples(content.fileno(), content.stat.st_size)


def _unchanged(file: FileState, seen: Seen) -> bool:
    was = (seen.size, seen.mtime_ns, seen.inode, seen.samples)
    return (file.size, file.mtime_ns, file.inode, file.samples) == was


def _rivals(connection: Connection, fingerprints: Iterable[bytes | None]) -> dict[bytes, list[KnownLog]]:
    """The rows of the ledger that begin as one of those contents does."""
    wanted = list({fingerprint for fingerprint in fingerprints if fingerprint is not None})
    rivals: dict[bytes, list[KnownLog]] = {}
    if wanted:
        for row in connection.execute(select(logs).where(logs.c.fingerprint.in_(wanted))).mappings():
            rivals.setdefault(bytes(row["fingerprint"]), []).append(_known_log(row))
    return rivals


def _known_log(row: RowMapping) -> KnownLog:
    values: dict[str, Any] = {name: row[name] for name in KnownLog.__slots__}
    return KnownLog(**(values | {"checkpoint": bytes(row["checkpoint"])}))


def _known(content: LogContent, rivals: list[KnownLog]) -> KnownLog | None:
    """The first of `rivals` whose content up to its offset is this content."""
    if not rivals:
        return None
    if content.seekable:
        fd = content.fileno()
        for rival in rivals:
            if rival.bytes_read <= content.stat.st_size:
                found = checkpoint_of_file(lambda position, length: os.pread(fd, length, position), rival.bytes_read)
                if found == rival.checkpoint:
                    return rival
        return None
    offsets = sorted({rival.bytes_read for rival in rivals})
    digests = _digests_while_streaming(content, offsets)
    return next((rival for rival in rivals if digests.get(rival.bytes_read) == rival.checkpoint), None)


def _digests_while_streaming(content: LogContent, offsets: list[int]) -> dict[int, bytes]:
    digests: dict[int, bytes] = {}
    checkpointer = Checkpointer()
    position = 0
    for block in chain((b"",), content.blocks()):
        checkpointer.update(block)
        position += len(block)
        while offsets and offsets[0] <= position:
            offset = offsets.pop(0)
            digests[offset] = checkpointer.digest_at(offset)
        if not offsets:
            break
    return digests
