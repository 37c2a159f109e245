"""A run that fails says its cause in one line, the command line's; what may pass is tried again, a bug is not."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import dagster as dg
import pytest

from cowrie_assets.cli.app import run as command_line
from cowrie_assets.defs.assets import reports
from cowrie_assets.warehouse.errors import WarehouseBusyError
from cowrie_assets_tests.defs.conftest import Honeypot, session_events

NOON = datetime(2026, 8, 31, 12, tzinfo=UTC)


def failed_step(result: dg.ExecuteInProcessResult) -> dg.DagsterEvent:
    assert not result.success
    (failure,) = [each for each in result.all_events if each.is_step_failure]
    return failure


def description(result: dg.ExecuteInProcessResult) -> str:
    said = failed_step(result).step_failure_data.user_failure_data
    assert said is not None
    (line,) = (said.description or "").splitlines()
    return line


def retries(result: dg.ExecuteInProcessResult) -> int:
    return sum(each.event_type is dg.DagsterEventType.STEP_UP_FOR_RETRY for each in result.all_events)


@pytest.fixture
def loaded(honeypot: Honeypot) -> Honeypot:
    honeypot.log("cowrie.json", *session_events(NOON, "aaaaaaaaaaaa"))
    assert honeypot.run("ingest", "2026-08-31").success
    return honeypot


def test_a_report_folder_that_is_a_file_is_told_alike_in_the_terminal(
    loaded: Honeypot, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded.reports.rename(loaded.folder / "elsewhere")
    loaded.reports.touch()
    failed = loaded.run("daily_reports", "2026-08-31")
    monkeypatch.setenv("COWRIE_DATABASE_URL", loaded.url)
    monkeypatch.setenv("COWRIE_LOG_ROOT", str(loaded.log_root))
    monkeypatch.setenv("COWRIE_REPORT_DIR", str(loaded.reports))
    assert command_line(["backfill", "2026-08-31", "2026-08-31"]) == 1
    assert f"Error: {description(failed)}" in capsys.readouterr().err
    assert str(loaded.reports) in description(failed)
    assert retries(failed) == 0


def test_a_database_that_is_none_is_told_in_every_step(loaded: Honeypot) -> None:
    (loaded.folder / "warehouse.db").write_bytes(b"this is no SQLite file, whatever its name says\n" * 200)
    for job in ("ingest", "daily_reports", "proof_of_logs", "reparse"):
        failed = loaded.run(job, "2026-08-31") if job in ("ingest", "daily_reports") else loaded.execute(job, {})
        assert "not a database" in description(failed), job
        assert retries(failed) == 0


@contextmanager
def _raising(error: Exception) -> Iterator[Callable[..., object]]:
    def write(*_: object) -> object:
        raise error

    yield write


def test_what_may_pass_is_tried_again_and_then_told(loaded: Honeypot, monkeypatch: pytest.MonkeyPatch) -> None:
    busy = WarehouseBusyError("another process is busy with it; run the command again")
    monkeypatch.setattr(reports, "reporting", lambda *_, **__: _raising(busy))
    monkeypatch.setattr(dg.RetryPolicy, "calculate_delay", lambda *_: 0)
    failed = loaded.run("daily_reports", "2026-08-31")
    assert description(failed) == str(busy)
    assert retries(failed) == 2


def test_a_bug_keeps_its_traceback_and_is_not_tried_again(loaded: Honeypot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "reporting", lambda *_, **__: _raising(KeyError("a day\nthat nobody knows")))
    failed = loaded.run("daily_reports", "2026-08-31")
    assert description(failed).startswith("KeyError: ")
    error = failed_step(failed).step_failure_data.error
    assert error is not None
    assert error.cause is not None
    assert "in write" in "".join(error.cause.stack)
    assert retries(failed) == 0
