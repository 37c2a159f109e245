"""Runs whose code server is gone are told to Dagster as ended; every other run is left alone."""

import json
import socket
from pathlib import Path

import dagster as dg
import pytest

from cowrie_assets.orchestration.left_runs import end_left_runs

STATUS = dg.DagsterRunStatus


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (STATUS.STARTED, STATUS.FAILURE),
        (STATUS.STARTING, STATUS.FAILURE),
        (STATUS.CANCELING, STATUS.CANCELED),
        (STATUS.NOT_STARTED, STATUS.NOT_STARTED),
        (STATUS.SUCCESS, STATUS.SUCCESS),
    ],
)
def test_a_run_whose_code_server_is_gone(
    tmp_path: Path, before: dg.DagsterRunStatus, after: dg.DagsterRunStatus
) -> None:
    left_behind = tmp_path / "code.sock"
    with socket.socket(socket.AF_UNIX) as killed:
        killed.bind(str(left_behind))
    for path in (left_behind, tmp_path / "removed" / "code.sock"):
        assert _status_after(before, {"host": "localhost", "socket": str(path)}) is after


def test_a_run_whose_code_server_lives_or_that_has_none(tmp_path: Path) -> None:
    path = str(tmp_path / "code.sock")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        assert _status_after(STATUS.STARTED, {"host": "localhost", "socket": path}) is STATUS.STARTED
    assert _status_after(STATUS.STARTED, {"host": "elsewhere", "port": 4000}) is STATUS.STARTED
    assert _status_after(STATUS.STARTED, None) is STATUS.STARTED


def _status_after(status: dg.DagsterRunStatus, place: dict[str, object] | None) -> dg.DagsterRunStatus:
    with dg.DagsterInstance.ephemeral() as instance:
        tags = {} if place is None else {".dagster/grpc_info": json.dumps(place)}
        run = instance.add_run(dg.DagsterRun(job_name="ingest", status=status, tags=tags))
        end_left_runs(instance)
        found = instance.get_run_by_id(run.run_id)
        assert found is not None
        return found.status
