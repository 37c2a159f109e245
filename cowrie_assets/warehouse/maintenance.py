"""Housekeeping of the database itself: space that nobody uses, and what the planner knows. Its rows stay as they are.

Nobody is kept waiting: SQLite's free pages are given back a few at a time, in transactions of their own, and PostgreSQL
does its work beside whoever reads and writes.
"""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text

from cowrie_assets.activity import phase
from cowrie_assets.amounts import counted, size
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import metadata
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.traces import write_anew

if TYPE_CHECKING:
    from psycopg.errors import Diagnostic

_WORTH_IT = 10
"""Free pages are given back where one page in so many is free; fewer are used by what comes next."""
_PAGES_AT_ONCE = 1_024
"""8 MiB, some hundredths of a second."""
_PAUSE_SECONDS = 0.05
"""Between two of them: SQLite's lock goes to whoever asks first, and who waits asks that often."""
_INCREMENTAL = 2
_LEAST_ROWS = 1_000
_NAMED = 5
_WARNING = "01000"
_THROTTLE = "2ms"
"""What PostgreSQL's own autovacuum rests between its reads."""


@dataclass(frozen=True, slots=True)
class Maintenance:
    """What was done."""

    bytes_before: int
    bytes_after: int
    free_bytes: int = 0
    """SQLite: what is free in the file, to be used by what comes next."""
    gives_back: bool = True
    """SQLite: whether the file can shrink without being written anew."""
    dropped_statistics: bool = False
    """SQLite: there were some, made by hand."""
    vacuumed: tuple[str, ...] = ()
    """PostgreSQL: tables whose dead rows made room, and whose statistics were taken."""
    analyzed: tuple[str, ...] = ()
    """PostgreSQL: tables of which only statistics were taken."""
    refused: tuple[str, ...] = ()
    """PostgreSQL: tables that the server left alone, for they are another role's."""

    @property
    def left(self) -> str | None:
        """What was not done, and how it is; None where nothing was left."""
        if not self.refused:
            return None
        more = f" and {len(self.refused) - _NAMED} more" if len(self.refused) > _NAMED else ""
        return (
            f"the role of COWRIE_DATABASE_URL may not maintain {', '.join(self.refused[:_NAMED])}{more}: run this as "
            "the owner of the tables, or grant the role MAINTAIN on them (PostgreSQL 17 and later)"
        )

    @property
    def sentences(self) -> list[str]:
        """What was done, and what is left, for people."""
        said = [f"The database takes {size(self.bytes_after)}; it took {size(self.bytes_before)}."]
        if self.dropped_statistics:
            said.append("Statistics of SQLite's planner were dropped: the queries are written to do without.")
        if self.free_bytes and self.gives_back:
            said.append(f"{size(self.free_bytes)} of it is free, and used by what comes next.")
        elif self.free_bytes:
            said.append(
                f"{size(self.free_bytes)} of it is free, and used by what comes next. The file was made by an older "
                "release and does not shrink by itself: `cowrie-assets db maintain --full` has it do so from then on."
            )
        if self.vacuumed or self.analyzed:
            said.append(
                f"{counted(len(self.vacuumed), 'table')} vacuumed; statistics of "
                f"{counted(len(self.vacuumed) + len(self.analyzed), 'table')} taken."
            )
        return said


@phase("maintain")
def maintain(warehouse: Warehouse, *, full: bool = False, progress: ProgressSink = silent) -> Maintenance:
    """Do what is due; with `full` all there is, though others wait: the database writes its file or its tables anew,
    which takes up to twice its size on the disk meanwhile, and leaves no trace of what was removed. Raises
    WarehouseError.
    """
    if warehouse.dialect == "postgresql":
        return _postgresql(warehouse, full, progress)
    return _sqlite(warehouse, full, progress)


def _sqlite(warehouse: Warehouse, full: bool, progress: ProgressSink) -> Maintenance:
    before = warehouse.size_bytes
    dropped = _drop_statistics(warehouse)
    with warehouse.read() as connection:
        gives_back = _pragma(connection, "auto_vacuum") == _INCREMENTAL
    if full:
        progress(Progress("maintain", 0, None, "pages", "writing the file anew"))
        write_anew(warehouse)
        gives_back = True
    elif gives_back:
        _give_back(warehouse, progress)
    warehouse.checkpoint()
    with warehouse.read() as connection:
        free = _pragma(connection, "freelist_count") * _pragma(connection, "page_size")
    return Maintenance(before, warehouse.size_bytes, free, gives_back, dropped)


def _give_back(warehouse: Warehouse, progress: ProgressSink) -> None:
    with warehouse.read() as connection:
        free, pages = _pragma(connection, "freelist_count"), _pragma(connection, "page_count")
    if free * _WORTH_IT < pages:
        return
    for done in range(0, free, _PAGES_AT_ONCE):
        progress(Progress("maintain", done, free, "pages", "giving back"))
        with warehouse.write() as connection:
            connection.execute(text(f"PRAGMA incremental_vacuum({min(_PAGES_AT_ONCE, free - done)})"))
        time.sleep(_PAUSE_SECONDS)
    progress(Progress("maintain", free, free, "pages"))


def _drop_statistics(warehouse: Warehouse) -> bool:
    """With statistics SQLite filters whole indexes where a few sessions are looked up (ARCHITECTURE, two decisions)."""
    query = text("SELECT name FROM sqlite_schema WHERE name IN ('sqlite_stat1', 'sqlite_stat4')")
    with warehouse.read() as connection:
        names = list(connection.execute(query).scalars())
    if names:
        with warehouse.write() as connection:
            for name in names:
                connection.execute(text(f"DROP TABLE {name}"))
        warehouse.release_memory()  # an open connection plans by what it read as it was opened
    return bool(names)


def _pragma(connection: Connection, name: str) -> int:
    return int(connection.execute(text(f"PRAGMA {name}")).scalar_one())


def _postgresql(warehouse: Warehouse, full: bool, progress: ProgressSink) -> Maintenance:
    before = warehouse.size_bytes
    vacuumed: list[str] = []
    analyzed: list[str] = []
    refused: list[str] = []
    with warehouse.outside_transactions() as connection:
        if full:
            due = [(table.name, "VACUUM (FULL, ANALYZE)") for table in metadata.sorted_tables]
        else:
            rows = connection.execute(statement("warehouse/tables_to_maintain"), {"least": _LEAST_ROWS}).all()
            vacuum, analyze = "VACUUM (ANALYZE, SKIP_LOCKED)", "ANALYZE (SKIP_LOCKED)"
            due = [(row.name, vacuum if row.has_dead_rows else analyze) for row in rows]
        connection.execute(text(f"SET vacuum_cost_delay = '{_THROTTLE}'"))
        try:
            for done, (name, work) in enumerate(due):
                progress(Progress("maintain", done, len(due), "tables", name))
                if _is_refused(connection, f"{work} {name}"):
                    refused.append(name)
                else:
                    (vacuumed if work.startswith("VACUUM") else analyzed).append(name)
        finally:
            connection.execute(text("RESET vacuum_cost_delay"))
        progress(Progress("maintain", len(due), len(due), "tables"))
    return Maintenance(
        before, warehouse.size_bytes, vacuumed=tuple(vacuumed), analyzed=tuple(analyzed), refused=tuple(refused)
    )


def _is_refused(connection: Connection, work: str) -> bool:
    """Have PostgreSQL do some work on a table; whether it passed it by with a warning, which is all that it does where
    the role lacks the right."""
    told: list[str | None] = []
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101  (for mypy)

    def hear(said: "Diagnostic") -> None:
        told.append(said.sqlstate)

    driver.add_notice_handler(hear)
    try:
        connection.execute(text(work))
    finally:
        driver.remove_notice_handler(hear)
    return _WARNING in told
