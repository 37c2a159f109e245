"""The real logs against the truth that an independent program counted: every way of loading ends with the same rows."""

import gzip
import random
import shutil
from collections import Counter
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from cowrie_assets.operations.ingest import ingest, load_days
from cowrie_assets.operations.rebuild import rebuild
from cowrie_assets.operations.validate import validate
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import tables
from cowrie_assets_tests.databases import ENGINES
from cowrie_assets_tests.truth import REAL_LOGS, RealLogs

_MOST = [*REAL_LOGS][-1]
_USUAL = {(_MOST, "sqlite", "bulk"), ("share", "sqlite", "delta"), ("share", "postgresql", "bulk")}
_WAYS = [
    pytest.param(*way, marks=() if way in _USUAL else pytest.mark.soak)
    for way in product(REAL_LOGS, ENGINES, ("delta", "bulk"))
]
"""All real logs there are in bulk on SQLite, their share in the other mode and on the other engine: the soak has every
way, and all real logs in all that follows."""
_LOGS = [pytest.param(logs, marks=pytest.mark.soak if logs == "whole" else ()) for logs in REAL_LOGS]
_DAYS = [date.fromordinal(day) for day in range(date(2026, 8, 27).toordinal(), date(2026, 9, 4).toordinal() + 1)]


def is_the_truth(warehouse: Warehouse, real: RealLogs) -> None:
    truth, session_truth = real.totals, real.by_session
    sessions = {(row["sensor"], row["session_id"]): row for row in tables.rows(warehouse, "session_summaries")}
    expected = {(row["sensor"], row["session"]): row for row in session_truth["sessions"]}
    assert sessions.keys() == expected.keys()
    for key, row in expected.items():
        assert _of_truth(row) == _of_warehouse(sessions[key]), key
    assert set(tables.file_rows(warehouse)) == {tuple(pair) for pair in _file_keys(session_truth)}
    raw = tables.rows(warehouse, "raw_events")
    assert Counter(row["event_type"] for row in raw) == truth["eventids"]
    assert Counter(row["sensor"] for row in raw) == truth["events_per_sensor"]
    assert Counter(row["event_date"] for row in raw) == {day: counts["events"] for day, counts in truth["days"].items()}
    commands = sum(row["occurrences"] for row in tables.rows(warehouse, "command_stats"))
    attempts = sum(row["attempts"] for row in tables.rows(warehouse, "login_stats"))
    totals = truth["totals"]
    assert commands == totals["shell_command_count"]
    assert attempts == totals["login_success"] + totals["login_failed"]


def _file_keys(session_truth: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(row["sensor"], row["session"], shasum) for row in session_truth["sessions"] for shasum in row["shasums"]]


def _of_truth(row: dict[str, Any]) -> tuple[Any, ...]:
    return (
        *(row["event_count"], row["shell_command_count"], row["login_success"], row["login_failed"]),
        *(row["file_downloads"], row["file_downloads_failed"], row["file_uploads"]),
        *(row["src_ip"], row["protocol"], row["closed"], row["first_event_at"], row["last_event_at"]),
        row["wall_s"] if row["duration_s"] is None else row["duration_s"],
    )


def _of_warehouse(row: dict[str, Any]) -> tuple[Any, ...]:
    return (
        *(row["event_count"], row["command_count"], row["login_successes"], row["login_failures"]),
        *(row["file_downloads"], row["file_downloads_failed"], row["file_uploads"]),
        *(row["src_ip"], row["protocol"], bool(row["closed"]), row["first_event_at"], row["last_event_at"]),
        row["duration_seconds"],
    )


@pytest.mark.parametrize(("real_logs", "database_url", "mode"), _WAYS, indirect=["real_logs", "database_url"])
def test_ingest_gives_the_truth_and_again_changes_no_row(warehouse: Warehouse, real_logs: RealLogs, mode: Any) -> None:
    settings, truth = Settings(log_root=real_logs.logs), real_logs.totals
    first = ingest(warehouse, settings, mode=mode).load
    assert (first.lines, first.events, first.duplicates) == (truth["physical_lines"], truth["distinct_events"], 0)
    is_the_truth(warehouse, real_logs)
    before = {view: tables.rows(warehouse, view) for view in (*tables.contents(warehouse), "log_files")}
    for again in ("delta", "bulk"):
        assert ingest(warehouse, settings, mode=again).load.events == 0
    rebuilt = rebuild(warehouse)
    assert (rebuilt.refresh.rows_removed, rebuilt.refresh.rows_written, rebuilt.orphans_removed) == (0, 0, 0)
    assert {view: tables.rows(warehouse, view) for view in before} == before
    assert [result for result in validate(warehouse, settings) if not result.passed] == []


@pytest.mark.parametrize("batch_events", [pytest.param(1, marks=pytest.mark.soak), 7, 100_000])
@pytest.mark.parametrize("real_logs", _LOGS, indirect=True)
def test_any_batch_size_and_any_order_of_files(tmp_path: Path, real_logs: RealLogs, batch_events: int) -> None:
    """On all real logs, batches are as much larger as the logs are than the share of them."""
    chosen = Settings(log_root=real_logs.logs, batch_events=batch_events * (real_logs.totals["physical_lines"] // 2500))
    paths = sorted(real_logs.logs.glob("*/cowrie.json*"))
    random.Random(batch_events).shuffle(paths)
    with Warehouse.open(f"sqlite:///{tmp_path / 'w.db'}") as warehouse:
        ingest(warehouse, chosen, paths=paths)
        is_the_truth(warehouse, real_logs)


@pytest.mark.parametrize("real_logs", _LOGS, indirect=True)
def test_days_in_reverse_order(tmp_path: Path, real_logs: RealLogs) -> None:
    with Warehouse.open(f"sqlite:///{tmp_path / 'w.db'}") as warehouse:
        for day in reversed(_DAYS):
            load_days(warehouse, Settings(log_root=real_logs.logs), days=[day])
            refresh(warehouse, days=[day], whole=True)
        is_the_truth(warehouse, real_logs)


@pytest.mark.parametrize("real_logs", _LOGS, indirect=True)
def test_a_load_of_the_compressed_copy_reads_nothing_again(tmp_path: Path, real_logs: RealLogs) -> None:
    logs = tmp_path / "logs"
    shutil.copytree(real_logs.logs, logs, ignore=shutil.ignore_patterns("downloads"))
    with Warehouse.open(f"sqlite:///{tmp_path / 'w.db'}") as warehouse:
        ingest(warehouse, Settings(log_root=logs))
        ledger = tables.rows(warehouse, "log_files")
        for path in logs.glob("*/cowrie.json.2026-08-3*"):
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), 1))
            path.unlink()
        again = ingest(warehouse, Settings(log_root=logs)).load
        assert (again.lines, again.events) == (0, 0)
        assert [row["lines"] for row in tables.rows(warehouse, "log_files")] == [row["lines"] for row in ledger]
