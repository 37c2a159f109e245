"""Whoever loaded, Dagster shows it: what the command line did is recorded, once, and what was mended turns green."""

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy import text

from cowrie_assets.defs import reconcile as reconciling
from cowrie_assets.defs.assets.summaries import SUMMARY_NAMES
from cowrie_assets.defs.reconcile import Reconciled, reconcile
from cowrie_assets.defs.records import latest_checks
from cowrie_assets.operations.backfill import backfill
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.rebuild import rebuild
from cowrie_assets.operations.validate import validate
from cowrie_assets.settings import Settings
from cowrie_assets_tests.databases import SQLITE_FIRST, Databases
from cowrie_assets_tests.defs.conftest import Honeypot, session_events

NOON = datetime(2026, 8, 30, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TABLES = ("raw_events", *SUMMARY_NAMES)
DAYS = {f"2026-08-{day}" for day in (30, 31)} | {f"2026-09-0{day}" for day in (1, 2, 3)}
FOUND = "Found in the warehouse"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where each honeypot stands in turn, for a warehouse knows the paths of its logs: `load` loads days once."""
    return tmp_path_factory.mktemp("place") / "honeypot"


@pytest.fixture(params=SQLITE_FIRST)
def honeypot(request: pytest.FixtureRequest, tmp_path: Path, place: Path, databases: Databases) -> Iterator[Honeypot]:
    """The warehouse on either engine; Dagster keeps its records in a folder on one of them, as a user's does."""
    with ExitStack() as ending:
        kept = request.param == "postgresql" and "shown_once" in request.node.name
        instance = dg.DagsterInstance.local_temp(str(tmp_path)) if kept else dg.DagsterInstance.ephemeral()
        shutil.rmtree(place, ignore_errors=True)
        honeypot = Honeypot(place, ending.enter_context(instance))
        if request.param == "postgresql":
            honeypot.url = request.getfixturevalue("postgres_url")
        else:
            databases.sqlite.new(honeypot.folder / "warehouse.db")
        yield honeypot


def settings_of(honeypot: Honeypot) -> Settings:
    return Settings(log_root=honeypot.log_root, report_dir=honeypot.reports, first_day=date(2026, 8, 1))


def told(honeypot: Honeypot, **how: object) -> Reconciled:
    with honeypot.warehouse() as warehouse:
        return reconcile(honeypot.instance, warehouse, settings_of(honeypot), **how)  # type: ignore[arg-type]


def write_days(honeypot: Honeypot, *numbers: int) -> None:
    """A session on each of some days after 30 August; nothing on the others."""
    for number in numbers:
        day = NOON + number * DAY
        honeypot.log(f"cowrie.json.{day.date()}", *session_events(day, f"{number:012x}"))


def load(honeypot: Honeypot, *numbers: int) -> None:
    """What `make demo` does with the command line; what was loaded so into SQLite before is copied, and read once more,
    for a copy is another file."""
    loaded = honeypot.folder.with_name("-".join(map(str, numbers)))
    if loaded.exists():
        shutil.copytree(loaded, honeypot.folder, dirs_exist_ok=True)
        with honeypot.warehouse() as warehouse:
            ingest(warehouse, settings_of(honeypot))
        return
    write_days(honeypot, *numbers)
    with honeypot.warehouse() as warehouse:
        settings = settings_of(honeypot)
        backfill(warehouse, settings, first=date(2026, 8, 30), last=date(2026, 9, 3))
        assert all(result.passed for result in validate(warehouse, settings))
    if honeypot.url.startswith("sqlite"):
        shutil.copytree(honeypot.folder, loaded)


def checks_of(honeypot: Honeypot) -> dict[str, bool]:
    """Whether each check that Dagster has a result of passed."""
    keys = [key for definition in honeypot.definitions.asset_checks or () for key in definition.check_keys]
    latest = latest_checks(honeypot.instance, keys)
    return {
        f"{key.asset_key.to_user_string()}:{key.name}": each.status.value == "SUCCEEDED" for key, each in latest.items()
    }


def failed_partitions(honeypot: Honeypot, asset: str) -> set[str]:
    storage = honeypot.instance.event_log_storage
    return set(storage.get_latest_asset_partition_materialization_attempts_without_materializations(dg.AssetKey(asset)))


def test_all_that_the_command_line_did_is_shown_once(honeypot) -> None:
    load(honeypot, 0, 1, 3, 4)
    first = told(honeypot)
    for asset in (*TABLES, "daily_report"):
        assert honeypot.materialized(asset) == DAYS, asset
    assert honeypot.materialized("weekly_report") == {"2026-08-24", "2026-08-31"}
    assert honeypot.materialized("monthly_report") == {"2026-08-01", "2026-09-01"}
    assert len(checks_of(honeypot)) == first.checks == 23
    assert all(checks_of(honeypot).values())
    assert told(honeypot) == Reconciled()
    assert told(honeypot, run_checks=True) == Reconciled()


def test_a_record_shows_what_a_run_shows(honeypot) -> None:
    load(honeypot, 0, 1, 3, 4)
    told(honeypot)
    of_reconcile = {asset: honeypot.metadata(asset, "2026-08-31") for asset in (*TABLES, "daily_report")}
    assert honeypot.run("ingest", "2026-08-31").success
    for asset, shown in of_reconcile.items():
        of_run = honeypot.metadata(asset, "2026-08-31")
        assert of_run.keys() - shown.keys() <= {"new_events", "seconds", "events_per_second"}
        assert {name: of_run[name] for name in shown} == shown, asset
    assert told(honeypot) == Reconciled()


def test_a_day_without_an_event_is_shown_as_empty_once_all_logs_are_read(honeypot) -> None:
    load(honeypot, 0, 3)
    honeypot.log("cowrie.json.2026-09-02", *session_events(NOON + 3 * DAY, "bbbbbbbbbbbb"), sensor="hp-2")
    told(honeypot)
    assert honeypot.materialized("raw_events") == {"2026-08-30", "2026-09-02"}
    with honeypot.warehouse() as warehouse:
        ingest(warehouse, settings_of(honeypot))
    told(honeypot)
    assert honeypot.materialized("raw_events") == DAYS - {"2026-09-03"}
    assert honeypot.metadata("raw_events", "2026-08-31")["events"] == 0
    assert honeypot.metadata("session_summaries", "2026-08-31")["dagster/partition_row_count"] == 0


def test_a_late_event_is_shown_with_its_day_and_with_no_other(honeypot) -> None:
    load(honeypot, 0, 1, 2, 3, 4)
    told(honeypot)
    honeypot.log("late.cowrie.json", *session_events(NOON + DAY, "cccccccccccc"))
    with honeypot.warehouse() as warehouse:
        ingest(warehouse, settings_of(honeypot))
    again = told(honeypot)
    assert honeypot.metadata("raw_events", "2026-08-31")["events"] == 8
    assert honeypot.metadata("session_summaries", "2026-08-31")["sessions"] == 2
    # The day after knows its command from the day before it now as it did then; its report is due, not told.
    assert again.partitions <= len(TABLES) * 2
    assert honeypot.metadata("daily_report", "2026-08-31")["sessions"] == 1
    assert honeypot.follow("stale_reports")
    assert honeypot.metadata("daily_report", "2026-08-31")["sessions"] == 2
    assert told(honeypot).partitions == 0


def test_a_rebuild_that_puts_rows_right_is_shown(honeypot) -> None:
    load(honeypot, 0, 1, 2)
    with honeypot.warehouse() as warehouse:
        with warehouse.write() as connection:
            connection.execute(text("UPDATE session_facts SET command_count = command_count + 7"))
        told(honeypot)
        rebuild(warehouse)
    assert told(honeypot).partitions > 0
    assert told(honeypot).partitions == 0


def test_another_warehouse_is_told_anew(honeypot, databases, tmp_path) -> None:
    load(honeypot, 0, 1, 2)
    with honeypot.warehouse() as warehouse:
        rebuild(warehouse)
    told(honeypot)
    honeypot.url = databases.sqlite.new(tmp_path / "another.db")
    with honeypot.warehouse() as warehouse, warehouse.write() as connection:
        connection.execute(text("INSERT INTO changed_days (session_day, version) VALUES (20695, 1)"))
    assert told(honeypot).partitions == len(TABLES)


def test_a_failed_report_that_was_mended_elsewhere_turns_green_and_one_that_is_due_does_not(
    honeypot, monkeypatch
) -> None:
    write_days(honeypot, 0, 1)
    with honeypot.warehouse() as warehouse:
        ingest(warehouse, settings_of(honeypot))
    monkeypatch.setenv("COWRIE_QUIET_SECONDS", "soon")
    assert not honeypot.run("daily_reports", "2026-08-30", "2026-08-31").success
    monkeypatch.delenv("COWRIE_QUIET_SECONDS")
    told(honeypot)
    assert failed_partitions(honeypot, "daily_report") == {"2026-08-30", "2026-08-31"}
    with honeypot.warehouse() as warehouse:
        backfill(warehouse, settings_of(honeypot), first=date(2026, 8, 30), last=date(2026, 8, 31))
    told(honeypot)
    assert failed_partitions(honeypot, "daily_report") == set()
    assert honeypot.metadata("daily_report", "2026-08-31")["sessions"] == 1


def test_a_reading_that_failed_stays_red_while_its_log_is_unread(honeypot) -> None:
    write_days(honeypot, 0)
    root, honeypot.log_root = honeypot.log_root, honeypot.folder / "nowhere"
    assert not honeypot.run("ingest", "2026-08-30").success
    honeypot.log_root = root
    told(honeypot)
    assert "2026-08-30" in failed_partitions(honeypot, "raw_events")
    with honeypot.warehouse() as warehouse:
        ingest(warehouse, settings_of(honeypot))
    told(honeypot)
    assert failed_partitions(honeypot, "raw_events") == set()


def test_a_check_whose_rows_are_right_again_turns_green(honeypot) -> None:
    load(honeypot, 0, 1, 2)
    told(honeypot)
    with honeypot.warehouse() as warehouse, warehouse.write() as connection:
        connection.execute(text("UPDATE session_facts SET command_count = command_count + 7"))
    assert not honeypot.execute("validate", {}).success
    red = {name for name, passed in checks_of(honeypot).items() if not passed}
    assert "command_stats:commands_sum_up" in red
    assert told(honeypot, run_checks=True).checks == 0, "it fails still, and that is known"
    with honeypot.warehouse() as warehouse:
        rebuild(warehouse)
    honeypot.follow("stale_reports")
    told(honeypot, run_checks=True)
    assert all(checks_of(honeypot).values())


def test_a_fault_that_the_command_line_found_is_asked_for_at_once_and_turns_red(honeypot) -> None:
    load(honeypot, 0, 1, 2)
    told(honeypot, run_checks=True)
    assert all(checks_of(honeypot).values())
    honeypot.cursors["unrecorded_work"] = json.dumps([datetime.now(UTC).isoformat(), "of a moment ago"])
    assert not honeypot.tick("unrecorded_work").run_requests
    with honeypot.warehouse() as warehouse:
        with warehouse.write() as connection:
            connection.execute(text("UPDATE command_facts SET occurrences = occurrences + 1000"))
        wrong = {result.name for result in validate(warehouse, settings_of(honeypot)) if not result.passed}
    assert {"commands_sum_up", "sections_agree", "days_sum_up"} <= wrong
    (asked,) = honeypot.tick("unrecorded_work").run_requests
    assert {key.name for key in asked.asset_check_keys} == wrong & {
        name.partition(":")[2] for name in checks_of(honeypot)
    }
    assert not honeypot.execute("validate", {}).success
    red = {name for name, passed in checks_of(honeypot).items() if not passed}
    assert red >= {"command_stats:commands_sum_up", "daily_report:sections_agree", "monthly_report:days_sum_up"}
    assert not honeypot.tick("unrecorded_work").run_requests


def test_what_a_run_has_in_work_is_left_to_it(honeypot) -> None:
    load(honeypot, 0, 1, 2)
    job = honeypot.definitions.resolve_job_def("ingest")
    tags = {"dagster/partition": "2026-08-31"}
    run = honeypot.instance.create_run_for_job(job, tags=tags, status=dg.DagsterRunStatus.STARTED)
    told(honeypot)
    assert "2026-08-31" not in honeypot.materialized("raw_events") | honeypot.materialized("daily_report")
    honeypot.instance.report_run_canceled(run)
    told(honeypot)
    assert "2026-08-31" in honeypot.materialized("raw_events") & honeypot.materialized("daily_report")


def test_a_kill_keeps_what_was_told_and_the_next_goes_on(honeypot, monkeypatch) -> None:
    load(honeypot, 0, 1, 2, 3, 4)
    usual = reconciling.table_figures

    def killed(connection, table, day):
        if day == date(2026, 9, 1):
            raise KeyboardInterrupt
        return usual(connection, table, day)

    monkeypatch.setattr(reconciling, "table_figures", killed)
    with pytest.raises(KeyboardInterrupt):
        told(honeypot)
    assert honeypot.materialized("raw_events") == {"2026-09-02", "2026-09-03"}, "the newest come first"
    monkeypatch.undo()
    told(honeypot)
    assert honeypot.materialized("raw_events") == DAYS


def test_a_tick_tells_a_little_and_the_next_goes_on(honeypot, monkeypatch) -> None:
    module = sys.modules["cowrie_assets.defs.sensors.unrecorded_work"]  # the package's name of it is the sensor
    monkeypatch.setattr(module, "SECONDS_A_TICK", 0.0)
    load(honeypot, 0, 1, 2)
    assert "recorded" in honeypot.tick("unrecorded_work").skip_message
    assert honeypot.materialized("raw_events") < DAYS
    for _ in range(30):
        data = honeypot.tick("unrecorded_work")
        if "has a record of all" in (data.skip_message or ""):
            break
    assert honeypot.materialized("raw_events") == DAYS - {"2026-09-02", "2026-09-03"}
    assert all(checks_of(honeypot).values())
    assert len(checks_of(honeypot)) == 23


def test_a_tick_asks_for_the_checks_that_nobody_ran_once(honeypot) -> None:
    write_days(honeypot, 0)
    with honeypot.warehouse() as warehouse:
        backfill(warehouse, settings_of(honeypot), first=date(2026, 8, 30), last=date(2026, 8, 30))
    (asked,) = honeypot.tick("unrecorded_work").run_requests
    assert len(asked.asset_check_keys) == 23
    assert not honeypot.tick("unrecorded_work").run_requests, "they were asked for a moment ago"


def test_a_report_whose_files_were_taken_away_is_not_told(honeypot) -> None:
    load(honeypot, 0)
    (honeypot.reports / "daily" / "2026-08-30" / "aggregate.json").unlink()
    (honeypot.reports / "daily" / "2026-08-31" / "aggregate.json").write_text("{")
    done = told(honeypot)
    assert done.not_on_disk == 2
    assert honeypot.materialized("daily_report") == DAYS - {"2026-08-30", "2026-08-31"}
