"""`cowrie-assets publication` and `report --publish` as a user runs them: what is said, what is sent, the exit code."""

import functools
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from cowrie_assets.publishing import publication
from cowrie_assets.reports.files import write_reports
from cowrie_assets.reports.periods import REPORT_TYPES, period_of
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.cli.conftest import Cowrie
from cowrie_assets_tests.publishing.conftest import AT_ONCE
from cowrie_assets_tests.publishing.stand_in import Fault, StandIn, running

SECRET = "hunter2-not-to-be-seen"
PERIODS = [period_of(kind, date(2026, 8, 31)) for kind in REPORT_TYPES]
IDS = {f"{sensor}:daily:2026-08-31" for sensor in ("aggregate", "hp-fra-01", "hp-nyc-02")}


@pytest.fixture
def elastic(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """A configured server with a user, and publishing that does not wait between its tries."""
    for name in ("publish_pending", "publish_documents"):
        patient = functools.partial(getattr(publication, name), patience=AT_ONCE)
        monkeypatch.setattr(publication, name, patient)
    with running(StandIn()) as stand_in:
        stand_in.demand_user("elastic", SECRET)
        monkeypatch.setenv("THE_PASSWORD", SECRET)
        monkeypatch.setenv("COWRIE_ELASTICSEARCH_URL", stand_in.url)
        monkeypatch.setenv("COWRIE_ELASTICSEARCH_USER", "elastic")
        monkeypatch.setenv("COWRIE_ELASTICSEARCH_PASSWORD", "env:THE_PASSWORD")
        yield stand_in


@pytest.fixture
def reported(ingested: Cowrie, tmp_path: Path) -> Cowrie:
    """The sample with the reports of 31 August, of its week and of its month written and recorded."""
    with Warehouse.open(f"sqlite:///{tmp_path / 'warehouse.db'}") as warehouse:
        for period in PERIODS:
            write_reports(warehouse, period, tmp_path / "reports", formats=["json"])
    return ingested


def test_while_nothing_is_configured_it_says_so(reported: Cowrie) -> None:
    for command in ("setup", "check", "run"):
        outcome = reported("publication", command)
        assert (outcome.code, outcome.out) == (1, "")
        assert "publishing is off: COWRIE_ELASTICSEARCH_URL or COWRIE_OPENSEARCH_URL switches it on" in outcome.err
    status = reported("publication", "status")
    assert status.code == 0
    assert status.out.startswith("Publishing is off")
    assert "0 published, 3 pending, 0 failed" in status.out


def test_set_up_run_status(reported: Cowrie, elastic: StandIn) -> None:
    refused = reported("publication", "run")
    assert refused.code == 1
    assert "run `cowrie-assets publication setup`" in refused.err
    missing = reported("publication", "check")
    assert missing.code == 1
    assert "alias cowrie.reports.daily-write is missing" in missing.out
    assert "9 findings; `cowrie-assets publication setup` mends them" in missing.err

    made = reported("publication", "setup")
    assert (made.code, made.err) == (0, "")
    assert "lifecycle policy cowrie.reports.monthly made" in made.out
    assert "(elasticsearch 8.19.3) is set up for reports." in made.out
    assert reported("publication", "setup").out.count("\n") == 1
    assert reported("publication", "check").code == 0

    done = reported("publication", "run")
    assert (done.code, done.out) == (0, "9 documents published.\n")
    assert elastic.documents().keys() > IDS
    assert reported("publication", "run").out == "0 documents published.\n"
    assert reported("publication", "run", "--all").out == "9 documents published.\n"
    status = reported("publication", "status")
    assert "3 published, 0 pending, 0 failed" in status.out
    assert "daily    2026-08-31 published 3 documents at 20" in status.out


def test_a_server_without_lifecycles_is_told_to_be_one(reported: Cowrie, elastic: StandIn) -> None:
    elastic.keeps_lifecycles = False
    made = reported("publication", "setup")
    assert "lifecycle policy" not in made.out
    assert "is set up for reports, without lifecycle policies, which it does not have." in made.out
    assert "has all that reports need but lifecycle policies" in reported("publication", "check").out
    elastic.keeps_lifecycles = True
    assert "6 findings; `cowrie-assets publication setup` mends them" in reported("publication", "check").err


def test_what_failed_is_told_with_its_reason(reported: Cowrie, elastic: StandIn) -> None:
    reported("publication", "setup")
    elastic.faults = [Fault("items", 400, items=(0,), only="_bulk")]
    outcome = reported("publication", "run")
    assert outcome.code == 1
    assert outcome.out == "8 documents published.\n"
    assert "hp-fra-01: document_parsing_exception" in outcome.err
    assert "1 document was refused" in outcome.err
    (failed,) = [each for each in reported("publication", "status", "--format", "json").json if each["error"]]
    assert (failed["state"], failed["documents"]) == ("failed", 2)
    assert failed["next_attempt_at"] is not None
    assert (
        "failed    document_parsing_exception: rejected execution; tried again" in reported("publication", "status").out
    )


def test_a_server_that_is_down_is_told_in_a_sentence(
    reported: Cowrie, elastic: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COWRIE_ELASTICSEARCH_URL", "http://127.0.0.1:1")
    for command in ("setup", "check", "run"):
        outcome = reported("publication", command)
        assert outcome.code == 1
        assert "http://127.0.0.1:1 did not answer" in outcome.err
        assert "Traceback" not in outcome.err


def test_no_secret_is_shown_though_the_server_repeats_it(
    reported: Cowrie, elastic: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    elastic.demand_user("elastic", "another")
    shown = [reported("publication", *command) for command in (("run",), ("check",), ("setup",), ("status",))]
    assert "answered 401: security_exception: unable to authenticate with [Basic ***]" in shown[0].err
    monkeypatch.setenv("COWRIE_ELASTICSEARCH_PASSWORD", SECRET)
    shown.append(reported("publication", "run"))
    assert "COWRIE_ELASTICSEARCH_PASSWORD=env:MY_SECRET" in shown[-1].err
    monkeypatch.delenv("THE_PASSWORD")
    monkeypatch.setenv("COWRIE_ELASTICSEARCH_PASSWORD", "env:THE_PASSWORD")
    shown.append(reported("publication", "run"))
    assert "THE_PASSWORD is not set" in shown[-1].err
    said = "".join(outcome.out + outcome.err for outcome in shown)
    assert SECRET not in said
    assert "ZWxhc3RpYzpodW50ZXIy" not in said


def test_a_dry_run_prints_what_would_be_sent_and_asks_nobody(reported: Cowrie, elastic: StandIn) -> None:
    outcome = reported("publication", "run", "--dry-run")
    assert (outcome.code, outcome.err) == (0, "")
    lines = [json.loads(line) for line in outcome.out.splitlines()]
    targets = [line["index"] for line in lines[::2]]
    assert {each["_id"] for each in targets} > IDS
    assert {each["_index"].removeprefix("cowrie.reports.") for each in targets} == {
        "daily-write",
        "weekly-write",
        "monthly-write",
    }
    assert lines[1]["@timestamp"] == lines[1]["start"]
    assert elastic.requests == []


def test_a_dry_run_names_the_reports_that_lost_their_files(reported: Cowrie, tmp_path: Path) -> None:
    (tmp_path / "reports" / "daily" / "2026-08-31" / "aggregate.json").unlink()
    outcome = reported("publication", "run", "--dry-run")
    assert outcome.code == 0
    assert (
        "aggregate.json cannot be read: No such file or directory: the report would be written anew first"
        in outcome.err
    )
    assert len(outcome.out.splitlines()) == 2 * 6


def test_a_report_is_published_by_its_command(reported: Cowrie, elastic: StandIn) -> None:
    reported("publication", "setup")
    outcome = reported("report", "daily", "2026-08-31", "--all-sensors", "--publish")
    assert outcome.code == 0, outcome.err
    assert "3 documents published." in outcome.out
    assert elastic.documents().keys() == IDS
    elastic.faults = [Fault("status", 403, only="_bulk")]
    refused = reported("report", "daily", "2026-08-31", "--publish")
    assert refused.code == 1
    assert "answered 403" in refused.err


@pytest.mark.parametrize("command", ["setup", "check", "run", "status"])
def test_every_command_has_an_example(cowrie: Cowrie, command: str) -> None:
    shown = cowrie("publication", command, "--help")
    assert shown.code == 0
    assert f"cowrie-assets publication {command}" in shown.out
