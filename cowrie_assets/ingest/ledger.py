"""The ledger: which logs were read, and how far. "A log is known by its content, not by path or inode" (DATA.md).

It only saves work. A log is taken as known where the first line's fingerprint is, and where the samples of everything
up to the recorded offset are what they were; in any other case it is read from its start, and what is equal vanishes.
"""

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, RowMapping, select

from cowrie_assets.ingest.content import LogContent
from cowrie_assets.ingest.discovery import LogFile
from cowrie_assets.ingest.fingerprint import Checkpointer, checkpoint_of_file
from cowrie_assets.ingest.sources import folder_name
from cowrie_assets.warehouse.codec import decode_text, encode_text
from cowrie_assets.warehouse.schema import log_paths, logs


@dataclass(frozen=True, slots=True)
class KnownLog:
    """A row of the ledger: a content that was read up to `bytes_read`."""

    id: int
    collector: str
    """The machine that reads it."""
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
    archived: int = 0
    """Lines that are events of sealed days and are not in `events`."""
    doubt: int = 0
    proved: int = 0
    read_limit: int = 0
    suspects: bytes = b""


@dataclass(frozen=True, slots=True)
class FileState:
    """What a file looks like from outside."""

    collector: str
    """The machine on which it is looked at."""
    path: str
    size: int
    mtime_ns: int
    inode: int
    device: int
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
    folder: str
    """Name of the folder in which the log was first read, as warehouse.codec stores it."""
    newest_candidate: int
    """The highest ledger id of this collector with this fingerprint at planning: a higher one later means that another
    loader was first."""
    log_at_path: int | None = None
    """The ledger's row of what the path held when it was last looked at."""
    from_start: bool = False
    """What is known of it is read once more, from the log's start: its numbers become those of this reading."""
    seekable: bool = True
    """An offset in the content is the same offset in the file."""
    rewritten: bool = False
    """The file at this path was written since it was last looked at."""
    copied: bool = False
    """It is, byte for byte, a file of the known log that was read: nothing of it is read again."""

    @property
    def is_read(self) -> bool:
        """Whether there is anything to read of the log, as far as its beginning tells."""
        return self.fingerprint is not None and not self.copied


@dataclass(frozen=True, slots=True)
class Candidates:
    """What the ledger knows of contents that begin alike and that the same collector reads: the files of another one
    cannot be looked at, so nobody knows whether a log moved from there."""

    by_fingerprint: dict[bytes, list[KnownLog]]
    logs_of_inode: dict[int, set[int]]
    """The logs that files were known to hold at the last look."""

    @classmethod
    def of(cls, connection: Connection, fingerprints: Collection[bytes], files: Collection[FileState]) -> Self:
        """The rows of the ledger that begin as one of those contents does, which lie in those files."""
        found = cls({}, {})
        inodes, collectors = {file.inode for file in files}, {file.collector for file in files}
        if fingerprints:
            # Asked for the collector too, SQLite goes through all logs of that collector.
            for row in connection.execute(select(logs).where(logs.c.fingerprint.in_(fingerprints))).mappings():
                if row["collector"] not in collectors:
                    continue
                found.by_fingerprint.setdefault(bytes(row["fingerprint"]), []).append(log_of_row(row))
        several = [
            candidate.id
            for candidates in found.by_fingerprint.values()
            if len(candidates) > 1
            for candidate in candidates
        ]
        if several:
            of_inodes = select(log_paths.c.inode, log_paths.c.log_id).where(log_paths.c.log_id.in_(several))
            for inode, log_id in connection.execute(of_inodes):
                if inode in inodes:
                    found.logs_of_inode.setdefault(inode, set()).add(log_id)
        return found

    def likeliest_first(self, fingerprint: bytes, file: FileState, prefer: int | None) -> list[KnownLog]:
        """The known logs that begin with that line; first the one to `prefer`, those of this folder, of this file."""
        folder = os.path.dirname(file.path)  # noqa: PTH120  (a path may hold what Path refuses)
        of_file = self.logs_of_inode.get(file.inode, set())

        def likelihood(candidate: KnownLog) -> tuple[bool, bool, bool, int, int]:
            elsewhere = os.path.dirname(candidate.path) != folder  # noqa: PTH120
            return candidate.id != prefer, elsewhere, candidate.id not in of_file, -candidate.bytes_read, candidate.id

        return sorted(self.by_fingerprint.get(fingerprint, []), key=likelihood)


def known_log(connection: Connection, log_id: int) -> KnownLog | None:
    """The ledger's row of that number; None where there is none."""
    row = connection.execute(select(logs).where(logs.c.id == log_id)).mappings().one_or_none()
    return None if row is None else log_of_row(row)


def log_of_row(row: RowMapping) -> KnownLog:
    """A row of `logs`."""
    values: dict[str, Any] = {name: row[name] for name in KnownLog.__slots__}
    folder = row["folder"] or encode_text(folder_name(Path(decode_text(row["path"]))))
    blobs = {"checkpoint": bytes(row["checkpoint"]), "suspects": bytes(row["suspects"] or b"")}
    return KnownLog(**(values | blobs | {"folder": folder}))


def matching(content: LogContent, candidates: list[KnownLog]) -> Iterator[KnownLog]:
    """Those of `candidates` whose content up to its offset is this content."""
    if not candidates:
        return
    if content.seekable:
        fd = content.fileno()
        for candidate in candidates:
            if candidate.bytes_read <= content.stat.st_size:
                found = checkpoint_of_file(
                    lambda position, length: os.pread(fd, length, position), candidate.bytes_read
                )
                if found == candidate.checkpoint:
                    yield candidate
        return
    digests = _digests_while_streaming(content, sorted({candidate.bytes_read for candidate in candidates}))
    yield from (candidate for candidate in candidates if digests.get(candidate.bytes_read) == candidate.checkpoint)


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
