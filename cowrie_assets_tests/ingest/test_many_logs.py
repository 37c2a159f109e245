"""Many small logs: counted in statements, transactions and files opened, never in seconds."""

import gzip
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import text

from cowrie_assets.ingest.bookkeeping import StalePlanError
from cowrie_assets.ingest.file_looks import Look
from cowrie_assets.ingest.ledger import Plan
from cowrie_assets.ingest.small_logs import SMALL_CONTENT, SMALL_FILE
from cowrie_assets.ingest.spans import look_at
from cowrie_assets.ingest.step import StepWriter
from cowrie_assets.operations.evidence import check_evidence
from cowrie_assets.operations.ingest import changed_logs
from cowrie_assets.operations.logs import find_changed, find_logs
from cowrie_assets.sensor_registry import SensorRegistry
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.checks import run_checks
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.sql import source
from cowrie_assets.warehouse.write_scope import ALONE, ROWS, of_name
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.loading import load_folder, write_log

LOGS = 60
_READS_A_LEDGER = {
    "sqlite": re.compile(r"\b(SCAN (logs|log_paths)|SEARCH log_paths(?! USING))\b"),
    "postgresql": re.compile(r"\bSeq Scan on (logs|log_paths)\b"),
}
"""A line of a plan that goes through all rows. SQLite calls it a search too where it looks for the greatest value; of
`logs` that may be the greatest id, which needs no index."""
_OPENED: list[str] = []
sys.addaudithook(lambda name, given: _OPENED.append(str(given[0])) if name == "open" else None)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Sixty archives of two events each, written long ago by the look of them."""
    for number in range(LOGS):
        lines = b"".join(events.line(number * 2 + each) + b"\n" for each in range(2))
        path = write_log(tmp_path / "logs", [], f"cowrie.json.{number + 1}.gz")
        path.write_bytes(gzip.compress(lines))
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return tmp_path / "logs"


@contextmanager
def statements(warehouse: Warehouse) -> Iterator[list[tuple[str, Any]]]:
    """The statements that run meanwhile, with what they are given."""
    seen: list[tuple[str, Any]] = []

    def note(_connection, _cursor, statement, parameters, _context, many) -> None:
        seen.append((statement, parameters[0] if many else parameters))

    sqlalchemy_event.listen(warehouse._engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sqlalchemy_event.remove(warehouse._engine, "before_cursor_execute", note)


@contextmanager
def later(monkeypatch: pytest.MonkeyPatch, seconds: int) -> Iterator[None]:
    """The clock that looks go by, so many seconds ahead."""
    now = time.time_ns
    with monkeypatch.context() as patched:
        patched.setattr("cowrie_assets.ingest.file_looks.time.time_ns", lambda: now() + seconds * 1_000_000_000)
        yield


def is_accounted_for(warehouse: Warehouse) -> None:
    """Asserts that the ledger's numbers are those of what is stored, log by log."""
    results = [*run_checks(warehouse, names=["ledger_accounts_for_every_line"])]
    assert [result for result in results if not result.passed] == []
    assert check_evidence(warehouse, SensorRegistry()).passed


def opened_below(root: Path) -> int:
    return sum(str(path).startswith(str(root)) for path in _OPENED)


def test_small_logs_share_a_plan_and_a_transaction(
    warehouse: Warehouse, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes, write = [], Warehouse.write
    monkeypatch.setattr(Warehouse, "write", lambda opened, of=ALONE: writes.append(of) or write(opened, of))
    with statements(warehouse) as run:
        result = load_folder(warehouse, root)
    assert (result.logs, result.events) == (LOGS, 2 * LOGS)
    ahead = [of_name("month partitions"), ROWS] if warehouse.dialect == "postgresql" else []
    assert writes[:-1] == ahead
    numbered = source("ingest/free_log_number")
    assert sum(sql == numbered for sql, _ in run) == (LOGS if warehouse.dialect == "sqlite" else 0)
    for table in ("log_paths", "session_keys", "texts", "logs.fingerprint IN"):
        assert sum("SELECT" in sql and table in sql and sql != numbered for sql, _ in run) <= 4
    is_accounted_for(warehouse)


def test_what_is_asked_for_each_log_goes_by_indexes(warehouse: Warehouse, root: Path) -> None:
    """Else twice as many logs cost four times as much."""
    with statements(warehouse) as run:
        load_folder(warehouse, root)
    times = Counter(sql for sql, _ in run)
    asked = {sql: given for sql, given in run if times[sql] >= LOGS and "INSERT" not in sql}
    assert (source("ingest/free_log_number") in asked) is (warehouse.dialect == "sqlite")
    with warehouse.read() as connection:
        engine = connection.dialect.name
        if engine == "postgresql":
            connection.execute(text("SET LOCAL enable_seqscan = off"))  # of a small table it would rather read all
        explain = "EXPLAIN QUERY PLAN " if engine == "sqlite" else "EXPLAIN "
        for sql, given in asked.items():
            plan = [str(row[-1]) for row in connection.exec_driver_sql(explain + sql, given)]
            assert not [line for line in plan if _READS_A_LEDGER[engine].search(line)], (sql, plan)


def test_an_unchanged_log_costs_a_stat(sqlite: Warehouse, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once it is older than the clock of a file system is coarse, and but for the share that is due."""
    load_folder(sqlite, root)
    with later(monkeypatch, 60):
        assert load_folder(sqlite, root).unchanged == LOGS, "written a moment before the last look: opened"
    settings = Settings(log_root=root)
    for minute in (3, 4):
        with later(monkeypatch, minute * 60), statements(sqlite) as run:
            _OPENED.clear()
            assert load_folder(sqlite, root).unchanged == LOGS
            assert changed_logs(sqlite, settings, patience=10.0) == ()
        assert opened_below(root) <= LOGS / 4
        assert len(run) < 20


def test_each_log_is_sampled_once_in_fifty_minutes(sqlite: Warehouse) -> None:
    for path in ("/logs/a/cowrie.json", "/logs/b/cowrie.json.1.gz"):
        looks = [Look(600, 1024, minute * 60_000_000_000) for minute in range(500)]
        assert sum(look._is_due(path) for look in looks) == 10


@pytest.mark.parametrize("after", ["at once", "later"])
def test_a_log_rewritten_in_place_with_its_old_size_and_time_is_noticed(
    sqlite: Warehouse, root: Path, monkeypatch: pytest.MonkeyPatch, after: str
) -> None:
    """As `rsync --inplace -t` leaves it: no time that a program can set back tells."""
    path = write_log(root, [events.line(900)])
    os.utime(path, (1_700_000_000, 1_700_000_000))
    load_folder(sqlite, root)
    if after == "later":
        with later(monkeypatch, 60):
            load_folder(sqlite, root)
    with path.open("r+b") as log:
        log.write(events.line(901))
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert load_folder(sqlite, root).events == 1


def test_copies_beside_each_other_are_known_as_copies(warehouse: Warehouse, root: Path) -> None:
    """The second one's plan is stale within the transaction that writes the first."""
    for path in sorted((root / "hp-test").iterdir())[:10]:
        path.with_name("copy-" + path.name).write_bytes(path.read_bytes())
    result = load_folder(warehouse, root)
    assert (result.logs, result.lines, result.events) == (LOGS + 10, 2 * LOGS, 2 * LOGS)
    assert len(tables.rows(warehouse, "log_files")) == LOGS
    is_accounted_for(warehouse)


@pytest.mark.sqlite_first
def test_a_log_that_fails_or_cannot_be_read_takes_no_other_with_it(
    warehouse: Warehouse, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "hp-test" / "cowrie.json.7.gz").unlink()
    (root / "hp-test" / "cowrie.json.7.gz").write_bytes(b"PK\x03\x04 zip")
    write, failed = StepWriter._write, []

    def fail_once(self: StepWriter, connection, plan: Plan, *rest):
        name = plan.log.path.name
        if name in {"cowrie.json.9.gz", "cowrie.json.11.gz"} and name not in failed:
            failed.append(name)
            raise StalePlanError if "9" in name else ValueError("a fault of this log alone")
        return write(self, connection, plan, *rest)

    monkeypatch.setattr(StepWriter, "_write", fail_once)
    result = load_folder(warehouse, root)
    assert (result.logs, result.unread, result.events) == (LOGS - 1, 1, 2 * (LOGS - 1))
    (warning,) = result.warnings
    assert "cowrie.json.7.gz cannot be read: it is a zip archive" in warning
    is_accounted_for(warehouse)


def test_what_unpacks_to_much_is_loaded_alone(sqlite: Warehouse, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = root / "hp-test" / "cowrie.json.3.gz"
    bomb.write_bytes(gzip.compress(b" " * (3 * SMALL_CONTENT) + b"\n" + events.line(0) + b"\n"))
    assert bomb.stat().st_size < SMALL_FILE
    result = load_folder(sqlite, root)
    assert (result.logs, result.unread, result.dead_letters) == (LOGS, 0, 0)
    is_accounted_for(sqlite)


def test_no_log_waits_for_ever_behind_others(sqlite: Warehouse, root: Path) -> None:
    """Each tick has patience for one log only, and nothing is ever loaded."""
    settings = Settings(log_root=root)
    first = {changed_logs(sqlite, settings, patience=0.0, turn=turn)[0].log.path for turn in range(4 * LOGS)}
    assert len(first) == LOGS


def test_patience_ends_though_nothing_is_found(sqlite: Warehouse, tmp_path: Path) -> None:
    for number in range(LOGS):
        write_log(tmp_path, [b"PK\x03\x04 zip"], f"cowrie.json.{number}")
    _OPENED.clear()
    assert changed_logs(sqlite, Settings(log_root=tmp_path), patience=0.0) == ()
    assert opened_below(tmp_path) < LOGS


_LEDGER = {
    "a line that is not done": "UPDATE log_paths SET pending_bytes = 3 WHERE path LIKE '%.1.gz'",
    "set in doubt": "UPDATE logs SET doubt = 1 WHERE path LIKE '%.2.gz'",
    "lines that died under a lower limit": "UPDATE logs SET dead_letters = 1, read_limit = 1 WHERE path LIKE '%.3.gz'",
    "written when it was looked at": "UPDATE log_paths SET looked_at_ns = ctime_ns WHERE path LIKE '%.4.gz'",
    "looked at by the first revision": "UPDATE log_paths SET ctime_ns = NULL WHERE path LIKE '%.5.gz'",
    "another machine's": "UPDATE log_paths SET collector = 'other' WHERE path LIKE '%.6.gz'",
    "never looked at": "DELETE FROM log_paths WHERE path LIKE '%.7.gz'",
    "another size": "UPDATE log_paths SET size = size + 1 WHERE path LIKE '%.8.gz'",
    "another inode": "UPDATE log_paths SET inode = inode + 1 WHERE path LIKE '%.9.gz'",
    "no whole line yet": "UPDATE log_paths SET log_id = NULL WHERE path LIKE '%.10.gz'",
}


def test_what_is_left_out_by_name_is_what_a_look_finds_unchanged(
    warehouse: Warehouse, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sieve of half a million names, against the look at each log, in every state that calls for another look."""
    write_log(root, [events.line(900)], "cowrie.json.\udce9 \x01.1")
    write_log(root, [events.line(901)], "cowrie.json.1", sensor="sub/hp-other")
    settings = Settings(log_root=root)
    load_folder(warehouse, root)
    with later(monkeypatch, 60):
        load_folder(warehouse, root)
    with warehouse.write() as connection:
        for sql in _LEDGER.values():
            assert connection.execute(text(sql)).rowcount == 1
    (root / "hp-test" / "cowrie.json.11.gz").unlink()
    found = set()
    for minute in range(2, 54):
        with later(monkeypatch, minute * 60):
            looked = [each for each in look_at(warehouse, settings, find_logs(settings).logs) if each.changed]
            sieved = look_at(warehouse, settings, find_changed(warehouse, settings).logs)
            assert [each for each in sieved if each.changed] == looked
            assert len(sieved) < LOGS
            found.update(each.log.path.name for each in looked)
    assert len(found) == LOGS + 1, "each is sampled once in a while"


def test_half_a_million_names_are_asked_for_a_folder_at_a_time(warehouse: Warehouse, root: Path) -> None:
    write_log(root, [events.line(901)], "cowrie.json.1", sensor="hp-other")
    load_folder(warehouse, root)
    with statements(warehouse) as run:
        find_changed(warehouse, Settings(log_root=root))
    asked = [(sql, given) for sql, given in run if "log_paths" in sql]
    assert len(asked) == 2
    with warehouse.read() as connection:
        engine = connection.dialect.name
        if engine == "postgresql":
            connection.execute(text("SET LOCAL enable_seqscan = off"))  # of a small table it would rather read all
        explain = "EXPLAIN QUERY PLAN " if engine == "sqlite" else "EXPLAIN "
        for sql, given in asked:
            plan = [str(row[-1]) for row in connection.exec_driver_sql(explain + sql, given)]
            assert not [line for line in plan if _READS_A_LEDGER[engine].search(line)], plan
