"""Whether a file is a copy of one that was read: what is damaged or dead in that one is so in this one as well.

Size and samples say which file it may be. They do not see every byte, so the bytes themselves are compared, unless it
is that very file under a new name.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from cowrie_assets.ingest.content import LogContent
from cowrie_assets.ingest.ledger import FileState
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.schema import log_paths

_BLOCK_BYTES = 1 << 20


def is_copy(connection: Connection, log_id: int, file: FileState, content: LogContent) -> bool:
    """Whether `content` is, byte for byte, what another path of the log held when it was read."""
    query = select(log_paths).where(
        log_paths.c.log_id == log_id,
        log_paths.c.path != file.path,
        log_paths.c.size == file.size,
        log_paths.c.samples == file.samples,
    )
    return any(_is_that_file(row, file) or _equals(row, content) for row in connection.execute(query).mappings())


def _is_that_file(row: RowMapping, file: FileState) -> bool:
    return (row["inode"], row["mtime_ns"]) == (file.inode, file.mtime_ns)


def _equals(row: RowMapping, content: LogContent) -> bool:
    """Whether the file at the row's path did not change since it was read, and holds what `content` does on disk."""
    try:
        with Path(decode_text(row["path"])).open("rb") as other:
            return _is_as_read(os.fstat(other.fileno()), row) and _same_bytes(content, other.fileno(), row["size"])
    except (OSError, ValueError):
        return False


def _is_as_read(status: os.stat_result, row: RowMapping) -> bool:
    seen: tuple[Any, ...] = (row["size"], row["mtime_ns"], row["inode"])
    return (status.st_size, status.st_mtime_ns, status.st_ino) == seen


def _same_bytes(content: LogContent, other: int, size: int) -> bool:
    return all(
        content.read_at(offset, _BLOCK_BYTES) == os.pread(other, _BLOCK_BYTES, offset)
        for offset in range(0, size, _BLOCK_BYTES)
    )
