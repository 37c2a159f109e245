"""What Dagster's records say of its services: a daemon that is not heard of, sensors that are off, runs that hang."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable

import dagster as dg
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.scheduler.instigation import InstigatorStatus, TickStatus

from cowrie_assets.amounts import age, counted
from cowrie_assets.clock import US_PER_SECOND
from cowrie_assets.orchestration.left_runs import runs_without_process
from cowrie_assets.orchestration.locations import LOCATION

DAEMON_PATIENCE_SECONDS = 180
"""The daemon says that it lives every 30 seconds, each part of it by itself."""
RUN_PATIENCE_SECONDS = 3600
"""A run may wait for its turn behind others for hours; behind nothing it should not wait so long."""
CANCEL_PATIENCE_SECONDS = 600

_NAMES_SHOWN = 5
_FAILED_TICKS = 3
_IN_WORK = [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.CANCELING]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with the services, and what to do."""

    sentence: str
    mend: str
    state: Literal["warning", "error"] = "error"


@runtime_checkable
class TellsFaults(Protocol):
    """A run launcher that knows what is the matter with it (`workers/launcher.py`)."""

    def faults(self) -> Iterator[Fault]:
        """What is wrong with it by now."""


def service_faults(instance: dg.DagsterInstance, now: int) -> Iterator[Fault]:
    """What is wrong by now (microseconds since 1970-01-01 UTC). Where no daemon ever ran, nothing is."""
    yield from _daemon(instance, now)
    yield from _sensors(instance)
    yield from _runs(instance, now)
    if isinstance(instance.run_launcher, TellsFaults):
        yield from instance.run_launcher.faults()


def _daemon(instance: dg.DagsterInstance, now: int) -> Iterator[Fault]:
    heartbeats = instance.get_daemon_heartbeats()
    required = instance.get_required_daemon_types()
    if not heartbeats:
        return
    seconds = now / US_PER_SECOND
    silent = [kind for kind in required if kind not in heartbeats or _is_old(heartbeats[kind].timestamp, seconds)]
    if silent:
        newest = max(heartbeat.timestamp for heartbeat in heartbeats.values())
        since = age(now - int(newest * US_PER_SECOND))
        of_it = "the daemon is" if len(silent) == len(required) else f"of the daemon, {_listed(silent)} is"
        yield Fault(
            f"{of_it} not heard of; it was last heard of {since} ago: no log is noticed and no run is started",
            "start `cowrie-assets ui`, or the service dagster-daemon; its output says why it ended",
        )
        return
    failing = sorted(kind for kind in required if heartbeats[kind].errors)
    if failing:
        yield Fault(
            f"{_listed(failing)} of the daemon failed lately",
            "Deployment, Daemons in the UI shows the error",
            "warning",
        )


def _is_old(timestamp: float, now: float) -> bool:
    return now - timestamp > DAEMON_PATIENCE_SECONDS


def _sensors(instance: dg.DagsterInstance) -> Iterator[Fault]:
    stopped, failing = [], []
    for state in instance.all_instigator_state(instigator_type=InstigatorType.SENSOR):
        if state.origin.repository_origin.code_location_origin.location_name != LOCATION:
            continue
        if state.status is InstigatorStatus.STOPPED:
            stopped.append(state.instigator_name)
            continue
        ticks = instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=_FAILED_TICKS)
        if len(ticks) == _FAILED_TICKS and all(tick.status is TickStatus.FAILURE for tick in ticks):
            failing.append(state.instigator_name)
    if stopped:
        are = counted(len(stopped), "sensor is", "sensors are")
        yield Fault(
            f"{are} switched off in the UI: {_listed(stopped)}",
            "switch it on in the UI, Automation; what it looks after is done by nobody",
            "warning",
        )
    if failing:
        are = counted(len(failing), "sensor fails", "sensors fail")
        yield Fault(f"{are} tick after tick: {_listed(failing)}", "the sensor's page in the UI shows the sentence")


def _runs(instance: dg.DagsterInstance, now: int) -> Iterator[Fault]:
    left = list(runs_without_process(instance))
    if left:
        are = counted(len(left), "run stands as running though its process is", "runs stand as running though they are")
        yield Fault(
            f"{are} gone: {_listed([run.run_id[:8] for run in left])}",
            "the sensor left_runs ends them within two minutes: see that the daemon and the code server run",
        )
    known = {run.run_id for run in left}
    canceling = _older(instance, [dg.DagsterRunStatus.CANCELING], now, CANCEL_PATIENCE_SECONDS)
    hanging = [run_id for run_id in canceling if run_id not in known]
    if hanging:
        are = counted(len(hanging), "run does", "runs do")
        yield Fault(
            f"{are} not end since that was asked for: {_listed([run_id[:8] for run_id in hanging])}",
            "terminate it in the UI with `force termination`",
            "warning",
        )
    if not instance.get_runs_count(dg.RunsFilter(statuses=_IN_WORK)):
        waiting = _older(instance, [dg.DagsterRunStatus.QUEUED], now, RUN_PATIENCE_SECONDS)
        if waiting:
            are = counted(len(waiting), "run waits", "runs wait")
            yield Fault(
                f"{are} for more than an hour though none is in work",
                "see that the daemon runs and that the pools of dagster.yaml have slots: Deployment, Concurrency",
            )


def _older(instance: dg.DagsterInstance, statuses: list[dg.DagsterRunStatus], now: int, seconds: float) -> list[str]:
    """Ids of runs that have stood there for longer."""
    limit = now / US_PER_SECOND - seconds
    records = instance.get_run_records(dg.RunsFilter(statuses=statuses), limit=100)
    return [record.dagster_run.run_id for record in records if record.update_timestamp.timestamp() < limit]


def _listed(names: list[str] | set[str]) -> str:
    ordered = sorted(names)
    more = len(ordered) - _NAMES_SHOWN
    return ", ".join(ordered[:_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")
