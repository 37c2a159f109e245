"""On PostgreSQL `events` is partitioned by the time (UTC) in which Cowrie wrote them: by month in the years in which
sensors run, coarser elsewhere.

The written time's seconds stand first in `event_hash`, so that column is the key. What a clock gone wrong writes must
cost nothing: all before 2009, when the first honeypots of this family ran, shares one partition, as does all from 2050
on; a year between the next one and 2050 has one. There is no DEFAULT partition: attaching another one would lock it,
and wait for every reader of `events`. Made apart and then attached, a partition keeps no reader and is kept by none.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Connection

from cowrie_assets import clock
from cowrie_assets.warehouse.errors import WarehouseError
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.write_lock import change_events

_SECOND_BYTES = 4
_END = 2**32
"""Behind the last second that an identity can name, in 2106; as a bound: MAXVALUE."""
_FIRST_YEAR = 2009
_LAST_YEAR = 2050
_BOUNDS = re.compile(r"FROM \('\\x([0-9a-f]{8})'\) TO \((?:'\\x([0-9a-f]{8})'|MAXVALUE)\)")

Range = tuple[int, int]
"""Seconds since 1970-01-01 UTC, half-open."""


def add_month_partitions(connection: Connection, identities: Iterable[bytes]) -> None:
    """Make the missing partitions of events of these identities (their first 4 bytes will do), and those of this month
    and the next ahead of time. Raises WarehouseBusyError.
    """
    today = clock.today()
    year, month = today.year, today.month
    existing = _existing(connection)
    waiting = [*map(_first_of, (_second(year, month), _second(year, month + 1))), *identities]
    while waiting:
        second = int.from_bytes(min(waiting)[:_SECOND_BYTES], "big")
        if not _covered(existing, second):
            made = _clipped(existing, second, _range_of(second, year))
            _add(connection, made)
            existing = sorted([*existing, made])
        end = existing[bisect_right(existing, (second, _END)) - 1][1]
        if end >= _END:
            return
        behind = _first_of(end)
        waiting = [each for each in waiting if each >= behind]


def _first_of(second: int) -> bytes:
    """What the identities of events written in a second begin with."""
    return second.to_bytes(_SECOND_BYTES, "big")


def _range_of(second: int, this_year: int) -> Range:
    """The range that a second's partition has where no other stands in its way."""
    moment = datetime.fromtimestamp(second, UTC)
    if moment.year < _FIRST_YEAR:
        return 0, _second(_FIRST_YEAR)
    if moment.year >= _LAST_YEAR:
        return _second(_LAST_YEAR), _END
    if moment.year > this_year + 1:
        return _second(moment.year), _second(moment.year + 1)
    return _second(moment.year, moment.month), _second(moment.year, moment.month + 1)


def _second(year: int, month: int = 1) -> int:
    """Where a month begins; month 13 is the January that follows."""
    return int(datetime(year + (month - 1) // 12, (month - 1) % 12 + 1, 1, tzinfo=UTC).timestamp())


def _existing(connection: Connection) -> list[Range]:
    found = connection.execute(statement("warehouse/partitions_of_events")).scalars()
    matches = [_BOUNDS.search(bounds) for bounds in found]
    return sorted((int(each[1], 16), int(each[2], 16) if each[2] else _END) for each in matches if each)


def _covered(existing: list[Range], second: int) -> bool:
    place = bisect_right(existing, (second, _END)) - 1
    return place >= 0 and second < existing[place][1]


def _clipped(existing: list[Range], second: int, wanted: Range) -> Range:
    """`wanted` as far as it reaches around `second` without running into another partition."""
    place = bisect_right(existing, (second, _END))
    begin = max(wanted[0], existing[place - 1][1]) if place else wanted[0]
    end = min(wanted[1], existing[place][0]) if place < len(existing) else wanted[1]
    return begin, end


def _add(connection: Connection, made: Range) -> None:
    """Attached when it is whole: `PARTITION OF` would lock `events` against every reader. A role that does not own the
    table has a function of its owner do it (`deploy/postgresql/roles.sql`). Raises WarehouseError where none may."""
    begin, end = made
    rights = connection.execute(statement("warehouse/partition_rights")).one()
    if not rights.owner:
        if not rights.asks:
            raise WarehouseError(
                "events of a month that has no partition yet cannot be stored: the role of COWRIE_DATABASE_URL neither "
                "owns the tables nor is a member of a role of deploy/postgresql/roles.sql"
            )
        change_events(connection, f"SELECT add_partition_of_events({begin}, {end})")
        return
    first = datetime.fromtimestamp(begin, UTC)
    is_month = end == _second(first.year, first.month + 1)
    name = f"events_{first:%Y_%m}" + ("" if is_month else "_on")
    connection.exec_driver_sql(f"CREATE TABLE {name} (LIKE events INCLUDING ALL)")
    change_events(
        connection, f"ALTER TABLE events ATTACH PARTITION {name} FOR VALUES FROM ({_bound(begin)}) TO ({_bound(end)})"
    )


def _bound(second: int) -> str:
    return "MAXVALUE" if second >= _END else f"'\\x{_first_of(second).hex()}'"
