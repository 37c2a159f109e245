"""What Dagster's records say of its services."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.remote_origin import (
    ManagedGrpcPythonEnvCodeLocationOrigin,
    RemoteInstigatorOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    SensorInstigatorData,
    TickData,
    TickStatus,
)
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._daemon.types import DaemonHeartbeat
from dagster_shared.error import SerializableErrorInfo

from cowrie_assets.clock import US_PER_SECOND, now_us
from cowrie_assets.orchestration.state import service_faults

_TARGET = LoadableTargetOrigin(module_name="cowrie_assets.definitions")


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n")
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        yield instance


def _repository(location: str = "cowrie_assets") -> RemoteRepositoryOrigin:
    return RemoteRepositoryOrigin(ManagedGrpcPythonEnvCodeLocationOrigin(_TARGET, location), "__repository__")


def _beat(instance: dg.DagsterInstance, now: int, *, but: str = "") -> None:
    for kind in instance.get_required_daemon_types():
        if kind != but:
            instance.add_daemon_heartbeat(DaemonHeartbeat(now / US_PER_SECOND, kind, "x", []))


def _sentences(instance: dg.DagsterInstance, now: int) -> list[str]:
    return [fault.sentence for fault in service_faults(instance, now)]


def _sensor(instance: dg.DagsterInstance, name: str, status: InstigatorStatus, location: str) -> InstigatorState:
    origin = RemoteInstigatorOrigin(_repository(location), name)
    return instance.add_instigator_state(
        InstigatorState(origin, InstigatorType.SENSOR, status, SensorInstigatorData(min_interval=30))
    )


def test_where_no_daemon_ever_ran_nothing_is_said(instance: dg.DagsterInstance) -> None:
    assert _sentences(instance, now_us()) == []


def test_a_daemon_that_is_silent_in_whole_or_in_part(instance: dg.DagsterInstance) -> None:
    now = now_us()
    _beat(instance, now, but="SENSOR")
    (part,) = _sentences(instance, now)
    assert part.startswith("of the daemon, SENSOR is not heard of")
    _beat(instance, now)
    assert _sentences(instance, now + 170 * US_PER_SECOND) == []
    (whole,) = _sentences(instance, now + 3600 * US_PER_SECOND)
    assert whole.startswith("the daemon is not heard of; it was last heard of 1 h 0 min ago")


def test_sensors_that_are_off_and_those_that_fail(instance: dg.DagsterInstance) -> None:
    _sensor(instance, "stale_reports", InstigatorStatus.STOPPED, "cowrie_assets")
    _sensor(instance, "of_others", InstigatorStatus.STOPPED, "elsewhere")
    failing = _sensor(instance, "new_logs", InstigatorStatus.DECLARED_IN_CODE, "cowrie_assets")
    for number in range(3):
        _beat(instance, now_us())
        assert len(_sentences(instance, now_us())) == 1
        instance.create_tick(
            TickData(
                failing.instigator_origin_id,
                "new_logs",
                InstigatorType.SENSOR,
                TickStatus.FAILURE,
                now_us() / US_PER_SECOND + number,
                selector_id=failing.selector_id,
                error=SerializableErrorInfo("gone", [], "TickFailed"),
            )
        )
    off, broken = _sentences(instance, now_us())
    assert off == "1 sensor is switched off in the UI: stale_reports"
    assert broken == "1 sensor fails tick after tick: new_logs"


def test_runs_that_wait_for_nothing_or_do_not_end(instance: dg.DagsterInstance) -> None:
    origin = RemoteJobOrigin(_repository(), "ingest")
    run = instance.add_run(
        dg.DagsterRun(job_name="ingest", status=dg.DagsterRunStatus.QUEUED, remote_job_origin=origin)
    )
    later = now_us() + 7200 * US_PER_SECOND
    _beat(instance, later)
    assert _sentences(instance, now_us()) == []
    assert _sentences(instance, later) == ["1 run waits for more than an hour though none is in work"]
    canceling = instance.add_run(dg.DagsterRun(job_name="ingest", status=dg.DagsterRunStatus.CANCELING))
    assert _sentences(instance, later) == [f"1 run does not end since that was asked for: {canceling.run_id[:8]}"]
    assert run.run_id != canceling.run_id
