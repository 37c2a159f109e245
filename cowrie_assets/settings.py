"""What a user configures, read once from the environment.

The names are the data contract's: `COWRIE_LOG_ROOT`, `COWRIE_DATABASE_URL`, `COWRIE_REPORT_DIR`, `COWRIE_REPORT_URL`,
`COWRIE_FIRST_DAY`, `COWRIE_SENSORS_FILE`. The sensors file has a module of its own, `sensors_file`, and
so has the database's URL, `database_url`, which shows it without its secrets.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from cowrie_assets.clock import today
from cowrie_assets.errors import SettingsError
from cowrie_assets.sensor_registry import SensorRegistry

SERVED_PORT = 3080
"""The port on which this machine serves its reports, unless told otherwise."""

PrivacyMode = Literal["hash", "drop"]
PASSWORDS_DAYS, ADDRESSES_DAYS = "COWRIE_PRIVACY_PASSWORDS_DAYS", "COWRIE_PRIVACY_ADDRESSES_DAYS"
PRIVACY_KEY, PRIVACY_VACUUM = "COWRIE_PRIVACY_KEY", "COWRIE_PRIVACY_VACUUM"
_MIB = 1024 * 1024
_COLLECTOR = re.compile(r"[A-Za-z0-9._-]{1,64}")
_MOST_DIGITS = 12
_GREATEST = 10**_MOST_DIGITS - 1
MOST_DAYS = 36_500
"""A hundred years: further back there is no day that a setting could mean."""
_MOST_SECONDS = 31 * 86_400
_HIGHEST_PORT = 65_535
_EARLIEST_FIRST_DAY = date(1970, 1, 1)
EARLIEST_DAY = date(2014, 1, 1)
"""Cowrie wrote nothing before this year: an event that says so is one of a clock gone wrong."""
_REPORT_URL_FORM = "COWRIE_REPORT_URL is written https://reports.example.org/cowrie/: http or https, without ? and #"
_PLAIN_URL = re.compile(r"[A-Za-z0-9._~:/\[\]@!$&*+,;=%-]+")
_TAKE_URLS = "an archive takes one (COWRIE_ARCHIVE_URL), and so do logs that are fetched (COWRIE_LOG_URL)"
_MOST_SHOWN = 40
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_SWITCH = dict.fromkeys(("1", "on", "yes", "true"), True) | dict.fromkeys(("0", "off", "no", "false"), False)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a user can set, with the defaults."""

    log_root: Path | None = None
    database_url: str = "sqlite:///cowrie_assets.db"
    report_dir: Path = Path("reports")
    status_dir: Path | None = None
    """Where runs say where they stand, for monitors; None: nowhere."""
    metrics_file: Path | None = None
    """Where metrics are written for Prometheus' node exporter; None: beside the status files, where there are any."""
    metrics_port: int | None = None
    """The port of 127.0.0.1 on which `serve` has metrics; None: on none."""
    otlp_endpoint: str | None = None
    """The URL of an OpenTelemetry collector; None: nothing is sent."""
    report_url: str | None = None
    """Where readers find the report folder, with a slash at its end; None where it is served on this machine only."""
    first_day: date | None = None
    """The first day that has a partition; None: that of the oldest event (`operations.first_day`)."""
    registry: SensorRegistry = field(default_factory=SensorRegistry)
    recordings_dir: Path | None = None
    """The folder of Cowrie's recordings of terminals; None: `tty` beside the logs."""
    rules_file: Path | None = None
    """Rules of the user's own on techniques and risk (`operations.own_rules`); None: the project's alone."""
    collector: str = ""
    """The name of this machine among several that load their own logs into one database: paths are each one's own."""
    log_names: tuple[str, ...] = ()
    """Globs of the names that logs have; without any, every name that holds `cowrie` and `json`."""
    follow_links: bool = False
    """Whether links that lead out of the logs' folders are followed."""
    max_line_bytes: int = 64 * _MIB
    """A longer line is a dead letter."""
    quiet_seconds: int = 600
    """A live log that did not change for so long is taken as closed: its last line counts though no newline follows."""
    lock_wait_seconds: int = 120
    """A writer that another one keeps waiting for so long gives up, and says who it was."""
    batch_events: int = 20_000
    """Events a transaction of the bulk loader holds."""
    new_look_back_days: int | None = None
    """What a report calls new was not seen in so many days before its period; None: never before."""
    hide_known_scanners: bool = False
    """Whether the top lists of reports leave out the sessions of addresses that a list of scanners or researchers
    names."""
    mask_passwords: bool = False
    """Whether nobody shall read a password in what is rendered for people; the JSON has them all the same."""
    passwords_days: int | None = None
    """What logins typed is hashed or dropped once its day lies so many days back; None: it stays."""
    addresses_days: int | None = None
    """The same of source addresses."""
    privacy_mode: PrivacyMode = "hash"
    """What is done with them: hashed with a key, or dropped."""
    privacy_key: str | None = None
    """A reference to the key that they are hashed with: `secrets.resolve` fetches it."""
    privacy_vacuum: bool = True
    """Whether the database is written anew then, so that its files have no copy of what was removed."""
    live_seconds: int = 60
    """Dagster asks for the day that runs no more often than this."""
    days_a_run: int = 31
    """Days (weeks, months) that a run of Dagster's backfills takes: fewer, and more workers share them."""
    history_days: int = 7
    """How long Dagster's history keeps what no page shows of a partition: old runs, their logs and events."""

    @classmethod
    def from_environment(cls, env: Mapping[str, str]) -> "Settings":
        """Read the environment. Raises SettingsError where a value cannot be used."""
        default = cls()
        sensors_file = local_path("COWRIE_SENSORS_FILE", env)
        return cls(
            log_root=local_path("COWRIE_LOG_ROOT", env),
            database_url=env.get("COWRIE_DATABASE_URL") or default.database_url,
            report_dir=local_path("COWRIE_REPORT_DIR", env) or default.report_dir,
            status_dir=local_path("COWRIE_STATUS_DIR", env),
            metrics_file=_metrics_file(env),
            metrics_port=_port("COWRIE_METRICS_PORT", env.get("COWRIE_METRICS_PORT")),
            otlp_endpoint=_otlp_endpoint(env.get("COWRIE_OTLP_ENDPOINT")),
            report_url=report_url(env),
            first_day=first_day(env),
            registry=_registry(sensors_file) if sensors_file else default.registry,
            recordings_dir=local_path("COWRIE_RECORDINGS_DIR", env),
            rules_file=local_path("COWRIE_RULES_FILE", env),
            collector=_collector(env.get("COWRIE_COLLECTOR") or default.collector),
            log_names=_globs("COWRIE_LOG_NAMES", env.get("COWRIE_LOG_NAMES")),
            follow_links=switch("COWRIE_FOLLOW_LINKS", env.get("COWRIE_FOLLOW_LINKS"), default=False),
            max_line_bytes=positive("COWRIE_MAX_LINE_BYTES", env.get("COWRIE_MAX_LINE_BYTES"), default.max_line_bytes),
            quiet_seconds=_seconds("COWRIE_QUIET_SECONDS", env, default.quiet_seconds),
            lock_wait_seconds=_seconds("COWRIE_LOCK_WAIT_SECONDS", env, default.lock_wait_seconds),
            batch_events=positive("COWRIE_BATCH_EVENTS", env.get("COWRIE_BATCH_EVENTS"), default.batch_events),
            new_look_back_days=days("COWRIE_NEW_LOOK_BACK_DAYS", env),
            hide_known_scanners=switch(
                "COWRIE_HIDE_KNOWN_SCANNERS", env.get("COWRIE_HIDE_KNOWN_SCANNERS"), default=False
            ),
            mask_passwords=switch("COWRIE_MASK_PASSWORDS", env.get("COWRIE_MASK_PASSWORDS"), default=False),
            passwords_days=days(PASSWORDS_DAYS, env),
            addresses_days=days(ADDRESSES_DAYS, env),
            privacy_mode=_privacy_mode(env),
            privacy_key=env.get(PRIVACY_KEY) or None,
            privacy_vacuum=switch(PRIVACY_VACUUM, env.get(PRIVACY_VACUUM), default=True),
            live_seconds=_seconds("COWRIE_LIVE_SECONDS", env, default.live_seconds),
            days_a_run=days_a_run(env),
            history_days=days("COWRIE_HISTORY_DAYS", env) or default.history_days,
        )


def switch(name: str, value: str | None, *, default: bool) -> bool:
    """What the environment's `name` says of something that is on or off. Raises SettingsError where it says neither."""
    if not value:
        return default
    if value.lower() not in _SWITCH:
        raise SettingsError(f"{name} must be on or off (or 1, yes, true; 0, no, false), not {value!r}")
    return _SWITCH[value.lower()]


def days_a_run(environment: Mapping[str, str]) -> int:
    """How many partitions a run of a backfill takes. Raises SettingsError where it is no number above 0."""
    return days("COWRIE_DAYS_A_RUN", environment) or Settings().days_a_run


def first_day(environment: Mapping[str, str]) -> date | None:
    """The first day that shall have a partition; None where nothing is said. Raises SettingsError where it is no day,
    or lies in the future."""
    value = environment.get("COWRIE_FIRST_DAY")
    if not value:
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise SettingsError(f"COWRIE_FIRST_DAY must be a day such as 2026-08-31, not {value!r}") from error
    if not _EARLIEST_FIRST_DAY <= day <= today():
        raise SettingsError(f"COWRIE_FIRST_DAY must lie between {_EARLIEST_FIRST_DAY} and today, UTC, not be {value!r}")
    return day


def _registry(path: Path) -> SensorRegistry:
    from cowrie_assets.sensors_file import read_sensors_file  # noqa: PLC0415  (pydantic: 0.1 s, for this file alone)

    return read_sensors_file(path)


def served_url(port: int) -> str:
    """The URL of the report folder where this machine serves it on `port`."""
    return f"http://127.0.0.1:{port}/"


def report_url(environment: Mapping[str, str]) -> str | None:
    """Where readers find the report folder, with a slash at its end; None where that is not set.

    Raises SettingsError, which does not repeat the value: a password may stand in it.
    """
    value = environment.get("COWRIE_REPORT_URL")
    if not value:
        return None
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise SettingsError(_REPORT_URL_FORM) from None
    if parts.username is not None or parts.password is not None:
        raise SettingsError("COWRIE_REPORT_URL holds a user or a password: it is shown in the UI and sent in digests")
    if not usable or "?" in value or "#" in value or _PLAIN_URL.fullmatch(value) is None:
        raise SettingsError(_REPORT_URL_FORM)
    return value if value.endswith("/") else f"{value}/"


def _collector(value: str) -> str:
    if value and _COLLECTOR.fullmatch(value) is None:
        raise SettingsError(
            f"COWRIE_COLLECTOR is a name of at most 64 letters, digits, dots, dashes and underscores, not {value!r}"
        )
    return value


def _globs(name: str, value: str | None) -> tuple[str, ...]:
    globs = tuple((value or "").replace(",", " ").split())
    if any("/" in glob for glob in globs):
        raise SettingsError(f"{name} takes globs of names such as cowrie*.json*, without folders, not {value!r}")
    return globs


def days(name: str, environment: Mapping[str, str]) -> int | None:
    """How many days `name` says, at most a hundred years; None where nothing is said. Raises SettingsError."""
    value = environment.get(name)
    return positive(name, value, 1, most=MOST_DAYS) if value else None


def local_path(name: str, environment: Mapping[str, str]) -> Path | None:
    """The file or folder of this machine that `name` says; None where nothing is said. Raises SettingsError."""
    value = environment.get(name)
    if value and is_url(value):
        raise SettingsError(f"{name} is a path of this machine, and no URL: {_TAKE_URLS}")
    return Path(value) if value else None


def is_url(text: str) -> bool:
    """Whether a text is a URL, of which a path would be made that nobody means: `./s3:/bucket`."""
    return _URL.match(text) is not None


def _seconds(name: str, environment: Mapping[str, str], default: int) -> int:
    return positive(name, environment.get(name), default, most=_MOST_SECONDS)


def _privacy_mode(env: Mapping[str, str]) -> PrivacyMode:
    mode = env.get("COWRIE_PRIVACY_MODE") or "hash"
    if mode not in ("hash", "drop"):
        raise SettingsError(f"COWRIE_PRIVACY_MODE is hash or drop, not {mode!r}")
    is_on = bool(env.get(PASSWORDS_DAYS) or env.get(ADDRESSES_DAYS))
    if is_on and mode == "hash" and not env.get(PRIVACY_KEY):
        raise SettingsError(
            f"{PRIVACY_KEY} is wanted, a reference such as file:/run/secrets/privacy: without a key a hashed address "
            "is found by trying all there are. COWRIE_PRIVACY_MODE=drop needs none"
        )
    return "drop" if mode == "drop" else "hash"


def _metrics_file(env: Mapping[str, str]) -> Path | None:
    file = local_path("COWRIE_METRICS_FILE", env)
    if file and not env.get("COWRIE_STATUS_DIR"):
        raise SettingsError(
            "COWRIE_METRICS_FILE needs COWRIE_STATUS_DIR: metrics tell what the status files of all runs say"
        )
    return file


def _port(name: str, value: str | None) -> int | None:
    if not value:
        return None
    return positive(name, value, 1, most=_HIGHEST_PORT)


def _otlp_endpoint(value: str | None) -> str | None:
    if not value:
        return None
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or "@" in value or "?" in value or "#" in value:  # the value is not repeated: it may hold a password
        raise SettingsError(
            "COWRIE_OTLP_ENDPOINT is written http://127.0.0.1:4318: http or https, without a user, ? and #; "
            "headers are taken from OTEL_EXPORTER_OTLP_HEADERS"
        )
    return value.rstrip("/")


def positive(name: str, value: str | None, default: int, *, most: int = _GREATEST) -> int:
    """What the environment's `name` says of an amount. Raises SettingsError where that is no whole number from 1 to
    `most`."""
    if not value:
        return default
    if not (value.isdecimal() and len(value) <= _MOST_DIGITS and 1 <= int(value) <= most):
        raise SettingsError(f"{name} must be a whole number from 1 to {most}, not {value[:_MOST_SHOWN]!r}")
    return int(value)
