"""Runs whose code server is gone are told to Dagster as ended; every other run is left alone."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.events import EngineEventData
from dagster._core.execution.plan.objects import StepSuccessData

from cowrie_assets.defs.sensors.left_runs import left_runs
from cowrie_assets.orchestration.left_runs import end, end_left_runs, runs_without_process

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


@pytest.mark.parametrize(("done", "after"), [(("load",), STATUS.FAILURE), (("load", "report"), STATUS.SUCCESS)])
def test_a_run_that_was_lost_behind_its_last_step_is_done(done: tuple[str, ...], after: dg.DagsterRunStatus) -> None:
    """Dagster would fail to try it again: no step is left."""

    @dg.op
    def load() -> None: ...

    @dg.op(ins={"loaded": dg.In(dg.Nothing)})
    def report() -> None: ...

    @dg.job
    def ingest() -> None:
        report(load())

    with dg.DagsterInstance.ephemeral() as instance:
        run = instance.create_run_for_job(ingest, status=STATUS.STARTED)
        for step in done:
            ended_well = dg.DagsterEvent(
                "STEP_SUCCESS", "ingest", step_key=step, event_specific_data=StepSuccessData(1.0)
            )
            instance.report_dagster_event(ended_well, run.run_id)
        end(instance, run)
        found = instance.get_run_by_id(run.run_id)
        assert found is not None
        assert found.status is after


def _status_after(status: dg.DagsterRunStatus, place: dict[str, object] | None) -> dg.DagsterRunStatus:
    with dg.DagsterInstance.ephemeral() as instance:
        tags = {} if place is None else {".dagster/grpc_info": json.dumps(place)}
        run = instance.add_run(dg.DagsterRun(job_name="ingest", status=status, tags=tags))
        end_left_runs(instance)
        found = instance.get_run_by_id(run.run_id)
        assert found is not None
        return found.status


def _told(instance: dg.DagsterInstance, pid: int, *, seconds_ago: float = 0, **place: object) -> dg.DagsterRun:
    """A run that said so long ago that its process is `pid`."""
    tags = {".dagster/grpc_info": json.dumps(place)} if place else {}
    run = instance.add_run(dg.DagsterRun(job_name="ingest", status=STATUS.STARTED, tags=tags))
    message = f"Started process for run (pid: {pid})."
    data = EngineEventData()
    event = dg.DagsterEvent(
        dg.DagsterEventType.ENGINE_EVENT.value, run.job_name, message=message, event_specific_data=data
    )
    instance.report_dagster_event(event, run.run_id, timestamp=time.time() - seconds_ago)
    return run


def test_a_run_whose_process_is_gone() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    with dg.DagsterInstance.ephemeral() as instance:
        gone = _told(instance, ended.pid, socket="/x")
        reused = _told(instance, os.getpid(), seconds_ago=30 * 86_400, socket="/x")
        _told(instance, os.getpid(), socket="/x")
        elsewhere = _told(instance, ended.pid, host="code", port=4000)
        _told(instance, ended.pid)  # of the command line
        instance.add_run(
            dg.DagsterRun(job_name="ingest", status=STATUS.STARTED, tags=dict(gone.tags))
        )  # says nothing yet
        found = {run.run_id for run in runs_without_process(instance)}
        assert found == {gone.run_id, reused.run_id}
        found = {run.run_id for run in runs_without_process(instance, within_code_server=True)}
        assert found == {gone.run_id, reused.run_id, elsewhere.run_id}


def test_the_sensor_ends_what_it_finds_twice() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    with dg.DagsterInstance.ephemeral() as instance:
        run = _told(instance, ended.pid, host="code", port=4000)
        context = dg.build_sensor_context(instance=instance)
        first = left_runs(context)
        assert isinstance(first, dg.SensorResult)
        assert _status(instance, run) is STATUS.STARTED
        second = left_runs(dg.build_sensor_context(instance=instance, cursor=first.cursor))
        assert isinstance(second, dg.SensorResult)
        assert _status(instance, run) is STATUS.FAILURE
        assert second.cursor == "[]"
        end(instance, run)  # what has ended stays so
        assert _status(instance, run) is STATUS.FAILURE


def _status(instance: dg.DagsterInstance, run: dg.DagsterRun) -> dg.DagsterRunStatus:
    found = instance.get_run_by_id(run.run_id)
    assert found is not None
    return found.status
