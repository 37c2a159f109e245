"""Versions of what campaigns say of a day: a report that shows another one is written anew (`reports.staleness`).

A day has one for each sensor, and one for all of them. It changes with the profiles of its sessions, and with what the
campaigns are called that these belong to, when they began, and what their files name. `made_from` tells which sessions
it is of: where these are others by now, campaigns have not taken them in.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, bindparam

from cowrie_assets.clock import US_PER_DAY
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.day_versions import ANY_SENSOR, new_version
from cowrie_assets.warehouse.sql import statement


def sessions_of_day(connection: Connection, day: int) -> dict[int, int]:
    """The versions of a day's sessions, by sensor (`sensors.id`; ANY_SENSOR: of all)."""
    rows = connection.execute(statement("campaigns/versions_of_day"), {"day": day})
    return {row.sensor_id: row.version for row in rows}


def note_profiled(connection: Connection, day: int, sessions: Mapping[int, int]) -> None:
    """A day was profiled, of whose sessions these are the versions. What is said of a sensor whose sessions are those
    of before stands, unless the day was profiled for another reason than its sessions."""
    rows = connection.execute(statement("campaigns/made_from_of_day"), {"day": day})
    before = {row.sensor_id: row.made_from for row in rows}
    all_anew = before.get(ANY_SENSOR) == sessions.get(ANY_SENSOR)
    changed = [
        {"day": day, "sensor_id": sensor, "made_from": version, "version": new_version()}
        for sensor, version in sorted(sessions.items())
        if all_anew or before.get(sensor) != version
    ]
    if changed:
        connection.execute(statement("campaigns/put_day"), changed)


def keys_on(connection: Connection, day: int) -> set[int]:
    """The SSH keys (`texts.id`) that the stored profiles of a day's sessions have."""
    stretch = {"start": day * US_PER_DAY, "end": (day + 1) * US_PER_DAY}
    return set(connection.execute(statement("campaigns/keys_on_day"), stretch).scalars())


def renew_next(connection: Connection, day: int, keys: Iterable[int]) -> None:
    """`day` has keys that it had not, or the other way: the next day with one calls it new no more, or does now. Days
    behind that one know it either way."""
    end = (day + 1) * US_PER_DAY
    newest = connection.execute(statement("campaigns/newest_session")).scalar()
    if newest is None or newest < end:
        return
    next_sessions = statement("campaigns/next_sessions_with_keys").bindparams(bindparam("keys", expanding=True))
    found: set[int] = set()
    for some in chunks(sorted(keys)):
        rows = connection.execute(next_sessions, {"keys": list(some), "start": end})
        found |= {row.first_event_at // US_PER_DAY for row in rows if row.first_event_at is not None}
    for each in sorted(found):
        connection.execute(statement("campaigns/renew_day"), {"day": each, "version": new_version()})


def renew_of_profiles(connection: Connection, profiles: Iterable[int]) -> None:
    """Something else is said of the sessions of some profiles: so it is of their days."""
    of_sessions = statement("campaigns/days_of_profiles", connection.dialect.name)
    of_sessions = of_sessions.bindparams(bindparam("profiles", expanding=True))
    found: set[tuple[int, int]] = set()
    for some in chunks(sorted(set(profiles))):
        for row in connection.execute(of_sessions, {"profiles": list(some)}):
            found |= {(row.session_day, row.sensor_id), (row.session_day, ANY_SENSOR)}
    renewed = [{"day": day, "sensor_id": sensor, "version": new_version()} for day, sensor in sorted(found)]
    if renewed:
        connection.execute(statement("campaigns/renew_sensor_day"), renewed)
