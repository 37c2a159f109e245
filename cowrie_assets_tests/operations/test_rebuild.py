"""A rebuild replaces days one by one, goes on where it was stopped, and tells beforehand which rows it will change."""

import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.rebuild import rebuild, rebuild_plan, rebuild_rows
from cowrie_assets.progress import Progress
from cowrie_assets.settings import Settings
from cowrie_assets.summaries import refresh as refreshing
from cowrie_assets.summaries.checks import run_checks
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.errors import WarehouseError
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.loading import write_log

FIRST = date(2026, 8, 28)
DAYS = 5


@pytest.fixture
def filled(warehouse: Warehouse, tmp_path: Path) -> Warehouse:
    """Five days, four sessions on each, the middle one of which no day has."""
    lines = [events.line(number + day * 1440) for day in range(DAYS) for number in range(12)]
    write_log(tmp_path / "logs", lines)
    ingest(warehouse, Settings(log_root=tmp_path / "logs"))
    return warehouse


def spoil(warehouse: Warehouse, *statements: str) -> None:
    with warehouse.write() as connection:
        for statement in statements:
            connection.execute(text(statement))


def stopped_at(number: int) -> Callable[..., Any]:
    """A refresh of a day that is killed when it is called for the `number`th time."""
    calls, refresh_day = [], refreshing.refresh_day

    def killed(*arguments: Any, **named: Any) -> Any:
        calls.append(arguments)
        if len(calls) == number:
            raise KeyboardInterrupt
        return refresh_day(*arguments, **named)

    return killed


@pytest.mark.sqlite_first
def test_a_rebuild_that_was_stopped_goes_on_behind_the_days_it_did(
    filled: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents = tables.contents(filled)
    whole = len(rebuild(filled).refresh.days)
    spoil(filled, "UPDATE session_facts SET command_count = command_count + 1")
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(refreshing, "refresh_day", stopped_at(3))
        rebuild(filled)
    other_days = rebuild(filled, end=FIRST)
    assert (other_days.done_before, len(other_days.refresh.days)) == (0, 1), "it is another range"
    told: list[Progress] = []
    rest = rebuild(filled, progress=told.append)
    assert (rest.done_before, len(rest.refresh.days)) == (2, whole - 2)
    assert told[-1].done == told[-1].total == whole - 2
    assert tables.contents(filled) == contents
    again = rebuild(filled)
    assert (again.done_before, len(again.refresh.days), again.refresh.rows_written) == (0, whole, 0)


@pytest.mark.soak
def test_a_rebuild_that_was_killed_goes_on_behind_the_days_it_did(filled: Warehouse, database_url: str) -> None:
    contents = tables.contents(filled)
    spoil(filled, "UPDATE session_facts SET command_count = command_count + 1")
    script = (
        "import os, signal, sys\n"
        "from cowrie_assets.operations.rebuild import rebuild\n"
        "from cowrie_assets.summaries import refresh\n"
        "from cowrie_assets.warehouse.engine import Warehouse\n"
        "days, refresh_day = [], refresh.refresh_day\n"
        "def killed(warehouse, day, tell, *, whole):\n"
        "    days.append(day)\n"
        "    if len(days) == 3:\n"
        "        tell = lambda step: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return refresh_day(warehouse, day, tell, whole=whole)\n"
        "refresh.refresh_day = killed\n"
        "rebuild(Warehouse.open(sys.argv[1]))\n"
    )
    ended = subprocess.run([sys.executable, "-c", script, database_url], check=False)
    assert ended.returncode == -signal.SIGKILL
    rest = rebuild(filled)
    assert (rest.done_before, len(rest.refresh.days)) == (2, DAYS - 1)
    assert tables.contents(filled) == contents
    assert all(result.passed for result in run_checks(filled))


@pytest.mark.sqlite_first
@pytest.mark.parametrize("how", ["anew", "a day later"])
def test_days_that_were_done_are_done_again_where_that_is_wanted(
    filled: Warehouse, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(refreshing, "refresh_day", stopped_at(3))
        rebuild(filled)
    if how == "a day later":
        spoil(filled, "UPDATE rebuilt_days SET done_at = done_at - 86400000000")
    assert rebuild(filled, anew=how == "anew").done_before == 0


def test_days_are_rebuilt_side_by_side_where_the_engine_can(filled: Warehouse) -> None:
    contents = tables.contents(filled)
    spoil(
        filled,
        "UPDATE session_facts SET event_count = 99",
        "DELETE FROM command_facts",
        "DELETE FROM sightings",
    )
    if filled.dialect == "sqlite":
        with pytest.raises(WarehouseError, match="one writer"):
            rebuild(filled, workers=2)
        return
    told: list[Progress] = []
    assert len(rebuild(filled, workers=3, progress=told.append).refresh.days) == DAYS + 1
    assert tables.contents(filled) == contents
    assert all(result.passed for result in run_checks(filled))
    assert [each.done for each in told] == list(range(DAYS + 2))
    spoil(filled, "ALTER TABLE login_facts RENAME TO gone")
    with pytest.raises(Exception, match="login_facts"):
        rebuild(filled, workers=3)


@pytest.mark.sqlite_first
def test_rows_of_sessions_that_lost_all_events_go_with_the_days_asked_for(filled: Warehouse) -> None:
    right = tables.contents(filled)
    lost = FIRST + timedelta(days=1)
    spoil(
        filled,
        "DELETE FROM events WHERE event_day = (SELECT MIN(event_day) + 2 FROM events)",
        "DELETE FROM session_facts WHERE session_day = (SELECT MIN(session_day) + 1 FROM session_facts)",
        "DELETE FROM events WHERE event_day = (SELECT MIN(event_day) + 1 FROM events)",
    )
    rebuild(filled, end=FIRST)
    kept = len(tables.rows(filled, "command_facts"))
    result = rebuild(filled, start=lost, end=lost)
    assert result.orphans_removed > 0
    assert len(tables.rows(filled, "command_facts")) < kept
    assert len(tables.contents(filled)["session_summaries"]) < len(right["session_summaries"])
    rebuild(filled)
    assert {row["session_ref"] for row in tables.rows(filled, "command_facts")} <= {
        row["session_ref"] for row in tables.rows(filled, "session_facts")
    }
    assert rebuild_plan(filled) == []


@pytest.mark.sqlite_first
def test_many_orphans_go_a_part_at_a_time(filled: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    contents = tables.contents(filled)
    monkeypatch.setattr(refreshing, "_ORPHANS_AT_ONCE", 7)
    spoil(filled, *(f"INSERT INTO command_facts VALUES ({900 + number}, 1, 1, 0, 0)" for number in range(20)))
    assert rebuild(filled).orphans_removed == 20
    assert tables.contents(filled) == contents


@pytest.mark.sqlite_first
def test_a_dry_run_tells_each_row_and_why(filled: Warehouse) -> None:
    spoil(
        filled,
        "UPDATE session_facts SET command_count = 7, username_id = NULL"
        " WHERE session_ref = (SELECT session_ref FROM login_facts ORDER BY session_ref LIMIT 1)",
        "DELETE FROM login_facts",
        "INSERT INTO file_facts (session_ref, shasum_id, downloads, uploads, first_seen, updated_at)"
        " SELECT session_ref, 1, 1, 0, 0, 0 FROM session_facts ORDER BY session_ref LIMIT 1",
    )
    before = tables.contents(filled)
    rows = list(rebuild_rows(filled))
    assert tables.contents(filled) == before
    plan = rebuild_plan(filled)
    facts = [row for row in rows if row["summary"] not in ("sightings", "active_hours")]
    assert len(rows) < sum(each.wrong + each.missing for each in plan), "a row that is written anew is one"
    assert all(row["day"] and row["sensor"] == "hp-test" and row["session"] for row in facts)
    causes = {row["summary"]: row["cause"] for row in facts}
    assert causes["login_stats"] == "the row is missing"
    assert causes["files"] == "no event gives the row"
    (session,) = (row["cause"] for row in facts if "command_count is 7, not" in row["cause"])
    assert "username is none, not 'root'" in session
    assert "123456" not in repr(rows), "a password may be the operator's own"
    missing = [row for row in facts if row["cause"] == "the row is missing"]
    assert rebuild(filled).refresh.rows_written == len(missing) + 1
    assert list(rebuild_rows(filled)) == []
