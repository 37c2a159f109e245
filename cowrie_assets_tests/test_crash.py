"""Killed at any moment, a load leaves a state from which the next one ends where an undisturbed one would."""

import random
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from cowrie_assets.operations.database_file import sqlite_file
from cowrie_assets.summaries.checks import run_checks
from cowrie_assets.summaries.pending import pending_days
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.victim import Victim
from cowrie_assets_tests.written_logs import WrittenLogs

_EVENTS_A_ROUND = (60, 200)
_LOOKS_AT_A_REFRESH = 100
"""A kill falls when so many events are stored as chance says, or so many looks after the last, while summaries are
made: at any moment of the work, whatever the machine's speed."""


@dataclass(frozen=True)
class State:
    """How far a database has come."""

    lines: int
    events: int
    pending_days: int


def wait_until_loaded(victim: Victim, database_url: str, lines: int, looks: int) -> None:
    """Wait until so many events are stored, then for so many looks more, or until it has ended."""
    with Warehouse.connect(database_url) as warehouse:
        while victim.at_work and looks:
            if stored(warehouse) >= lines:
                looks -= 1


def kill_again_and_again(database_url: str, folder: Path, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    root = folder / "logs"
    logs = WrittenLogs(root, chance)
    in_loads = in_refreshes = killed = 0
    before = look(database_url, folder)
    told = folder / "told"
    victim = Victim(root, database_url, "delta", told)
    while killed < kills:
        if chance.random() < 0.3:
            logs.rotate()
        logs.write(chance.randint(*_EVENTS_A_ROUND))
        victim.begin()
        following = Victim(root, database_url, "bulk" if chance.random() < 0.1 else "delta", told)
        if chance.random() < 0.5:
            logs.write(20)
        if chance.random() < 0.3:
            wait_until_loaded(victim, database_url, logs.whole_lines, looks=chance.randint(1, _LOOKS_AT_A_REFRESH))
        else:
            wait_until_loaded(victim, database_url, chance.randint(before.events, logs.whole_lines), looks=1)
        killed += victim.kill()
        victim = following
        after = look(database_url, folder)
        loaded = after.events == logs.whole_lines
        in_loads += after.lines > before.lines and not loaded
        in_refreshes += loaded and after.pending_days > 0
        before = after
    logs.complete()
    victim.begin()
    victim.finish()
    assert in_loads + in_refreshes >= kills * 0.3, "too few kills hit between the first commit and the last"
    assert in_loads and in_refreshes
    logs.assert_loaded(database_url, folder)


def stored(warehouse: Warehouse) -> int:
    """How many events there are; none where a kill came before the tables."""
    try:
        with warehouse.read() as connection:
            return int(connection.execute(text("SELECT COUNT(*) FROM events")).scalar_one())
    except DatabaseError:
        return 0


def look(database_url: str, folder: Path) -> State:
    """What a kill left behind. Of SQLite a copy is looked at: the next load must find what the kill left."""
    file = sqlite_file(database_url)
    if file is not None:
        shutil.rmtree(folder / "copy", ignore_errors=True)
        (folder / "copy").mkdir()
        for path in (file, file.with_name(file.name + "-wal")):
            if path.exists():
                shutil.copy(path, folder / "copy")
        database_url = f"sqlite:///{folder / 'copy' / file.name}"
    with Warehouse.open(database_url) as warehouse:
        ledger = run_checks(warehouse, names=["ledger_accounts_for_every_line", "ledger_owns_its_events"])
        assert [result for result in ledger if not result.passed] == []
        with warehouse.read() as connection:
            lines = connection.execute(text("SELECT SUM(lines) FROM logs")).scalar()
        return State(int(lines or 0), stored(warehouse), len(pending_days(warehouse)))


@pytest.mark.sqlite_first
def test_fifteen_kills_end_with_the_rows_that_are_counted_twice(empty_database_url: str, tmp_path: Path) -> None:
    kill_again_and_again(empty_database_url, tmp_path, kills=15, seed=1)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(100, 120))
def test_a_thousand_kills_end_with_the_same_rows(empty_database_url: str, tmp_path: Path, seed: int) -> None:
    kill_again_and_again(empty_database_url, tmp_path, kills=50, seed=seed)
