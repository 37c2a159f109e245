"""`cowrie-assets digest` as a user runs it: what is said, what is sent, and the exit code."""

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from cowrie_assets.reports.periods import period_of
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.sql import statement
from cowrie_assets_tests.cli.conftest import Cowrie
from cowrie_assets_tests.notifications.receivers import SECRET, Answer, WebServer


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    """A webhook that is configured, by reference."""
    server = WebServer()
    monkeypatch.setenv("HOOK", server.url)
    monkeypatch.setenv("COWRIE_WEBHOOK_URL", "env:HOOK")
    yield server
    server.close()


@pytest.fixture
def reported(ingested: Cowrie, tmp_path: Path) -> Cowrie:
    """The sample with the report of 31 August written, not yet known as one to be sent."""
    done = ingested("report", "daily", "2026-08-31", "--output", tmp_path / "reports")
    assert done.code == 0, done.err
    return ingested


def test_without_a_channel_it_says_so(cowrie: Cowrie, ingested: Cowrie) -> None:
    for command in (("send",), ("send", "--dry-run"), ("test",)):
        outcome = cowrie("digest", *command)
        assert (outcome.code, outcome.out) == (1, "")
        assert "set COWRIE_SMTP_URL, COWRIE_SLACK_WEBHOOK or COWRIE_WEBHOOK_URL" in outcome.err
    outcome = cowrie("digest", "status")
    assert outcome.code == 0
    assert "no channel is configured" in outcome.out


def test_a_period_is_sent_once(reported: Cowrie, web: WebServer) -> None:
    dry = reported("digest", "send", "daily", "2026-08-31", "--dry-run")
    assert dry.code == 0
    assert "--- digest:daily:2026-08-31 by webhook" in dry.out
    assert "Cowrie 2026-08-31: 37 sessions" in dry.out
    assert web.posted == []
    sent = reported("digest", "send", "daily", "2026-08-31")
    assert (sent.code, sent.out) == (0, "digest:daily:2026-08-31 by webhook: sent\n")
    again = reported("digest", "send", "daily", "2026-08-31")
    assert (again.code, again.out) == (0, "the digest of 2026-08-31 was sent before; --again sends it once more\n")
    assert reported("digest", "send", "daily", "2026-08-31", "--again").code == 0
    assert [posted.json["figures"]["sessions"] for posted in web.posted] == [37, 37]
    status = reported("digest", "status")
    assert "channels: webhook; digests: daily, weekly, monthly; with alerts" in status.out
    assert "digest:daily:2026-08-31 by webhook: sent 2" in status.out


def test_what_is_not_taken_is_kept_and_ends_with_1(reported: Cowrie, web: WebServer) -> None:
    web.answers = [Answer(503)]
    outcome = reported("digest", "send", "daily", "2026-08-31")
    assert outcome.code == 1
    assert "the webhook answered 503 (Service Unavailable); tried again at 2" in outcome.err
    assert "kept for the next try" in outcome.err
    status = reported("digest", "status").out
    assert "not sent yet, 1 waiting for 2" in status
    assert "failed 1 time (the webhook answered 503 (Service Unavailable))" in status
    assert SECRET not in outcome.err + status


def test_a_report_that_is_not_written_ends_with_1(ingested: Cowrie, web: WebServer) -> None:
    for arguments in ((), ("--dry-run",)):
        outcome = ingested("digest", "send", "monthly", "2026-08", *arguments)
        assert outcome.code == 1
        assert "cowrie-assets report monthly 2026-08 --output" in outcome.err + outcome.out
    assert web.posted == []


def test_what_is_due(reported: Cowrie, web: WebServer, tmp_path: Path, one_day: date) -> None:
    """Yesterday's report stands in for the sample's: only periods that ended a short while ago are due."""
    assert reported("digest", "send").out == "nothing is due\n"
    yesterday = period_of("daily", one_day - timedelta(days=1))
    _pass_off(tmp_path, "2026-08-31", yesterday.label)
    with Warehouse.open(f"sqlite:///{tmp_path / 'warehouse.db'}") as warehouse, warehouse.write() as connection:
        record = {"report_type": "daily", "period": yesterday.label, "made_from": b"", "complete": 1, "generated_at": 1}
        versions = {"document_version": 1, "verdicts_as_of": 0}
        connection.execute(statement("reports/record_report"), record | versions)
    assert yesterday.label in reported("digest", "send", "--dry-run").out
    assert reported("digest", "send").out == f"digest:daily:{yesterday.label} by webhook: sent\n"
    assert reported("digest", "send").out == "nothing is due\n"


def _pass_off(folder: Path, period: str, label: str) -> None:
    written, other = (folder / "reports" / "daily" / each / "aggregate.json" for each in (period, label))
    other.parent.mkdir(parents=True)
    shutil.copy(written, other)
    other.write_text(other.read_text().replace(f'"period": "{period}"', f'"period": "{label}"', 1))
    assert date.fromisoformat(label)


def test_a_test_message(cowrie: Cowrie, web: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COWRIE_SLACK_WEBHOOK", "env:NOT_THERE")
    outcome = cowrie("digest", "test")
    assert (outcome.code, outcome.out) == (1, "webhook: taken\n")
    assert "slack: COWRIE_SLACK_WEBHOOK: env:NOT_THERE: the environment variable NOT_THERE is not set" in outcome.err
    assert cowrie("digest", "test", "--channel", "webhook").code == 0
    assert [posted.json["event"] for posted in web.posted] == ["test", "test"]
    missing = cowrie("digest", "test", "--channel", "email")
    assert (missing.code, "not configured: email" in missing.err) == (1, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("send", "daily"),
        ("send", "daily", "2026-02-30"),
        ("send", "weekly", "2025-W53"),
        ("send", "hourly", "1"),
        ("send", "--again"),
        ("send", "--channel", "pigeon"),
    ],
)
def test_command_lines_that_are_wrong(cowrie: Cowrie, web: WebServer, arguments: tuple[str, ...]) -> None:
    assert cowrie("digest", *arguments).code == 2


def test_settings_that_are_wrong_are_a_sentence(cowrie: Cowrie, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COWRIE_SMTP_URL", "smtp://cowrie:hunter2@mail.example.org")
    for command in ("send", "status", "test"):
        outcome = cowrie("digest", command)
        assert outcome.code == 1
        assert outcome.err.startswith("Error: COWRIE_SMTP_URL holds a password")
        assert "hunter2" not in outcome.err


def test_help_has_examples(cowrie: Cowrie) -> None:
    for command in ((), ("send",), ("status",), ("test",)):
        assert "cowrie-assets digest" in cowrie("digest", *command, "--help").out.split("Example")[1]
