"""A machine that is lost within a transaction: its locks go before those who wait for them give up."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp

import pytest
from sqlalchemy.engine import URL, make_url

from benchmarks.machines import Machine
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.write_lock import LONGEST_WAIT
from cowrie_assets_tests.databases import Postgres

_HOLDS = """
import sys, time
from cowrie_assets.warehouse.engine import Warehouse
with Warehouse.connect(sys.argv[1]) as warehouse, warehouse.write():
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.mark.soak
@pytest.mark.timeout(400)
@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("ip"), reason="network namespaces need root and `ip`")
def test_locks_of_a_lost_machine_go(tmp_path: Path) -> None:
    postgres = Postgres(Path(mkdtemp(prefix="cowrie-lost-pg-")))
    machine = Machine(8, tmp_path)
    try:
        machine.connect()
        url = make_url(postgres.new())
        postgres.listen([machine.middle], "10.77.0.0/16")
        there = URL.create("postgresql", "postgres", host=machine.middle, database=url.database)
        command = [sys.executable, "-c", _HOLDS, there.render_as_string()]
        with subprocess.Popen(["ip", "netns", "exec", machine.name, *command], stdout=subprocess.PIPE) as lost:
            assert lost.stdout is not None and lost.stdout.readline() == b"held\n"
            with machine.cut_off():
                lost.kill()
                lost.wait()
                usual = url.render_as_string(hide_password=False)
                with Warehouse.connect(usual, longest_wait=LONGEST_WAIT) as here, here.write():
                    pass
    finally:
        machine.remove()
        postgres.stop()
