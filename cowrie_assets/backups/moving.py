"""Moving a warehouse into another database, of either engine, row for row and proved.

Tables are gone through in the order of their keys, a stretch of rows at a time: where the target does not hold just
these rows between the same keys, it is made to, and they are read back. So a move that was stopped goes on by being
run again, and writes no row that is there. As long as it lasts nobody else writes to the source, and the target is one
that no code works with.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, and_, delete, func, literal, select, true, tuple_
from sqlalchemy.engine import URL

from cowrie_assets.activity import stage
from cowrie_assets.amounts import counted
from cowrie_assets.database_place import is_same_database
from cowrie_assets.database_url import read_database_url
from cowrie_assets.errors import UserError
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.warehouse import versions
from cowrie_assets.warehouse.bulk_insert import insert_rows
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.month_partitions import add_month_partitions
from cowrie_assets.warehouse.schema import events, log_paths, logs, metadata, warehouse_identity

_TABLES = sorted(metadata.tables.values(), key=lambda table: table.name)
_MOST_ROWS = 10_000
_MOST_CHARACTERS = 8 * 1024 * 1024
"""Of the texts of the rows of a stretch."""
_AT_A_TIME = 1_000
_Row = tuple[Any, ...]


class MoveError(UserError):
    """A warehouse that cannot be moved, or not to there; the message says why and what to do."""


@dataclass(slots=True)
class MoveResult:
    """What a move brought about."""

    label: str
    """The target, without its secrets."""
    rows: dict[str, int] = field(default_factory=dict)
    """How many each table has."""
    found: int = 0
    """Those of them that the target had already: all, where the warehouse had been moved there before."""


def move(
    database_url: str,
    target: URL,
    *,
    overwrite: bool = False,
    longest_wait: float | None = None,
    progress: ProgressSink = silent,
) -> MoveResult:
    """Make the database `target` hold what the warehouse does. With `overwrite` it may hold an older state of it; else
    one that holds the warehouse is compared with it, and stays as it is.

    `longest_wait`: seconds after which a wait for another writer is given up. Raises MoveError, WarehouseError.
    """
    if is_same_database(read_database_url(database_url), target):
        raise MoveError("the target is the database of COWRIE_DATABASE_URL itself")
    to_url = target.render_as_string(hide_password=False)
    with (
        Warehouse.open(database_url, create=False, longest_wait=longest_wait) as source,
        Warehouse.connect(to_url, longest_wait=longest_wait) as into,
        stage("move", database=source, target=into.label) as run,
        source.write() as reading,
    ):
        progress = run.telling(progress)
        is_there = _begin(into, _identity(reading), overwrite=overwrite)
        result = MoveResult(into.label)
        total = {table: reading.execute(select(func.count()).select_from(table)).scalar_one() for table in _TABLES}
        done = 0
        for table in _TABLES:
            moved = _Moving(reading, into, table, is_there=is_there)
            for _ in moved.stretches():
                stands = done + moved.rows
                progress(Progress("move", min(stands, sum(total.values())), sum(total.values()), "rows", table.name))
            result.rows[table.name] = moved.rows
            result.found += moved.found
            done += moved.rows
        progress(Progress("move", done, done, "rows"))
        if not is_there:
            _end(into, total)
    into.checkpoint()
    return result


def _begin(target: Warehouse, identity: str, *, overwrite: bool) -> bool:
    """Make the target one that no code works with, unless it holds this warehouse and shall not follow: whether it
    does. Raises MoveError where it holds something that would be lost."""
    revision = versions.current(target)
    if revision is None:
        versions.upgrade(target)
    is_part = versions.is_moving(target)
    if not is_part and revision is not None:
        versions.refuse_newer(revision)
        if revision != versions.REVISIONS[-1]:
            raise MoveError(f"{target.label} has tables of revision {revision}: give an empty database")
    with target.write() as connection:
        is_same = _identity(connection) == identity
        if is_part and not is_same:
            raise MoveError(f"{target.label} holds a part of another warehouse: give an empty database")
        if not is_part and is_same and not overwrite:
            return True
        if not is_same:
            _require_empty(connection, target.label)
            connection.execute(delete(warehouse_identity))
            connection.execute(warehouse_identity.insert(), {"identity": identity})
        versions.begin_move(connection)
    return False


def _require_empty(connection: Connection, label: str) -> None:
    """Raises MoveError where a database holds an event or a log."""
    for table in (events, logs):
        if connection.execute(select(literal(1)).select_from(table).limit(1)).scalar() is not None:
            raise MoveError(f"{label} holds another warehouse: give an empty database")


def _end(target: Warehouse, total: dict[Table, int]) -> None:
    """Have numbers go on behind those that are there, and others work with the database. Raises MoveError where a table
    has not as many rows as it shall."""
    with target.write() as connection:
        for table, rows in total.items():
            found = connection.execute(select(func.count()).select_from(table)).scalar_one()
            if found != rows:
                raise MoveError(f"{target.label}: {table.name} has {counted(found, 'row')} in place of {rows:,}")
        if target.dialect == "postgresql":
            _continue_sequences(connection)
        versions.end_move(connection)


def _continue_sequences(connection: Connection) -> None:
    for table in _TABLES:
        if "id" not in table.c:
            continue
        sequence = func.pg_get_serial_sequence(table.name, "id")
        highest = [select(func.max(table.c.id))]
        if table is logs:  # a log whose row is lost is known by its path still
            highest.append(select(func.max(log_paths.c.log_id)))
        numbers = [connection.execute(query).scalar() or 0 for query in highest]
        connection.execute(select(func.setval(sequence, max(numbers) + 1, False)))


def _identity(connection: Connection) -> str:
    return str(connection.execute(select(warehouse_identity.c.identity)).scalar_one())


class _Moving:
    """One table."""

    def __init__(self, reading: Connection, target: Warehouse, table: Table, *, is_there: bool) -> None:
        """`is_there`: the target shall hold all of it, and is looked at only."""
        self.rows = 0
        """Gone through so far."""
        self.found = 0
        """Those of them that the target had."""
        self._reading = reading
        self._target = target
        self._table = table
        self._is_there = is_there
        key = [events.c.event_hash] if table is events else table.primary_key.columns
        self._key: list[Column[Any]] = list(key or table.columns)
        """By which rows are in order: of a table without a key, all that they have."""
        with target.read() as connection:
            any_row = select(literal(1)).select_from(table).limit(1)
            self._is_empty = connection.execute(any_row).scalar() is None

    def stretches(self) -> Iterator[None]:
        """Make the target hold the table's rows, a stretch at a time. Raises MoveError."""
        after: _Row | None = None
        places = [list(self._table.columns).index(column) for column in self._key]
        query = select(self._table).order_by(*self._key)
        result = self._reading.execute(query, execution_options={"yield_per": _AT_A_TIME})
        for some in _stretches(map(tuple, result)):
            upto = tuple(some[-1][place] for place in places)
            is_new = False
            if self._is_there:
                self._require_equal(self._between(after, upto), some)
            else:
                is_new = self._target.run(partial(self._make_equal, after, upto, some))
            self.rows += len(some)
            self.found += 0 if is_new else len(some)
            after = upto
            yield
        if self._is_there:
            self._require_equal(self._behind(after), [])
        elif not self._is_empty:
            self._target.run(lambda connection: connection.execute(delete(self._table).where(self._behind(after))))

    def _make_equal(self, after: _Row | None, upto: _Row, rows: Sequence[_Row], connection: Connection) -> bool:
        """Whether the rows behind one key and up to another had to be written."""
        between = self._between(after, upto)
        wanted = _digest(rows)
        if not self._is_empty:
            if self._stored(connection, between) == wanted:
                return False
            connection.execute(delete(self._table).where(between))
        columns = [column.name for column in self._table.columns]
        if self._table is events and self._target.dialect == "postgresql":
            add_month_partitions(connection, [row[columns.index("event_hash")] for row in rows])
        insert_rows(connection, self._table.name, columns, rows)
        if self._stored(connection, between) != wanted:
            raise MoveError(f"{self._target.label}: rows of {self._table.name} do not come back as they were written")
        return True

    def _require_equal(self, place: ColumnElement[bool], rows: Sequence[_Row]) -> None:
        """Raises MoveError where the target has other rows than these at a place."""
        with self._target.read() as connection:
            if self._stored(connection, place) != _digest(rows):
                raise MoveError(
                    f"{self._target.label} holds this warehouse as it was once, with other rows of "
                    f"{self._table.name}: --overwrite has it follow"
                )

    def _between(self, after: _Row | None, upto: _Row) -> ColumnElement[bool]:
        return and_(self._behind(after), self._compared(upto, up_to=True))

    def _stored(self, connection: Connection, between: ColumnElement[bool]) -> bytes:
        query = select(self._table).where(between).order_by(*self._key)
        return _digest(map(tuple, connection.execute(query, execution_options={"yield_per": _AT_A_TIME})))

    def _behind(self, key: _Row | None) -> ColumnElement[bool]:
        return true() if key is None else self._compared(key, up_to=False)

    def _compared(self, key: _Row, *, up_to: bool) -> ColumnElement[bool]:
        """Whether a row lies up to a key, or behind it: by one column where there is one, so that its index is used."""
        columns: Any = self._key[0] if len(key) == 1 else tuple_(*self._key)
        bound: Any = key[0] if len(key) == 1 else tuple_(*map(literal, key, [column.type for column in self._key]))
        found: ColumnElement[bool] = columns <= bound if up_to else columns > bound
        return found


def _stretches(rows: Iterable[_Row]) -> Iterator[list[_Row]]:
    some: list[_Row] = []
    characters = 0
    for row in rows:
        some.append(row)
        characters += sum(len(value) for value in row if isinstance(value, str | bytes))
        if len(some) >= _MOST_ROWS or characters >= _MOST_CHARACTERS:
            yield some
            some, characters = [], 0
    if some:
        yield some


def _digest(rows: Iterable[_Row]) -> bytes:
    """Of rows in their order: the same on both engines."""
    digest = blake2b(digest_size=16)
    for row in rows:
        digest.update(repr(row).encode("utf-8", "backslashreplace"))
    return digest.digest()
