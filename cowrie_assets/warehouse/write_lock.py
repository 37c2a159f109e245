"""Waiting for a lock that another process holds: never without a limit, and never in silence.

A wait goes in slices, so that Ctrl-C is heard; from time to time it is told who is waited for.
"""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import apsw
from sqlalchemy import Connection, text

from cowrie_assets.warehouse.errors import WarehouseBusyError, WarehouseLockedError
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.write_scope import Key, WriteScope

LONGEST_WAIT = 120.0
"""Seconds after which a wait is given up, unless the settings say otherwise."""
LONGEST_WAIT_OPTION = "cowrie_longest_wait"
"""The execution option by which a warehouse says what its settings say: seconds, or None."""
SLICE = 5.0
TOLD_EVERY = 30.0
"""Seconds between two lines that say who is waited for; a wait that is shorter is nothing to tell."""
_WRITE_LOCK = 0x436F77726965
"""`Cowrie`: the advisory lock of PostgreSQL that every writer shares, and that one has to itself which is alone."""
_ALL_WRITERS: Key = (_WRITE_LOCK >> 32, _WRITE_LOCK & 0xFFFFFFFF)
OTHER_LOCKS = "30s"
"""How long PostgreSQL waits for any other lock, as its own setting has it."""
_WAL_WRITE_BYTE = "120"
"""The byte of the `-shm` file that SQLite locks to write (its file format, 2.3.1)."""
_ANOTHER = "another process"
_LOG = logging.getLogger(__name__)


def take_locks(connection: Connection, scope: WriteScope) -> None:
    """Take the locks of a scope for the transaction that runs, on PostgreSQL. Raises WarehouseBusyError.

    Every writer takes them in the same order and waits for the first that it does not get, holding those before it: no
    two writers wait for each other here.
    """
    if scope.is_alone:
        take_lock(connection, _WRITE_LOCK)
        return
    keys = (_ALL_WRITERS, *scope.keys)
    position = _first_held(connection, keys, 0)
    while position is not None:
        if position == 0:
            _wait_for(connection, f"pg_advisory_xact_lock_shared({_WRITE_LOCK})", _ALL_WRITERS, parts=1)
        else:
            space, number = keys[position]
            _wait_for(connection, f"pg_advisory_xact_lock({int(space)}, {int(number)})", keys[position], parts=2)
        position = _first_held(connection, keys, position + 1)


def take_lock(connection: Connection, number: int, *, shared: bool = False) -> None:
    """Take the advisory lock `number` for the transaction that runs, on PostgreSQL. Raises WarehouseBusyError."""
    taking = f"advisory_xact_lock{'_shared' if shared else ''}({int(number)})"
    if not connection.execute(text(f"SELECT pg_try_{taking}")).scalar_one():
        _wait_for(connection, f"pg_{taking}", (number >> 32, number & 0xFFFFFFFF), parts=1)


def _first_held(connection: Connection, keys: Sequence[Key], first: int) -> int | None:
    """Try the locks from the position `first` on; the position of one that another transaction holds."""
    if first == len(keys):
        return None
    left = keys[first:]
    binds = {
        "write_lock": _WRITE_LOCK,
        "positions": list(range(first, len(keys))),
        "spaces": [0 if key is _ALL_WRITERS else int(key[0]) for key in left],
        "numbers": [0 if key is _ALL_WRITERS else int(key[1]) for key in left],
    }
    position: int | None = connection.execute(statement("warehouse/take_locks"), binds).scalar()
    return position


def _wait_for(connection: Connection, taking: str, key: Key, *, parts: int) -> None:
    space, number = (part & 0xFFFFFFFF for part in key)
    binds = {"space": space, "number": number, "parts": parts}
    _in_slices(
        lambda seconds: _tried(connection, f"SELECT {taking}", seconds),
        lambda: _holders(connection, "holders_of_lock", binds),
        longest_wait(connection),
    )


def longest_wait(connection: Connection) -> float:
    """Seconds for which the warehouse of a connection waits for a lock."""
    configured: float | None = connection.get_execution_options().get(LONGEST_WAIT_OPTION)
    return LONGEST_WAIT if configured is None else configured


def change_events(connection: Connection, sql: str) -> None:
    """Run a statement that needs a lock on PostgreSQL's table `events`. Raises WarehouseBusyError."""
    _in_slices(
        lambda seconds: _tried(connection, sql, seconds),
        lambda: _holders(connection, "holders_of_events", {}),
        longest_wait(connection),
    )


def begin_writing(connection: apsw.Connection, file: Path, longest: float) -> None:
    """Begin a transaction that is alone in writing a SQLite `file`, within `longest` seconds. The connection's
    busy_timeout is left as it was. Raises WarehouseBusyError and apsw's errors."""
    usual = int(connection.execute("PRAGMA busy_timeout").get)
    try:
        _in_slices(lambda seconds: _begun(connection, seconds), lambda: _writer_of(file), longest)
    finally:
        connection.set_busy_timeout(usual)


def _in_slices(attempt: Callable[[float], bool], holder: Callable[[], str], longest: float) -> None:
    begin = time.monotonic()
    end, next_told = begin + longest, begin + TOLD_EVERY
    while not attempt(max(min(SLICE, end - time.monotonic()), 0.001)):
        if time.monotonic() >= end:
            raise WarehouseBusyError(
                f"the database has been locked for {longest:g} s by {holder()}: "
                "run the command again when that one is done"
            )
        if time.monotonic() >= next_told:
            next_told = time.monotonic() + TOLD_EVERY
            _LOG.warning("waiting for the database, which is locked by %s", holder())


def _tried(connection: Connection, sql: str, seconds: float) -> bool:
    savepoint = connection.begin_nested()
    connection.execute(text(f"SET LOCAL lock_timeout = {max(round(seconds * 1000), 1)}"))
    try:
        connection.execute(text(sql))
    except WarehouseLockedError:
        savepoint.rollback()
        return False
    connection.execute(text(f"SET LOCAL lock_timeout = '{OTHER_LOCKS}'"))
    savepoint.commit()
    return True


def _begun(connection: apsw.Connection, seconds: float) -> bool:
    connection.set_busy_timeout(max(round(seconds * 1000), 1))
    try:
        connection.execute("BEGIN IMMEDIATE")
    except apsw.BusyError:
        return False
    return True


def _holders(connection: Connection, query: str, binds: Mapping[str, int]) -> str:
    found = connection.execute(statement(f"warehouse/{query}"), binds).all()
    return ", ".join(f"{row.application_name or 'a client'} (server process {row.pid})" for row in found) or _ANOTHER


def _writer_of(file: Path) -> str:
    """The process that writes a SQLite file, where the kernel tells (Linux)."""
    try:
        inode = str(Path(f"{file}-shm").stat().st_ino)
        locks = [line.split() for line in Path("/proc/locks").read_text(encoding="ascii").splitlines()]
    except (OSError, UnicodeDecodeError):
        return _ANOTHER
    for lock in locks:  # 1: POSIX ADVISORY WRITE 4711 08:01:131 120 120
        held = len(lock) == 8 and lock[3] == "WRITE" and lock[6] == _WAL_WRITE_BYTE  # noqa: PLR2004
        if held and lock[5].rpartition(":")[2] == inode:
            return f"process {lock[4]}"
    return _ANOTHER
