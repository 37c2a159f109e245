"""What the services do before they are Dagster's own."""

import os
import subprocess
import sys
from pathlib import Path

from cowrie_assets.ui.home import prepare_home


def test_services_that_start_together_make_one_history(tmp_path: Path) -> None:
    """Dagster's SQLite storage cannot be made by two processes at once: tables exist twice, or its version does."""
    prepare_home(tmp_path)
    program = (
        "import sys, dagster\nfrom cowrie_assets.ui.service import open_history\n"
        "print('loaded', flush=True); sys.stdin.readline(); open_history('dagster')"
    )
    services = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            env=os.environ | {"DAGSTER_HOME": str(tmp_path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(4)
    ]
    for service in services:
        assert service.stdout is not None
        assert service.stdout.readline() == "loaded\n"
    for service in services:
        assert service.stdin is not None
        service.stdin.write("\n")
        service.stdin.flush()
    assert [service.communicate(timeout=240)[0] for service in services] == [""] * 4
    assert [service.returncode for service in services] == [0] * 4
