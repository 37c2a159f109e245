"""Dagster's run launcher for workers: hands a run to the broker, and tells from its heartbeat whether it is in work.

In dagster.yaml:

    run_launcher:
      module: cowrie_assets.orchestration.workers.launcher
      class: WorkerRunLauncher
      config:
        broker: {env: DAGSTER_BROKER_URL}
"""

import socket
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Self, cast

import dagster as dg
from celery import Celery, Task
from celery.exceptions import WorkerLostError
from celery.signals import task_failure
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.launcher import CheckRunHealthResult, LaunchRunContext, WorkerStatus
from dagster._serdes import ConfigurableClassData
from dagster_celery.config import TASK_EXECUTE_JOB_NAME
from dagster_celery.launcher import CeleryRunLauncher
from dagster_celery.tags import DAGSTER_CELERY_TASK_ID_TAG
from kombu.exceptions import KombuError

from cowrie_assets.amounts import counted
from cowrie_assets.errors import SettingsError
from cowrie_assets.orchestration.left_runs import end, end_as_done
from cowrie_assets.orchestration.state import Fault
from cowrie_assets.orchestration.workers.heartbeats import RunHeartbeats
from cowrie_assets.process import is_alive

if TYPE_CHECKING:
    from dagster._config import UserConfigSchema

PATIENCE_SECONDS = 120
"""A run whose process was not heard of for so long has none: twelve beats, so that a network which is cut for a minute
ends nothing."""
_BEATS = 12
LONGEST_RUN_SECONDS = 7 * 3600
"""More than `max_runtime_seconds` of dagster.yaml: until then Redis gives a message to nobody else."""

_SETTINGS = {
    # A slot has one message, and says that it is done when it is: none waits in a worker behind a long run. Nor is the
    # number of messages lowered once the connection was lost: a slot would stay empty beside a run in work.
    "task_acks_late": True,
    "task_reject_on_worker_lost": False,
    "worker_prefetch_multiplier": 1,
    "worker_enable_prefetch_count_reduction": False,
    # What became of a run is in Dagster's database.
    "task_ignore_result": True,
    "result_backend": "disabled://",
    "broker_transport_options": {
        "visibility_timeout": LONGEST_RUN_SECONDS,
        "socket_connect_timeout": 5,
        "socket_timeout": 30,
        "socket_keepalive": True,
        "health_check_interval": 30,
        "max_retries": 3,
        "interval_start": 0,
        "interval_step": 0.2,
        "interval_max": 0.5,
    },
    # A worker waits for its broker as long as it takes; what it has in work goes on.
    "broker_connection_timeout": 5,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "worker_cancel_long_running_tasks_on_connection_loss": False,
    # Memory goes back to the system once a process holds more (KiB), behind the run that took it.
    "worker_max_memory_per_child": 1_000_000,
    "worker_send_task_events": False,
    # What runs print is theirs, and no warning.
    "worker_redirect_stdouts": False,
}
_REFUSALS = {"AccessRefused", "NotAllowed", "AuthenticationError"}
_TASK = "cowrie_assets.run"
_SECONDS_TO_ANSWER = 3.0
_SECONDS_TO_BE_TAKEN = 60.0
_LEFT = "The run's process ended without a word: it was killed, or the system ran out of memory."


class BrokerUnreachableError(DagsterUserCodeUnreachableError):
    """The broker took no message. Dagster's queue takes a run back that meets an error of this base class, and tries it
    again a little later (`run_coordinator` in dagster.yaml says how often); any other error would end the run."""


class WorkerRunLauncher(CeleryRunLauncher):
    """Has runs done by `cowrie-assets worker` on this machine or others."""

    def __init__(
        self,
        *,
        patience_seconds: int = PATIENCE_SECONDS,
        config_source: Mapping[str, Any] | None = None,
        **given: Any,  # noqa: ANN401  (as Celery's launcher has it)
    ) -> None:
        # With Redis a worker whose slots are taken asks for no message, also once it is connected anew.
        is_redis = str(given.get("broker")).startswith("redis")
        settings = _SETTINGS | {"worker_disable_prefetch": is_redis}
        super().__init__(**given, config_source=settings | dict(config_source or {}))
        self._patience_seconds = patience_seconds
        self._task = _task_of(self.celery, patience_seconds / _BEATS)
        self._known_heartbeats: RunHeartbeats | None = None

    @classmethod
    def config_type(cls) -> "UserConfigSchema":
        """That of Celery's launcher, and the patience with a run that is not heard of."""
        fields = cast("dict[str, dg.Field]", super().config_type()).copy()
        fields["backend"] = dg.Field(dg.StringSource, is_required=False, default_value="disabled://")
        fields["patience_seconds"] = dg.Field(
            dg.IntSource,
            is_required=False,
            default_value=PATIENCE_SECONDS,
            description="A run whose process was not heard of for so many seconds is reported as failed.",
        )
        return fields

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData, config_value: Mapping[str, Any]) -> Self:
        return cls(inst_data=inst_data, **config_value)

    @property
    def heartbeats(self) -> RunHeartbeats:
        """Those of the instance; raises SettingsError where its storage is no PostgreSQL."""
        if self._known_heartbeats is None:
            self._known_heartbeats = RunHeartbeats(self._instance)
            self._known_heartbeats.prepare()
        return self._known_heartbeats

    def launch_run(self, context: LaunchRunContext) -> None:
        """Hand the run to the broker. Raises BrokerUnreachableError."""
        self._send(context.dagster_run)

    def hand_out_again(self) -> int:
        """Hand out again what no worker took within a minute, and tell how many runs that are: a broker may lose a
        message, as Redis does that gives it to a connection whose other end is gone. Two messages of a run do no harm.
        A run whose worker was lost before it began is ended. Raises BrokerUnreachableError.
        """
        records = self._instance.get_run_records(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTING]))
        now, again = time.time(), 0
        for record in records:
            run = record.dagster_run
            if DAGSTER_CELERY_TASK_ID_TAG not in run.tags:
                continue
            found = self.heartbeats.of(run.run_id)
            if found is not None and found.seconds_ago > self._patience_seconds:
                end(self._instance, run, f"{found.worker} had the run, and was lost before it began.")
                self.heartbeats.release(run.run_id)
            elif found is None and now - record.update_timestamp.timestamp() > _SECONDS_TO_BE_TAKEN:
                self._send(run)
                again += 1
        return again

    def _send(self, run: dg.DagsterRun) -> None:
        """Tags the run with the message, and so says when it was sent."""
        signature = self._task.si(run_id=run.run_id)
        try:
            self._launch_celery_task_run(run=run, task_signature=signature, routing_key=TASK_EXECUTE_JOB_NAME)
        except self._broker_errors as error:
            raise BrokerUnreachableError(f"the broker takes no run: {_why(error)}") from None

    @property
    def supports_resume_run(self) -> bool:
        return False

    def terminate(self, run_id: str) -> bool:
        """Have a run end: its process is told by the database, within a beat; one that no worker has ends at once."""
        run = self._instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            return False
        if run.status is not dg.DagsterRunStatus.CANCELING:
            self._instance.report_run_canceling(run)
        # A worker that claims it from now on reads that it is canceling, and leaves it.
        if not self._is_heard_of(run_id):
            end(self._instance, run, "No worker had the run.")
            self.heartbeats.release(run_id)
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Whether a run that Dagster shows as started is in work; what was started otherwise is taken for it. One that
        is not and has no step left is reported as done."""
        if DAGSTER_CELERY_TASK_ID_TAG not in run.tags or self._is_heard_of(run.run_id):
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        if end_as_done(self._instance, run):
            return CheckRunHealthResult(WorkerStatus.SUCCESS)
        return CheckRunHealthResult(WorkerStatus.FAILED, self.get_run_worker_debug_info(run))

    def get_run_worker_debug_info(self, run: dg.DagsterRun, include_container_logs: bool | None = True) -> str:
        """Which worker has a run, and since when it is not heard of."""
        found = self.heartbeats.of(run.run_id)
        if found is None:
            return "No worker has the run."
        return f"{found.worker} has the run, in process {found.process}; last heard of {found.seconds_ago:.0f} s ago."

    def faults(self) -> Iterator[Fault]:
        """What is the matter with broker and workers."""
        try:
            workers = self.celery.control.inspect(timeout=_SECONDS_TO_ANSWER).stats() or {}
        except self._broker_errors as error:
            yield Fault(
                f"the broker cannot be used: {_why(error)}: runs wait in the queue",
                "start it, or mend `broker:` in dagster.yaml, which says where it is and who logs in",
            )
            return
        most = self._instance.get_concurrency_config().run_queue_config
        runs = most.max_concurrent_runs if most is not None else 0
        slots = sum(int(each.get("pool", {}).get("max-concurrency", 0)) for each in workers.values())
        if not workers:
            yield Fault(
                "no worker answers: a run that is handed out fails when `start_timeout_seconds` is over",
                "start `cowrie-assets worker` on each machine that shall do runs",
            )
        elif 0 < slots < runs:
            yield Fault(
                f"{counted(len(workers), 'worker')} with {counted(slots, 'slot')} in all do runs, and Dagster hands "
                f"out {runs} at a time: those behind wait for a slot, and fail when `start_timeout_seconds` is over",
                "set max_concurrent_runs in dagster.yaml to the number of slots, or start more workers",
                "warning",
            )

    def require_transport(self) -> None:
        """Raises SettingsError where the broker's URL names none that Kombu knows."""
        try:
            self.celery.connection_for_write().transport  # noqa: B018  (found as it is asked for)
        except KeyError:
            raise SettingsError(
                "`broker:` in dagster.yaml names no broker: its URL begins with redis:// or amqp://"
            ) from None

    @property
    def _broker_errors(self) -> tuple[type[Exception], ...]:
        """What a broker that is away, or that refuses, is told by: Kombu wraps some of them, each library has more."""
        try:
            connection = self.celery.connection_for_write()
            errors = (*connection.connection_errors, *connection.channel_errors)
        except KeyError:  # its URL is no broker's
            errors = (KeyError,)
        return (KombuError, OSError, *errors)

    def _is_heard_of(self, run_id: str) -> bool:
        found = self.heartbeats.of(run_id)
        return found is not None and found.seconds_ago <= self._patience_seconds


def _why(error: BaseException) -> str:
    """What is the matter with the broker; its library's own words may repeat parts of the URL."""
    cause: BaseException | None = error
    while cause is not None:
        if type(cause).__name__ in _REFUSALS:
            return "it refuses the user, the password or the virtual host"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, KeyError):
        return "its URL begins neither with redis:// nor with amqp://"
    return f"it does not answer ({type(error).__name__})"


def _task_of(app: Celery, beat_seconds: float) -> Task:
    """The task that does a run, in a worker's process. It fails in the worker itself where that process is lost."""

    @app.task(bind=True, name=_TASK, shared=False)  # type: ignore[untyped-decorator]
    def run(self: Task, run_id: str) -> None:
        from cowrie_assets.orchestration.workers.execution import perform  # noqa: PLC0415  (in a worker only)

        perform(run_id, str(self.request.hostname), beat_seconds)

    task_failure.connect(_end_lost_run, sender=run, weak=False)
    return run


def _end_lost_run(exception: object = None, kwargs: Mapping[str, Any] | None = None, **_: object) -> None:
    """Tell Dagster at once what a worker sees: that a process of its own is lost. Elsewhere the heartbeat tells."""
    run_id = (kwargs or {}).get("run_id")
    if not isinstance(exception, WorkerLostError) or not isinstance(run_id, str):
        return
    with dg.DagsterInstance.get() as instance:
        run, heartbeats = instance.get_run_by_id(run_id), RunHeartbeats(instance)
        found = heartbeats.of(run_id)
        is_here = found is None or found.worker.rpartition("@")[2] == socket.gethostname()
        if run is not None and is_here and (found is None or not is_alive(found.process, None)):
            end(instance, run, _LEFT)
            heartbeats.release(run_id)
