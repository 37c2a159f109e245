"""Runs that were in work when the services ended, by Ctrl-C or a power cut: they are told to Dagster before it starts.

A run that is interrupted starts its step once more, so it does not end by itself when it is asked to; and of a run
whose code server is gone Dagster's monitoring knows nothing. It would stand there as running for hours and hold its
partitions. Told as failed it is tried again at once (`run_retries` in `dagster.yaml`); what it committed stays.
"""

import json
import socket

import dagster as dg

_PLACE = ".dagster/grpc_info"
"""The tag that says which code server has the run's process: `{"host": ..., "socket": ...}`."""

_IN_WORK = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]
_MESSAGE = "The run's process ended with the services that ran it."


def end_left_runs(instance: dg.DagsterInstance) -> None:
    """Report every run in work as failed, or canceled where that was asked for, whose code server is gone.

    A run without a code server of this machine, as one of the command line, is left alone.
    """
    for run in instance.get_runs(dg.RunsFilter(statuses=_IN_WORK)):
        path = json.loads(run.tags.get(_PLACE, "{}")).get("socket")
        if path is None or _answers(path):
            continue
        if run.status is dg.DagsterRunStatus.CANCELING:
            instance.report_run_canceled(run, _MESSAGE)
        else:
            instance.report_run_failed(run, _MESSAGE)


def _answers(path: str) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except OSError:
            return False
    return True
