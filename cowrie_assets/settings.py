"""What a user configures, read once from the environment.

The names are the data contract's: `COWRIE_LOG_ROOT`, `COWRIE_DATABASE_URL`, `COWRIE_REPORT_DIR`, `COWRIE_STATUS_DIR`,
`COWRIE_FIRST_DAY`, `COWRIE_SENSORS_FILE`. A secret in the database URL never leaves this module in print:
`Settings.database_label` is for people.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL, make_url

_OFFSET = re.compile(r"([+-])(\d{1,4}):?([0-5]\d)?")
_MIB = 1024 * 1024
_SWITCH = dict.fromkeys(("1", "on", "yes", "true"), True) | dict.fromkeys(("0", "off", "no", "false"), False)


class SettingsError(ValueError):
    """A setting that cannot be used; the message names it and says what it should be."""


@dataclass(frozen=True, slots=True)
class Sensor:
    """What the sensors file says of one sensor."""

    name: str
    logpath: Path | None = None
    """The folder whose events are this sensor's, unless their name or `uuid` means another one."""
    aliases: tuple[str, ...] = ()
    """Names that events carry and that mean this sensor (container ids, former host names)."""
    uuids: tuple[str, ...] = ()
    """What events carry as `uuid` that are this sensor's, whatever name they carry: one for each installation."""
    clock_offset_us: int = 0
    """How far the sensor's written times are ahead of true UTC; taken off once, when an event is read."""


@dataclass(frozen=True, slots=True)
class SensorRegistry:
    """Who the sensors are, by name, alias, `uuid` and folder, and how far their clocks are ahead."""

    sensors: tuple[Sensor, ...] = ()

    def names_by_alias(self) -> dict[str, str]:
        """`{alias: sensor name}`."""
        return {alias: sensor.name for sensor in self.sensors for alias in sensor.aliases}

    def names(self) -> dict[str, str]:
        """`{name or alias: sensor name}`: what an event's own name can say."""
        return {sensor.name: sensor.name for sensor in self.sensors} | self.names_by_alias()

    def names_by_uuid(self) -> dict[str, str]:
        """`{uuid: sensor name}`."""
        return {uuid: sensor.name for sensor in self.sensors for uuid in sensor.uuids}

    def clock_offsets(self) -> dict[str, int]:
        """`{sensor name: microseconds its written times are ahead of UTC}`, those with none left out."""
        return {sensor.name: sensor.clock_offset_us for sensor in self.sensors if sensor.clock_offset_us}

    def name_of_folder(self, folder: Path) -> str:
        """The sensor whose logs lie in `folder`: the one configured for it, else the folder's own name."""
        for sensor in self.sensors:
            if sensor.logpath is not None and sensor.logpath.resolve() == folder.resolve():
                return sensor.name
        return self.names_by_alias().get(folder.name, folder.name)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a user can set, with the defaults."""

    log_root: Path | None = None
    database_url: str = "sqlite:///cowrie_assets.db"
    report_dir: Path = Path("reports")
    status_dir: Path = Path("status")
    first_day: date = date(2020, 1, 1)
    registry: SensorRegistry = field(default_factory=SensorRegistry)
    max_line_bytes: int = 64 * _MIB
    """A longer line is a dead letter."""
    quiet_seconds: int = 600
    """A live log that did not change for so long is taken as closed: its last line counts though no newline follows."""
    batch_events: int = 20_000
    """Events a transaction of the bulk loader holds."""
    new_look_back_days: int | None = None
    """What a report calls new was not seen in so many days before its period; None: never before."""
    mask_passwords: bool = False
    """Whether nobody shall read a password in what is rendered for people; the JSON has them all the same."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read the environment. Raises SettingsError where a value cannot be used."""
        env = os.environ if environment is None else environment
        default = cls()
        root = env.get("COWRIE_LOG_ROOT")
        sensors_file = env.get("COWRIE_SENSORS_FILE")
        return cls(
            log_root=Path(root) if root else None,
            database_url=env.get("COWRIE_DATABASE_URL") or default.database_url,
            report_dir=Path(env.get("COWRIE_REPORT_DIR") or default.report_dir),
            status_dir=Path(env.get("COWRIE_STATUS_DIR") or default.status_dir),
            first_day=_day("COWRIE_FIRST_DAY", env.get("COWRIE_FIRST_DAY"), default.first_day),
            registry=read_sensors_file(Path(sensors_file)) if sensors_file else default.registry,
            max_line_bytes=_positive("COWRIE_MAX_LINE_BYTES", env.get("COWRIE_MAX_LINE_BYTES"), default.max_line_bytes),
            quiet_seconds=_positive("COWRIE_QUIET_SECONDS", env.get("COWRIE_QUIET_SECONDS"), default.quiet_seconds),
            batch_events=_positive("COWRIE_BATCH_EVENTS", env.get("COWRIE_BATCH_EVENTS"), default.batch_events),
            new_look_back_days=_days("COWRIE_NEW_LOOK_BACK_DAYS", env.get("COWRIE_NEW_LOOK_BACK_DAYS")),
            mask_passwords=switch("COWRIE_MASK_PASSWORDS", env.get("COWRIE_MASK_PASSWORDS"), default=False),
        )

    @property
    def database_label(self) -> str:
        """The database URL with its password hidden."""
        return url_for_people(make_url(self.database_url))


def url_for_people(url: URL) -> str:
    """A database URL without the secrets in it: a password shows as `***`, and what PostgreSQL takes as one among the
    options of the URL is left out."""
    secrets = [name for name in url.query if "password" in name.lower()]
    return url.difference_update_query(secrets).render_as_string(hide_password=True)


def switch(name: str, value: str | None, *, default: bool) -> bool:
    """What the environment's `name` says of something that is on or off. Raises SettingsError where it says neither."""
    if not value:
        return default
    if value.lower() not in _SWITCH:
        raise SettingsError(f"{name} must be 1 or 0, not {value!r}")
    return _SWITCH[value.lower()]


def read_sensors_file(path: Path) -> SensorRegistry:
    """The sensors of a TOML file of `[[sensor]]` tables: `name`, `logpath`, `aliases`, `uuids`,
    `clock_offset`.

    `clock_offset` says how far the written times are ahead of UTC: `"+02:00"`, `"-0400"`, or a number of seconds.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"COWRIE_SENSORS_FILE {path} cannot be read: {error}") from error
    tables = document.get("sensor", [])
    if not isinstance(tables, list):
        raise SettingsError(f"{path}: sensors are written as [[sensor]], with two brackets")
    sensors = tuple(_sensor(path, table) for table in tables)
    _refuse_ambiguity(path, sensors)
    return SensorRegistry(sensors)


def _sensor(path: Path, table: Mapping[str, Any]) -> Sensor:
    name = table.get("name")
    if not isinstance(name, str) or not name:
        raise SettingsError(f"{path}: each [[sensor]] needs a name")
    logpath = table.get("logpath")
    return Sensor(
        name=name,
        logpath=(path.parent / logpath) if isinstance(logpath, str) else None,
        aliases=_strings(path, name, "aliases", table.get("aliases", [])),
        uuids=_strings(path, name, "uuids", table.get("uuids", [])),
        clock_offset_us=_clock_offset(path, name, table.get("clock_offset", 0)),
    )


def _strings(path: Path, sensor: str, key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise SettingsError(f"{path}: {key} of sensor {sensor!r} must be a list of strings")
    return tuple(value)


def _refuse_ambiguity(path: Path, sensors: tuple[Sensor, ...]) -> None:
    meanings: dict[str, str] = {}
    for sensor in sensors:
        for name in (sensor.name, *sensor.aliases):
            own_alias = name == sensor.name and name in sensor.aliases
            if own_alias or meanings.setdefault(name, sensor.name) != sensor.name:
                raise SettingsError(f"{path}: the name {name!r} is given to two sensors")
    for kind, of in (("uuid", _uuids), ("folder", _folders)):
        owners: dict[str, str] = {}
        for sensor in sensors:
            for each in of(sensor):
                if owners.setdefault(each, sensor.name) != sensor.name:
                    raise SettingsError(f"{path}: the {kind} {each!r} is given to two sensors")


def _uuids(sensor: Sensor) -> tuple[str, ...]:
    return sensor.uuids


def _folders(sensor: Sensor) -> tuple[str, ...]:
    return () if sensor.logpath is None else (str(sensor.logpath.resolve()),)


def _clock_offset(path: Path, name: str, value: object) -> int:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return round(value * 1_000_000)
    match = _OFFSET.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise SettingsError(f'{path}: clock_offset of sensor {name!r} must be like "+02:00", or a number of seconds')
    sign, hours, minutes = match.groups()
    if minutes is None and len(hours) > 2:  # noqa: PLR2004  (HHMM written together)
        hours, minutes = hours[:-2], hours[-2:]
    seconds = int(hours) * 3600 + int(minutes or 0) * 60
    return (-seconds if sign == "-" else seconds) * 1_000_000


def _day(name: str, value: str | None, default: date) -> date:
    if not value:
        return default
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise SettingsError(f"{name} must be a day such as 2026-08-31, not {value!r}") from error


def _days(name: str, value: str | None) -> int | None:
    return _positive(name, value, 1) if value else None


def _positive(name: str, value: str | None, default: int) -> int:
    if not value:
        return default
    if not value.isdecimal() or int(value) < 1:
        raise SettingsError(f"{name} must be a whole number above 0, not {value!r}")
    return int(value)
