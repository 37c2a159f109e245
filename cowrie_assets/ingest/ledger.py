"""The ledger: which logs were read, and how far. "A log is known by its content, not by path or inode" (DATA.md).

It only saves work. A log is taken as known where the first line's fingerprint is, and where the samples of everything
up to the recorded offset are what they were; in any other case it is read from its start, and what is equal vanishes.
"""

import os
import time
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from cowrie_assets.ingest.content import LogContent
from cowrie_assets.ingest.discovery import LogFile
from cowrie_assets.ingest.fingerprint import Checkpointer, checkpoint_of_file, file_samples, first_line_fingerprint
from cowrie_assets.ingest.sources import folder_name
from cowrie_assets.warehouse.codec import decode_text, encode_text
from cowrie_assets.warehouse.schema import log_paths, logs

_HEAD_BYTES = 64 * 1024
_NS_PER_SECOND = 1_000_000_000


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
    doubt: int


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


def plan_log(connection: Connection, log: LogFile, *, quiet_seconds: int, skip_unchanged: bool) -> Plan | None:
    """What to read of `log`; None where `skip_unchanged` and the file is as it was when last looked at.

    Raises OSError where the file cannot be read.
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
        if skip_unchanged and seen is not None and _unchanged(file, seen) and not (closed and seen["pending_bytes"]):
            return None
        head = next(content.blocks(block_size=_HEAD_BYTES), b"")
        fingerprint = first_line_fingerprint(head, closed=closed)
        if fingerprint is None and content.damage is not None:
            fingerprint = file.samples  # an archive of which nothing can be had is known by its own bytes
        prefer = seen["log_id"] if seen else None
        rivals = [] if fingerprint is None else _rivals(connection, fingerprint, prefer)
        known = _known(content, rivals)
        return Plan(
            log=log,
            file=file,
            compression=content.compression,
            closed=closed,
            fingerprint=fingerprint,
            known=known,
            folder=encode_text(folder_name(log.path)) if known is None else known.folder,
            newest_rival=max((rival.id for rival in rivals), default=0),
        )


def _path_key(log: LogFile) -> str:
    return encode_text(str(log.path.absolute()))


def _samples(content: LogContent) -> bytes:
    return file_samples(content.fileno(), content.stat.st_size)


def _seen(connection: Connection, path: str) -> RowMapping | None:
    return connection.execute(select(log_paths).where(log_paths.c.path == path)).mappings().one_or_none()


def _unchanged(file: FileState, seen: RowMapping) -> bool:
    was = (seen["size"], seen["mtime_ns"], seen["inode"], seen["samples"])
    return (file.size, file.mtime_ns, file.inode, file.samples) == was


def _rivals(connection: Connection, fingerprint: bytes, prefer: int | None) -> list[KnownLog]:
    rows = connection.execute(select(logs).where(logs.c.fingerprint == fingerprint)).mappings()
    rivals = [_known_log(row) for row in rows]
    return sorted(rivals, key=lambda rival: (rival.id != prefer, -rival.bytes_read, rival.id))


def _known_log(row: RowMapping) -> KnownLog:
    values: dict[str, Any] = {name: row[name] for name in KnownLog.__slots__}
    folder = row["folder"] or encode_text(folder_name(Path(decode_text(row["path"]))))
    return KnownLog(**(values | {"checkpoint": bytes(row["checkpoint"]), "folder": folder}))


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
