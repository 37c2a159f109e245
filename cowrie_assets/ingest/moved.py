"""Whether a known log moved to another folder, or the same content stands in both.

"A folder that was renamed is the same log moved [...]; equal content in two folders that both exist is two logs"
(DATA.md). The files themselves are looked at, by samples: the ledger's memory of them may be old.
"""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import Connection, select

from cowrie_assets.ingest.content import LogContent
from cowrie_assets.ingest.fingerprint import Checkpointer, checkpoint_of_file, first_line_fingerprint
from cowrie_assets.ingest.ledger import KnownLog
from cowrie_assets.warehouse.codec import decode_text, encode_text
from cowrie_assets.warehouse.schema import log_paths

_HEAD_BYTES = 64 * 1024


def is_the_same_log(connection: Connection, known: KnownLog, path: str, fingerprint: bytes) -> bool:
    """Whether the file at `path`, which holds what `known` holds, is that log: it lies in the same folder, or in the
    known one no file holds it any more.

    `path` is as warehouse.codec stores it; `fingerprint` is of the first line.
    """
    here = Path(decode_text(path)).parent
    if in_same_folder(known.path, path):
        return True
    rows = connection.execute(select(log_paths.c.path).where(log_paths.c.log_id == known.id)).scalars()
    for held in {known.path, *rows}:
        file = Path(decode_text(held))
        if file.parent != here and holds(file, known):
            return False
    return not _holds_under_another_name(connection, Path(decode_text(known.path)).parent, known, fingerprint)


def in_same_folder(path: str, other: str) -> bool:
    """Whether two paths, as warehouse.codec stores them, lie in one folder, by whatever names."""
    folder, other_folder = Path(decode_text(path)).parent, Path(decode_text(other)).parent
    if folder == other_folder:
        return True
    try:
        return folder.samefile(other_folder)
    except (OSError, ValueError):
        return False


def holds(file: Path, known: KnownLog) -> bool:
    """Whether a file begins with all that was read of a log, by samples."""
    try:
        with LogContent(file) as content:
            return _begins_with(content, known)
    except (OSError, ValueError):
        return False


def _begins_with(content: LogContent, known: KnownLog) -> bool:
    if content.seekable:
        fd = content.fileno()
        if known.bytes_read > content.stat.st_size:
            return False
        found = checkpoint_of_file(lambda position, length: os.pread(fd, length, position), known.bytes_read)
        return found == known.checkpoint
    checkpointer = Checkpointer()
    position = 0
    for block in content.blocks():
        checkpointer.update(block)
        position += len(block)
        if position >= known.bytes_read:
            return checkpointer.digest_at(known.bytes_read) == known.checkpoint
    return False


def _holds_under_another_name(connection: Connection, folder: Path, known: KnownLog, fingerprint: bytes) -> bool:
    """Whether a file of the known folder, renamed since it was last looked at, holds the log."""
    try:
        files = [Path(entry.path) for entry in os.scandir(folder) if entry.is_file()]
    except (OSError, ValueError):
        return False
    return any(
        not _is_known_as_another(connection, file, known) and _begins_alike(file, fingerprint) and holds(file, known)
        for file in files
    )


def _is_known_as_another(connection: Connection, file: Path, known: KnownLog) -> bool:
    """Whether the ledger knows a file, which did not change since, as another log."""
    query = select(log_paths).where(
        log_paths.c.collector == known.collector, log_paths.c.path == encode_text(str(file))
    )
    row = connection.execute(query).mappings().one_or_none()
    if row is None or row["log_id"] in (None, known.id):
        return False
    try:
        status = file.stat()
    except OSError:
        return True
    return (status.st_size, status.st_mtime_ns, status.st_ino) == (row["size"], row["mtime_ns"], row["inode"])


def _begins_alike(file: Path, fingerprint: bytes) -> bool:
    try:
        with LogContent(file) as content:
            head = next(content.blocks(block_size=_HEAD_BYTES), b"")
            return first_line_fingerprint(head, closed=True) == fingerprint
    except (OSError, ValueError):
        return False
