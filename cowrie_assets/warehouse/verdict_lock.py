"""What keeps a report from missing a verdict that is being written on PostgreSQL; SQLite has one writer at a time.

Who writes a verdict looks for the days that saw its value. A day whose sessions are committed behind that look is not
found; its report, made before the verdict is committed, would not show it, and nothing would say that it is stale. So
the snapshot of a report that is recorded begins between the transactions that write verdicts.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.write_lock import take_lock

_WRITING = 0x436F77726901
"""The advisory lock that all transactions which write verdicts share."""
_LABELS = 0x436F77726902
"""The advisory lock of the one that changes labels."""
_PLACES = 0x436F77726903
"""The advisory lock of the one that writes places and tags of addresses."""


def begin_verdicts(connection: Connection) -> None:
    """To be called before the days are looked for that saw a value: those who do so go side by side."""
    if connection.dialect.name == "postgresql":
        take_lock(connection, _WRITING, shared=True)


def begin_labels(connection: Connection) -> None:
    """To be called before labels are changed, or looked up to find the days that have them: one transaction does so at
    a time."""
    if connection.dialect.name == "postgresql":
        take_lock(connection, _LABELS)


def begin_places(connection: Connection) -> None:
    """To be called, behind `begin_verdicts`, before places or tags are compared: one transaction writes them at a
    time."""
    if connection.dialect.name == "postgresql":
        take_lock(connection, _PLACES)


@contextmanager
def read_between_verdicts(warehouse: Warehouse) -> Iterator[Connection]:
    """`warehouse.read()` whose snapshot no transaction that writes verdicts overlaps."""
    with warehouse.read() as connection:
        if warehouse.dialect == "postgresql":
            with warehouse.read() as waiting:
                take_lock(waiting, _WRITING)
                connection.execute(text("SELECT 1"))
        yield connection
