"""Two processes load the same folder into the same database, from its first table on, while the logs are written."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import tables
from cowrie_assets_tests.written_logs import WrittenLogs

_LOADER = """
import os
import sys
from pathlib import Path
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse

print("ready", flush=True)
sys.stdin.readline()
settings = Settings.from_environment(os.environ)
inserted = 0
with Warehouse.open(settings.database_url) as warehouse:
    stopped = False
    while not stopped:
        stopped = Path(sys.argv[1]).exists()
        inserted += ingest(warehouse, settings).load.events
print(inserted)
"""
"""Goes over the logs again and again, once more when the file of its argument is there; prints what it inserted."""


def start(root: Path, database_url: str, stop: Path) -> subprocess.Popen[str]:
    settings = {"COWRIE_LOG_ROOT": str(root), "COWRIE_DATABASE_URL": database_url, "COWRIE_BATCH_EVENTS": "5"}
    return subprocess.Popen(
        [sys.executable, "-c", _LOADER, str(stop)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | settings,
        text=True,
    )


@pytest.mark.sqlite_first
def test_two_loaders_at_once_do_no_harm(database_url: str, tmp_path: Path) -> None:
    root = tmp_path / "logs"
    stop = tmp_path / "stop"
    logs = WrittenLogs(root, random.Random(7))
    logs.write(200)
    loaders = [start(root, database_url, stop) for _ in range(2)]
    try:
        for loader in loaders:
            assert loader.stdout is not None and loader.stdout.readline() == "ready\n"
        for loader in loaders:
            assert loader.stdin is not None
            loader.stdin.write("\n")
            loader.stdin.flush()
        for number in range(18):
            logs.write(20)
            if number % 6 == 5:
                logs.rotate()
            time.sleep(0.05)
        logs.complete()
        stop.touch()
        endings = [loader.communicate(timeout=120) for loader in loaders]
    finally:
        for loader in loaders:
            loader.kill()
    assert [loader.returncode for loader in loaders] == [0, 0], [errors for _, errors in endings]
    assert [errors for _, errors in endings] == ["", ""]
    assert sum(int(out) for out, _ in endings) == len(logs.lines)
    logs.assert_loaded(database_url, tmp_path)
    with Warehouse.open(database_url) as warehouse:
        assert sum(row["events"] for row in tables.rows(warehouse, "log_files")) == len(logs.lines)
