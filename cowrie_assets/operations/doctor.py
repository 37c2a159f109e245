"""Whether this machine and these settings can do the work: each thing looked at is a finding."""

import os
import shutil
import sqlite3
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from sqlalchemy import text

from cowrie_assets import clock
from cowrie_assets.amounts import counted
from cowrie_assets.ingest.discovery import Discovery, DiscoveryError
from cowrie_assets.ingest.looks import stats
from cowrie_assets.ingest.outdated import outdated
from cowrie_assets.ingest.unlisted import unlisted
from cowrie_assets.operations.database_file import sqlite_file
from cowrie_assets.operations.dead_letters import unread_sentences
from cowrie_assets.operations.logs import find_logs
from cowrie_assets.operations.modes import wide_database, wide_folder
from cowrie_assets.operations.proposals import proposals
from cowrie_assets.operations.status import status
from cowrie_assets.operations.unmatched import unmatched
from cowrie_assets.settings import Settings, SettingsError
from cowrie_assets.warehouse import versions
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.errors import WarehouseError
from cowrie_assets.warehouse.sql import statement

Level = Literal["ok", "warning", "error"]

_LOWEST_SQLITE = (3, 35, 0)
"""The first with RETURNING."""
_LOWEST_FREE_BYTES = 100_000_000
_DATABASE_PER_LOG = 1.5
"""The database takes at most so many times the size of its logs."""
_CLOCK_TOLERANCE_US = 300 * clock.US_PER_SECOND
_COWRIE_IS_OLDER = date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. An error keeps the work from being done, a warning does not."""

    subject: str
    level: Level
    message: str
    lines: tuple[str, ...] = ()
    """What to put into a settings file."""


def doctor(environment: Mapping[str, str] | None = None) -> list[Finding]:
    """Look at everything; raises nothing for what is merely wrong."""
    findings = [_packages(), _sqlite_library()]
    given = os.environ if environment is None else environment
    settings, found = _settings(given)
    findings.append(found)
    if settings is None:
        return findings
    logs, discovery = _logs(settings)
    findings.append(logs)
    if discovery is not None:
        findings += [Finding("logs", "warning", warning) for warning in _passed_over(discovery)]
    return [
        *findings,
        *_database(settings, knows_sensors=found.level != "error"),
        _disk(settings, discovery),
        _writable("reports", settings.report_dir),
        *_modes(settings),
        _clock(discovery),
    ]


def _settings(given: Mapping[str, str]) -> tuple[Settings | None, Finding]:
    """The settings, and what is to be said of them or of the sensors file. Where that file alone is broken, the others
    stand, and no sensor is known; None where they cannot be used."""
    try:
        settings = Settings.from_environment(given)
    except SettingsError as error:
        broken = Finding("settings", "error", str(error))
    else:
        return settings, _sensors(settings, given)
    try:
        without = {name: value for name, value in given.items() if name != "COWRIE_SENSORS_FILE"}
        return Settings.from_environment(without), broken
    except SettingsError:
        return None, broken


def _packages() -> Finding:
    found = [f"Python {sys.version.split()[0]}"]
    for package in ("cowrie-assets", "dagster", "sqlalchemy", "orjson", "zstandard"):
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"no {package}{' (.zst logs are passed over)' if package == 'zstandard' else ''}")
    return Finding("packages", "ok", ", ".join(found))


def _sqlite_library() -> Finding:
    good = sqlite3.sqlite_version_info >= _LOWEST_SQLITE
    lowest = ".".join(map(str, _LOWEST_SQLITE))
    message = f"SQLite {sqlite3.sqlite_version}" + ("" if good else f" is too old: {lowest} is needed")
    return Finding("sqlite", "ok" if good else "error", message)


def _sensors(settings: Settings, environment: Mapping[str, str]) -> Finding:
    file = environment.get("COWRIE_SENSORS_FILE")
    if not file:
        return Finding("sensors file", "ok", "COWRIE_SENSORS_FILE is not set: events and folders name their sensors")
    missing = [
        f"{sensor.name} ({sensor.logpath})"
        for sensor in settings.registry.sensors
        if sensor.logpath is not None and not sensor.logpath.is_dir()
    ]
    if missing:
        return Finding("sensors file", "warning", f"{file}: there is no folder of logs for {', '.join(missing)}")
    return Finding("sensors file", "ok", f"{file}: {counted(len(settings.registry.sensors), 'sensor')}")


def _logs(settings: Settings) -> tuple[Finding, Discovery | None]:
    if settings.log_root is None:
        return Finding("logs", "error", "COWRIE_LOG_ROOT is not set: it names the folder of the logs"), None
    try:
        discovery = find_logs(settings)
    except DiscoveryError as error:
        return Finding("logs", "error", str(error)), None
    if not discovery.logs:
        return Finding("logs", "error", f"no log was found below {settings.log_root}"), discovery
    sensors = len({log.sensor for log in discovery.logs})
    message = f"{counted(len(discovery.logs), 'log')} of {counted(sensors, 'sensor')} below {settings.log_root}"
    return Finding("logs", "ok", message), discovery


def _passed_over(discovery: Discovery) -> list[str]:
    shut = [str(log.path) for log in discovery.logs if not os.access(log.path, os.R_OK)]
    passed = unlisted(discovery)
    return [
        *discovery.warnings,
        *(
            [f"{counted(len(shut), 'log')} cannot be read by this user, such as {shut[0]!r}: give it the right to"]
            if shut
            else []
        ),
        *([passed.sentence] if passed else []),
    ]


def _database(settings: Settings, *, knows_sensors: bool) -> list[Finding]:
    file = sqlite_file(settings.database_url)
    if file is not None and not file.exists():
        return [_writable("database", file)]
    try:
        with Warehouse.connect(settings.database_url) as warehouse:
            return [
                _revision(warehouse),
                *_engine(warehouse),
                *_unread(warehouse),
                *(_sensor_names(warehouse, settings) if knows_sensors else ()),
            ]
    except WarehouseError as error:
        return [Finding("database", "error", str(error))]


def _revision(warehouse: Warehouse) -> Finding:
    revision, wanted = versions.current(warehouse), versions.REVISIONS[-1]
    if revision is None:
        return Finding("database", "ok", f"{warehouse.label} is empty; the first ingest makes its tables")
    if revision != wanted:
        older = revision in versions.REVISIONS
        verdict = "run `cowrie-assets db upgrade`" if older else "install the newer cowrie-assets"
        return Finding("database", "error", f"{warehouse.label} is at revision {revision}, not {wanted}: {verdict}")
    return _events(warehouse)


def _events(warehouse: Warehouse) -> Finding:
    found = status(warehouse)
    newest = max((sensor.newest_event_at or 0 for sensor in found.sensors), default=0)
    if newest > found.taken_at + _CLOCK_TOLERANCE_US:
        message = f"an event lies in the future ({clock.iso_us(newest)}): is a clock wrong, or a clock_offset missing?"
        return Finding("database", "warning", message)
    events, days = counted(found.events, "event"), counted(len(found.pending_days), "day")
    message = f"{found.database}: {events}, {days} to summarise"
    return Finding("database", "ok", message)


def _rights(warehouse: Warehouse) -> list[Finding]:
    """What a load needs of a PostgreSQL role and does not have."""
    with warehouse.read() as connection:
        rights = connection.execute(statement("warehouse/rights")).one()
    missing = {
        "is read-only here (a replica, or default_transaction_read_only): name the primary and a role that may write": (
            rights.read_only
        ),
        "lacks the right to make temporary tables: GRANT TEMPORARY ON DATABASE ... TO ...": not rights.temporary,
        "may not make tables in the schema: GRANT USAGE, CREATE ON SCHEMA ... TO ...": not rights.schema,
        "does not own the tables: ALTER TABLE ... OWNER TO ...": not rights.owner,
    }
    return [
        Finding("database", "error", f"the role of {warehouse.label} {fault}")
        for fault, present in missing.items()
        if present
    ]


def _unread(warehouse: Warehouse) -> list[Finding]:
    """What of the logs could not be read."""
    if versions.current(warehouse) != versions.REVISIONS[-1]:
        return []
    with warehouse.read() as connection:
        return [Finding("dead letters", "warning", sentence) for sentence in unread_sentences(connection)]


def _sensor_names(warehouse: Warehouse, settings: Settings) -> list[Finding]:
    """What of the stored events other settings made what they are, and machines that have had several names."""
    if versions.current(warehouse) != versions.REVISIONS[-1]:
        return []
    with warehouse.read() as connection:
        sentences = [
            *outdated(connection, settings.registry).sentences(),
            *unmatched(connection, settings.registry),
        ]
        proposed = proposals(connection, settings.registry)
    findings = [Finding("sensor names", "warning", sentence) for sentence in sentences]
    for lines in proposed:
        message = "one machine has had several names, one after another; these lines of the sensors file make it one:"
        findings.append(Finding("sensor names", "warning", message, tuple(lines.split("\n"))))
    return findings


def _engine(warehouse: Warehouse) -> list[Finding]:
    if warehouse.dialect != "sqlite":
        return _rights(warehouse)
    with warehouse.read() as connection:
        mode = connection.execute(text("PRAGMA journal_mode")).scalar_one()
    if mode == "wal":
        return [Finding("journal", "ok", "write-ahead log")]
    message = f"journal mode is {mode}: readers wait for the writer here; a local disk allows the write-ahead log"
    return [Finding("journal", "warning", message)]


def _stats(discovery: Discovery | None) -> list[os.stat_result]:
    logs = discovery.logs if discovery is not None else ()
    return [status for _, status in stats(logs) if isinstance(status, os.stat_result)]


def _disk(settings: Settings, discovery: Discovery | None) -> Finding:
    file = sqlite_file(settings.database_url)
    if file is None:
        return Finding("disk", "ok", "the database lies on its server; its disk was not looked at")
    free = shutil.disk_usage(_nearest_folder(file)).free
    taken = file.stat().st_size if file.exists() else 0
    logs = sum(status.st_size for status in _stats(discovery))
    wanted = max(int(logs * _DATABASE_PER_LOG) - taken, _LOWEST_FREE_BYTES)
    message = f"{free / 1e9:.1f} GB free for the database"
    if free < _LOWEST_FREE_BYTES:
        return Finding("disk", "error", f"only {message}")
    if free < wanted:
        return Finding("disk", "warning", f"{message}; the logs may need {wanted / 1e9:.1f} GB")
    return Finding("disk", "ok", message)


def _writable(subject: str, path: Path) -> Finding:
    folder = _nearest_folder(path)
    if os.access(folder, os.W_OK | os.X_OK):
        return Finding(subject, "ok", f"{path}{'' if path.exists() else ' will be made'}")
    return Finding(subject, "error", f"{path} cannot be made: {folder} is not writable for this user")


def _modes(settings: Settings) -> list[Finding]:
    file = sqlite_file(settings.database_url)
    found = (
        None if file is None else wide_database(file),
        wide_folder(settings.report_dir),
    )
    return [Finding("modes", "warning", message) for message in found if message]


def _nearest_folder(path: Path) -> Path:
    """`path` where it is a folder, else the first one above it that exists."""
    return next(folder for folder in (path.absolute(), *path.absolute().parents) if folder.is_dir())


def _clock(discovery: Discovery | None) -> Finding:
    now = clock.now_us()
    if clock.today() < _COWRIE_IS_OLDER:
        return Finding("clock", "error", f"this machine says it is {clock.iso_us(now)}: set its clock")
    newest = max((status.st_mtime_ns // 1000 for status in _stats(discovery)), default=0)
    if newest > now + _CLOCK_TOLERANCE_US:
        message = f"a log was written at {clock.iso_us(newest)}, later than now, {clock.iso_us(now)}: a clock is wrong"
        return Finding("clock", "warning", message)
    return Finding("clock", "ok", f"{clock.iso_us(now)} (UTC)")
