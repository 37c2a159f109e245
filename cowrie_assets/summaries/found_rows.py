"""The rows that a check found, named for people: day, sensor, session id, log and value in the place of their numbers.

A check's SQL tells them by the columns `session_day`, `event_day`, `event_hour` or `first_day` and `last_day`,
`session_ref`, `sensor_id`, `path` and `log_id`, `kind` and `value_id`; the rest are its own figures.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, func, select

from cowrie_assets.clock import day_of_number, iso_us
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.schema import logs, sensors, session_keys, texts
from cowrie_assets.warehouse.sighting_kinds import SightingKind

EXAMPLES = 10
"""Rows that a result shows."""
Row = Mapping[str, Any] | RowMapping

_CHARACTERS = 300
_IN_RAW = "_in_raw"
_A_TIME = re.compile(r"_at(_in_[a-z]+)?$")
_ANY_SENSOR = 0
_HOURS_A_DAY = 24


def days_of(row: Row) -> list[int]:
    """The day a row is of, as a number; of a log the first and the last of its days; none where nobody knows."""
    if "event_hour" in row:
        return [row["event_hour"] // _HOURS_A_DAY]
    names = ("session_day", "event_day", "first_day", "last_day")
    return [row[name] for name in names if row.get(name) is not None]


def dates(numbers: Iterable[int]) -> list[date]:
    """Days by their numbers, each once, in order; without those that no calendar has."""
    found = set()
    for number in numbers:
        with suppress(OverflowError):
            found.add(day_of_number(number))
    return sorted(found)


def named(connection: Connection, rows: Sequence[Row]) -> tuple[dict[str, Any], ...]:
    """The rows with names, in their order, each with the figures that differ in one of them.

    Texts may be an attacker's; a value has at most 300 characters.
    """
    names = _Names(connection, rows)
    return _differing([_named(row, names) for row in rows])


def cause(row: Mapping[str, Any]) -> str:
    """Why a row that was named is wrong, in words: what its check calls it, or the figures that it shows."""
    for name in ("cause", "problem", "broken"):
        if row.get(name):
            return str(row[name])
    if row.get("differing"):
        return f"differs in {row['differing']}"
    if row.get("gone"):
        return "the file is gone"
    figures = [f"{name} {value}" for name, value in row.items() if name not in _PLACES and value is not None]
    return ", ".join(figures)


def _differing(rows: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """The rows without the figures that are right in all of them: those called `..._in_raw` and their counterparts."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    right = set()
    for name, counterpart in pairwise(columns):
        if name.endswith(_IN_RAW) and all(row.get(name) == row.get(counterpart) for row in rows):
            right |= {name, counterpart}
    return tuple({name: value for name, value in row.items() if name not in right} for row in rows)


class _Names:
    """What the numbers in some rows stand for."""

    def __init__(self, connection: Connection, rows: Sequence[Row]) -> None:
        def numbers(column: str) -> set[int]:
            return {row[column] for row in rows if row.get(column) is not None}

        of_sessions = (
            select(session_keys.c.id, sensors.c.name, session_keys.c.session_id)
            .join(sensors, sensors.c.id == session_keys.c.sensor_id)
            .where(session_keys.c.id.in_(numbers("session_ref")))
        )
        of_sensors = select(sensors.c.id, sensors.c.name).where(sensors.c.id.in_(numbers("sensor_id")))
        of_logs = select(logs.c.id, logs.c.path).where(logs.c.id.in_(numbers("log_id")))
        values = {
            row["value_id"]
            for row in rows
            if row.get("kind") not in (None, SightingKind.SESSION, SightingKind.PASSWORD)
        }
        text = func.substr(texts.c.text, 1, _CHARACTERS)
        of_values = select(texts.c.id, text).where(texts.c.id.in_(values))
        self.sessions = {
            number: (decode_text(sensor), decode_text(session))
            for number, sensor, session in connection.execute(of_sessions)
        }
        self.sensors = {_ANY_SENSOR: "all sensors"} | _decoded(connection, of_sensors)
        self.logs = _decoded(connection, of_logs)
        self.values = _decoded(connection, of_values)


def _decoded(connection: Connection, query: Select[int, str]) -> dict[int, str]:
    return {number: decode_text(text) for number, text in connection.execute(query)}


def _named(row: Row, names: _Names) -> dict[str, Any]:
    found: dict[str, Any] = {"day": _day(row)} | {name: row[name] for name in ("sensor", "session") if name in row}
    left = {name: value for name, value in row.items() if name not in _DAYS}
    for column, name in _NAMED.items():
        if column in left:
            found |= name(left.pop(column), names)
    if "path" in left:
        found |= {"log": decode_text(left.pop("path")) or found.get("log")}
    if "kind" in left:
        found |= _value(left.pop("kind"), left.pop("value_id"), names)
    return found | {name: _figure(name, value) for name, value in left.items()}


def _day(row: Row) -> str | None:
    days = dates(days_of(row))
    if not days:
        return None
    if "event_hour" in row:
        return f"{days[0]} {row['event_hour'] % _HOURS_A_DAY:02}:00"
    return str(days[0]) if days[0] == days[-1] else f"{days[0]} to {days[-1]}"


def _session(number: int, names: _Names) -> dict[str, Any]:
    if number in names.sessions:
        sensor, session = names.sessions[number]
        return {"sensor": sensor, "session": session}
    return {"sensor": None, "session": None, "session_ref": number}


def _sensor(number: int | None, names: _Names) -> dict[str, Any]:
    return {"sensor": None if number is None else names.sensors.get(number)}


def _log(number: int, names: _Names) -> dict[str, Any]:
    return {"log": names.logs.get(number, f"log {number}, which the ledger does not have")}


def _value(kind: int, number: int, names: _Names) -> dict[str, Any]:
    """A password is not told: it may be one of the operator's own."""
    shown = "(not shown)" if kind == SightingKind.PASSWORD else names.values.get(number)
    known = {each.value: each.name.lower() for each in SightingKind}
    return {"kind": known.get(kind, f"kind {kind}, which there is none of"), "value": shown}


def _figure(name: str, value: object) -> object:
    with suppress(OverflowError):
        return iso_us(value) if _A_TIME.search(name) and isinstance(value, int) else value
    return value


_PLACES = ("day", "sensor", "session", "session_ref", "log", "summary", "kind", "value", "report_type", "period")
"""Of a row that was named: where it is."""
_DAYS = ("session_day", "event_day", "event_hour", "first_day", "last_day")
_NAMED: dict[str, Callable[[Any, _Names], dict[str, Any]]] = {
    "session_ref": _session,
    "sensor_id": _sensor,
    "log_id": _log,
}
