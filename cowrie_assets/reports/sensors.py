"""The sensors that reports are made for, and how one is named in a report and in a path."""

import re
from hashlib import blake2b

from sqlalchemy import Connection

from cowrie_assets.clock import day_number
from cowrie_assets.errors import UserError
from cowrie_assets.reports.periods import Period, first_compared
from cowrie_assets.warehouse.codec import decode_text, encode_text
from cowrie_assets.warehouse.sql import statement

AGGREGATE = "aggregate"
"""Stands where a report of all sensors together would name its sensor."""

_QUOTED_AGGREGATE = re.compile("%(25)*61ggregate")
_UNSAFE = re.compile(rb"[^A-Za-z0-9._-]")
_MAX_SLUG = 160
_MAX_LABEL = 200
"""Characters, of at most four bytes: they stand in keys of tables and of search servers, whose length is bounded."""
_CUT_LABEL = re.compile("(?s).+%-[0-9a-f]{32}")


class UnknownSensorError(UserError, ValueError):
    """No log, event or session is of a sensor of that name: it was never seen, or has another name today."""


def sensors_with_sessions(connection: Connection) -> list[str]:
    """Names of the sensors that have a session on any day, in order."""
    return sorted(decode_text(name) for (name,) in connection.execute(statement("reports/sensors_with_sessions")))


def sensors_of_period(connection: Connection, period: Period) -> list[str]:
    """Names of the sensors that have a session in `period` or in one that its report is compared with, in order."""
    days = {"start_day": day_number(first_compared(period).start), "end_day": day_number(period.end)}
    return sorted(decode_text(name) for (name,) in connection.execute(statement("reports/sensors_of_days"), days))


def sensors_of_logs(connection: Connection) -> list[str]:
    """Names of the sensors that logs, or their events, are given to today, with or without sessions."""
    return [decode_text(name) for (name,) in connection.execute(statement("reports/sensors_of_logs"))]


def sensor_id(connection: Connection, sensor: str | None) -> int:
    """`sensors.id` of a name; 0, which the SQL files read as all of them, for None. Raises UnknownSensorError."""
    if sensor is None:
        return 0
    found = connection.execute(statement("reports/sensor_of_something"), {"name": encode_text(sensor)}).scalar()
    if found is None:
        known = ", ".join(map(repr, sensors_with_sessions(connection))) or "none yet"
        raise UnknownSensorError(f"no log of a sensor {sensor!r} was read; known sensors: {known}")
    return int(found)


def sensor_label(sensor: str | None) -> str:
    """The name in a document: `aggregate` for None.

    A sensor that is itself called `aggregate` is written `%61ggregate`, lest its report pass for that of all sensors;
    one called `%61ggregate` in turn `%2561ggregate`, and so on. A name of more than 200 characters is cut and ends with
    its digest, and so does one that looks as if it were cut: distinct names have distinct labels.
    """
    if sensor is None:
        return AGGREGATE
    if sensor == AGGREGATE:
        return "%61ggregate"
    if len(sensor) > _MAX_LABEL or (len(sensor) == _MAX_LABEL and _CUT_LABEL.fullmatch(sensor)):
        return _cut(sensor, sensor.encode("utf-8", "surrogatepass"), _MAX_LABEL)
    return f"%25{sensor[1:]}" if _QUOTED_AGGREGATE.fullmatch(sensor) else sensor


def sensor_slug(label: str) -> str:
    """A label as one part of a path: ASCII letters, digits, `._-` and percent codes, at most 160, no dot in front.

    Distinct labels have distinct slugs: a long one is cut and ends with a digest behind `%-`, which is no code.
    """
    name = label.encode("utf-8", "surrogatepass")
    slug = _UNSAFE.sub(lambda match: b"%%%02X" % match[0][0], name).decode("ascii") or "%"
    if slug.startswith("."):
        slug = f"%2E{slug[1:]}"
    if len(slug) <= _MAX_SLUG:
        return slug
    return _cut(slug, name, _MAX_SLUG)


def _cut(text: str, name: bytes, length: int) -> str:
    tail = f"%-{blake2b(name, digest_size=16).hexdigest()}"
    return text[: length - len(tail)] + tail
