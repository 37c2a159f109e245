"""The ledger: which logs were read, and how far. "A log is known by its content, not by path or inode" (DATA.md).

It only saves work. A log is taken as known where the first line's fingerprint is, and where the samples of everything
up to the recorded offset are what they were, and where it lies in the known folder or moved out of it (`ingest.moved`);
in any other case it is read from its start, and what is equal vanishes.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from cowrie_assets.ingest import suspects
from cowrie_assets.ingest.content import LogContent
from cowrie_assets.ingest.discovery import LogFile
from cowrie_assets.ingest.fingerprint import Checkpointer, checkpoint_of_file, file_samples, first_line_fingerprint
from cowrie_assets.ingest.moved import is_the_same_log
from cowrie_assets.ingest.sources import folder_name
from cowrie_assets.warehouse.codec import decode_text, encode_text
from cowrie_assets.warehouse.schema import log_paths, logs

_HEAD_BYTES = 64 * 1024
_NS_PER_SECOND = 1_000_000_000
_DOUBTS = (logs.c.doubt, logs.c.dead_letters, logs.c.read_limit)


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
    folder: str
    """Name of the folder in which it was first read, as warehouse.codec stores it."""
    dead_letters: int = 0
    blank: int = 0
    doubt: int = 0
    proved: int = 0
    read_limit: int = 0
    suspects: bytes = b""


@dataclass(frozen=True, slots=True)
class FileState:
    """What a file looks like from outside."""

    path: str
    size: int
    mtime_ns: int
    inode: int
    samples: bytes


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
    folder: str
    """Name of the folder in which the log was first read, as warehouse.codec stores it."""
    newest_rival: int
    """The highest ledger id with this fingerprint at planning: a higher one later means another loader was first."""
    anew: bool = False
    """What is known of it is read once more, from the log's start: its numbers become those of this reading."""
    rewritten: bool = False
    """The file at this path was written since it was last looked at."""


def plan_log(
    connection: Connection, log: LogFile, *, quiet_seconds: int, skip_unchanged: bool, max_line_bytes: int
) -> Plan | None:
    """What to read of `log`; None where `skip_unchanged` and the file is as it was when last looked at.

    What is known is read anew without `skip_unchanged`, and where it is in doubt: see `_is_in_doubt`. Raises OSError
    where the file cannot be read.
    """
    with LogContent(log.path) as content:
        status = content.stat
        compressed = content.compression != "plain"
        quiet = time.time_ns() - status.st_mtime_ns > quiet_seconds * _NS_PER_SECOND
        closed = not log.live or compressed or quiet
        file = FileState(
            path=_path_key(log),
            size=status.st_size,
            mtime_ns=status.st_mtime_ns,
            inode=status.st_ino,
            samples=_samples(content),
        )
        seen = _seen(connection, file.path)
        unchanged = seen is not None and _unchanged(file, seen)
        waits = seen is not None and (needs_second_look(seen, max_line_bytes) or (closed and seen["pending_bytes"]))
        if skip_unchanged and unchanged and not waits:
            return None
        head = next(content.blocks(block_size=_HEAD_BYTES), b"")
        fingerprint = first_line_fingerprint(head, closed=closed)
        if fingerprint is None and content.damage is not None:
            fingerprint = file.samples  # an archive of which nothing can be had is known by its own bytes
        prefer = seen["log_id"] if seen else None
        rivals = [] if fingerprint is None else _rivals(connection, fingerprint, file, prefer)
        same = (rival for rival in _matching(content, rivals) if _is_here(connection, rival, file, fingerprint))
        known = next(same, None)
        return Plan(
            log=log,
            file=file,
            compression=content.compression,
            closed=closed,
            fingerprint=fingerprint,
            known=known,
            folder=encode_text(folder_name(log.path)) if known is None else known.folder,
            newest_rival=max((rival.id for rival in rivals), default=0),
            anew=known is not None
            and (not skip_unchanged or _is_in_doubt(content, known, max_line_bytes, changed=not unchanged)),
            rewritten=known is not None and not unchanged and prefer == known.id,
        )


def needs_second_look(row: RowMapping, max_line_bytes: int) -> bool:
    """Whether a log's ledger row alone says that it is to be read again: it was set in doubt, or lines of it died that
    a limit raised since may let live."""
    return bool(row["doubt"] or (row["dead_letters"] and row["read_limit"] < max_line_bytes))


def _is_in_doubt(content: LogContent, known: KnownLog, max_line_bytes: int, *, changed: bool) -> bool:
    """Whether the known part of a log has to be read again: also where the file was written since, and what was
    damaged, dead or a hole in it may be whole now."""
    if known.doubt or (known.dead_letters and known.read_limit < max_line_bytes):
        return True
    if not changed:
        return False
    if known.status == "damaged":
        return True
    if not content.seekable:
        return bool(known.suspects)
    return suspects.changed(content.read_at, known.suspects)


def _path_key(log: LogFile) -> str:
    return encode_text(str(log.path.absolute()))


def _samples(content: LogContent) -> bytes:
    return file_samples(content.fileno(), content.stat.st_size)


def _seen(connection: Connection, path: str) -> RowMapping | None:
    """What the path held when it was last looked at, with what the ledger says of that content."""
    query = (
        select(log_paths, *(func.coalesce(column, 0).label(column.name) for column in _DOUBTS))
        .outerjoin(logs, logs.c.id == log_paths.c.log_id)
        .where(log_paths.c.path == path)
    )
    return connection.execute(query).mappings().one_or_none()


def _unchanged(file: FileState, seen: RowMapping) -> bool:
    was = (seen["size"], seen["mtime_ns"], seen["inode"], seen["samples"])
    return (file.size, file.mtime_ns, file.inode, file.samples) == was


def _rivals(connection: Connection, fingerprint: bytes, file: FileState, prefer: int | None) -> list[KnownLog]:
    """The known logs that begin with that line; first those of this path, of this folder, of this file."""
    rows = connection.execute(select(logs).where(logs.c.fingerprint == fingerprint)).mappings()
    rivals = [_known_log(row) for row in rows]
    if len(rivals) < 2:  # noqa: PLR2004  (two to choose between)
        return rivals
    held = select(log_paths.c.log_id).where(log_paths.c.inode == file.inode)
    of_file = set(connection.execute(held.where(log_paths.c.log_id.in_([rival.id for rival in rivals]))).scalars())
    folder = os.path.dirname(file.path)  # noqa: PTH120  (a path may hold what Path refuses)

    def likelihood(rival: KnownLog) -> tuple[bool, bool, bool, int, int]:
        elsewhere = os.path.dirname(rival.path) != folder  # noqa: PTH120
        return rival.id != prefer, elsewhere, rival.id not in of_file, -rival.bytes_read, rival.id

    return sorted(rivals, key=likelihood)


def _is_here(connection: Connection, rival: KnownLog, file: FileState, fingerprint: bytes | None) -> bool:
    return fingerprint is not None and is_the_same_log(connection, rival, file.path, fingerprint)


def _known_log(row: RowMapping) -> KnownLog:
    values: dict[str, Any] = {name: row[name] for name in KnownLog.__slots__}
    folder = row["folder"] or encode_text(folder_name(Path(decode_text(row["path"]))))
    blobs = {"checkpoint": bytes(row["checkpoint"]), "suspects": bytes(row["suspects"] or b"")}
    return KnownLog(**(values | blobs | {"folder": folder}))


def _matching(content: LogContent, rivals: list[KnownLog]) -> Iterator[KnownLog]:
    """Those of `rivals` whose content up to its offset is this content."""
    if not rivals:
        return
    if content.seekable:
        fd = content.fileno()
        for rival in rivals:
            if rival.bytes_read <= content.stat.st_size:
                found = checkpoint_of_file(lambda position, length: os.pread(fd, length, position), rival.bytes_read)
                if found == rival.checkpoint:
                    yield rival
        return
    digests = _digests_while_streaming(content, sorted({rival.bytes_read for rival in rivals}))
    yield from (rival for rival in rivals if digests.get(rival.bytes_read) == rival.checkpoint)


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
