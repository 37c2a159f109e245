"""Workers on machines of their own, killed and cut off while they do a backfill: the tables are right."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_CAN_BE = os.geteuid() == 0 and shutil.which("ip") is not None and shutil.which("redis-server") is not None


@pytest.mark.soak
@pytest.mark.timeout(1200)
@pytest.mark.skipif(not _CAN_BE, reason="network namespaces need root and `ip`, the broker needs redis-server")
def test_tables_are_right_whatever_becomes_of_workers(tmp_path: Path) -> None:
    small = ["--days", "12", "--events-per-day", "800", "--days-a-run", "1", "--patience", "20", "--cut", "45"]
    often = ["--kill-every", "15"]
    subprocess.run(
        [
            sys.executable,
            "-m",
            "benchmarks.workers",
            "--only",
            "disturbed",
            *small,
            *often,
            "--data",
            str(tmp_path / "logs"),
        ],
        cwd=Path(__file__).parents[2],
        check=True,
    )
