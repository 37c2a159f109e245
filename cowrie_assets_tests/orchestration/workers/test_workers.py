"""What becomes of a run whose worker, process, message or broker is lost: it ends, and is done once."""

import logging
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.execution.plan.objects import StepSuccessData
from dagster._core.storage.dagster_run import RunRecord
from dagster._daemon.monitoring.run_monitoring import monitor_started_run, monitor_starting_run
from dagster_celery.tags import DAGSTER_CELERY_TASK_ID_TAG

from cowrie_assets.orchestration.left_runs import hand_out_again
from cowrie_assets.orchestration.workers import launcher
from cowrie_assets.orchestration.workers.launcher import BrokerUnreachableError
from cowrie_assets_tests.databases import Databases
from cowrie_assets_tests.orchestration.workers.deployment import (
    PATIENCE,
    RABBITMQ,
    START_TIMEOUT,
    Deployment,
    RabbitMQ,
    Redis,
    children,
    deployment,
)
from cowrie_assets_tests.ui.dev import COWRIE_ASSETS

STATUS = dg.DagsterRunStatus
Worker = subprocess.Popen[bytes]
_LOG = logging.getLogger(__name__)

_BROKERS = {"redis": Redis, "rabbitmq": RabbitMQ}


def _without(is_there: bool, name: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(not is_there, reason=f"{name} is not on this machine")


@pytest.fixture(
    scope="module",
    params=[
        pytest.param("redis", marks=_without(shutil.which("redis-server") is not None, "redis-server")),
        pytest.param("rabbitmq", marks=[pytest.mark.soak, _without(RABBITMQ.exists(), "rabbitmq-server")]),
    ],
)
def broker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis | RabbitMQ]:
    server = _BROKERS[request.param](tmp_path_factory.mktemp(request.param))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def deployed(
    databases: Databases, broker: Redis | RabbitMQ, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    url = databases.postgres.new(empty=True)
    with deployment(tmp_path_factory.mktemp("deployed"), url, broker.url) as made:
        yield made
    databases.postgres.drop(url)


def _look(deployed: Deployment, run: dg.DagsterRun) -> None:
    """A look of Dagster's run monitoring."""
    record = deployed.instance.get_run_record_by_id(run.run_id)
    assert isinstance(record, RunRecord)
    if record.dagster_run.status is STATUS.STARTING:
        monitor_starting_run(deployed.instance, record, _LOG)
    if record.dagster_run.status is STATUS.STARTED:
        monitor_started_run(deployed.instance, None, record, _LOG)  # type: ignore[arg-type]


@pytest.fixture
def worker(deployed: Deployment) -> Worker:
    """The one worker there is, with two slots."""
    running = deployed.running
    for another in running[1:]:
        deployed.kill(another)
    return running[0] if running else deployed.start_worker("one", slots=2)


def test_a_run_is_done_once_and_ends_where_its_process_is_killed(deployed: Deployment, worker: Worker) -> None:
    delivered_twice, killed = deployed.run(), deployed.launch(deployed.run("long"))
    given_up = deployed.run()
    deployed.instance.report_run_failed(deployed.now(given_up), "start_timeout_seconds are over")
    for run in given_up, delivered_twice, delivered_twice:
        deployed.launch(run)
    process = deployed.process_of(killed)
    assert process in children(worker.pid), "the command is the worker itself"
    os.kill(process, signal.SIGKILL)
    assert deployed.ended(delivered_twice) is STATUS.SUCCESS
    assert deployed.ended(killed) is STATUS.FAILURE
    assert [deployed.times_begun(run) for run in (delivered_twice, killed, given_up)] == [1, 1, 0]


@pytest.mark.soak
def test_a_worker_says_why_it_cannot_begin(tmp_path: Path) -> None:
    said = subprocess.run(
        [*COWRIE_ASSETS, "worker"],
        env=os.environ | {"DAGSTER_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 1
    assert "Error: dagster.yaml has DefaultRunLauncher start runs, so none comes to a worker" in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.soak
def test_a_terminated_run_is_canceled(deployed: Deployment, worker: Worker) -> None:
    run = deployed.launch(deployed.run("long"))
    deployed.process_of(run)
    assert deployed.launcher.terminate(run.run_id)
    assert deployed.ended(run) is STATUS.CANCELED
    assert deployed.launcher.heartbeats.of(run.run_id) is None
    assert deployed.ended(deployed.launch(deployed.run())) is STATUS.SUCCESS, "its process does another one"


@pytest.mark.soak
def test_a_process_that_does_not_end_when_it_is_asked_to_is_ended(deployed: Deployment, worker: Worker) -> None:
    run = deployed.launch(deployed.run("stubborn"))
    process = deployed.process_of(run)
    assert deployed.launcher.terminate(run.run_id)
    assert deployed.ended(run) is STATUS.CANCELED
    deployed.wait(lambda: not Path(f"/proc/{process}").exists())


@pytest.mark.soak
def test_a_run_whose_worker_is_gone_fails(deployed: Deployment, worker: Worker) -> None:
    lost, lost_behind_its_last_step = (deployed.launch(deployed.run("long")) for _ in range(2))
    process = deployed.process_of(lost)
    deployed.process_of(lost_behind_its_last_step)
    ended_well = dg.DagsterEvent(
        "STEP_SUCCESS", lost.job_name, step_key="work", event_specific_data=StepSuccessData(1.0)
    )
    deployed.instance.report_dagster_event(ended_well, lost_behind_its_last_step.run_id)
    _look(deployed, lost)
    assert deployed.now(lost).status is STATUS.STARTED
    worker.kill()
    worker.wait()
    deployed.wait(lambda: not Path(f"/proc/{process}").exists())
    _look(deployed, lost)
    assert deployed.now(lost).status is STATUS.STARTED, "it may be a network that is cut for a moment"
    for run, status in (lost, STATUS.FAILURE), (lost_behind_its_last_step, STATUS.SUCCESS):
        deployed.wait(lambda run=run: _heard_of(deployed, run) > PATIENCE)
        _look(deployed, run)
        assert deployed.now(run).status is status


@pytest.mark.soak
def test_what_was_given_up_does_not_go_on(deployed: Deployment, worker: Worker) -> None:
    """As after a network that was cut for longer than the patience: the second attempt has begun elsewhere."""
    run = deployed.launch(deployed.run("long"))
    deployed.process_of(run)
    deployed.instance.report_run_failed(deployed.now(run), "it was not heard of")
    deployed.wait(lambda: deployed.launcher.heartbeats.of(run.run_id) is None)
    assert deployed.now(run).status is STATUS.FAILURE


@pytest.mark.soak
def test_without_a_worker_nothing_is_lost_and_doctor_tells_it(deployed: Deployment) -> None:
    for worker in deployed.running:
        deployed.kill(worker)
    given_up = deployed.launch(deployed.run())
    time.sleep(START_TIMEOUT)
    _look(deployed, given_up)
    assert deployed.now(given_up).status is STATUS.FAILURE
    waits, terminated = deployed.launch(deployed.run()), deployed.launch(deployed.run())
    _look(deployed, waits)
    assert deployed.launcher.terminate(terminated.run_id)
    assert deployed.now(terminated).status is STATUS.CANCELED
    assert deployed.launcher.get_run_worker_debug_info(waits) == "No worker has the run."
    (fault,) = deployed.launcher.faults()
    assert fault.sentence.startswith("no worker answers")
    deployed.start_worker("late")
    assert deployed.ended(waits) is STATUS.SUCCESS
    (fault,) = deployed.launcher.faults()
    assert fault.sentence.startswith("1 worker with 1 slot in all")
    assert (deployed.times_begun(terminated), deployed.times_begun(given_up)) == (0, 0)


@pytest.mark.soak
def test_a_message_that_is_lost_is_sent_again(
    deployed: Deployment, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost, waits = deployed.run(), deployed.launch(deployed.run())
    deployed.instance.add_run_tags(lost.run_id, {DAGSTER_CELERY_TASK_ID_TAG: "of a message that no broker has"})
    assert deployed.ended(waits) is STATUS.SUCCESS
    assert hand_out_again(deployed.instance) == 0, "it may be on its way"
    monkeypatch.setattr(launcher, "_SECONDS_TO_BE_TAKEN", 0)
    assert hand_out_again(deployed.instance) == 1
    assert deployed.ended(lost) is STATUS.SUCCESS
    assert hand_out_again(deployed.instance) == 0


@pytest.mark.soak
def test_a_run_whose_worker_is_lost_before_it_begins_fails(deployed: Deployment) -> None:
    """The message is with the worker, and so is the claim: nobody else may begin the run."""
    for worker in deployed.running:
        deployed.kill(worker)
    lost = deployed.launch(deployed.run())
    assert deployed.launcher.heartbeats.claim(lost.run_id, "lost@elsewhere", 1)
    assert hand_out_again(deployed.instance) == 0
    assert deployed.now(lost).status is STATUS.STARTING
    deployed.wait(lambda: _heard_of(deployed, lost) > PATIENCE)
    assert hand_out_again(deployed.instance) == 0
    assert deployed.now(lost).status is STATUS.FAILURE
    deployed.start_worker("behind")
    assert deployed.ended(deployed.launch(deployed.run())) is STATUS.SUCCESS
    assert deployed.times_begun(lost) == 0


@pytest.mark.soak
def test_a_broker_that_restarts(deployed: Deployment, broker: Redis | RabbitMQ) -> None:
    """What is in work goes on, and Dagster's queue keeps what cannot be handed over."""
    for worker in deployed.running:
        deployed.kill(worker)
    deployed.start_worker("of_two", slots=2)
    run = deployed.launch(deployed.run("long"))
    deployed.process_of(run)
    broker.stop()
    unsent = deployed.run()
    with pytest.raises(BrokerUnreachableError, match="the broker takes no run: it does not answer"):
        deployed.launch(unsent)
    (fault,) = deployed.launcher.faults()
    assert fault.sentence.startswith("the broker cannot be used: it does not answer")
    broker.start()
    assert deployed.ended(deployed.launch(unsent)) is STATUS.SUCCESS
    assert deployed.launcher.terminate(run.run_id)
    assert deployed.ended(run) is STATUS.CANCELED
    assert (deployed.times_begun(run), deployed.times_begun(unsent)) == (1, 1)


@pytest.mark.soak
def test_a_broker_that_refuses(databases: Databases, broker: Redis | RabbitMQ, tmp_path: Path) -> None:
    """The run waits in Dagster's queue until the login is mended: it is not burnt."""
    refused = re.sub("//(guest:guest@)?", "//guest:hidden-word@", broker.url, count=1)
    url = databases.postgres.new(empty=True)
    with deployment(tmp_path, url, refused) as made:
        with pytest.raises(BrokerUnreachableError, match="it refuses the user, the password"):
            made.launch(made.run())
        (fault,) = made.launcher.faults()
        assert fault.sentence.startswith("the broker cannot be used: it refuses the user")
    databases.postgres.drop(url)


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_a_worker_outlives_its_broker(deployed: Deployment, broker: Redis | RabbitMQ) -> None:
    """The run that it has in work ends well, and the worker takes the next ones: the same worker each time."""
    for another in deployed.running:
        deployed.kill(another)
    worker = deployed.start_worker("outlives")
    keeps = [True, False] if isinstance(broker, Redis) else [True]
    for end, kept, seconds in product((broker.kill, broker.stop), keeps, (0.1, 3)):
        run, behind = deployed.launch(deployed.run("held")), deployed.run()
        deployed.process_of(run)
        end()
        time.sleep(seconds)
        broker.start(keeps=kept)
        deployed.let_go(run)
        assert deployed.ended(run) is STATUS.SUCCESS
        assert deployed.ended(deployed.launch(behind)) is STATUS.SUCCESS
        assert worker.poll() is None
        assert (deployed.times_begun(run), deployed.times_begun(behind)) == (1, 1)


@pytest.mark.soak
def test_a_worker_ends_when_it_is_asked_to(deployed: Deployment) -> None:
    """What it has in work is done first."""
    for another in deployed.running:
        deployed.kill(another)
    worker = deployed.start_worker("asked")
    run = deployed.launch(deployed.run("long"))
    deployed.process_of(run)
    processes = children(worker.pid)
    worker.terminate()
    with pytest.raises(subprocess.TimeoutExpired):
        worker.wait(2)
    assert deployed.launcher.terminate(run.run_id)
    assert worker.wait(60) == 0
    assert deployed.now(run).status is STATUS.CANCELED
    assert not any(Path(f"/proc/{each}").exists() for each in processes)


def _heard_of(deployed: Deployment, run: dg.DagsterRun) -> float:
    found = deployed.launcher.heartbeats.of(run.run_id)
    assert found is not None
    return found.seconds_ago
