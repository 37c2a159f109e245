"""Failed runs and checks become alerts, a job sends what is due; off, and said so, where no channel is configured."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import dagster as dg
import pytest
from sqlalchemy import text

from cowrie_assets.defs.ticks import TickFailed
from cowrie_assets.notifications.alerts import failed_run
from cowrie_assets.notifications.dispatch import Dispatch
from cowrie_assets.notifications.settings import NotificationSettings
from cowrie_assets.settings import Settings
from cowrie_assets_tests.defs.conftest import Honeypot, session_events
from cowrie_assets_tests.notifications.receivers import SECRET, Answer, WebServer


@pytest.fixture
def yesterday(one_day: date) -> date:
    return one_day - timedelta(days=1)


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    server = WebServer()
    monkeypatch.setenv("HOOK", server.url)
    monkeypatch.setenv("COWRIE_WEBHOOK_URL", "env:HOOK")
    yield server
    server.close()


@pytest.fixture
def closed_day(honeypot: Honeypot, yesterday: date) -> Honeypot:
    """Yesterday, read and reported."""
    noon = datetime.combine(yesterday, time(12), UTC)
    honeypot.log(f"cowrie.json.{yesterday}", *session_events(noon, "aaaaaaaaaaaa"))
    assert honeypot.run("ingest", yesterday).success
    return honeypot


@pytest.fixture
def alarmed(honeypot: Honeypot, web: WebServer) -> Honeypot:
    """With an alert that waits."""
    with honeypot.warehouse() as warehouse:
        alert = failed_run("nightly", "run-1", "disk full")
        Dispatch(warehouse, NotificationSettings.from_environment(os.environ), Settings()).note([alert])
    return honeypot


def outbox(honeypot: Honeypot) -> list[tuple[str, int]]:
    with honeypot.warehouse() as warehouse, warehouse.read() as connection:
        rows = connection.execute(text("SELECT subject, waiting FROM notifications ORDER BY subject"))
        return [(row.subject, row.waiting) for row in rows]


def fail(honeypot: Honeypot, message: str) -> str:
    """A run of a job that fails with `message`."""

    @dg.op
    def break_down() -> None:
        raise RuntimeError(message)

    @dg.job
    def nightly() -> None:
        break_down()

    return nightly.execute_in_process(instance=honeypot.instance, raise_on_error=False).run_id


def test_off_and_said_so(honeypot: Honeypot) -> None:
    for sensor in ("digests", "failures"):
        data = honeypot.tick(sensor)
        assert not data.run_requests
        assert "no channel is configured" in data.skip_message


def test_settings_that_are_wrong_are_said_and_no_failure_is_passed_over(
    honeypot: Honeypot, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    honeypot.tick("failures")
    fail(honeypot, "broken")
    with monkeypatch.context() as wrong:
        wrong.setenv("COWRIE_DIGEST_ALERTS", "perhaps")
        for sensor in ("digests", "failures"):
            assert "COWRIE_DIGEST_ALERTS must be on or off" in honeypot.fault(sensor)
    honeypot.tick("failures")
    assert outbox(honeypot) == [("run:nightly", 1)]


def test_a_digest_goes_out_after_its_report_and_once(closed_day: Honeypot, yesterday: date, web: WebServer) -> None:
    assert closed_day.follow("digests") == [("send_digests", None, None)]
    (posted,) = web.posted
    assert posted.json["document_id"] == f"aggregate:daily:{yesterday}"
    assert posted.json["figures"]["sessions"] == 1
    data = closed_day.tick("digests")
    assert (data.run_requests, data.skip_message) == ([], "nothing is due")


def test_one_run_sends_at_a_time(alarmed: Honeypot, web: WebServer) -> None:
    job = alarmed.definitions.resolve_job_def("send_digests")
    alarmed.instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
    assert alarmed.tick("digests").skip_message == "a run that sends is in work"


def test_what_was_not_taken_fails_the_run_with_the_reason_and_no_secret(alarmed: Honeypot, web: WebServer) -> None:
    web.answers = [Answer(500)]
    result = alarmed.execute("send_digests", {})
    assert not result.success
    logs = [str(record) for record in alarmed.instance.all_logs(result.run_id)]
    assert any("the webhook answered 500" in record for record in logs)
    assert not any(SECRET in record for record in logs)
    assert alarmed.tick("digests").skip_message == "nothing is due"


def test_failed_runs_are_alerts_once_an_hour_and_counted(honeypot: Honeypot, web: WebServer) -> None:
    fail(honeypot, "from before")
    assert "no run and no check failed" in honeypot.tick("failures").skip_message
    for number in range(3):
        fail(honeypot, f"disk full {number}\nsecond line <script>")
    assert honeypot.tick("failures").skip_message == "noted: run:nightly"
    assert outbox(honeypot) == [("run:nightly", 3)]
    assert honeypot.follow("digests") == [("send_digests", None, None)]
    (posted,) = web.posted
    assert posted.json["title"] == "Cowrie: a run of nightly failed"
    assert posted.json["occurrences"] == 3
    assert posted.json["details"][1].endswith("disk full 2")
    fail(honeypot, "once more")
    honeypot.tick("failures")
    assert outbox(honeypot) == [("run:nightly", 1)]
    assert honeypot.tick("digests").skip_message == "nothing is due"


def test_a_database_that_is_down_loses_no_alert(
    honeypot: Honeypot, web: WebServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    honeypot.tick("failures")
    fail(honeypot, "the database is down")
    url = honeypot.url
    honeypot.url = "sqlite:////not/there/warehouse.db"
    with pytest.raises(TickFailed):
        honeypot.tick("failures")
    honeypot.url = url
    honeypot.tick("failures")
    assert outbox(honeypot) == [("run:nightly", 1)]


def test_a_failed_run_that_sends_makes_no_alert(alarmed: Honeypot, web: WebServer) -> None:
    alarmed.tick("failures")
    web.answers = [Answer(500)]
    assert not alarmed.execute("send_digests", {}).success
    alarmed.tick("failures")
    assert [subject for subject, _ in outbox(alarmed)] == ["run:nightly"]


def test_alerts_can_be_switched_off(honeypot: Honeypot, web: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COWRIE_DIGEST_ALERTS", "0")
    honeypot.tick("failures")
    fail(honeypot, "x")
    assert "alerts are switched off" in honeypot.tick("failures").skip_message
    assert outbox(honeypot) == []


def test_failed_checks_are_alerts_and_late_ones_are_not(closed_day: Honeypot, web: WebServer) -> None:
    closed_day.tick("failures")
    assert closed_day.execute("validate", {}).success
    assert closed_day.tick("failures").skip_message == "no run and no check failed"
    with closed_day.warehouse() as warehouse, warehouse.write() as connection:
        connection.execute(text("UPDATE session_facts SET command_count = command_count + 1"))
    closed_day.execute("validate", {})
    closed_day.tick("failures")
    noted = dict(outbox(closed_day))
    assert "check:session_counts_equal_raw" in noted
    assert noted["check:session_counts_equal_raw"] == 1
    assert set(noted.values()) == {1, 3}, "what reports count is a check of each of the three report assets"
    closed_day.follow("digests")
    told = {posted.json["subject"]: posted.json for posted in web.posted if posted.json["event"] == "alert"}
    assert told["check:session_counts_equal_raw"]["title"].startswith("Cowrie: the check session_counts_equal_raw of ")
    assert len(told) == len(noted)


@pytest.mark.parametrize("job", ["validate_changed", "validate_every_row"])
def test_what_a_look_at_all_rows_finds_wrong_is_an_alert(closed_day: Honeypot, web: WebServer, job: str) -> None:
    closed_day.tick("failures")
    if job == "validate_every_row":  # found right before, and spoiled by other hands since
        assert closed_day.execute(job, {}).success
        assert closed_day.execute("validate_changed", {}).success
    with closed_day.warehouse() as warehouse, warehouse.write() as connection:
        connection.execute(text("UPDATE session_facts SET risk_score = 101"))
    assert not closed_day.execute(job, {}).success
    closed_day.tick("failures")
    with closed_day.warehouse() as warehouse, warehouse.read() as connection:
        (alert,) = connection.execute(text(f"SELECT content FROM notifications WHERE subject = 'run:{job}'"))
    assert "2 checks found differences: recomputed_rows_equal_stored_rows, report_files_are_current" in alert.content


def test_cursors_are_small_and_start_at_the_present(honeypot: Honeypot, web: WebServer) -> None:
    for _ in range(3):
        fail(honeypot, "from before")
    honeypot.tick("failures")
    assert set(json.loads(honeypot.cursors["failures"])) == {"PIPELINE_FAILURE", "PIPELINE_SUCCESS"}
    fail(honeypot, "new")
    honeypot.tick("failures")
    assert outbox(honeypot) == [("run:nightly", 1)]
