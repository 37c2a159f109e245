"""On PostgreSQL `events` is partitioned by the month (UTC) in which Cowrie wrote them.

The written time's seconds stand first in `event_hash`, so that column is the key.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import Connection

_SECOND_BYTES = 4
_LAST_SECOND = 2**32 - 1


def add_month_partitions(connection: Connection, seconds: Iterable[bytes]) -> None:
    """Create the missing partitions of events written at these seconds (the first 4 bytes of their `event_hash`)."""
    months = {(moment.year, moment.month) for moment in map(_moment, set(seconds))}
    for year, month in sorted(months):
        name = f"events_{year:04}_{month:02}"
        if connection.exec_driver_sql("SELECT to_regclass(%s)", (name,)).scalar() is None:
            begin, end = _bound(year, month), _bound(*((year + 1, 1) if month == 12 else (year, month + 1)))  # noqa: PLR2004
            connection.exec_driver_sql(f"CREATE TABLE {name} PARTITION OF events FOR VALUES FROM ({begin}) TO ({end})")


def _moment(second: bytes) -> datetime:
    return datetime.fromtimestamp(int.from_bytes(second, "big"), UTC)


def _bound(year: int, month: int) -> str:
    second = int(datetime(year, month, 1, tzinfo=UTC).timestamp())
    return "MAXVALUE" if second > _LAST_SECOND else f"'\\x{second.to_bytes(_SECOND_BYTES, 'big').hex()}'"
