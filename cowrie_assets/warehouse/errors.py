"""What can be wrong with a warehouse, in one sentence each: what is wrong, and what to do.

A driver's own words are not passed on where they may repeat a part of the URL or a value, which an attacker wrote. What
is no fault of the database, of its rights or of its disk is a bug of this code and stays the error it is.
"""

import os
import re
import shutil
from pathlib import Path

import apsw
from sqlalchemy.exc import ArgumentError

from cowrie_assets.errors import UserError
from cowrie_assets.printable import printable

_MOST_CHARACTERS = 200


class WarehouseError(UserError, RuntimeError):
    """The database cannot serve; the message says why and what to do."""


class WarehouseBusyError(WarehouseError):
    """The database cannot serve at this moment: the same may go well later."""

    passing = True


class WarehouseFullError(WarehouseError):
    """The disk of a PostgreSQL server is full. To try again at once helps nobody; who has all day may wait for room."""


class WarehouseConflictError(WarehouseBusyError):
    """Two transactions stood in each other's way and this one gave in: done again at once, it may go well."""


class WarehouseLockedError(WarehouseConflictError):
    """A lock was waited for as long as the transaction may wait (PostgreSQL's `lock_timeout`)."""


_DENIED = (
    (r"tempor", "the right to make temporary tables: GRANT TEMPORARY ON DATABASE ... TO ..."),
    (r"for schema", "a right on the schema of the tables: GRANT USAGE, CREATE ON SCHEMA ... TO ..."),
    (r"must be owner", "the tables themselves: make it their owner (ALTER TABLE ... OWNER TO ...)"),
    (r"", "a right: make it the owner of the database's tables, or grant it what is missing"),
)
_LASTING = {
    "25006": "it is read-only here (a replica, or a role with default_transaction_read_only): "
    "COWRIE_DATABASE_URL must name the primary server and a role that may write",
    "22021": "its encoding does not hold every text: create a database with ENCODING 'UTF8'",
    "22P05": "its encoding does not hold every text: create a database with ENCODING 'UTF8'",
    "53100": "the disk of the PostgreSQL server is full: make room there and run the command again",
}
_PASSING = {
    "55P03": "another session holds a lock on its tables; run the command again when that one is done",
    "40P01": "two sessions stood in each other's way; run the command again",
    "40001": "two sessions stood in each other's way; run the command again",
    "25P03": "this process stood still within a transaction, and the server ended that; run the command again",
    "53300": "the server has no connection free; run the command again",
    "57014": "a statement took longer than it may, or somebody stopped it",
    "57P01": "the server is shutting down; run the command again",
    "57P02": "the server crashed; run the command again",
    "57P03": "the server is starting; run the command again",
}
_KINDS: dict[str, type[WarehouseError]] = {
    "40P01": WarehouseConflictError,
    "40001": WarehouseConflictError,
    "55P03": WarehouseLockedError,
    "53100": WarehouseFullError,
}
_SQLITE_DISK = {
    apsw.SQLITE_FULL: "no room is left on its disk",
    apsw.SQLITE_IOERR: "its disk cannot be read or written, or no file may be so large",
}
_FULL_BYTES = 1_000_000
"""A disk with less room than this is told as full."""
_SQLITE = {
    apsw.SQLITE_READONLY: "this user may not write the file, or the folder that it lies in",
    apsw.SQLITE_PERM: "this user may not write the file, or the folder that it lies in",
    apsw.SQLITE_CANTOPEN: "this user cannot open the file, or not make files beside it (-wal, -shm)",
    apsw.SQLITE_NOTADB: "the file is not a database",
    apsw.SQLITE_CORRUPT: "the file is damaged: restore a backup, or load the logs into a new one",
    apsw.SQLITE_INTERRUPT: "it took longer than it may",
    apsw.SQLITE_BUSY: "another process is busy with it; run the command again",
}
_LOST = "the connection to the server was lost; run the command again"
_AWAY = (
    (r"too many (?:clients|connections)|connection slots", "the server has no connection free; try again later"),
    (r"starting up|shutting down|in recovery|not yet accepting", "the server is starting or stopping; try again"),
    (r"resolve host|translate host|name or service", "the host of the URL has no address: is its name right?"),
    (r"timeout|timed out", "the server does not answer: are host and port right?"),
    (r"refused|no such file|unreachable|no route|reset by peer|closed the connection", "no server answers there: "
     "does it run, and are host and port right?"),
)  # fmt: skip
"""What a driver says where no connection came about, and one may a little later."""
_REFUSED = (
    (r"password authentication failed|authentication failed", "the server refuses the user or the password"),
    (r"no password supplied", "the server asks for a password, and the URL has none"),
    (r"pg_hba\.conf", "the server's pg_hba.conf does not let this user in from here"),
    (r"role .* does not exist", "the server has no such role: CREATE ROLE ... LOGIN"),
    (r"not permitted to log in", "the role may not log in: ALTER ROLE ... LOGIN"),
    (r"database .* does not exist", "there is no such database: CREATE DATABASE ... ENCODING 'UTF8'"),
    (r"permission denied for database", "the role may not connect to it: GRANT CONNECT ON DATABASE ... TO ..."),
    (r"ssl|tls|certificate", "no encrypted connection comes about: look at sslmode and at the certificates"),
    (r"connection option|invalid .*value|conninfo|missing \"=\"",
     "the URL has an option that PostgreSQL does not know"),
)  # fmt: skip


def refused_connection(error: BaseException, file: Path | None = None) -> tuple[str, bool]:
    """Why no connection came about, in words of our own (the driver's repeat parts of the URL), and whether one may a
    little later: where the server is away, not where it is there and refuses. `file` is a SQLite database's own."""
    if isinstance(error, ImportError):
        return "psycopg is not installed: pip install 'cowrie-assets[postgres]'", False
    if isinstance(error, apsw.Error):
        return _of_sqlite(error, file) or "SQLite cannot read it", False
    if isinstance(error, (ValueError, ArgumentError)):
        return "an option of its URL has a value that cannot be", False
    said = str(error).lower()
    for passing, reasons in ((False, _REFUSED), (True, _AWAY)):
        for pattern, reason in reasons:
            if re.search(pattern, said):
                return reason, passing
    return "the server refused it", False


def explained(error: BaseException, label: str, file: Path | None = None) -> WarehouseError | None:
    """The sentence for a driver's `error` in the database `label`; None where it is no fault of the database.

    `file` is a SQLite database's own.
    """
    if isinstance(error, apsw.Error):
        reason, passing = _of_sqlite(error, file), _primary_code(error) == apsw.SQLITE_BUSY
    else:
        reason, passing = _of_postgresql(error)
    if reason is None:
        return None
    usual = WarehouseBusyError if passing else WarehouseError
    kind = _KINDS.get(getattr(error, "sqlstate", None) or "", usual)
    return kind(f"the database {label} gave up: {reason}")


def free_space(path: Path) -> str:
    """How much room is left where `path` lies or would lie, for people: `1.2 MB free`."""
    return f"{_free_bytes(path) / 1e6:.1f} MB free"


def _free_bytes(path: Path) -> int:
    folder = next((folder for folder in (path.absolute(), *path.absolute().parents) if folder.is_dir()), Path("/"))
    return shutil.disk_usage(folder).free


def _of_postgresql(error: BaseException) -> tuple[str | None, bool]:
    state = getattr(error, "sqlstate", None)
    if state is None:  # the driver itself found out, not the server
        return (_LOST, True) if type(error).__name__ == "OperationalError" else (None, False)
    if state == "42501":
        said = printable(str(getattr(error.diag, "message_primary", "")))[:_MOST_CHARACTERS]  # type: ignore[attr-defined]
        missing = next(words for pattern, words in _DENIED if re.search(pattern, said))
        return f"{said}; the role of COWRIE_DATABASE_URL lacks {missing}", False
    if state in _LASTING:
        return _LASTING[state], False
    if state in _PASSING:
        return _PASSING[state], True
    return (_LOST, True) if state.startswith("08") else (None, False)


def _of_sqlite(error: apsw.Error, file: Path | None) -> str | None:
    code = _primary_code(error)
    return _of_disks(_SQLITE_DISK[code], file) if code in _SQLITE_DISK else _SQLITE.get(code)


def _of_disks(reason: str, file: Path | None) -> str:
    """What SQLite says of a disk, and which it may be: its own error code is the same for a full one, where it maps
    files. Those that are full are named alone."""
    places = [*([] if file is None else [file]), folder_of_copies()]
    full = [place for place in places if _free_bytes(place) < _FULL_BYTES]
    if full:
        reason = _SQLITE_DISK[apsw.SQLITE_FULL]
    return f"{reason}: {', '.join(f'{free_space(place)} at {place}' for place in full or places)}"


def folder_of_copies() -> Path:
    """Where SQLite sorts what is too large for its memory, and copies a file to write it anew: the first folder that it
    may write, in its own order."""
    named = [os.environ.get("SQLITE_TMPDIR"), os.environ.get("TMPDIR"), "/var/tmp", "/usr/tmp", "/tmp"]  # noqa: S108
    folders = [Path(folder) for folder in named if folder]
    usable = (folder for folder in folders if folder.is_dir() and os.access(folder, os.W_OK | os.X_OK))
    return next(usable, Path.cwd())


def _primary_code(error: apsw.Error) -> int:
    """-1 where the error is apsw's own, not SQLite's."""
    return getattr(error, "result", -1)
