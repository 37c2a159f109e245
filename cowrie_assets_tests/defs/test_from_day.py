"""One run from a day on: days, weeks and months, each recorded as it is committed, and one summary."""

import multiprocessing
import os
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from cowrie_assets.defs import from_day
from cowrie_assets.defs.in_work import keys_in_work
from cowrie_assets.defs.partitions import DAILY, MONTHLY, WEEKLY
from cowrie_assets.defs.reconcile import reconcile
from cowrie_assets_tests.defs.conftest import Honeypot, session_events

NOON = datetime(2026, 8, 30, 12, tzinfo=UTC)
DAYS = ["2026-08-30", "2026-08-31", "2026-09-01"]
KILLED = 9


def config(first: str, last: str | None = None) -> dict:
    return {"ops": {"bring_up_to_date": {"config": {"first_day": first} | ({"last_day": last} if last else {})}}}


@pytest.fixture
def logged(honeypot: Honeypot) -> Honeypot:
    for number in range(3):
        day = NOON + timedelta(days=number)
        honeypot.log(f"cowrie.json.{day.date()}", *session_events(day, f"{number:012x}"))
    return honeypot


def test_one_run_brings_days_weeks_and_months_and_sums_up(logged) -> None:
    result = logged.execute("load_from_day", {}, config(DAYS[0], DAYS[-1]))
    assert result.success
    for asset in ("raw_events", "session_summaries", "sightings", "daily_report"):
        assert logged.materialized(asset) == set(DAYS)
    assert logged.materialized("weekly_report") == {"2026-08-24", "2026-08-31"}
    assert logged.materialized("monthly_report") == {"2026-08-01", "2026-09-01"}
    assert logged.metadata("raw_events", DAYS[1])["events"] == 4
    assert logged.metadata("monthly_report", "2026-08-01")["sessions"] == 2
    lines = [each.message for each in logged.instance.all_logs(result.run_id) if "summed up" in each.message]
    assert len(lines) == 1
    assert "3 days: 3 logs read, 12 events new" in lines[0]
    assert "3 daily, 2 weekly, 2 monthly" in lines[0]
    assert logged.tick("new_logs").skip_message == "no log is new or grown"
    assert not logged.tick("stale_reports").run_requests
    with logged.warehouse() as warehouse:
        settings = logged.resources["settings"].read()
        assert reconcile(logged.instance, warehouse, settings).partitions == 0, "each record is as a run's"


def test_a_kill_keeps_what_was_committed(logged, tmp_path) -> None:
    """The run is a process of its own, which ends as one that is killed with -9 does, while it writes a report."""
    with dg.DagsterInstance.local_temp(str(tmp_path)) as logged.instance:
        process = multiprocessing.get_context("fork").Process(target=_killed, args=(logged,))
        process.start()
        process.join()
        assert process.exitcode == KILLED
        assert logged.materialized("session_summaries") == set(DAYS)
        assert logged.materialized("daily_report") == {DAYS[0]}


def _killed(logged: Honeypot) -> None:
    usual = from_day.report_figures

    def or_killed(written, page):
        if written[0].document["period"] == DAYS[1]:
            os._exit(KILLED)
        return usual(written, page)

    from_day.report_figures = or_killed
    logged.execute("load_from_day", {}, config(DAYS[0], DAYS[-1]))


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [("yesterday", None, "a day is written 2026-08-31"), ("2026-09-01", "2026-08-31", "runs backwards")],
)
def test_what_is_no_range_fails_with_a_sentence(logged, first, last, said) -> None:
    result = logged.execute("load_from_day", {}, config(first, last))
    (failure,) = [each for each in result.all_events if each.is_step_failure]
    assert said in str(failure.step_failure_data.error)


def test_its_partitions_are_in_work(logged) -> None:
    job = logged.definitions.resolve_job_def("load_from_day")
    run = logged.instance.create_run_for_job(
        job, run_config=config(DAYS[0], DAYS[-1]), status=dg.DagsterRunStatus.STARTED
    )
    assert keys_in_work([run], DAILY, "raw_events") == set(DAYS)
    assert keys_in_work([run], WEEKLY, "weekly_report") == {"2026-08-24", "2026-08-31"}
    assert keys_in_work([run], MONTHLY, "monthly_report") == {"2026-08-01", "2026-09-01"}
    assert "in work" in logged.tick("new_logs").skip_message


def test_a_range_beyond_the_partitions_holds_those_that_there_are(logged) -> None:
    job = logged.definitions.resolve_job_def("load_from_day")
    run = logged.instance.create_run_for_job(job, run_config=config("0002-01-01", "0002-12-31"))
    assert keys_in_work([run], DAILY, "raw_events") == frozenset()
