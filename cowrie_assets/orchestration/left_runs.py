"""Runs that Dagster takes for running and that nothing runs: they are told to it as ended.

A run that is interrupted starts its step once more, so it does not end by itself when it is asked to; of a run whose
code server is gone Dagster's monitoring knows nothing, nor of one whose process was killed together with the server
that watched it. It would stand there as running for hours and hold its partitions. Told as failed it is tried again at
once (`run_retries` in `dagster.yaml`); what it committed stays. One that was lost behind its last step is told as done:
Dagster tries no run again that has no step left, and would show it as failed for good.
"""

import json
import re
import socket
from collections.abc import Iterator
from typing import Protocol, runtime_checkable

import dagster as dg
from dagster._core.execution.stats import StepEventStatus

from cowrie_assets.process import began_at

_PLACE = ".dagster/grpc_info"
"""The tag that says which code server has the run's process: `{"host": ..., "socket": ...}`."""

_IN_WORK = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
_STARTED = re.compile(r"Started process for run \(pid: (\d+)\)")
_HERE = ("localhost", "127.0.0.1", "::1")
_SERVICES_ENDED = "The run's process ended with the services that ran it."
_PROCESS_GONE = "The run's process is gone, and nobody told Dagster: it was killed, or the machine was."
_NO_STEP_LEFT = "The run's process was lost behind its last step: the run is done."
_ENDED_WELL = (StepEventStatus.SUCCESS, StepEventStatus.SKIPPED)
_TOLERANCE_SECONDS = 2.0


@runtime_checkable
class HandsOut(Protocol):
    """A run launcher that hands runs out by messages (`workers/launcher.py`)."""

    def hand_out_again(self) -> int:
        """Send again what nobody took; tells how many runs that are."""


def hand_out_again(instance: dg.DagsterInstance) -> int:
    """How many runs were handed out a second time, for their message is lost; none where no messages are sent."""
    launcher = instance.run_launcher
    return launcher.hand_out_again() if isinstance(launcher, HandsOut) else 0


def end_left_runs(instance: dg.DagsterInstance) -> None:
    """Report every run in work as failed, or canceled where that was asked for, whose code server is gone.

    A run without a code server of this machine, as one of the command line, is left alone.
    """
    for run in instance.get_runs(dg.RunsFilter(statuses=_IN_WORK)):
        path = _place(run).get("socket")
        if isinstance(path, str) and not _answers(path):
            end(instance, run, _SERVICES_ENDED)


def runs_without_process(instance: dg.DagsterInstance, *, within_code_server: bool = False) -> Iterator[dg.DagsterRun]:
    """Runs in work that a code server started and whose process is there no more. A server that lives reports its dead
    runs within a second, so one that is found twice is left for good.

    Looked at are runs of this machine. `within_code_server` says that this process is one of the code server's own, as
    a tick of a sensor is: whatever host it is known by, its runs are processes that are seen from here.
    """
    for run in instance.get_runs(dg.RunsFilter(statuses=_IN_WORK)):
        place = _place(run)
        is_seen = within_code_server or "socket" in place or place.get("host") in _HERE
        process = _process(instance, run.run_id) if place and is_seen else None
        if process is None:
            continue
        pid, told_at = process
        began = began_at(pid)
        if began is None or began > told_at + _TOLERANCE_SECONDS:  # another process has its number now
            yield run


def end(instance: dg.DagsterInstance, run: dg.DagsterRun, message: str = _PROCESS_GONE) -> None:
    """Report a run as failed, as canceled where that was asked for, as done where no step was left; one that has ended
    meanwhile stays as it is."""
    now = instance.get_run_by_id(run.run_id)
    if now is None or now.is_finished:
        return
    if now.status is dg.DagsterRunStatus.CANCELING:
        instance.report_run_canceled(now, message)
    elif not end_as_done(instance, now):
        instance.report_run_failed(now, message)


def end_as_done(instance: dg.DagsterInstance, run: dg.DagsterRun) -> bool:
    """Report a started run as done where all its steps have ended well, and tell whether it was."""
    if run.status is not dg.DagsterRunStatus.STARTED or run.execution_plan_snapshot_id is None:
        return False
    steps = set(instance.get_execution_plan_snapshot(run.execution_plan_snapshot_id).step_keys_to_execute)
    ended_well = {each.step_key for each in instance.get_run_step_stats(run.run_id) if each.status in _ENDED_WELL}
    if steps - ended_well:
        return False
    done = dg.DagsterEvent(dg.DagsterEventType.RUN_SUCCESS.value, run.job_name, message=_NO_STEP_LEFT)
    instance.report_dagster_event(done, run_id=run.run_id)
    return True


def _place(run: dg.DagsterRun) -> dict[str, object]:
    place = json.loads(run.tags.get(_PLACE, "{}"))
    return place if isinstance(place, dict) else {}


def _process(instance: dg.DagsterInstance, run_id: str) -> tuple[int, float] | None:
    """The number of a run's process, and when the process said so; None where it did not."""
    records = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT, limit=20).records
    for record in records:
        event = record.event_log_entry.dagster_event
        found = _STARTED.match((event.message if event is not None else None) or "")
        if found:
            return int(found[1]), record.event_log_entry.timestamp
    return None


def _answers(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except OSError:
            return False
    return True
