"""Whether this machine and these settings can do the work: each thing looked at is a finding."""

import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import apsw
from sqlalchemy import text

from cowrie_assets import clock
from cowrie_assets.amounts import counted
from cowrie_assets.configuration import Configuration
from cowrie_assets.enrichment.settings import EnrichmentSettings
from cowrie_assets.errors import SettingsError
from cowrie_assets.health.archive import archive_findings
from cowrie_assets.health.deliveries import delivery_findings
from cowrie_assets.health.enrichment import source_problems, unusable
from cowrie_assets.health.finding import Finding
from cowrie_assets.health.looks import Health, judge
from cowrie_assets.health.observation import LogState, Observation, observed
from cowrie_assets.health.phases import phase_findings
from cowrie_assets.health.places import LOWEST_FREE_BYTES, nearest_folder
from cowrie_assets.health.privacy import privacy_findings
from cowrie_assets.health.rules import rule_findings
from cowrie_assets.health.services import dagster_findings
from cowrie_assets.health.watch import Watch
from cowrie_assets.history.upkeep import upkeep
from cowrie_assets.ingest.outdated import outdated
from cowrie_assets.operations.database_file import lost_database, sqlite_file
from cowrie_assets.operations.dead_letters import unread_sentences
from cowrie_assets.operations.modes import shut_metrics, wide_database, wide_folder, wide_status_folder
from cowrie_assets.operations.proposals import proposals
from cowrie_assets.operations.status import sealed_days, status
from cowrie_assets.operations.unmatched import unmatched
from cowrie_assets.settings import Settings
from cowrie_assets.telemetry.status_files import METRICS_NAME
from cowrie_assets.warehouse import versions
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.errors import WarehouseError
from cowrie_assets.warehouse.sql import statement

_DATABASE_PER_LOG = 1.5
"""The database takes at most so many times the size of its logs."""
_SUBJECTS = {
    "settings_can_be_used": "settings",
    "log_root_can_be_read": "logs",
    "no_log_is_passed_over": "logs",
    "each_sensor_writes": "sensors",
    "nothing_lies_unread": "unread logs",
    "clocks_are_right": "clock",
    "reports_can_be_written": "reports",
    "reports_are_up_to_date": "late reports",
}
"""What a look's result stands under here; the database is looked at more closely below."""
_ONLY_WHAT_IS_WRONG = {"settings_can_be_used", "no_log_is_passed_over"}


def doctor(given: Mapping[str, str]) -> list[Finding]:
    """Look at everything that an environment configures; raises nothing for what is merely wrong."""
    findings = [_packages(), _sqlite_library()]
    configuration = Configuration(given)
    usable, found = _usable(given)
    findings.append(found)
    with observed(usable, clock.now_us()) as seen:
        settings = seen.settings
        if settings is None:
            return findings
        return [
            *findings,
            *_health(judge(seen, Watch.once(seen.now)), told=found.message),
            *_database(settings, knows_sensors=found.level != "error"),
            _disk(settings, seen.logs),
            *delivery_findings(configuration, seen.warehouse, seen.now),
            *phase_findings(settings.status_dir),
            _history(settings, given),
            *dagster_findings(configuration.dagster_home),
            *_enrichment(given, settings, seen),
            *archive_findings(configuration, seen.warehouse),
            *privacy_findings(settings, seen.warehouse),
            *rule_findings(settings, seen.warehouse),
            *_modes(settings, configuration),
        ]


def _usable(given: Mapping[str, str]) -> tuple[Mapping[str, str], Finding]:
    """The environment to look with, and what is to be said of its settings. Where the sensors file alone is broken, the
    others stand, and no sensor is known."""
    try:
        settings = Settings.from_environment(given)
    except SettingsError as error:
        broken = Finding("settings", "error", str(error))
    else:
        return given, _sensors(settings, given)
    without = {name: value for name, value in given.items() if name != "COWRIE_SENSORS_FILE"}
    try:
        Settings.from_environment(without)
    except SettingsError:
        return given, broken
    return without, broken


def _health(health: Health, *, told: str) -> Iterator[Finding]:
    """What the looks found that the findings here do not tell, `told` among them; of what is sound, a line each."""
    for result in health.results:
        subject = _SUBJECTS.get(result.name)
        if subject is None or not result.judged:
            continue
        for problem in result.problems:
            if problem.sentence != told:
                yield Finding(subject, problem.state, problem.sentence, (f"to mend: {problem.mend}",))
        if not result.problems and result.name not in _ONLY_WHAT_IS_WRONG:
            yield Finding(subject, "ok", result.summary)


def _packages() -> Finding:
    found = [f"Python {sys.version.split()[0]}"]
    for package in ("cowrie-assets", "dagster", "sqlalchemy", "apsw", "orjson", "zstandard"):
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"no {package}{' (.zst logs are passed over)' if package == 'zstandard' else ''}")
    return Finding("packages", "ok", ", ".join(found))


def _sqlite_library() -> Finding:
    return Finding("sqlite", "ok", f"SQLite {apsw.sqlite_lib_version()}, which apsw {apsw.apsw_version()} brings")


def _sensors(settings: Settings, environment: Mapping[str, str]) -> Finding:
    file = environment.get("COWRIE_SENSORS_FILE")
    if not file:
        return Finding("sensors file", "ok", "COWRIE_SENSORS_FILE is not set: events and folders name their sensors")
    return Finding("sensors file", "ok", f"{file}: {counted(len(settings.registry.sensors), 'sensor')}")


def _database(settings: Settings, *, knows_sensors: bool) -> list[Finding]:
    lost = lost_database(settings.database_url, settings.report_dir)
    if lost is not None:
        return [Finding("database", "error", lost)]
    file = sqlite_file(settings.database_url)
    if file is not None and not file.exists():
        folder = file.absolute().parent
        if not folder.is_dir():
            return [
                Finding("database", "error", f"the folder {folder} of the database does not exist; create it first")
            ]
        return [_writable("database", file)]
    try:
        with Warehouse.connect(settings.database_url, longest_wait=settings.lock_wait_seconds) as warehouse:
            return [
                _revision(warehouse),
                *_engine(warehouse),
                *_unread(warehouse),
                *_late_for_seals(warehouse),
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
        "may not make tables in the schema: GRANT USAGE, CREATE ON SCHEMA ... TO ...": (
            not rights.schema and not rights.loads
        ),
        "does not own the tables: ALTER TABLE ... OWNER TO ..., or make it a member of a role of "
        "deploy/postgresql/roles.sql": not rights.owner and not rights.loads,
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


def _late_for_seals(warehouse: Warehouse) -> list[Finding]:
    """Events that came after their day was sealed."""
    if versions.current(warehouse) != versions.REVISIONS[-1]:
        return []
    with warehouse.read() as connection:
        late = sealed_days(connection).late_sentence
    return [] if late is None else [Finding("sealed days", "warning", f"{late}; the view late_events holds them")]


def _engine(warehouse: Warehouse) -> list[Finding]:
    if warehouse.dialect != "sqlite":
        return _rights(warehouse)
    with warehouse.read() as connection:
        mode = connection.execute(text("PRAGMA journal_mode")).scalar_one()
    if mode == "wal":
        return [Finding("journal", "ok", "write-ahead log")]
    message = f"journal mode is {mode}: readers wait for the writer here; a local disk allows the write-ahead log"
    return [Finding("journal", "warning", message)]


def _disk(settings: Settings, found: Sequence[LogState]) -> Finding:
    file = sqlite_file(settings.database_url)
    if file is None:
        return Finding("disk", "ok", "the database lies on its server; its disk was not looked at")
    free = shutil.disk_usage(nearest_folder(file)).free
    taken = file.stat().st_size if file.exists() else 0
    logs = sum(log.size for log in found)
    wanted = max(int(logs * _DATABASE_PER_LOG) - taken, LOWEST_FREE_BYTES)
    message = f"{free / 1e9:.1f} GB free for the database"
    if free < LOWEST_FREE_BYTES:
        return Finding("disk", "error", f"only {message}")
    if free < wanted:
        return Finding("disk", "warning", f"{message}; the logs may need {wanted / 1e9:.1f} GB")
    return Finding("disk", "ok", message)


def _writable(subject: str, path: Path) -> Finding:
    folder = nearest_folder(path)
    if os.access(folder, os.W_OK | os.X_OK):
        return Finding(subject, "ok", f"{path}{'' if path.exists() else ' will be made'}")
    return Finding(subject, "error", f"{path} cannot be made: {folder} is not writable for this user")


def _history(settings: Settings, environment: Mapping[str, str]) -> Finding:
    found = upkeep(environment.get("DAGSTER_HOME"), settings.history_days)
    return Finding("history", "warning" if found.is_overdue else "ok", found.message)


def _enrichment(given: Mapping[str, str], settings: Settings, seen: Observation) -> list[Finding]:
    """What of the services, databases and lists cannot be used; nothing where none is configured and none was."""
    try:
        enrichment = Configuration(given).enrichment
        problems = unusable(enrichment)
    except SettingsError:
        return []  # told as the settings'
    if seen.warehouse is not None:
        problems += source_problems(seen.warehouse, settings, enrichment, seen.now)
    if not problems and (enrichment == EnrichmentSettings() or not enrichment.is_on):
        return []
    found = [Finding("enrichment", each.state, each.sentence, (f"to mend: {each.mend}",)) for each in problems]
    return found or [Finding("enrichment", "ok", "every key can be had, and every file can be read")]


def _modes(settings: Settings, configuration: Configuration) -> list[Finding]:
    """What others than their owner can read, of what holds credentials."""
    file = sqlite_file(settings.database_url)
    found = [None if file is None else wide_database(file), wide_folder(settings.report_dir, "reports")]
    with suppress(SettingsError):  # told among the settings
        found += [wide_folder(folder, "backups") for folder in (configuration.backups.directory,) if folder]
    with suppress(SettingsError):
        found += [wide_folder(folder, "archives") for folder in (configuration.archives.folder,) if folder]
    if settings.status_dir is not None:
        metrics = settings.metrics_file or settings.status_dir / METRICS_NAME
        found.append(wide_status_folder(settings.status_dir, metrics))
    if settings.metrics_file is not None:
        found.append(shut_metrics(settings.metrics_file))
    return [Finding("modes", "warning", message) for message in found if message]
