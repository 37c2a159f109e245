"""Reports reach the search server by themselves: the asset, its check, its sensor; and no secret is ever shown."""

import functools
from collections.abc import Iterator

import dagster as dg
import pytest
from sqlalchemy import text

from cowrie_assets.defs.assets import publication as publication_asset
from cowrie_assets.publishing import publication
from cowrie_assets.publishing.setup import set_up
from cowrie_assets.reports.files import write_reports
from cowrie_assets.reports.periods import parse_period
from cowrie_assets_tests.defs.conftest import Honeypot
from cowrie_assets_tests.publishing.conftest import AT_ONCE, connected
from cowrie_assets_tests.publishing.stand_in import Fault, StandIn, running

SECRET = "hunter2-not-to-be-seen"


@pytest.fixture
def elastic(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """A configured server that is set up, and publishing that does not wait between its tries."""
    patient = functools.partial(publication.publish_pending, patience=AT_ONCE)
    monkeypatch.setattr(publication_asset, "publish_pending", patient)
    with running(StandIn()) as stand_in:
        set_up(connected(stand_in))
        monkeypatch.setenv("COWRIE_ELASTICSEARCH_URL", stand_in.url)
        yield stand_in


@pytest.fixture
def reported(honeypot: Honeypot) -> Honeypot:
    """A day without a session, reported."""
    with honeypot.warehouse() as warehouse:
        write_reports(warehouse, parse_period("daily", "2026-08-31"), honeypot.reports)
    return honeypot


def publish(honeypot: Honeypot) -> tuple[dict[str, object], dg.AssetCheckEvaluation]:
    """What a run of the job shows: the asset's metadata and its check."""
    result = honeypot.execute("publish", {})
    assert result.success
    (made,) = result.asset_materializations_for_node("report_publication")
    (check,) = result.get_asset_check_evaluations()
    shown = {
        name: [dict(record.data) for record in value.records]
        if isinstance(value, dg.TableMetadataValue)
        else value.value
        for name, value in made.metadata.items()
    }
    return shown, check


def test_off_is_said_everywhere_and_fails_nothing(reported: Honeypot) -> None:
    assert "publishing is off" in reported.tick("unpublished_reports").skip_message
    shown, check = publish(reported)
    assert "publishing is off" in str(shown["destination"])
    assert (check.passed, "publishing is off" in (check.description or "")) == (True, True)


def test_a_written_report_is_asked_for_published_and_shown(reported: Honeypot, elastic: StandIn) -> None:
    (request,) = reported.tick("unpublished_reports").run_requests
    assert request.tags["dagster/priority"] == "1"
    shown, check = publish(reported)
    assert elastic.documents().keys() == {"aggregate:daily:2026-08-31"}
    assert shown["destination"] == elastic.url
    counts = ("documents_published", "documents_refused", "reports_published", "reports_pending", "reports_failed")
    assert [shown[name] for name in counts] == [1, 0, 1, 0, 0]
    (row,) = shown["newest_periods"]
    assert (row["period"], row["report"], row["state"], row["documents"]) == ("2026-08-31", "daily", "published", 1)
    assert check.passed
    assert reported.tick("unpublished_reports").skip_message == "every written report is published"


def test_down_for_an_hour_published_later_by_itself(reported: Honeypot, elastic: StandIn) -> None:
    elastic.faults = [Fault("refuse")] * 100
    shown, check = publish(reported)
    assert (shown["documents_published"], shown["reports_failed"]) == (0, 1)
    assert "did not answer" in str(shown["stopped_by"])
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.WARN)
    assert "1 report waits to be published, the oldest since 20" in (check.description or "")
    assert "did not answer" in (check.description or "")
    assert "1 report waits; the next is tried at" in reported.tick("unpublished_reports").skip_message

    elastic.faults = []
    with reported.warehouse() as warehouse, warehouse.write() as connection:
        connection.execute(text("UPDATE publications SET next_attempt_at = next_attempt_at - 60 * 1000000"))
    assert len(reported.tick("unpublished_reports").run_requests) == 1
    shown, check = publish(reported)
    assert (shown["documents_published"], check.passed) == (1, True)


def test_a_document_that_is_refused_is_shown_and_does_not_fail_the_run(reported: Honeypot, elastic: StandIn) -> None:
    elastic.faults = [Fault("items", 400, items=(0,), only="_bulk")]
    shown, check = publish(reported)
    assert (shown["documents_published"], shown["documents_refused"], shown["reports_failed"]) == (0, 1, 1)
    (row,) = shown["newest_periods"]
    assert (row["state"], row["reason"]) == ("failed", "document_parsing_exception: rejected execution")
    assert not check.passed


def test_no_run_is_asked_for_while_one_is_in_work_or_failed_a_moment_ago(reported: Honeypot, elastic: StandIn) -> None:
    job = reported.definitions.resolve_job_def("publish")
    run = reported.instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
    assert "in work" in reported.tick("unpublished_reports").skip_message
    reported.instance.report_run_failed(run)
    assert "failed a moment ago" in reported.tick("unpublished_reports").skip_message
    reported.instance.delete_run(run.run_id)
    assert reported.tick("unpublished_reports").run_requests


def test_wrong_settings_are_said_and_fail_the_run(
    reported: Honeypot, elastic: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COWRIE_ELASTICSEARCH_API_KEY", SECRET)
    assert "COWRIE_ELASTICSEARCH_API_KEY=env:MY_SECRET" in reported.fault("unpublished_reports")
    result = reported.execute("publish", {})
    assert not result.success
    assert "COWRIE_ELASTICSEARCH_API_KEY" in reported.everything_kept()
    assert SECRET not in reported.everything_kept()


@pytest.mark.parametrize("fault", ["wrong password", "no such secret", "no server", "no setup"])
def test_a_secret_is_in_nothing_that_dagster_keeps_or_logs(
    reported: Honeypot,
    elastic: StandIn,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    fault: str,
) -> None:
    caplog.set_level("DEBUG")
    elastic.demand_user("elastic", "another" if fault == "wrong password" else SECRET)
    monkeypatch.setenv("THE_PASSWORD", SECRET)
    monkeypatch.setenv("COWRIE_ELASTICSEARCH_USER", "elastic")
    reference = "env:NOT_THERE" if fault == "no such secret" else "env:THE_PASSWORD"
    monkeypatch.setenv("COWRIE_ELASTICSEARCH_PASSWORD", reference)
    if fault == "no server":
        monkeypatch.setenv("COWRIE_ELASTICSEARCH_URL", "http://127.0.0.1:1")
    if fault == "no setup":
        elastic.indices.clear()
    reported.tick("unpublished_reports")
    reported.execute("publish", {})
    out, err = capfd.readouterr()
    kept = reported.everything_kept()
    said = {
        "wrong password": "unable to authenticate with [Basic ***]",
        "no such secret": "NOT_THERE is not set",
        "no server": "did not answer",
        "no setup": "cowrie-assets publication setup",
    }
    assert said[fault] in kept
    for place in (kept, out, err, caplog.text):
        assert SECRET not in place
        assert "ZWxhc3RpYzpodW50ZXIy" not in place
