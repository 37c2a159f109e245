"""The nightly job, and the light run of the day that runs."""

import sys
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from cowrie_assets.history.size import HistorySize
from cowrie_assets_tests.defs.conftest import Honeypot, event, session_events


@pytest.fixture
def kept_honeypot(tmp_path) -> Honeypot:
    """A honeypot whose Dagster keeps its history in files."""
    (tmp_path / "home").mkdir()
    return Honeypot(tmp_path, dg.DagsterInstance.local_temp(str(tmp_path / "home")))


def test_the_job_prunes_what_is_older_than_the_setting(kept_honeypot, monkeypatch) -> None:
    asked = []

    def prune(instance, days, *, progress):
        from cowrie_assets.history.prune import Pruned

        asked.append((instance is kept_honeypot.instance, days))
        return Pruned(HistorySize(runs=3_000_000), HistorySize(runs=1_000_000), runs=12, warnings=("in use",))

    monkeypatch.setattr("cowrie_assets.defs.history.prune", prune)
    monkeypatch.setenv("COWRIE_HISTORY_DAYS", "3")
    done = kept_honeypot.execute("prune_history", {})
    assert done.success
    assert asked == [(True, 3)]
    said = [each.user_message for each in kept_honeypot.instance.all_logs(done.run_id)]
    assert any("12 runs older than 3 days removed" in line and "3.0 MB, now 1.0 MB" in line for line in said)
    assert "in use" in said


def test_the_job_works_on_a_real_history(kept_honeypot) -> None:
    kept_honeypot.log("cowrie.json.2026-08-31", *session_events(datetime(2026, 8, 31, 12, tzinfo=UTC), "aaaaaaaaaaaa"))
    kept_honeypot.run("ingest", "2026-08-31")
    done = kept_honeypot.execute("prune_history", {})
    assert done.success
    assert kept_honeypot.metadata("raw_events", "2026-08-31")["events"] == 4


def test_the_day_that_runs_is_checked_once_an_hour(honeypot, one_day) -> None:
    now = datetime.now(UTC)
    assert _asked(honeypot, now, since=timedelta(hours=1)) == "ingest"
    if now.minute >= 6:
        assert _asked(honeypot, now, since=timedelta(minutes=6)) == "ingest_live"


def test_a_light_run_does_the_same_without_checks(honeypot, one_day) -> None:
    honeypot.log("cowrie.json", event(datetime.now(UTC), "aaaaaaaaaaaa", "session.connect"))
    done = honeypot.run("ingest_live", one_day)
    assert done.success
    assert {each.asset_key.to_user_string() for each in done.get_asset_materialization_events()} == {
        "raw_events",
        "session_summaries",
        "command_stats",
        "login_stats",
        "files",
        "session_techniques",
        "sightings",
        "daily_report",
    }
    assert done.get_asset_check_evaluations() == []
    whole = honeypot.run("ingest", one_day)
    assert len(done.all_events) * 2 < len(whole.all_events)


def test_while_a_check_fails_every_run_is_checked(honeypot, one_day, monkeypatch) -> None:
    now = datetime.now(UTC)
    module = sys.modules["cowrie_assets.defs.sensors.new_logs"]  # the package has the sensor under this name
    monkeypatch.setattr(module, "_is_checked_this_hour", lambda *_: True)
    assert _asked(honeypot, now, since=timedelta(minutes=6)) == "ingest_live"
    for passed, job in ((False, "ingest"), (True, "ingest_live")):
        evaluation = dg.AssetCheckEvaluation(
            asset_key=dg.AssetKey("session_summaries"), check_name=_a_check(honeypot), passed=passed, metadata={}
        )
        honeypot.instance.report_runless_asset_event(evaluation)
        assert _asked(honeypot, now, since=timedelta(minutes=6)) == job


def _a_check(honeypot: Honeypot) -> str:
    keys = honeypot.definitions.resolve_asset_graph().asset_check_keys
    return min(key.name for key in keys if key.asset_key == dg.AssetKey("session_summaries"))


def _asked(honeypot: Honeypot, now: datetime, since: timedelta) -> str | None:
    """The job that a tick asks for, of a log that grew, `since` the day that runs was asked for last."""
    honeypot.log(
        "cowrie.json", event(now, "aaaaaaaaaaaa", "session.connect", src_port=len(honeypot.cursors) + since.seconds)
    )
    honeypot.cursors["new_logs"] = (now - since).isoformat()
    (request,) = honeypot.tick("new_logs").run_requests
    return request.job_name
