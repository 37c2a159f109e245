"""What the services do before they are Dagster's own."""

import os
import subprocess
import sys
from pathlib import Path

from cowrie_assets.ui.home import prepare_home

_TOGETHER = """
import os, dagster
from cowrie_assets.orchestration import left_runs
from cowrie_assets.ui.service import open_history

waits, begins = os.pipe()
services = []
for _ in range(3):
    if not (service := os.fork()):
        os.close(begins)
        os.read(waits, 1)
        open_history("dagster")
        raise SystemExit
    services.append(service)
os.close(begins)
print([os.waitpid(service, 0)[1] for service in services])
"""
"""Processes that have loaded what services load, and begin at one moment."""


def test_services_that_start_together_make_one_history(tmp_path: Path) -> None:
    """Dagster's SQLite storage cannot be made by two processes at once: tables exist twice, or its version does."""
    prepare_home(tmp_path)
    ended = subprocess.run(
        [sys.executable, "-c", _TOGETHER],
        env=os.environ | {"DAGSTER_HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=240,
        check=False,
    )
    assert ended.stdout == "[0, 0, 0]\n"
