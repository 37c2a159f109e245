"""Versions of days: a random number that changes whenever what is stored of a day may have changed.

Two that are equal are of one state; they have no order, so nothing rests on the order in which transactions end. The
rows are shared by all who write to a day: they are written last in a transaction, in the order of the days, so that
nobody waits for another longer than for the end of a transaction, and no two wait for each other. Those of a day's
sensors (`sensor_days`) are written behind those of all days: who writes them has the row of their day.
"""

import secrets
from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import Connection, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.schema import changed_days, sensor_days
from cowrie_assets.warehouse.sql import statement

ANY_SENSOR = 0
"""Stands for a sensor where what all of them come to changed, and perhaps nothing of one alone."""

Version = tuple[int, int, int]
"""A day, the version of its sessions, and that of what campaigns say of them; 0: they were not looked for."""


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


def renew_sessions(connection: Connection, changed: Collection[tuple[int, int]]) -> None:
    """Give the days and sensors of `changed`, as (day, `sensors.id` or ANY_SENSOR), new versions."""
    renew(connection, changed_days, {day for day, _ in changed})
    rows = [
        {"session_day": day, "sensor_id": sensor, "version": new_version()}
        for day, sensor in sorted(changed)
        if sensor != ANY_SENSOR
    ]
    if rows:
        connection.execute(statement("warehouse/renew_sensor_day"), rows)


def of_all_sensors(connection: Connection, days: Collection[int]) -> set[tuple[int, int]]:
    """`days` as `renew_sessions` takes them where the sessions of every sensor changed."""
    found = {(day, ANY_SENSOR) for day in days}
    for some in chunks(sorted(days)):
        of_some = sensor_days.c.session_day.in_(some)
        rows = connection.execute(select(sensor_days.c.session_day, sensor_days.c.sensor_id).where(of_some))
        found.update((day, sensor) for day, sensor in rows)
    return found


def count_sessions(connection: Connection, days: Collection[int]) -> None:
    """Have `changed_days` say how many sessions these days have. Nobody else may change the sessions of the days."""
    rows = [{"session_day": day, "version": new_version()} for day in sorted(days)]
    if rows:
        connection.execute(statement("warehouse/count_sessions"), rows)


def versions_of_sessions(
    connection: Connection, start_day: int = -(2**31), end_day: int = 2**31 - 1
) -> tuple[Version, ...]:
    """Each day from `start_day` to before `end_day` that has sessions, in order."""
    binds = {"start_day": start_day, "end_day": end_day}
    rows = connection.execute(statement("warehouse/versions_of_sessions"), binds)
    return tuple((row.session_day, row.version, row.campaigns) for row in rows)


def versions_by_sensor(connection: Connection, start_day: int, end_day: int) -> Iterator[tuple[int, Version]]:
    """Of each sensor (`sensors.id`) the days from `start_day` to before `end_day` that it has sessions on, in order."""
    binds = {"start_day": start_day, "end_day": end_day}
    for row in connection.execute(statement("warehouse/versions_by_sensor"), binds):
        yield row.sensor_id, (row.session_day, row.version, row.campaigns)
