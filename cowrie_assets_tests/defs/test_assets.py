"""Logs to reports through Dagster: right rows, days without logs, midnight in both orders, failures."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from sqlalchemy import text

from cowrie_assets_tests import tables
from cowrie_assets_tests.defs.conftest import Honeypot, event, session_events
from cowrie_assets_tests.defs.recount import holds_what_is_counted_twice

DAILY_ASSETS = ("raw_events", "session_summaries", "command_stats", "login_stats", "files", "daily_report")
NOON = datetime(2026, 8, 31, 12, tzinfo=UTC)
MIDNIGHT = datetime(2026, 9, 1, tzinfo=UTC)


@contextmanager
def broken(honeypot: Honeypot, table: str, day: str) -> Iterator[None]:
    """A table that refuses rows of a day, as a full or damaged disk would."""
    with honeypot.warehouse() as warehouse:
        column = {"events": "event_day", "session_facts": "session_day"}[table]
        number = (datetime.fromisoformat(day).date() - datetime(1970, 1, 1).date()).days
        with warehouse.write() as connection:
            connection.execute(
                text(
                    f"CREATE TRIGGER refuse BEFORE INSERT ON {table} WHEN NEW.{column} = {number} "
                    "BEGIN SELECT RAISE(ABORT, 'no room for this day'); END"
                )
            )
    yield
    with honeypot.warehouse() as warehouse, warehouse.write() as connection:
        connection.execute(text("DROP TRIGGER refuse"))


def test_sample_logs_through_dagster_are_what_a_second_program_counts(honeypot, sample_logs) -> None:
    honeypot.log_root = sample_logs
    assert honeypot.run("ingest", "2026-08-29", "2026-09-04").success
    with honeypot.warehouse() as warehouse:
        counted = holds_what_is_counted_twice(warehouse, sample_logs)
    shown = sum(
        honeypot.metadata("raw_events", f"2026-{day}")["events"]
        for day in ("08-30", "08-31", "09-01", "09-02", "09-03")
    )
    assert shown == counted
    for asset in DAILY_ASSETS:
        assert len(honeypot.materialized(asset)) == 7, asset


def test_a_day_without_logs_has_its_rows_and_its_report(honeypot) -> None:
    assert honeypot.run("ingest", "2026-08-31").success
    for asset in DAILY_ASSETS:
        assert honeypot.materialized(asset) == {"2026-08-31"}
    assert honeypot.metadata("raw_events", "2026-08-31")["dagster/partition_row_count"] == 0
    report = honeypot.report("daily", "2026-08-31")
    assert (report["sessions"]["total"], report["complete"]) == (0, True)


@pytest.mark.parametrize("order", [("2026-08-31", "2026-09-01"), ("2026-09-01", "2026-08-31")])
def test_a_session_over_midnight_in_either_order(honeypot, order) -> None:
    over = session_events(MIDNIGHT - timedelta(seconds=30), "aaaaaaaaaaaa", seconds=90)
    honeypot.log("cowrie.json.2026-08-31", over[0], event(NOON, "bbbbbbbbbbbb", "session.connect"))
    honeypot.log("cowrie.json", *over[1:], *session_events(MIDNIGHT + timedelta(hours=1), "cccccccccccc"))
    for day in order:
        assert honeypot.run("ingest", day).success
    while honeypot.follow("stale_reports"):
        pass
    first, second = honeypot.report("daily", "2026-08-31"), honeypot.report("daily", "2026-09-01")
    assert (first["sessions"]["total"], first["commands"]["total"], first["sessions"]["closed"]) == (2, 1, 1)
    assert (second["sessions"]["total"], second["commands"]["total"], second["sessions"]["closed"]) == (1, 1, 1)
    assert honeypot.report("weekly", "2026-W36")["sessions"]["total"] == 3
    assert honeypot.report("monthly", "2026-08")["sessions"]["total"] == 2
    assert honeypot.report("monthly", "2026-09")["sessions"]["total"] == 1


def test_a_log_of_several_days_is_read_once_for_a_range_and_shown_by_day(honeypot) -> None:
    for number in range(3):
        honeypot.log("cowrie.json.2026-09-02", *session_events(NOON + timedelta(days=number), f"{number:012x}"))
    assert honeypot.run("ingest", "2026-08-31", "2026-09-02").success
    figures = [honeypot.metadata("raw_events", f"2026-{day}") for day in ("08-31", "09-01", "09-02")]
    assert [day["events"] for day in figures] == [4, 4, 4]
    assert [day["new_events"] for day in figures] == [4, 4, 4]
    size = (honeypot.log_root / "hp-1" / "cowrie.json.2026-09-02").stat().st_size
    assert [day["bytes"] for day in figures] == [size, 0, 0]


def test_days_that_a_log_brings_in_beside_the_runs_are_summed_up_too(honeypot) -> None:
    for number in range(3):
        honeypot.log("cowrie.json.2026-09-02", *session_events(NOON + timedelta(days=number), f"{number:012x}"))
    assert honeypot.run("ingest", "2026-09-01").success
    with honeypot.warehouse() as warehouse:
        assert len(tables.session_rows(warehouse)) == 3
    assert honeypot.materialized("session_summaries") == {"2026-09-01"}


def test_what_is_shown_with_a_partition(honeypot) -> None:
    honeypot.log(
        "cowrie.json",
        *session_events(NOON, "aaaaaaaaaaaa"),
        event(NOON, "aaaaaaaaaaaa", "command.input", input="\x1b[31m\ud800" + "x" * 300),
    )
    path = honeypot.log("cowrie.json")
    with path.open("a") as file:
        file.write("no json\n")
    assert honeypot.run("ingest", "2026-08-31").success
    raw = honeypot.metadata("raw_events", "2026-08-31")
    assert raw["bytes"] == path.stat().st_size
    figures = {
        "dagster/partition_row_count": 5,
        "events": 5,
        "new_events": 5,
        "sessions": 1,
        "duplicates": 0,
    }
    assert {name: raw[name] for name in figures} == figures
    assert raw["dead_letters"] == 1
    assert raw["seconds"] > 0
    assert raw["events_per_second"] > 0
    commands = honeypot.metadata("command_stats", "2026-08-31")
    assert (commands["dagster/partition_row_count"], commands["commands"], commands["unique_commands"]) == (2, 2, 2)
    shown = {row["command"] for row in commands["top_commands"]}
    assert "uname -a" in shown
    assert max(map(len, shown)) == 200
    assert all(command.isprintable() for command in shown)
    assert honeypot.metadata("login_stats", "2026-08-31")["top_credentials"] == [
        {"user:password": "root:admin", "attempts": 1}
    ]
    report = honeypot.metadata("daily_report", "2026-08-31")
    assert next(iter(report)) == "page"
    assert report["page"] == "http://127.0.0.1:3080/daily/2026-08-31/aggregate.html"
    assert (report["period"], report["sessions"], report["commands"]) == ("2026-08-31", 1, 2)
    document = json.loads(Path(report["json_file"]).read_text())
    assert document["sensor"] == "aggregate"
    assert len(report["sessions_by_hour"]) == 24
    assert report["sessions_by_hour"].strip("\u2007") == "█"
    assert report["alerts"] == len(report["alert_list"]) == len(document["alerts"]) > 0
    assert {row["kind"] for row in report["alert_list"]} >= {"dead_letters"}
    assert {row["figure"]: row["value"] for row in report["changes"]} == {
        name: change["value"] for name, change in document["changes"]["figures"].items()
    }
    assert Path(report["text_file"]).is_file()


def test_a_week_is_named_by_its_monday_and_shows_its_iso_label(honeypot) -> None:
    honeypot.log("cowrie.json", *session_events(NOON, "aaaaaaaaaaaa"))
    honeypot.run("ingest", "2026-08-31")
    assert honeypot.run("weekly_reports", "2026-08-31").success
    assert honeypot.metadata("weekly_report", "2026-08-31")["period"] == "2026-W36"
    assert honeypot.report("weekly", "2026-W36")["sessions"]["total"] == 1


def test_pages_are_linked_where_readers_find_them(honeypot, monkeypatch) -> None:
    monkeypatch.setenv("COWRIE_REPORT_URL", "https://reports.example.org/cowrie")
    honeypot.run("ingest", "2026-08-31")
    page = "https://reports.example.org/cowrie/daily/2026-08-31/aggregate.html"
    assert honeypot.metadata("daily_report", "2026-08-31")["page"] == page


def test_a_bulk_load_through_dagster_changes_no_row_and_a_sensor_can_be_chosen(honeypot) -> None:
    honeypot.log("cowrie.json", *session_events(NOON, "aaaaaaaaaaaa"))
    honeypot.log("cowrie.json", *session_events(NOON, "bbbbbbbbbbbb"), sensor="hp-2")
    only = {"ops": {"days": {"config": {"sensors": ["hp-2"]}}}}
    assert honeypot.run("ingest", "2026-08-31", config=only).success
    assert honeypot.metadata("raw_events", "2026-08-31")["events"] == 4
    assert honeypot.run("ingest", "2026-08-31").success
    assert honeypot.metadata("raw_events", "2026-08-31")["events"] == 8
    with honeypot.warehouse() as warehouse:
        before = tables.contents(warehouse)
        assert honeypot.run("ingest", "2026-08-31", config={"ops": {"days": {"config": {"mode": "bulk"}}}}).success
        assert tables.contents(warehouse) == before
    assert honeypot.metadata("raw_events", "2026-08-31")["new_events"] == 0


@pytest.mark.parametrize(("table", "asset"), [("events", "raw_events"), ("session_facts", "session_summaries")])
def test_a_day_that_fails_keeps_the_days_done(honeypot, table, asset) -> None:
    for number, name in enumerate(("cowrie.json.2026-08-31", "cowrie.json.2026-09-01", "cowrie.json")):
        honeypot.log(name, *session_events(NOON + timedelta(days=number), f"{number:012x}"))
    with broken(honeypot, table, "2026-09-02"):
        failed = honeypot.run("ingest", "2026-08-31", "2026-09-02")
    assert not failed.success
    assert honeypot.materialized(asset) == {"2026-08-31", "2026-09-01"}
    assert honeypot.metadata(asset, "2026-09-01")["dagster/partition_row_count"] > 0
    assert honeypot.materialized("daily_report") == set()
    (failure,) = [each for each in failed.all_events if each.is_step_failure]
    assert "no room for this day" in str(failure.step_failure_data.error)
    assert honeypot.run("ingest", "2026-08-31", "2026-09-02").success
    assert honeypot.metadata("raw_events", "2026-09-02")["events"] == 4


def test_what_will_not_pass_fails_at_once_with_a_sentence(honeypot) -> None:
    honeypot.log_root = honeypot.folder / "nowhere"
    failed = honeypot.run("ingest", "2026-08-31")
    assert not failed.success
    assert not [each for each in failed.all_events if each.event_type == dg.DagsterEventType.STEP_UP_FOR_RETRY]
    (failure,) = [each for each in failed.all_events if each.is_step_failure]
    assert "nowhere" in str(failure.step_failure_data.error)
