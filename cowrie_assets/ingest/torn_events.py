"""Events that are torn over two logs: the first half ends one, the second begins the next.

Cowrie before 3.0.6 tore one at midnight now and then, as it renamed its log. The first half has no newline and is no
line of its log; the second is a dead letter. Both are read from their files once more: blanks between them belong to
the event.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Connection

from cowrie_assets.ingest.content import LogContent
from cowrie_assets.ingest.ledger import KnownLog, known_log, matching
from cowrie_assets.ingest.replayed_letters import StoredLetter, stored_letters
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.sql import statement

_AT_ONCE = 200
_LOGS_BEFORE = 3
"""So many logs of the folder are looked at, of those that ended before the one that begins with half an event."""


def torn_events(warehouse: Warehouse, collector: str, max_bytes: int) -> Iterator[tuple[StoredLetter, bytes]]:
    """Each dead letter that a log of this collector begins with, with what it says behind what a log before it in the
    same folder ends with: the nearest such log comes first, three at most. What is longer than `max_bytes` is none."""
    after = 0
    while True:
        with warehouse.read() as connection:
            binds = {"collector": collector, "after": after, "limit": _AT_ONCE}
            ids = connection.execute(statement("ingest/letters_at_head"), binds).scalars().all()
            letters = stored_letters(connection, ids)
            found = [(letter, *_logs(connection, letter)) for letter in letters]
        for letter, of_letter, before in found:
            second = None if of_letter is None else _head(of_letter, letter)
            for log in before if second else ():
                first = _tail(log, max_bytes)
                if first and second and len(first) + len(second) <= max_bytes:
                    yield letter, first + second
        if not ids:
            return
        after = ids[-1]


def _logs(connection: Connection, letter: StoredLetter) -> tuple[KnownLog | None, list[KnownLog]]:
    """The log of a letter, and those of its folder that ended before it begins, the nearest first."""
    log = known_log(connection, letter.log_id)
    if log is None:
        return None, []
    found: list[KnownLog] = []
    for number in connection.execute(statement("ingest/logs_before"), {"log_id": log.id}).scalars():
        before = known_log(connection, number)
        if before is not None and _folder(before) == _folder(log):
            found.append(before)
        if len(found) == _LOGS_BEFORE:
            break
    return log, found


def _folder(log: KnownLog) -> str:
    return os.path.dirname(log.path)  # noqa: PTH120  (a path may hold what Path refuses)


def _head(log: KnownLog, letter: StoredLetter) -> bytes:
    """What a log begins with, up to the end of its dead part; nothing where its file is gone or another."""
    end = letter.byte_offset + letter.content_bytes
    return _part(log, 0, end) if end <= log.bytes_read else b""


def _tail(log: KnownLog, most: int) -> bytes:
    """What stands behind the last line of a log and is no line; nothing where its file is gone, another, or too
    long."""
    tail = _part(log, log.bytes_read, log.bytes_read + most + 1)
    return tail if tail.lstrip().startswith(b"{") and b"\n" not in tail and len(tail) <= most else b""


def _part(log: KnownLog, begin: int, end: int) -> bytes:
    with suppress(OSError, ValueError), LogContent(Path(decode_text(log.path))) as content:
        if next(matching(content, [log]), None) is None:
            return b""
        part = bytearray()
        for block in content.blocks(begin):
            part += block[: end - begin - len(part)]
            if len(part) == end - begin:
                break
        return bytes(part)
    return b""
