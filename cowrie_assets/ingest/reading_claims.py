"""Which logs a load reads at this moment, told to the loads beside it: a log is read by one.

Right is what they load either way: the ledger takes each event once. A claim spares the second reading. It is a lock of
PostgreSQL's that belongs to a connection, so it goes with the process that held it. SQLite has one writer, and no
claims.
"""

import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from zlib import crc32

from sqlalchemy import Connection

from cowrie_assets.backoff import Backoff
from cowrie_assets.ingest.discovery import LogFile
from cowrie_assets.ingest.file_looks import path_key
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.write_scope import Space

_LOOKS = Backoff(first=0.05, longest=1.0)
_SIGN = 1 << 31


class ReadingClaims:
    """The claims of one load. Close it when done."""

    def __init__(self, warehouse: Warehouse, longest_wait: float) -> None:
        self._warehouse = warehouse
        self._longest_wait = longest_wait
        self._held: set[int] = set()
        self._open = ExitStack()
        self._connected: Connection | None = None

    def close(self) -> None:
        """Give all claims back."""
        self._release(self._held)
        self._open.close()

    def take(self, logs: Sequence[LogFile]) -> set[LogFile]:
        """Those of `logs` that this load has claimed by now; the others are being read by another."""
        if self._warehouse.dialect == "sqlite":
            return set(logs)
        by_number = {_number(log): log for log in logs}
        wanted = sorted(by_number.keys() - self._held)
        if wanted:
            binds = {"space": int(Space.READING), "numbers": wanted}
            taken = self._connection.execute(statement("ingest/claim_logs"), binds).scalars()
            self._held.update(wanted[position - 1] for position in taken)
        return {log for log in logs if _number(log) in self._held}

    def wait_for(self, log: LogFile) -> None:
        """Wait until nobody else reads a log, and claim it; give up where that takes longer than the writers wait for
        each other: it is then read as if it were not claimed."""
        deadline = time.monotonic() + self._longest_wait
        attempt = 0
        while not self.take([log]) and time.monotonic() < deadline:
            attempt += 1
            time.sleep(_LOOKS.pause(attempt))

    def release(self, logs: Iterable[LogFile]) -> None:
        """Let others read `logs`."""
        self._release({_number(log) for log in logs} & self._held)

    def _release(self, numbers: set[int]) -> None:
        if numbers:
            binds = {"space": int(Space.READING), "numbers": sorted(numbers)}
            self._connection.execute(statement("ingest/release_logs"), binds)
            self._held -= numbers

    @property
    def _connection(self) -> Connection:
        if self._connected is None:
            self._connected = self._open.enter_context(self._warehouse.outside_transactions())
        return self._connected


def _number(log: LogFile) -> int:
    """The log's path on its machine, as one of PostgreSQL's integers; logs that share one wait for each other."""
    number = crc32(f"{log.collector}\0{path_key(log)}".encode("utf-8", "surrogatepass"))
    return number - 2 * _SIGN if number >= _SIGN else number
