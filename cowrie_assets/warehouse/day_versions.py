"""Versions of days: a random number that changes whenever what is stored of a day may have changed.

Two that are equal are of one state; they have no order, so nothing rests on the order in which transactions end. The
rows are shared by all who write to a day: they are written last in a transaction, in the order of the days, so that
nobody waits for another longer than for the end of a transaction, and no two wait for each other.
"""

import secrets
from collections.abc import Iterable

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.sql import statement


def new_version() -> int:
    """A number that no other state of a day has."""
    return secrets.randbits(62) | 1


def renew(connection: Connection, table: Table, days: Iterable[int]) -> None:
    """Give `days` new versions in `event_days` or `changed_days`; days that are not there yet are put in."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    (key,) = table.primary_key.columns
    for some in chunks(sorted(set(days))):
        rows = [{key.name: day, "version": new_version()} for day in some]
        row = insert(table).values(rows)
        changes = {"version": row.excluded.version}
        connection.execute(row.on_conflict_do_update(index_elements=[key], set_=changes))


def versions_of_sessions(
    connection: Connection, start_day: int = -(2**31), end_day: int = 2**31 - 1
) -> tuple[tuple[int, int], ...]:
    """Each day from `start_day` to before `end_day` that has sessions, with its version, in order."""
    binds = {"start_day": start_day, "end_day": end_day}
    return tuple(
        (day, version) for day, version in connection.execute(statement("warehouse/versions_of_sessions"), binds)
    )
