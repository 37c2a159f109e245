"""Imports and moves that are killed at any moment, and run again: what they leave is what one run leaves."""

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import tables
from cowrie_assets_tests.cowrieprocessor.older import Older, defanged
from cowrie_assets_tests.databases import Databases
from cowrie_assets_tests.events import event
from cowrie_assets_tests.loading import is_proven, snapshot

pytestmark = pytest.mark.soak
_PROGRAM = (sys.executable, "-c", "from cowrie_assets.cli import main; main()")
_KILLS = 6


def run(*arguments: str, url: str, seconds: float | None = None) -> bool:
    """Run a command to its end, or kill it after some seconds; whether it came to its end well."""
    environment = os.environ | {"COWRIE_DATABASE_URL": url, "COWRIE_BATCH_EVENTS": "100"}
    with subprocess.Popen([*_PROGRAM, *arguments], env=environment, stdout=subprocess.DEVNULL) as process:
        if seconds is not None:
            time.sleep(seconds)
            process.kill()
    return process.returncode == 0


def killed(command: Callable[[float | None], bool]) -> None:
    """Kill a command again and again, each time a little later, then let it come to its end."""
    draw = random.Random(3)
    for number in range(1, _KILLS + 1):
        command(0.4 + number * 0.2 + draw.random() / 5)
    assert command(None)


def older_database(file: Path) -> Older:
    older = Older(str(file)).make()
    events = [event(number) for number in range(12_000)]
    stored = [defanged(each) if "input" in each else each for each in events]
    older.events(stored[:9_000], "/srv/hp-test/cowrie.json")
    older.events(stored[6_000:], "/srv/hp-2/cowrie.json")
    older.dead_letters([{"malformed_content": "no event"}] * 50, "/srv/hp-test/cowrie.json")
    return older


def test_an_import(databases: Databases, tmp_path: Path) -> None:
    older = older_database(tmp_path / "older.sqlite")
    whole, other = (databases.sqlite.new(tmp_path / f"{name}.db") for name in ("whole", "other"))
    assert run("db", "import", older.place, url=whole)
    killed(lambda seconds: run("db", "import", older.place, url=other, seconds=seconds))
    with Warehouse.open(whole) as expected, Warehouse.open(other) as found:
        assert tables.contents(found) == tables.contents(expected)
        account = ("path", "lines", "events", "duplicates", "dead_letters", "status")
        ledgers = [tables.rows(each, "log_files") for each in (found, expected)]
        accounts = [[tuple(row[name] for name in account) for row in ledger] for ledger in ledgers]
        assert accounts[0] == accounts[1]
        is_proven(found)


def test_a_move(databases: Databases, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    older = older_database(tmp_path / "older.sqlite")
    here = databases.sqlite.new(tmp_path / "here.db")
    assert run("db", "import", older.place, url=here)
    monkeypatch.setenv("THERE", postgres_url)
    killed(lambda seconds: run("db", "move", "env:THERE", "--overwrite", url=here, seconds=seconds))
    with Warehouse.open(here) as source, Warehouse.open(postgres_url) as target:
        rows = [{name: sorted(each, key=repr) for name, each in snapshot(one).items()} for one in (source, target)]
        assert rows[0] == rows[1]
        is_proven(target)
