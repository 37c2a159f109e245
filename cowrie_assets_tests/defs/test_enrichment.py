"""Enrichment as assets: asked for by a sensor within the budgets, shown with its figures, told by checks."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from cowrie_assets.defs.assets.enrichment import OFF
from cowrie_assets.defs.ticks import TickFailed
from cowrie_assets_tests.defs.conftest import Honeypot, event
from cowrie_assets_tests.enrichment.mmdb import write_mmdb
from cowrie_assets_tests.enrichment.playing import SECRET, SECRET_NAME, Player, Way, played

DAY = "2026-08-31"
NOON = datetime(2026, 8, 31, 12, tzinfo=UTC)
ASSETS = ("file_enrichment", "address_enrichment", "enrichment_coverage")


@pytest.fixture
def player(monkeypatch: pytest.MonkeyPatch) -> Iterator[Player]:
    """VirusTotal, played on loopback."""
    monkeypatch.setenv(SECRET_NAME, SECRET)
    with played() as server:
        monkeypatch.setenv("COWRIE_VIRUSTOTAL_URL", server.url)
        monkeypatch.setenv("COWRIE_VIRUSTOTAL_KEY", f"env:{SECRET_NAME}")
        yield server


@pytest.fixture
def loaded(honeypot: Honeypot) -> Honeypot:
    """A day with a file and an address, reported."""
    honeypot.log(
        "cowrie.json",
        event(NOON, "a" * 12, "session.connect"),
        event(NOON, "a" * 12, "session.file_download", shasum="ab" * 32, url="http://192.0.2.9/x"),
        event(NOON + timedelta(seconds=5), "a" * 12, "session.closed", duration_ms=5000),
    )
    assert honeypot.run("ingest", DAY).success
    return honeypot


def enrich(honeypot: Honeypot) -> tuple[dict[str, dict[str, Any]], dict[str, dg.AssetCheckEvaluation]]:
    """What a run of the job shows with each asset, and its checks."""
    result = honeypot.execute("enrich", {})
    assert result.success
    shown = {}
    for name in ASSETS:
        (made,) = result.asset_materializations_for_node(name)
        shown[name] = {
            key: [dict(record.data) for record in value.records]
            if isinstance(value, dg.TableMetadataValue)
            else value.value
            for key, value in made.metadata.items()
        }
    assert SECRET not in repr((shown, list(result.all_events)))
    assert SECRET not in honeypot.everything_kept()
    return shown, {check.check_name: check for check in result.get_asset_check_evaluations()}


def test_off_is_said_everywhere_and_nothing_is_asked(
    loaded: Honeypot, player: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COWRIE_ENRICHMENT", "off")
    assert loaded.tick("unanswered_values").skip_message == OFF
    shown, checks = enrich(loaded)
    assert shown == {name: {"state": OFF} for name in ASSETS}
    assert [(check.passed, check.description) for check in checks.values()] == [(True, OFF)] * 3
    assert player.calls == []


def test_what_waits_is_asked_shown_and_reaches_its_report(
    loaded: Honeypot, player: Player, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = {"192.0.2.0/24": {"country": {"iso_code": "NL"}, "autonomous_system_number": 64_500}}
    monkeypatch.setenv("COWRIE_MMDB", str(write_mmdb(tmp_path / "places.mmdb", places, built=int(time.time()))))
    (request,) = loaded.tick("unanswered_values").run_requests
    assert request.tags["dagster/priority"] == "-2"
    shown, checks = enrich(loaded)
    files, addresses, coverage = (shown[name] for name in ASSETS)
    assert (files["answered"], files["calls"], files["virustotal_backlog"]) == (1, 1, 0)
    assert files["virustotal_calls_left_today"] == 474
    assert (addresses["addresses_matched_mmdb"], addresses["answered"]) == (1, 0)
    names = ("addresses", "addresses_with_place", "files_malicious", "backlog", "virustotal_answered_percent")
    assert [coverage[name] for name in names] == [1, 1, 1, 0, 100.0]
    assert [row["name"] for row in coverage["sources"]] == ["places.mmdb"]
    assert {name: check.passed for name, check in checks.items()} == {
        "backlogs_are_worked_off": True,
        "services_answer": True,
        "sources_are_fresh": True,
    }
    assert loaded.tick("unanswered_values").skip_message == "nothing waits for a service, and every address is matched"
    assert {request.job_name for request in loaded.tick("stale_reports").run_requests} >= {"daily_reports"}
    (report,) = loaded.run("daily_reports", DAY).asset_materializations_for_node("daily_report")
    assert report.metadata["malicious_files"].value == 1
    assert [dict(row.data) for row in report.metadata["top_countries"].records] == [
        {"country": "NL Netherlands", "sessions": 1}
    ]
    shown, _ = enrich(loaded)
    assert (shown["file_enrichment"]["calls"], len(player.calls)) == (0, 1)


def test_a_failing_service_an_old_database_and_a_budget_that_is_too_small_are_told(
    loaded: Honeypot, player: Player, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COWRIE_MMDB", str(write_mmdb(tmp_path / "old.mmdb", {"192.0.2.0/24": {}}, built=1_600_000_000)))
    player.always = Way(403, b"no")
    _, checks = enrich(loaded)
    assert not checks["services_answer"].passed
    assert checks["services_answer"].severity is dg.AssetCheckSeverity.WARN
    assert "VirusTotal" in str(checks["services_answer"].description)
    assert checks["sources_are_fresh"].description == "old.mmdb is of 2020-09-13"
    assert "VirusTotal: 1 wait until 20" in loaded.tick("unanswered_values").skip_message


def test_files_that_attackers_left_are_examined_once_and_told(loaded: Honeypot) -> None:
    folder = loaded.log_root / "hp-1" / "downloads"
    folder.mkdir()
    (folder / sha256(b"#!/bin/sh\n").hexdigest()).write_bytes(b"#!/bin/sh\n")
    (folder / ("ab" * 32)).write_bytes(b"not what its name says")
    for read in (2, 0):
        result = loaded.execute("examine_downloads", {})
        (made,) = result.asset_materializations_for_node("downloaded_files")
        names = ("folders", "files_read", "files", "contents", "named_by_no_event", "named_wrongly", "unreadable")
        assert [made.metadata[name].value for name in names] == [1, read, 2, 2, 2, 1, 0]


def test_a_wrong_setting_is_said_by_tick_and_run_without_what_it_holds(
    loaded: Honeypot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COWRIE_VIRUSTOTAL_KEY", SECRET)
    with pytest.raises(TickFailed, match="COWRIE_VIRUSTOTAL_KEY must be a reference to the secret") as told:
        loaded.tick("unanswered_values")
    assert SECRET not in str(told.value)
    result = loaded.execute("enrich", {})
    failed = [str(each.step_failure_data.error) for each in result.get_step_failure_events()]
    assert failed
    assert all("COWRIE_VIRUSTOTAL_KEY must be a reference" in each and SECRET not in each for each in failed)
