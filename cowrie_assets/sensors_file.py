"""The sensors file: which folders, names and installations belong to which sensor, and how wrong its clock is.

A TOML file of `[[sensor]]` tables. Whatever it says that is not understood is an error that names file, sensor and key:
a misspelt key that is passed over moves a sensor's times, or its events, for good. No error shows a value, for older
tools keep the keys of services in files of this form.
"""

import math
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from cowrie_assets.errors import SettingsError
from cowrie_assets.sensor_registry import Sensor, SensorRegistry
from cowrie_assets.toml_file import read_toml_file

_OFFSET = re.compile(r"([+-])([0-9]{1,2})(?::?([0-5][0-9]))?")
_FARTHEST_SECONDS = 24 * 3600
_SHOWN_CHARACTERS = 60
_OVER_ALL = "aggregate"
_SERVICE = re.compile("api|key|token|secret|email|password|virustotal|dshield|urlhaus|spur|greynoise", re.IGNORECASE)
_OLDER_TOOL = (
    "[global] is of cowrieprocessor: set its db as COWRIE_DATABASE_URL and its report_dir as COWRIE_REPORT_DIR in the "
    "environment, and take [global] out of the file"
)


def _offset_us(value: object) -> int:
    """`"+02:00"`, `"-0400"`, or a number of seconds, in microseconds. Raises ValueError."""
    seconds: float
    match = _OFFSET.fullmatch(value) if isinstance(value, str) else None
    if match is not None:
        sign, hours, minutes = match.groups()
        seconds = (int(hours) * 3600 + int(minutes or 0) * 60) * (-1 if sign == "-" else 1)
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        seconds = value
    else:
        raise ValueError('must be like "+02:00", or a number of seconds')
    if abs(seconds) > _FARTHEST_SECONDS:
        raise ValueError("is more than a day: it says how far written times are ahead of UTC, not what day it is")
    return round(seconds * 1_000_000)


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    return value


def _presentable(value: str) -> str:
    if value != _not_blank(value).strip() or not value.isprintable():
        raise ValueError("must not begin or end with a blank, nor hold a control character")
    return value


def _of_a_sensor(value: str) -> str:
    if value == _OVER_ALL:
        raise ValueError(f"must not be {_OVER_ALL}: so the report over all sensors is called")
    return _presentable(value)


_Name = Annotated[str, AfterValidator(_of_a_sensor)]
_Folder = Annotated[str, AfterValidator(_presentable)]
_Known = Annotated[str, AfterValidator(_not_blank)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class _SensorTable(_Table):
    """A `[[sensor]]` as it is written; `cowrie_assets.settings.Sensor` says what the keys mean."""

    name: _Name
    logpath: _Folder | None = None
    aliases: list[_Known] = []
    uuids: list[_Known] = []
    clock_offset: Annotated[int, BeforeValidator(_offset_us)] = 0
    downloads: _Folder | None = None
    recordings: _Folder | None = None


class _SensorsFile(_Table):
    sensor: list[_SensorTable] = []


_MUST_BE = {
    "name": "must be a string",
    "logpath": "must be a string, the path of a folder",
    "downloads": "must be a string, the path of a folder",
    "recordings": "must be a string, the path of a folder",
    "aliases": "must be a list of strings",
    "uuids": "must be a list of strings",
}


def read_sensors_file(path: Path) -> SensorRegistry:
    """The sensors that the file at `path` tells of. A relative `logpath` is taken from the file's own folder, and made
    absolute, so that whoever is told of it sees where it was looked for.

    Raises SettingsError where the file cannot be read or understood, or gives one thing to two sensors.
    """
    document = read_toml_file("COWRIE_SENSORS_FILE", path)
    try:
        tables = _SensorsFile.model_validate(document).sensor
    except ValidationError as error:
        fault = _sentence(document, error.errors(include_url=False, include_context=True, include_input=False)[0])
        raise SettingsError(f"{path}: {fault}") from None
    folder = path.parent.absolute()
    sensors = tuple(
        Sensor(
            name=table.name,
            logpath=None if table.logpath is None else folder / table.logpath,
            aliases=tuple(table.aliases),
            clock_offset_us=table.clock_offset,
            uuids=tuple(table.uuids),
            downloads=None if table.downloads is None else folder / table.downloads,
            recordings=None if table.recordings is None else folder / table.recordings,
        )
        for table in tables
    )
    for fault in _given_twice(sensors):
        raise SettingsError(f"{path}: {fault}")
    return SensorRegistry(sensors)


def _sentence(document: Mapping[str, Any], error: ErrorDetails) -> str:
    """What is wrong, in which sensor and key, and what to do."""
    if "global" in document:
        return _OLDER_TOOL
    place, is_unknown = error["loc"], error["type"] == "extra_forbidden"
    if len(place) == 1:
        unknown = _unknown(str(place[0]), _SensorsFile)
        return unknown if is_unknown else "sensors are written as [[sensor]], with two brackets"
    sensor = _called(document, int(place[1]))
    if len(place) == 2:  # noqa: PLR2004  (the table itself)
        return f"{sensor} must be a table of keys, written below [[sensor]]"
    key = str(place[2])
    return f"{sensor}: {_unknown(key, _SensorTable) if is_unknown else _wrong(key, error)}"


def _wrong(key: str, error: ErrorDetails) -> str:
    """What is wrong with the value of a known key, or with an item of its list."""
    if error["type"] == "missing":
        return f"there is no {key}"
    if error["type"] == "value_error":
        return f"{key}{': each' if error['loc'][-1] != key else ''} {error['ctx']['error']}"
    return f"{key} {_MUST_BE[key]}"


def _called(document: Mapping[str, Any], position: int) -> str:
    table = document["sensor"][position]
    name = table.get("name") if isinstance(table, dict) else None
    return f"sensor {_shown(name)}" if isinstance(name, str) and name.strip() else f"[[sensor]] number {position + 1}"


def _unknown(key: str, table: type[_Table]) -> str:
    known = list(table.model_fields)
    meant = get_close_matches(key, known, n=1)
    if meant:
        return f"there is no key {_shown(key)}; did you mean {meant[0]}?"
    if _SERVICE.search(key):
        return f"{_shown(key)} does not belong here: services are set in the environment; take it out of the file"
    return f"there is no key {_shown(key)}; known are {', '.join(known)}"


def _shown(text: str) -> str:
    return repr(text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…")


def _given_twice(sensors: tuple[Sensor, ...]) -> Iterator[str]:
    """Each thing that is said to belong to two sensors, or twice to one."""
    names: dict[str, str] = {}
    folders: dict[Path, str] = {}
    installations: dict[str, str] = {}
    for sensor in sensors:
        if sensor.name in names:
            yield f"there are two sensors called {_shown(sensor.name)}: give all that belongs to it in one [[sensor]]"
        names[sensor.name] = sensor.name
    for sensor in sensors:
        own = _shown(sensor.name)
        for alias in sensor.aliases:
            if alias in names and names[alias] == alias:
                yield f"sensor {own}: the alias {_shown(alias)} is the name of a sensor, of itself or of another"
            if names.setdefault(alias, sensor.name) != sensor.name:
                yield f"the alias {_shown(alias)} is given to two sensors, {_shown(names[alias])} and {own}"
        for uuid in sensor.uuids:
            owner = installations.setdefault(uuid.lower(), sensor.name)
            if owner != sensor.name:
                yield f"the uuid {_shown(uuid)} is given to two sensors, {_shown(owner)} and {own}"
        if sensor.logpath is not None:
            folder = _resolved(sensor.logpath)
            if folders.setdefault(folder, sensor.name) != sensor.name:
                yield f"the logpath {folder} is given to two sensors, {_shown(folders[folder])} and {own}"


def _resolved(folder: Path) -> Path:
    try:
        return folder.resolve()
    except (OSError, RuntimeError):  # a loop of links
        return folder.absolute()
