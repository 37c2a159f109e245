"""All looks of one moment, each with its result. Nothing is counted here that is not read from logs and warehouse."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from cowrie_assets.amounts import age, counted
from cowrie_assets.clock import iso_us
from cowrie_assets.faults import sentence_of
from cowrie_assets.health.clocks import (
    call_clock_problems,
    clock_problems,
    database_clock_problems,
    event_clock_problems,
)
from cowrie_assets.health.observation import Observation, observed
from cowrie_assets.health.places import (
    database_problems,
    passed_over_problems,
    report_folder_problems,
    root_problems,
    setting_problems,
)
from cowrie_assets.health.reports import report_problems
from cowrie_assets.health.result import HealthResult, Problem
from cowrie_assets.health.sensor_table import SensorRow, sensor_rows
from cowrie_assets.health.silence import SensorActivity, sensor_activity
from cowrie_assets.health.unread import unread_problems
from cowrie_assets.health.watch import Watch
from cowrie_assets.ingest.other_machines import is_of_this_machine
from cowrie_assets.operations.database_file import sqlite_file
from cowrie_assets.printable import shown
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.errors import WarehouseError


@dataclass(frozen=True, slots=True)
class Look:
    """What one look is for, before anything was looked at."""

    name: str
    promise: str
    """What holds where all is well."""
    trouble: str
    """What is the matter where it does not: the title of an alert."""


LOOKS = {
    look.name: look
    for look in (
        Look("settings_can_be_used", "every setting can be used", "a setting cannot be used"),
        Look("log_root_can_be_read", "the log root and the sensors' folders can be read", "logs cannot be found"),
        Look("each_sensor_writes", "each sensor wrote within three times its usual interval", "a sensor is silent"),
        Look("nothing_lies_unread", "nothing lies unread for more than 15 minutes", "logs are not read"),
        Look("no_log_is_passed_over", "no log is passed over", "a log is passed over"),
        Look("clocks_are_right", "no clock is ahead or behind", "a clock is wrong"),
        Look("database_can_be_used", "the database can be used and has room", "the database cannot be used"),
        Look("reports_can_be_written", "the report folder can be written and has room", "no report can be written"),
        Look("reports_are_up_to_date", "every report is there, and none has been late for hours", "reports are late"),
    )
}
"""Every look, by name, in the order in which results are told."""

_NO_LOGS_HERE = "no logs lie here: other machines load theirs"


@dataclass(frozen=True, slots=True)
class Health:
    """What all looks of one moment found, and where each sensor stands."""

    at: int
    """Microseconds since 1970-01-01 UTC."""
    results: tuple[HealthResult, ...]
    sensors: tuple[SensorRow, ...] | None
    """None where neither logs nor warehouse could be looked at."""

    @property
    def failing(self) -> list[HealthResult]:
        """The results that are not as they should be."""
        return [result for result in self.results if result.state != "ok"]


def look_around(environment: Mapping[str, str], watch: Watch) -> Health:
    """Look at everything the settings of `environment` name; raises nothing for what is merely wrong."""
    with observed(environment, watch.now) as observation:
        return judge(observation, watch)


def judge(observation: Observation, watch: Watch) -> Health:
    """The results of one moment."""
    if observation.settings is None:
        return Health(watch.now, tuple(_of_broken_settings(observation)), None)
    judged = _Judging(observation, observation.settings, watch)
    results = {
        "settings_can_be_used": judged.result("settings_can_be_used", setting_problems(observation.faults)),
        "no_log_is_passed_over": judged.passed_over(),
        "database_can_be_used": judged.database(),
        "reports_can_be_written": judged.report_folder(),
    }
    sensors = None
    try:
        results |= judged.of_warehouse()
        sensors = tuple(sensor_rows(observation, judged.activity))
    except (WarehouseError, DBAPIError) as error:
        sentence = sentence_of(error)
        if sentence is None:
            raise
        results["database_can_be_used"] = judged.result("database_can_be_used", database_problems(None, sentence))
        results |= judged.without_warehouse("the database cannot be used")
    return Health(watch.now, tuple(results[name] for name in LOOKS), sensors)


def _of_broken_settings(observation: Observation) -> Iterator[HealthResult]:
    for name, look in LOOKS.items():
        if name == "settings_can_be_used":
            yield HealthResult.of(name, look.promise, setting_problems(observation.faults))
        else:
            yield HealthResult.not_judged(name, "a setting cannot be used")


@dataclass
class _Judging:
    observation: Observation
    settings: Settings
    watch: Watch
    activity: Sequence[SensorActivity] = ()

    def result(self, name: str, problems: Sequence[Problem], sound: str | None = None) -> HealthResult:
        return HealthResult.of(name, sound or LOOKS[name].promise, problems)

    def root(self, connection: Connection | None) -> HealthResult:
        seen = self.observation

        def is_ours(folder: Path) -> bool:
            return connection is None or is_of_this_machine(connection, self.settings.collector, folder)

        found = seen.discovery.logs if seen.discovery else ()
        sound = f"{counted(len(found), 'log')} of {counted(len({log.sensor for log in found}), 'sensor')} found"
        problems = root_problems(self.settings, seen.discovery, seen.root_fault, is_ours)
        return self.result("log_root_can_be_read", problems, sound if found else _NO_LOGS_HERE)

    def passed_over(self) -> HealthResult:
        seen = self.observation
        if seen.discovery is None:
            return HealthResult.not_judged("no_log_is_passed_over", "the log root cannot be read")
        return self.result("no_log_is_passed_over", passed_over_problems(seen.discovery, seen.logs))

    def database(self) -> HealthResult:
        file = sqlite_file(self.settings.database_url)
        return self.result("database_can_be_used", database_problems(file, self.observation.database_fault))

    def report_folder(self) -> HealthResult:
        return self.result("reports_can_be_written", report_folder_problems(self.settings.report_dir))

    def of_warehouse(self) -> dict[str, HealthResult]:
        seen = self.observation
        if seen.database_fault is not None:
            return self.without_warehouse("the database cannot be used")
        if seen.warehouse is None:
            nothing = HealthResult.of("nothing_lies_unread", "nothing was ever read: `cowrie-assets ingest` does", [])
            return self._of_warehouse(None) | {"nothing_lies_unread": nothing}
        with seen.warehouse.read() as connection:
            self.activity = sensor_activity(connection, seen.now)
            return self._of_warehouse(connection)

    def _of_warehouse(self, connection: Connection | None) -> dict[str, HealthResult]:
        seen = self.observation
        clocks = [*clock_problems(seen.now, seen.logs), *event_clock_problems(self.activity)]
        reports: list[Problem] = []
        if connection is not None:
            clocks += database_clock_problems(connection, seen.now) + call_clock_problems(connection, seen.now)
            reports = report_problems(connection, self.settings.report_dir, self.watch)
        return {
            "log_root_can_be_read": self.root(connection),
            "each_sensor_writes": self._silence(),
            "nothing_lies_unread": self._unread(),
            "clocks_are_right": self.result("clocks_are_right", clocks),
            "reports_are_up_to_date": self.result("reports_are_up_to_date", reports),
        }

    def without_warehouse(self, reason: str) -> dict[str, HealthResult]:
        names = ("each_sensor_writes", "nothing_lies_unread", "reports_are_up_to_date")
        clocks = self.result("clocks_are_right", clock_problems(self.observation.now, self.observation.logs))
        return {name: HealthResult.not_judged(name, reason) for name in names} | {
            "clocks_are_right": clocks,
            "log_root_can_be_read": self._root_alone(reason),
        }

    def _root_alone(self, reason: str) -> HealthResult:
        """Whether a folder that is not here is this machine's, the warehouse says."""
        result = self.root(None)
        is_known = self.observation.discovery is None or result.state == "ok"
        return result if is_known else HealthResult.not_judged(result.name, reason)

    def _unread(self) -> HealthResult:
        if self.observation.discovery is None:
            return HealthResult.not_judged("nothing_lies_unread", "the log root cannot be read")
        return self.result("nothing_lies_unread", unread_problems(self.observation.logs, self.watch))

    def _silence(self) -> HealthResult:
        seen = self.observation
        if seen.discovery is None:
            return HealthResult.not_judged("each_sensor_writes", "the log root cannot be read")
        unread = {log.log.sensor for log in seen.logs if log.unread_bytes}
        judged = [each for each in self.activity if each.state in ("writes", "silent")]
        problems = [self._silent(each) for each in judged if each.state == "silent" and each.sensor not in unread]
        return self.result("each_sensor_writes", problems, _sound_silence(self.activity))

    def _silent(self, each: SensorActivity) -> Problem:
        newest = each.newest_event_at or 0
        return Problem(
            key=f"silent {each.sensor}",
            sentence=f"{shown(each.sensor)} has written no event since {iso_us(newest)[:16]}Z, "
            f"{age(self.observation.now - newest)} ago; usually it does within {each.allowed_hours} h",
            mend="see whether Cowrie runs on that machine, and whether its logs still come here",
            rows=[
                {
                    "sensor": each.sensor,
                    "newest_event": iso_us(newest),
                    "silent_for": age(self.observation.now - newest),
                    "usually_within_hours": each.allowed_hours,
                }
            ],
        )


def _sound_silence(activity: Sequence[SensorActivity]) -> str:
    """What is said of sensors of which none is silent: how many write, and how many are not judged and why."""
    writing = sum(each.state in ("writes", "silent") for each in activity)
    young = sum(each.state == "not judged" for each in activity)
    retired = [each for each in activity if each.state == "retired"]
    said = []
    if writing:
        said.append(f"{counted(writing, 'sensor')} wrote within three times the usual interval")
    if retired:
        newest = max(each.newest_event_at or 0 for each in retired)
        said.append(
            f"{counted(len(retired), 'sensor is', 'sensors are')} retired (silent for four weeks): "
            f"last event {iso_us(newest)[:16]}Z"
        )
    if young:
        said.append(f"{counted(young, 'sensor has', 'sensors have')} too little history to judge")
    return "; ".join(said) or "no sensor has written an event yet"
