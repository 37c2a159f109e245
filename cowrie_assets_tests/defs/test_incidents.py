"""What an operator is shown of incidents within two minutes: by a tick, a check, the command line and an alert.

The clock is the test's: it goes on by a minute with each look. See docs/OPERATING.md.
"""

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus

from cowrie_assets.cli.app import run
from cowrie_assets.clock import US_PER_SECOND, from_us, to_us
from cowrie_assets.operations.ingest import ingest
from cowrie_assets_tests.defs.conftest import Honeypot, event
from cowrie_assets_tests.notifications.receivers import WebServer

MINUTE = 60 * US_PER_SECOND
HOUR = 60 * MINUTE
NOON = to_us(datetime(2026, 9, 1, 12, tzinfo=UTC))


@dataclass
class Operated:
    """A honeypot that wrote each hour for four weeks, with Dagster over it, a webhook, and a clock."""

    honeypot: Honeypot
    web: WebServer
    capture: pytest.CaptureFixture[str]
    now: int = NOON
    events: list[Any] = field(default_factory=list)

    def write(self, *times: int) -> None:
        events = [event(from_us(at), f"{at:012x}"[-12:], "session.connect") for at in times]
        log = self.honeypot.log("cowrie.json", *events)
        os.utime(log, ns=(self.now * 1000, self.now * 1000))

    def ingest(self) -> None:
        with self.honeypot.warehouse() as warehouse:
            ingest(warehouse, self.honeypot.resources["settings"].read())

    def minute(self) -> Any:
        """The next look, a minute after the last; what it records is in the instance, as the daemon sees to."""
        data = self.honeypot.tick("health")
        self.now += MINUTE
        for each in data.asset_events:
            self.honeypot.instance.report_runless_asset_event(each)
        self.events += data.asset_events
        return data

    def check(self, name: str) -> tuple[str, str, list[dict[str, Any]], str]:
        """What Dagster shows of a check: its colour, description, rows and what to do."""
        key = dg.AssetCheckKey(dg.AssetKey("log_files"), name)
        storage = self.honeypot.instance.event_log_storage
        record = storage.get_latest_asset_check_execution_by_key([key])[key]
        dagster_event = record.event.dagster_event if record.event else None
        assert dagster_event is not None
        evaluation = dagster_event.asset_check_evaluation_data
        colours = {dg.AssetCheckSeverity.ERROR: "red", dg.AssetCheckSeverity.WARN: "amber"}
        green = record.status is AssetCheckExecutionRecordStatus.SUCCEEDED
        rows = evaluation.metadata.get("rows")
        mend = evaluation.metadata.get("to_mend")
        return (
            "green" if green else colours[evaluation.severity],
            evaluation.description or "",
            [dict(row.data) for row in rows.records] if isinstance(rows, dg.TableMetadataValue) else [],
            str(mend.value) if mend is not None else "",
        )

    def posted(self) -> list[dict[str, Any]]:
        return [each.json for each in self.web.posted]

    def command(self, *arguments: str) -> tuple[int, str]:
        """The exit code of a command and all that it printed."""
        self.capture.readouterr()
        code = run(arguments)
        said = self.capture.readouterr()
        return code, said.out + said.err


@pytest.fixture
def operated(
    honeypot: Honeypot,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> Operated:
    web = WebServer()
    request.addfinalizer(web.close)
    operated = Operated(honeypot, web, capsys)
    monkeypatch.setenv("HOOK", web.url)
    monkeypatch.setenv("COWRIE_WEBHOOK_URL", "env:HOOK")
    monkeypatch.setenv("COWRIE_LOG_ROOT", str(honeypot.log_root))
    monkeypatch.setenv("COWRIE_DATABASE_URL", honeypot.url)
    monkeypatch.setenv("COWRIE_REPORT_DIR", str(honeypot.reports))
    monkeypatch.setattr("cowrie_assets.clock.now_us", lambda: operated.now)
    operated.write(*(NOON - HOUR * hour for hour in reversed(range(28 * 24))))
    operated.ingest()
    operated.minute()
    assert web.posted == []
    return operated


def within_two_minutes(operated: Operated, shown: Callable[[], bool]) -> None:
    """Looks until something is shown; two looks are two minutes."""
    for _ in range(2):
        operated.minute()
        if shown():
            return
    raise AssertionError("not shown within two minutes")


def alerted(operated: Operated, title: str) -> Callable[[], bool]:
    return lambda: title in [each["title"] for each in operated.posted()]


def test_all_is_well_and_each_check_is_green(operated: Operated) -> None:
    for name in ("log_root_can_be_read", "each_sensor_writes", "nothing_lies_unread", "database_can_be_used"):
        assert operated.check(name)[0] == "green"


def test_the_root_moved_away(operated: Operated) -> None:
    root, away = operated.honeypot.log_root, operated.honeypot.folder / "away"
    sentence = f"The log root '{root}' does not exist: set COWRIE_LOG_ROOT to the logs' folder."
    root.rename(away)
    within_two_minutes(operated, alerted(operated, "Cowrie: logs cannot be found"))
    assert operated.honeypot.fault("new_logs") == sentence
    colour, description, _, mend = operated.check("log_root_can_be_read")
    assert (colour, description) == ("red", sentence)
    assert "COWRIE_LOG_ROOT" in mend
    assert operated.check("each_sensor_writes")[:2] == ("amber", "not looked at: the log root cannot be read")
    (alert,) = operated.posted()
    assert (alert["subject"], alert["status"], alert["details"][0]) == (
        "health:log_root_can_be_read",
        "firing",
        sentence,
    )
    assert operated.command("ingest") == (1, f"Error: {sentence}\n")
    code, said = operated.command("doctor")
    assert code == 1
    assert sentence in said
    away.rename(root)
    within_two_minutes(operated, alerted(operated, "Cowrie: over: logs cannot be found"))
    assert operated.check("log_root_can_be_read")[0] == "green"
    assert operated.check("each_sensor_writes")[0] == "green"
    assert len(operated.posted()) == 2
    operated.honeypot.tick("new_logs")


def test_a_sensor_falls_silent(operated: Operated) -> None:
    operated.now = NOON + 3 * HOUR - MINUTE
    operated.minute()
    assert operated.posted() == []
    within_two_minutes(operated, alerted(operated, "Cowrie: a sensor is silent"))
    colour, description, rows, mend = operated.check("each_sensor_writes")
    assert colour == "red"
    assert description.startswith("hp-1 has written no event since 2026-09-01T12:00Z, 3 h 1 min ago")
    assert [(row["sensor"], row["usually_within_hours"]) for row in rows] == [("hp-1", 3)]
    assert "whether Cowrie runs" in mend
    assert operated.posted()[0]["details"][0] == description
    code, said = operated.command("doctor")
    assert code == 1
    assert "hp-1 has written no event since 2026-09-01T12:00Z" in said
    table = [each for each in operated.events if isinstance(each, dg.AssetObservation)][-1]
    assert [dict(row.data)["state"] for row in table.metadata["sensors"].records] == ["silent"]  # type: ignore[union-attr]
    operated.write(operated.now)
    operated.ingest()
    within_two_minutes(operated, alerted(operated, "Cowrie: over: a sensor is silent"))
    assert operated.check("each_sensor_writes")[0] == "green"


def test_the_database_is_replaced_by_a_folder(operated: Operated) -> None:
    database, away = operated.honeypot.folder / "warehouse.db", operated.honeypot.folder / "away.db"
    for file in list(operated.honeypot.folder.glob("warehouse.db?*")):
        file.unlink()
    database.rename(away)
    database.mkdir()
    sentence = f"the database {database} is a folder: put the database file back there, or set COWRIE_DATABASE_URL"
    within_two_minutes(operated, alerted(operated, "Cowrie: the database cannot be used"))
    for sensor in ("new_logs", "stale_reports", "digests"):
        assert operated.honeypot.fault(sensor) == sentence
    colour, description, _, _ = operated.check("database_can_be_used")
    assert (colour, description) == ("red", sentence[:199] + "…" if len(sentence) > 200 else sentence)
    assert operated.posted()[0]["details"][0] == sentence
    for command in ("ingest", "status", "validate"):
        assert operated.command(command) == (1, f"Error: {sentence}\n")
    assert operated.command("doctor")[0] == 1
    database.rmdir()
    away.rename(database)
    within_two_minutes(operated, alerted(operated, "Cowrie: over: the database cannot be used"))
    assert operated.check("database_can_be_used")[0] == "green"
    assert len(operated.posted()) == 2


def test_the_database_is_gone(operated: Operated) -> None:
    assert operated.command("backfill", "2026-08-31", "2026-08-31")[0] == 0
    database, away = operated.honeypot.folder / "warehouse.db", operated.honeypot.folder / "away.db"
    database.rename(away)
    within_two_minutes(operated, alerted(operated, "Cowrie: the database cannot be used"))
    sentence = operated.honeypot.fault("new_logs")
    assert sentence == (
        f"the database {database} is gone, though 9 report files of all sensors below {operated.honeypot.reports} were "
        "written from one: put it back, or run `cowrie-assets ingest` once to begin anew from the logs"
    )
    assert operated.honeypot.fault("stale_reports") == operated.honeypot.fault("unrecorded_work") == sentence
    assert not operated.honeypot.run("ingest", "2026-08-31").success
    assert operated.check("database_can_be_used")[0] == "red"
    for command in ("status", "validate"):
        assert operated.command(command) == (1, f"Error: {sentence}\n")
    code, said = operated.command("doctor")
    assert code == 1
    assert f"{database} is gone" in said
    assert not database.exists()
    code, said = operated.command("ingest")
    assert code == 0
    assert f"Note: the database {database} was gone: an empty one takes its place" in said
    operated.honeypot.tick("new_logs")
    within_two_minutes(operated, alerted(operated, "Cowrie: over: the database cannot be used"))


def test_the_report_folder_is_full(operated: Operated) -> None:
    reports = operated.honeypot.reports
    reports.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", reports], check=False).returncode:
        pytest.skip("this user may mount no disk")
    try:
        operated.minute()
        (reports / "ballast").write_bytes(bytes(1_000_000))
        within_two_minutes(operated, alerted(operated, "Cowrie: no report can be written"))
        colour, description, rows, mend = operated.check("reports_can_be_written")
        assert colour == "red"
        assert description.startswith(f"no report can be written to {reports}: No space left on device, ")
        assert rows == [{"folder": str(reports), "free_bytes": 45056}]
        assert mend.startswith(f"make room in {reports}")
        code, said = operated.command("backfill", "2026-08-31", "2026-09-01")
        assert code == 1
        assert said.splitlines()[-1].startswith("Error: ")
        assert "No space left on device" in said.splitlines()[-1]
        code, said = operated.command("doctor")
        assert code == 1
        assert f"no report can be written to {reports}: No space left on device, " in said
        (reports / "ballast").unlink()
        within_two_minutes(operated, alerted(operated, "Cowrie: over: no report can be written"))
        assert operated.check("reports_can_be_written")[0] == "green"
    finally:
        subprocess.run(["umount", reports], check=True)


@pytest.mark.soak
def test_six_sound_hours_of_looks_leave_few_rows(operated: Operated) -> None:
    operated.events.clear()
    for minute in range(6 * 60):
        if minute % 60 == 0:
            operated.write(operated.now)
            operated.ingest()
        operated.minute()
    tables = [each for each in operated.events if isinstance(each, dg.AssetObservation)]
    checks = [each for each in operated.events if isinstance(each, dg.AssetCheckEvaluation)]
    assert len(tables) == 6
    assert len(checks) == 9
    assert len(operated.honeypot.cursors["health"]) < 1000
    assert operated.posted() == []


def test_another_reason_why_nothing_was_looked_at_is_shown_at_once(operated: Operated) -> None:
    root = operated.honeypot.log_root
    root.rename(operated.honeypot.folder / "away")
    operated.minute()
    assert operated.check("each_sensor_writes")[1] == "not looked at: the log root cannot be read"
    for file in operated.honeypot.folder.glob("warehouse.db*"):
        file.unlink()
    (operated.honeypot.folder / "warehouse.db").mkdir()
    operated.minute()
    assert operated.check("each_sensor_writes")[1] == "not looked at: the database cannot be used"


def test_the_table_calls_nothing_unread_once_it_is_read(operated: Operated) -> None:
    operated.write(operated.now)
    operated.now += HOUR
    operated.minute()
    operated.ingest()
    operated.minute()
    unread = [
        sum(int(dict(row.data)["bytes unread"] or 0) for row in each.metadata["sensors"].records)
        for each in operated.events
        if isinstance(each, dg.AssetObservation)
    ]
    assert unread[-2] > 0
    assert unread[-1] == 0


def test_a_cursor_that_cannot_be_read_is_begun_anew(operated: Operated) -> None:
    operated.honeypot.cursors["health"] = '{"at": "yesterday", "outages": [1]}'
    assert len(operated.minute().asset_events) == 9 + 1


def test_the_checks_can_be_executed_by_hand(operated: Operated, tmp_path: Path) -> None:
    operated.honeypot.log_root.rename(tmp_path / "away")
    definitions = operated.honeypot.definitions
    job = dg.define_asset_job("look", selection=dg.AssetSelection.checks_for_assets("log_files"))
    found = (
        dg.Definitions(
            assets=definitions.assets,
            asset_checks=definitions.asset_checks,
            jobs=[job],
            executor=dg.in_process_executor,
            resources=operated.honeypot.resources,
        )
        .resolve_job_def("look")
        .execute_in_process(instance=operated.honeypot.instance)
    )
    states = {each.check_name: each.passed for each in found.get_asset_check_evaluations()}
    assert len(states) == 9
    assert not states["log_root_can_be_read"]
    assert states["database_can_be_used"]
