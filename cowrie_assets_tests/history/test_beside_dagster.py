"""Pruning while Dagster writes: runs go on being recorded, and nobody is told that a database is locked."""

import subprocess
import sys
from pathlib import Path

import pytest

from cowrie_assets.history.prune import prune
from cowrie_assets_tests.history.conftest import DEFINITIONS, Recorded, later
from cowrie_assets_tests.history.copied_runs import Copy, Template
from cowrie_assets_tests.history.pages import shown

_WRITER = """
import sys
from pathlib import Path
import dagster as dg
from cowrie_assets_tests.history.conftest import Recorded
with dg.DagsterInstance.from_config(sys.argv[1]) as instance:
    recorded = Recorded(instance)
    for number in range(1000):
        print(recorded.run(f"2026-05-{number % 28 + 1:02}"), flush=True)
        if Path(sys.argv[2]).exists():
            break
"""


@pytest.mark.soak
def test_a_run_that_works_meanwhile_is_recorded_whole(recorded: Recorded, tmp_path: Path) -> None:
    old = Template(recorded.instance, recorded.run("2026-08-31"), "2026-08-31")
    old.copy(Copy(f"2026-07-{number % 31 + 1:02}", later(-30).replace(tzinfo=None)) for number in range(600))
    stop = tmp_path / "stop"
    writer = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(recorded.home), str(stop)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    first = writer.stdout.readline().strip()
    pruned = prune(recorded.instance, 7)
    stop.touch()
    written = [first, *writer.communicate()[0].split()]
    assert writer.returncode == 0
    assert pruned.runs > 500
    assert pruned.warnings == ()
    for run_id in written:
        run = recorded.instance.get_run_by_id(run_id)
        assert run is not None and run.is_success
        kinds = {
            each.dagster_event.event_type_value for each in recorded.instance.all_logs(run_id) if each.dagster_event
        }
        assert {"ASSET_MATERIALIZATION", "ASSET_CHECK_EVALUATION", "PIPELINE_SUCCESS"} <= kinds
    found = shown(recorded.instance, DEFINITIONS)["raw_events materializations"]
    assert {f"2026-07-{day:02}" for day in range(1, 32)} <= found.keys()
