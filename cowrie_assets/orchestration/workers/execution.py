"""A run as a worker's process does it: claimed, with a heartbeat, ended where Dagster says so."""

import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial

import dagster as dg
from dagster._cli.api import _execute_run_command_body
from dagster._core.storage.tags import RETRY_ON_ASSET_OR_OP_FAILURE_TAG
from dagster._utils.interrupts import capture_interrupts

from cowrie_assets.orchestration.left_runs import end
from cowrie_assets.orchestration.workers.heartbeats import RunHeartbeats

_INTERRUPT_SECONDS = 1.0
"""Between two interrupts: a step that is interrupted is tried once more, and has to be interrupted again."""
_SECONDS_TO_END = 30.0
"""A process that does not end so long after the first interrupt is ended: what it committed stays."""
_ENDED_BY_ITSELF = 3
_LOST_DATABASE = {"OperationalError", "InterfaceError", "DagsterPostgresException"}
"""What SQLAlchemy and Dagster raise then."""
_LOG = logging.getLogger(__name__)


def perform(run_id: str, worker: str, beat_seconds: float) -> None:
    """Do the run, with a heartbeat every `beat_seconds`; not where it was claimed before, or does not wait to be
    started: a message may be delivered twice, or come when its run was given up long since."""
    with dg.DagsterInstance.get() as instance:
        heartbeats = RunHeartbeats(instance)
        if not heartbeats.claim(run_id, worker, os.getpid()):
            _LOG.warning("run %s was delivered before: it is not done a second time", run_id)
            return
        run = None
        try:
            run = instance.get_run_by_id(run_id)
            if run is None or run.status is not dg.DagsterRunStatus.STARTING:
                _LOG.warning("run %s does not wait to be started: %s", run_id, run.status.value if run else "unknown")
                return
            instance.report_engine_event(f"{worker} has the run.", run)
            with _signals_as_before(), capture_interrupts(), _Pulse(instance, heartbeats, run_id, beat_seconds):
                look = partial(try_again_where_history_was_lost, instance, run_id)
                _execute_run_command_body(run_id, instance, look, set_exit_code_on_failure=False)
        except Exception as error:  # before the run began: its code is not here, or is another
            _LOG.warning("run %s could not be begun: %s", run_id, type(error).__name__)
            if run is not None:
                end(instance, run, f"{worker} could not begin the run: {type(error).__name__}.")
        finally:
            heartbeats.release(run_id)


def try_again_where_history_was_lost(instance: dg.DagsterInstance, run_id: str, event: dg.DagsterEvent) -> None:
    """Have Dagster try a run again whose step failed because Dagster's own database went away under it. A step's faults
    are told as `dg.Failure`, and a run that fails of them is not tried again (`run_retries` in dagster.yaml)."""
    error = event.step_failure_data.error if event.is_step_failure else None
    if error is not None and error.cls_name in _LOST_DATABASE:
        instance.add_run_tags(run_id, {RETRY_ON_ASSET_OR_OP_FAILURE_TAG: "true"})


@contextmanager
def _signals_as_before() -> Iterator[None]:
    """Dagster leaves SIGTERM as it leaves SIGINT; a worker's process must end at the one and pass over the other."""
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


class _Pulse:
    """Beats beside the run, in a thread, and ends the run where Dagster shows it as canceling, or as ended already:
    so that one that was given up while its machine was cut off does not go on beside its second attempt."""

    def __init__(
        self, instance: dg.DagsterInstance, heartbeats: RunHeartbeats, run_id: str, beat_seconds: float
    ) -> None:
        self._instance = instance
        self._heartbeats = heartbeats
        self._run_id = run_id
        self._beat_seconds = beat_seconds
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(self._beat_seconds):
            try:
                self._heartbeats.beat(self._run_id)
                run = self._instance.get_run_by_id(self._run_id)
            except Exception as error:  # the database is out of reach: the next beat tries again
                _LOG.warning("run %s: no heartbeat: %s", self._run_id, type(error).__name__)
                continue
            if run is None or run.is_finished or run.status is dg.DagsterRunStatus.CANCELING:
                self._end()
                return

    def _end(self) -> None:
        """Interrupt the run until it ends; where it does not, end the process."""
        deadline = time.monotonic() + _SECONDS_TO_END
        while time.monotonic() < deadline:
            os.kill(os.getpid(), signal.SIGINT)
            if self._over.wait(_INTERRUPT_SECONDS):
                return
        with suppress(Exception):
            run = self._instance.get_run_by_id(self._run_id)
            if run is not None and run.status is dg.DagsterRunStatus.CANCELING:
                self._instance.report_run_canceled(
                    run, "The run did not end when it was asked to: its process is ended."
                )
        with suppress(Exception):
            self._heartbeats.release(self._run_id)
        os._exit(_ENDED_BY_ITSELF)
