"""How the database of a process does: its transactions, its cache, its write-ahead log.

What is here is counted in memory as it happens, of one open warehouse, and is gone with it.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import apsw
from sqlalchemy import Connection

from cowrie_assets.clock import iso_us, now_us

_WAL_HEADER_BYTES = 32
_FRAME_HEADER_BYTES = 24
"""What the write-ahead log holds beside its pages (SQLite's file format, 4.1)."""


@dataclass(slots=True)
class Vitals:
    """Of one open warehouse, since it was opened."""

    transactions: int = 0
    """Write transactions that ended, well or not."""
    seconds: float = 0.0
    """In them, the waits for their locks included."""
    longest_seconds: float = 0.0
    last_seconds: float = 0.0
    wait_seconds: float = 0.0
    """Spent in waiting for locks."""
    repeated: int = 0
    """Transactions that were done again because another one stood in their way."""
    cache_hits: int = 0
    cache_misses: int = 0
    """Pages of SQLite's own cache, in write transactions."""
    checkpoint: dict[str, str | int] = field(default_factory=dict)
    """Of the last checkpoint that was asked for: when, whether a reader kept it from ending (1), how many pages the log
    held and how many of them were moved; empty before the first, and on PostgreSQL."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @contextmanager
    def transaction(self) -> Iterator["Timing"]:
        """Time a write transaction, from the wait for its locks to its end."""
        timing = Timing()
        try:
            yield timing
        finally:
            seconds = time.perf_counter() - timing.began
            with self._lock:
                self.transactions += 1
                self.seconds += seconds
                self.last_seconds = seconds
                self.longest_seconds = max(self.longest_seconds, seconds)
                self.wait_seconds += timing.waited
                self.cache_hits += timing.cache_hits
                self.cache_misses += timing.cache_misses

    def checkpointed(self, held: int, busy: int, wal_pages: int, moved_pages: int) -> None:
        """Take what `PRAGMA wal_checkpoint(TRUNCATE)` says of a log that held so many pages: of one that it emptied, it
        says 0 and 0."""
        self.checkpoint = {
            "checkpoint_at": iso_us(now_us()),
            "checkpoint_busy": busy,
            "checkpoint_wal_pages": wal_pages if busy else held,
            "checkpoint_moved_pages": moved_pages if busy else held,
        }

    def figures(self, dialect: str) -> dict[str, str | int | float | None]:
        """All of it, by the names of the status files; PostgreSQL's cache is the server's, which tells of it itself."""
        cache = {"cache_hits": self.cache_hits, "cache_misses": self.cache_misses} if dialect == "sqlite" else {}
        return {
            "transactions": self.transactions,
            "transactions_repeated": self.repeated,
            "transaction_seconds": round(self.seconds, 3),
            "transaction_seconds_longest": round(self.longest_seconds, 3),
            "transaction_seconds_last": round(self.last_seconds, 3),
            "lock_wait_seconds": round(self.wait_seconds, 3),
            **cache,
            **self.checkpoint,
        }


@dataclass(slots=True)
class Timing:
    """One write transaction."""

    began: float = field(default_factory=time.perf_counter)
    waited: float = 0.0
    cache_hits: int = 0
    cache_misses: int = 0

    def locked(self) -> None:
        """It has its locks."""
        self.waited = time.perf_counter() - self.began

    def done(self, connection: Connection) -> None:
        """Its work is done, its end is not: take what the connection counted."""
        driver = connection.connection.driver_connection
        if isinstance(driver, apsw.Connection):
            self.cache_hits, _ = driver.status(apsw.SQLITE_DBSTATUS_CACHE_HIT, True)
            self.cache_misses, _ = driver.status(apsw.SQLITE_DBSTATUS_CACHE_MISS, True)


def file_sizes(file: Path, page_bytes: int) -> dict[str, int]:
    """`size_bytes` of a SQLite file, and `wal_pages` that lie in its write-ahead log, by their sizes on disk."""
    return {
        "size_bytes": _size(file),
        "wal_pages": max(_size(file.with_name(f"{file.name}-wal")) - _WAL_HEADER_BYTES, 0)
        // (page_bytes + _FRAME_HEADER_BYTES),
    }


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
