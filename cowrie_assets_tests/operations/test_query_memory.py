"""A query over more than fits into the memory that it may take."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from cowrie_assets.operations.ingest import ingest
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import events as table
from cowrie_assets_tests import events

pytestmark = pytest.mark.soak
_EVENTS = 400_000
_MOST_MIB = 512
"""Of resident memory, as any command's."""
_MAIN = "from cowrie_assets.cli import main; main()"
_WRITTEN = {"event_hash": "randomblob(16)", "payload": "payload || hex(randomblob(300))"}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with more than 400 MB of events that cannot be compressed."""
    folder = tmp_path_factory.mktemp("large")
    log = folder / "logs" / "hp-test" / "cowrie.json"
    log.parent.mkdir(parents=True)
    log.write_bytes(events.line(0) + b"\n")
    url = f"sqlite:///{folder}/cowrie.db"
    names = [column.name for column in table.columns if column.name != "id"]
    with Warehouse.open(url) as warehouse:
        ingest(warehouse, Settings(log_root=folder / "logs"))
        with warehouse.write() as connection:
            connection.execute(
                text(
                    "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < :events)"
                    f" INSERT INTO events ({', '.join(names)})"
                    f" SELECT {', '.join(_WRITTEN.get(name, name) for name in names)} FROM events, n"
                ),
                {"events": _EVENTS},
            )
    return url


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT payload FROM raw_events ORDER BY payload DESC",
        "SELECT payload, count(*) FROM raw_events GROUP BY ALL",
        "SELECT max(a.payload) FROM raw_events AS a JOIN session_summaries AS s USING (sensor, session_id)",
    ],
)
def test_memory_does_not_grow_with_what_is_asked(url: str, tmp_path: Path, sql: str) -> None:
    command = [sys.executable, "-c", _MAIN, "query", sql, "--format", "csv", "--output", "answer.csv"]
    environment = {**os.environ, "COWRIE_DATABASE_URL": url, "COWRIE_LOG_ROOT": str(tmp_path)}
    process = subprocess.Popen(command, env=environment, cwd=tmp_path)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    assert used.ru_maxrss / 1024 < _MOST_MIB
