"""Arriving data: what the sensors ask for, what they do not ask for twice, and where late data ends up."""

import json
import shutil
from datetime import UTC, date, datetime, timedelta

import dagster as dg
import pytest
from sqlalchemy import text

from cowrie_assets.operations.ingest import ingest
from cowrie_assets.reports.files import write_reports
from cowrie_assets.reports.periods import REPORT_TYPES, period_of
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets_tests import tables
from cowrie_assets_tests.defs.conftest import Honeypot, event, keys_of, session_events
from cowrie_assets_tests.loading import ALL_DAYS_WAIT
from cowrie_assets_tests.work import calls

NOON = datetime(2026, 8, 31, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def stretches(data) -> list[tuple[str, str]]:
    """The ranges a tick asks for."""
    return [keys_of(request.tags) for request in data.run_requests or ()]


def queue(honeypot: Honeypot, job: str, status: dg.DagsterRunStatus, **tags: str) -> dg.DagsterRun:
    """A run as the run queue would hold it."""
    definition = honeypot.definitions.resolve_job_def(job)
    keys = {f"dagster/{name}": value for name, value in tags.items()}
    return honeypot.instance.create_run_for_job(definition, tags=keys, status=status)


def settle(honeypot: Honeypot) -> list[tuple[str, str, str]]:
    """Let both sensors look and run what they ask for until they ask for nothing more."""
    asked = []
    while more := honeypot.follow("new_logs") + honeypot.follow("stale_reports"):
        asked += more
        assert len(asked) < 30
    return asked


def test_neighbouring_days_share_one_run_and_gaps_part_them(honeypot) -> None:
    for number in (0, 1, 2, 5):
        honeypot.log(
            f"cowrie.json.{(NOON + number * DAY).date()}", *session_events(NOON + number * DAY, f"{number:012x}")
        )
        honeypot.log(
            f"cowrie.json.{(NOON + number * DAY).date()}",
            *session_events(NOON + number * DAY, f"{number:012x}"),
            sensor="hp-2",
        )
    data = honeypot.tick("new_logs")
    assert stretches(data) == [("2026-08-31", "2026-09-02"), ("2026-09-05", "2026-09-05")]
    (seen,) = data.asset_events
    assert seen.asset_key == dg.AssetKey("log_files")
    assert (seen.metadata["changed_logs"].value, seen.metadata["changed_sensors"].value) == (8, "hp-1, hp-2")


def test_nothing_new_asks_for_nothing_and_says_so(honeypot) -> None:
    honeypot.log("cowrie.json.2026-08-31", *session_events(NOON, "aaaaaaaaaaaa"))
    assert honeypot.follow("new_logs") == [("ingest", "2026-08-31", "2026-08-31")]
    data = honeypot.tick("new_logs")
    assert (stretches(data), data.skip_message) == ([], "no log is new or grown")


def test_a_tick_without_its_folder_fails_and_says_so(honeypot) -> None:
    honeypot.log_root = honeypot.folder / "nowhere"
    assert "nowhere" in honeypot.fault("new_logs")


def test_a_half_line_is_asked_for_once_and_again_when_it_is_whole(honeypot) -> None:
    path = honeypot.log("cowrie.json", *session_events(NOON, "aaaaaaaaaaaa"))
    whole = path.read_bytes()
    path.write_bytes(whole[:-30])
    assert len(honeypot.follow("new_logs")) == 1
    assert honeypot.tick("new_logs").skip_message == "no log is new or grown"
    path.write_bytes(whole)
    assert len(honeypot.follow("new_logs")) == 1
    assert honeypot.metadata("raw_events", "2026-08-31")["events"] == 4


@pytest.mark.parametrize(
    "status", [dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.FAILURE]
)
def test_days_that_are_in_work_or_failed_a_moment_ago_are_left_out(honeypot, status) -> None:
    for number in range(4):
        honeypot.log(
            f"cowrie.json.{(NOON + number * DAY).date()}", *session_events(NOON + number * DAY, f"{number:012x}")
        )
    queue(honeypot, "ingest", status, asset_partition_range_start="2026-09-01", asset_partition_range_end="2026-09-02")
    assert stretches(honeypot.tick("new_logs")) == [("2026-08-31", "2026-08-31"), ("2026-09-03", "2026-09-03")]


def test_for_a_run_that_was_tried_again_stands_its_next_attempt(honeypot) -> None:
    """A worker that was lost keeps nothing from being asked for once the second attempt has ended well."""
    honeypot.log("cowrie.json.2026-08-31", *session_events(NOON, "aaaaaaaaaaaa"))
    lost = {"partition": "2026-08-31", "will_retry": "true"}
    queue(honeypot, "ingest", dg.DagsterRunStatus.FAILURE, **lost)
    assert "in work" in honeypot.tick("new_logs").skip_message
    for run in honeypot.instance.get_runs():
        honeypot.instance.add_run_tags(run.run_id, {"dagster/auto_retry_run_id": "its next attempt"})
    assert stretches(honeypot.tick("new_logs")) == [("2026-08-31", "2026-08-31")]


def test_a_run_launched_by_hand_counts_as_work(honeypot) -> None:
    honeypot.log("cowrie.json.2026-08-31", *session_events(NOON, "aaaaaaaaaaaa"))
    definition = honeypot.definitions.resolve_implicit_global_asset_job_def()
    honeypot.instance.create_run_for_job(
        definition,
        asset_selection={dg.AssetKey("raw_events")},
        tags={"dagster/partition": "2026-08-31"},
        status=dg.DagsterRunStatus.STARTED,
    )
    assert "in work" in honeypot.tick("new_logs").skip_message


def test_the_live_log_makes_no_storm(honeypot, one_day) -> None:
    now = datetime.now(UTC)
    honeypot.log("cowrie.json", event(now, "aaaaaaaaaaaa", "session.connect"))
    assert honeypot.follow("new_logs") == [("ingest", str(one_day), str(one_day))]
    honeypot.log("cowrie.json", event(now, "aaaaaaaaaaaa", "client.version", version="SSH-2.0-x"))
    assert "a moment ago" in honeypot.tick("new_logs").skip_message
    honeypot.log("cowrie.json.2026-08-31", *session_events(NOON, "bbbbbbbbbbbb"))
    assert honeypot.follow("new_logs") == [("ingest", "2026-08-31", "2026-08-31")]
    honeypot.cursors["new_logs"] = (now - timedelta(minutes=6)).isoformat()
    ((job, *days),) = honeypot.follow("new_logs")
    assert (job in ("ingest", "ingest_live"), days) == (True, [str(one_day), str(one_day)])


def test_a_long_backlog_is_asked_for_in_shares(honeypot) -> None:
    for number in range(0, 300, 2):
        honeypot.log("cowrie.json.2026-01-01", event(NOON - number * DAY, f"{number:012x}", "session.connect"))
    first = stretches(honeypot.tick("new_logs"))
    assert len(first) == 4
    assert all(date.fromisoformat(last) - date.fromisoformat(start) == 30 * DAY for start, last in first)
    assert first[0][0] == str((NOON - 298 * DAY).date())


def test_of_a_log_that_grew_only_the_new_days_are_asked_for(honeypot) -> None:
    honeypot.log(
        "cowrie.json", *(event(NOON + number * DAY, f"{number:012x}", "session.connect") for number in range(5))
    )
    assert honeypot.follow("new_logs") == [("ingest", "2026-08-31", "2026-09-04")]
    honeypot.log("cowrie.json", event(NOON + 7 * DAY, "aaaaaaaaaaaa", "session.connect"))
    assert honeypot.follow("new_logs") == [("ingest", "2026-09-07", "2026-09-07")]


def test_a_renamed_log_is_looked_at_once_and_read_no_more(honeypot) -> None:
    path = honeypot.log("cowrie.json", *session_events(NOON, "aaaaaaaaaaaa"))
    honeypot.follow("new_logs")
    path.rename(path.with_name("cowrie.json.2026-08-31"))
    assert honeypot.follow("new_logs") == [("ingest", "2026-08-31", "2026-08-31")]
    assert honeypot.metadata("raw_events", "2026-08-31")["new_events"] == 0
    assert honeypot.tick("new_logs").skip_message == "no log is new or grown"


def test_a_log_without_a_usable_line_is_brought_in_all_the_same(honeypot, one_day) -> None:
    path = honeypot.log("cowrie.json.1")
    path.write_text("kernel: oops\n" * 3)
    assert honeypot.follow("new_logs") == [("ingest", str(one_day), str(one_day))]
    with honeypot.warehouse() as warehouse, warehouse.read() as connection:
        assert connection.execute(text("SELECT COUNT(*) FROM dead_letters")).scalar() == 3
    assert honeypot.tick("new_logs").skip_message == "no log is new or grown"


def test_events_loaded_and_not_summed_up_are_asked_for(honeypot) -> None:
    honeypot.log("cowrie.json.2026-08-31", *session_events(NOON, "aaaaaaaaaaaa"))
    honeypot.follow("new_logs")
    with honeypot.warehouse() as warehouse, warehouse.write() as connection:
        connection.execute(text(ALL_DAYS_WAIT))
    assert honeypot.follow("new_logs") == [("ingest", "2026-08-31", "2026-08-31")]
    assert honeypot.tick("new_logs").skip_message == "no log is new or grown"


@pytest.mark.parametrize("future", [False, True])
def test_events_outside_the_partitions_are_stored_summed_up_and_told(honeypot, capfd, one_day, future) -> None:
    moment = datetime.now(UTC) + 400 * DAY if future else datetime(2012, 5, 1, tzinfo=UTC)
    key = str(one_day) if future else "2020-01-01"
    honeypot.log("cowrie.json.1", *session_events(moment, "aaaaaaaaaaaa"))
    assert honeypot.follow("new_logs") == [("ingest", key, key)]
    with honeypot.warehouse() as warehouse:
        assert [row["event_count"] for row in tables.rows(warehouse, "session_summaries")] == [4]
    assert (
        f"4 events from {moment.date()} to {moment.date()} are stored, and no partition shows them"
        in capfd.readouterr().err
    )
    assert honeypot.tick("new_logs").skip_message == "no log is new or grown"


def test_a_late_event_of_an_old_day_ends_in_its_reports_and_in_those_compared_with_it(honeypot) -> None:
    for number in range(3):
        honeypot.log(
            f"cowrie.json.{(NOON + number * DAY).date()}", *session_events(NOON + number * DAY, f"{number:012x}")
        )
    assert settle(honeypot) == [
        ("ingest", "2026-08-31", "2026-09-02"),
        ("weekly_reports", "2026-08-31", "2026-08-31"),
        ("monthly_reports", "2026-08-01", "2026-09-01"),
    ]
    honeypot.log("cowrie.json", *session_events(NOON + timedelta(minutes=1), "ffffffffffff"))
    assert settle(honeypot) == [
        ("ingest", "2026-08-31", "2026-08-31"),
        ("daily_reports", "2026-09-01", "2026-09-02"),
        ("weekly_reports", "2026-08-31", "2026-08-31"),
        ("monthly_reports", "2026-08-01", "2026-09-01"),
    ]
    assert honeypot.report("daily", "2026-08-31")["sessions"]["total"] == 2
    assert honeypot.report("daily", "2026-09-01")["changes"]["figures"]["sessions"]["previous"] == 2
    assert honeypot.report("weekly", "2026-W36")["sessions"]["total"] == 4
    assert honeypot.report("monthly", "2026-08")["sessions"]["total"] == 2
    assert honeypot.report("monthly", "2026-09")["sessions"]["total"] == 2


def test_what_the_command_line_loads_is_reported_too(honeypot) -> None:
    honeypot.log("cowrie.json.2026-08-31", *session_events(NOON, "aaaaaaaaaaaa"))
    with honeypot.warehouse() as warehouse:
        ingest(warehouse, Settings(log_root=honeypot.log_root))
    assert settle(honeypot) == [
        ("daily_reports", "2026-08-31", "2026-08-31"),
        ("weekly_reports", "2026-08-31", "2026-08-31"),
        ("monthly_reports", "2026-08-01", "2026-08-01"),
    ]
    assert honeypot.report("weekly", "2026-W36")["sessions"]["total"] == 1


def test_reports_wait_while_their_days_are_in_work(honeypot) -> None:
    honeypot.log("cowrie.json.2026-08-31", *session_events(NOON, "aaaaaaaaaaaa"))
    honeypot.follow("new_logs")
    run = queue(honeypot, "ingest", dg.DagsterRunStatus.STARTED, partition="2026-09-02")
    assert stretches(honeypot.tick("stale_reports")) == [("2026-08-01", "2026-08-01")]
    honeypot.cursors.clear()
    honeypot.instance.report_run_canceled(run)
    run = queue(honeypot, "ingest", dg.DagsterRunStatus.STARTED, partition="2026-09-01")
    assert stretches(honeypot.tick("stale_reports")) == []  # a session of August may go on behind midnight
    honeypot.instance.report_run_canceled(run)
    assert stretches(honeypot.tick("stale_reports")) == [("2026-08-31", "2026-08-31"), ("2026-08-01", "2026-08-01")]


def test_a_report_beside_a_day_that_stays_pending_is_asked_for_when_that_is_there(honeypot) -> None:
    honeypot.log("cowrie.json.1", *session_events(NOON, "aaaaaaaaaaaa"), *session_events(NOON + DAY, "bbbbbbbbbbbb"))
    settle(honeypot)
    with honeypot.warehouse() as warehouse:
        with warehouse.write() as connection:
            connection.execute(text(ALL_DAYS_WAIT))
        for kind in REPORT_TYPES:
            for number in (0, 1):
                write_reports(warehouse, period_of(kind, (NOON + number * DAY).date()), honeypot.reports)
        assert not honeypot.report("daily", "2026-08-31")["complete"]
        for _ in range(3):
            honeypot.cursors.clear()
            assert honeypot.tick("stale_reports").skip_message == "every report is up to date"
        refresh(warehouse)
    assert honeypot.follow("stale_reports") == [
        ("daily_reports", "2026-08-31", "2026-09-01"),
        ("weekly_reports", "2026-08-31", "2026-08-31"),
        ("monthly_reports", "2026-08-01", "2026-09-01"),
    ]
    assert honeypot.report("daily", "2026-08-31")["complete"]
    assert honeypot.tick("stale_reports").skip_message == "every report is up to date"


def test_what_was_asked_for_and_not_written_rests(honeypot) -> None:
    honeypot.log("cowrie.json.2026-08-31", *session_events(NOON, "aaaaaaaaaaaa"))
    with honeypot.warehouse() as warehouse:
        ingest(warehouse, Settings(log_root=honeypot.log_root))
    assert len(stretches(honeypot.tick("stale_reports"))) == 3
    assert "a moment ago" in honeypot.tick("stale_reports").skip_message
    cursor = json.loads(honeypot.cursors["stale_reports"])
    before = (datetime.now(UTC) - timedelta(minutes=16)).isoformat()
    honeypot.cursors["stale_reports"] = json.dumps([[before, *entry[1:]] for entry in cursor])
    assert len(stretches(honeypot.tick("stale_reports"))) == 3


def test_reports_of_running_periods_are_asked_for_once_an_hour(honeypot, one_day) -> None:
    now = datetime.now(UTC)
    honeypot.log("cowrie.json", event(now, "aaaaaaaaaaaa", "session.connect"))
    honeypot.follow("new_logs")
    week, month = (period_of(kind, one_day).start.isoformat() for kind in ("weekly", "monthly"))
    assert honeypot.follow("stale_reports") == [("weekly_reports", week, week), ("monthly_reports", month, month)]
    honeypot.log("cowrie.json", event(now, "bbbbbbbbbbbb", "session.connect"))
    honeypot.cursors["new_logs"] = ""
    honeypot.follow("new_logs")
    assert "a moment ago" in honeypot.tick("stale_reports").skip_message
    honeypot.cursors["stale_reports"] = (now - timedelta(minutes=61)).isoformat()
    assert len(honeypot.follow("stale_reports")) == 2
    assert honeypot.tick("stale_reports").skip_message == "every report is up to date"


def test_ticks_are_cheap_with_many_logs_and_days(honeypot) -> None:
    for number in range(200):
        day = NOON - number * DAY
        honeypot.log(f"cowrie.json.{day.date()}", *session_events(day, f"{number:012x}"), sensor=f"hp-{number % 4}")
    with honeypot.warehouse() as warehouse:
        ingest(warehouse, Settings(log_root=honeypot.log_root))
    for name in ("new_logs", "stale_reports"):
        honeypot.tick(name)
        assert calls(lambda name=name: honeypot.tick(name)) < 400_000, name


def test_a_report_whose_file_is_gone_is_asked_for(honeypot) -> None:
    honeypot.log("cowrie.json.2026-08-31", *session_events(NOON, "aaaaaaaaaaaa"))
    with honeypot.warehouse() as warehouse:
        ingest(warehouse, Settings(log_root=honeypot.log_root))
    honeypot.follow("stale_reports")
    assert honeypot.tick("stale_reports").skip_message == "every report is up to date"
    (honeypot.reports / "weekly/2026-W36/hp-1.html").unlink()
    honeypot.cursors.clear()
    assert honeypot.follow("stale_reports") == [("weekly_reports", "2026-08-31", "2026-08-31")]
    shutil.rmtree(honeypot.reports)
    honeypot.cursors.clear()
    assert len(honeypot.follow("stale_reports")) == 3
    assert honeypot.tick("stale_reports").skip_message == "every report is up to date"
