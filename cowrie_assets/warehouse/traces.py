"""What a database keeps of rows that were removed, where no query finds it, and its end.

SQLite overwrites what it removes where it is told to. It does not overwrite the copies that it left in pages as it
moved rows, nor its write-ahead log: they go as the file is written anew and the log is folded into it. Whether that
was done since a removal the file says itself, so that a run which could not is made good by the next one, and a backup
that is restored tells the same of itself. PostgreSQL keeps removed rows until a vacuum.
"""

import secrets
import time
from pathlib import Path
from shutil import disk_usage

from sqlalchemy import Connection, text

from cowrie_assets.amounts import size
from cowrie_assets.warehouse.engine import Warehouse, overwrite_what_goes
from cowrie_assets.warehouse.errors import WarehouseError, folder_of_copies
from cowrie_assets.warehouse.schema import metadata
from cowrie_assets.warehouse.sql import statement

_MAY_HAVE_TRACES, _HAS_NONE = 0, 1
"""`PRAGMA user_version` of a SQLite file; a higher number is of a file that is being written anew."""
_HIGHEST = 2**31
_SPARE = 1.1
"""Of the room for a file that is written anew: the write-ahead log is somewhat larger than the pages in it."""
_SECONDS_FOR_READERS = 30.0
_PAUSE_SECONDS = 0.5


class TracesLeftError(WarehouseError):
    """What was removed may be in the database's files still; the message says why and what to do."""


def remove_for_good(connection: Connection) -> None:
    """For a transaction that removes what nobody shall find: what goes is overwritten, and the SQLite file says of
    itself that it may have traces."""
    overwrite_what_goes(connection)
    if connection.dialect.name == "sqlite":
        connection.execute(text(f"PRAGMA user_version={_MAY_HAVE_TRACES}"))


def may_have_traces(connection: Connection) -> bool:
    """Whether a SQLite file was not written anew since something was removed for good, as far as the file says; False
    on PostgreSQL."""
    return connection.dialect.name == "sqlite" and _version(connection) != _HAS_NONE


def remove_traces(warehouse: Warehouse) -> bool:
    """Write a SQLite file anew, which keeps writers out and takes up to twice its size on the disk meanwhile; vacuum
    the tables of PostgreSQL: False where they are another role's, for its owner and the server do so. Raises
    TracesLeftError where there is no room, or where somebody reads what was removed.
    """
    if warehouse.dialect == "postgresql":
        return _vacuum(warehouse)
    _require_room(warehouse)
    if not write_anew(warehouse):
        raise TracesLeftError(
            "somebody reads the database as it was before, so copies of what was removed stand in it until that ends: "
            "run `cowrie-assets privacy` again then"
        )
    return True


def write_anew(warehouse: Warehouse) -> bool:
    """Write a SQLite file anew, and fold its write-ahead log into it; False where somebody reads what was before for
    longer than `_SECONDS_FOR_READERS`: a later checkpoint folds the log."""
    number = _HAS_NONE + 1 + secrets.randbelow(_HIGHEST - _HAS_NONE - 1)
    with warehouse.write() as connection:
        connection.execute(text(f"PRAGMA user_version={number}"))
    with warehouse.outside_transactions() as connection:
        connection.execute(text("PRAGMA auto_vacuum=INCREMENTAL"))
        connection.execute(text("VACUUM"))
    until = time.monotonic() + _SECONDS_FOR_READERS
    while not warehouse.checkpoint():
        if time.monotonic() >= until:
            return False
        time.sleep(_PAUSE_SECONDS)
    with warehouse.write() as connection:
        if _version(connection) == number:  # nothing was removed meanwhile
            connection.execute(text(f"PRAGMA user_version={_HAS_NONE}"))
    return True


def _version(connection: Connection) -> int:
    return int(connection.execute(text("PRAGMA user_version")).scalar_one())


def _require_room(warehouse: Warehouse) -> None:
    """Raises TracesLeftError where the disk has no room for the file once more, and for its write-ahead log."""
    with warehouse.read() as connection:
        used, free, of_page = (
            int(connection.execute(text(f"PRAGMA {name}")).scalar_one())
            for name in ("page_count", "freelist_count", "page_size")
        )
    copy = int((used - free) * of_page * _SPARE)
    beside = (warehouse.file or Path()).resolve().parent
    temporary = folder_of_copies()
    needed = {beside: copy}
    if temporary.stat().st_dev == beside.stat().st_dev:
        needed = {beside: 2 * copy}
    else:
        needed[temporary] = copy
    for folder, amount in needed.items():
        if (there := disk_usage(folder).free) < amount:
            raise TracesLeftError(
                f"writing the database file anew takes {size(amount)} in {folder}, where {size(there)} are free, so "
                "copies of what was removed may stand in it: make room, and run `cowrie-assets privacy` again"
            )


def _vacuum(warehouse: Warehouse) -> bool:
    with warehouse.outside_transactions() as connection:
        if not connection.execute(statement("warehouse/rights")).one().owner:
            return False
        since = {"since": connection.execute(text("SELECT txid_current()")).scalar_one()}
        until = time.monotonic() + _SECONDS_FOR_READERS
        while holders := connection.execute(statement("warehouse/holders_of_snapshots"), since).all():
            if time.monotonic() >= until:
                break
            time.sleep(_PAUSE_SECONDS)
        for table in metadata.sorted_tables:
            connection.execute(text(f"VACUUM {table.name}"))
    if holders:
        named = ", ".join(f"{row.application_name or 'a client'} (server process {row.pid})" for row in holders)
        raise TracesLeftError(
            f"{named} may read the database as it was before, so rows that were removed stand in it until that ends: "
            "run `cowrie-assets db maintain` then"
        )
    return True
