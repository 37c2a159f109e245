"""A deployment of workers as docs/WORKERS.md has it, in small: own home, database, broker; short patience."""

import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg
import yaml
from dagster._core.launcher import LaunchRunContext
from sqlalchemy.engine import make_url

from cowrie_assets.orchestration.workers.launcher import WorkerRunLauncher
from cowrie_assets_tests.orchestration.workers.worked import Kind, worked
from cowrie_assets_tests.ui.dev import COWRIE_ASSETS, free_port, wait_until

PATIENCE = 3
START_TIMEOUT = 5


def for_dagster(url: str) -> str:
    """The URL of a database as Dagster takes it: with the driver that its statements are written for."""
    return make_url(url).set(drivername="postgresql+psycopg2").render_as_string(hide_password=False)


@dataclass
class Deployment:
    """An instance over a database and a broker, and the workers that were started."""

    folder: Path
    instance: dg.DagsterInstance
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def launcher(self) -> WorkerRunLauncher:
        launcher = self.instance.run_launcher
        assert isinstance(launcher, WorkerRunLauncher)
        return launcher

    def start_worker(self, name: str, slots: int = 1) -> subprocess.Popen[bytes]:
        """A worker that answers."""
        command = [*COWRIE_ASSETS, "worker", "--slots", str(slots), "--name", name]
        environment = os.environ | {"DAGSTER_HOME": str(self.folder / "dagster_home")}
        with self.log.open("ab") as log:
            worker = subprocess.Popen(command, cwd=self.folder, env=environment, stdout=log, stderr=log)
        self.workers.append(worker)
        self.wait(lambda: f"{name}@{socket.gethostname()} ready." in self.log.read_text())
        return worker

    @property
    def running(self) -> list[subprocess.Popen[bytes]]:
        """The workers that were not killed."""
        return [worker for worker in self.workers if worker.poll() is None]

    @property
    def log(self) -> Path:
        """What all workers say."""
        return self.folder / "workers.log"

    def wait(self, condition: Callable[[], object], seconds: float = 60) -> object:
        return wait_until(condition, seconds, lambda: self.log.read_text()[-4000:], every=0.05)

    def run(self, kind: Kind = "short") -> dg.DagsterRun:
        """A run as Dagster's queue makes it ready to be launched."""
        marks = self.folder / "marks"
        marks.mkdir(exist_ok=True)
        run = self.instance.create_run_for_job(
            worked,
            run_config={"ops": {"work": {"config": {"marks": str(marks), "kind": kind}}}},
            job_code_origin=dg.reconstructable(worked).get_python_origin(),
        )
        event = dg.DagsterEvent(dg.DagsterEventType.RUN_STARTING.value, run.job_name)
        self.instance.report_dagster_event(event, run_id=run.run_id)
        return run

    def launch(self, run: dg.DagsterRun) -> dg.DagsterRun:
        self.launcher.launch_run(LaunchRunContext(dagster_run=self.now(run), workspace=None))
        return run

    def now(self, run: dg.DagsterRun) -> dg.DagsterRun:
        found = self.instance.get_run_by_id(run.run_id)
        assert found is not None
        return found

    def process_of(self, run: dg.DagsterRun) -> int:
        """The process that does a run, once it does."""
        self.wait(lambda: self._marks(run))
        return int(self._marks(run)[-1].name.split(".")[1])

    def let_go(self, run: dg.DagsterRun) -> None:
        """Have a run end that is `held`."""
        (self.folder / "marks" / f"let_go.{run.run_id}").touch()

    def times_begun(self, run: dg.DagsterRun) -> int:
        return len(self._marks(run))

    def ended(self, run: dg.DagsterRun, seconds: float = 60) -> dg.DagsterRunStatus:
        self.wait(lambda: self.now(run).is_finished, seconds)
        return self.now(run).status

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        """The worker and all its processes at once, as a machine that loses its power."""
        for pid in [*children(worker.pid), worker.pid]:
            os.kill(pid, signal.SIGKILL)
        worker.wait()

    def _marks(self, run: dg.DagsterRun) -> list[Path]:
        return sorted((self.folder / "marks").glob(f"{run.run_id}.*"))


def children(pid: int) -> list[int]:
    """The processes that a process started."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@contextmanager
def deployment(folder: Path, database_url: str, broker_url: str) -> Iterator[Deployment]:
    """Dagster's history in the database, its runs by the broker; workers that still run are killed behind it."""
    home = folder / "dagster_home"
    home.mkdir()
    settings = {
        "telemetry": {"enabled": False},
        "run_monitoring": {"enabled": True, "start_timeout_seconds": START_TIMEOUT},
        "storage": {"postgres": {"postgres_url": for_dagster(database_url)}},
        "run_launcher": {
            "module": "cowrie_assets.orchestration.workers.launcher",
            "class": "WorkerRunLauncher",
            "config": {"broker": broker_url, "patience_seconds": PATIENCE},
        },
    }
    (home / "dagster.yaml").write_text(yaml.safe_dump(settings))
    with dg.DagsterInstance.from_config(str(home)) as instance:
        made = Deployment(folder, instance)
        made.log.touch()
        try:
            yield made
        finally:
            for worker in made.running:
                made.kill(worker)


class Redis:
    """A Redis of Debian's; it keeps what it has through a restart, but for one that is told not to."""

    def __init__(self, folder: Path) -> None:
        self._port = free_port()
        self._folder = folder
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self.start()

    def start(self, *, keeps: bool = True) -> None:
        kept = "yes" if keeps else "no"
        options = {"port": self._port, "bind": "127.0.0.1", "dir": self._folder, "appendonly": kept, "save": ""}
        command = [word for name, value in options.items() for word in (f"--{name}", str(value))]
        self._process = subprocess.Popen(["redis-server", *command], stdout=subprocess.DEVNULL)
        wait_until(lambda: _listens(self._port), 60, lambda: "Redis does not listen", every=0.02)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


RABBITMQ = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
"""Debian's program; what PATH has in its place becomes the user `rabbitmq` first."""


class RabbitMQ:
    """A RabbitMQ of Debian's with all that it keeps below a folder, and its own list of Erlang's nodes."""

    def __init__(self, folder: Path) -> None:
        self._port, self._names_port = free_port(), free_port()
        self._environment = os.environ | {
            "HOME": str(folder),
            "RABBITMQ_NODENAME": f"cowrie{self._port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self._port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
            "ERL_EPMD_PORT": str(self._names_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        }
        self.url = f"amqp://guest:guest@127.0.0.1:{self._port}//"
        self.start()

    def start(self, *, keeps: bool = True) -> None:
        assert keeps, "RabbitMQ keeps the messages of a durable queue"
        self._process = subprocess.Popen(
            [RABBITMQ],
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_until(lambda: _listens(self._port), 120, lambda: "RabbitMQ does not listen", every=0.1)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._end_list_of_nodes()

    def kill(self) -> None:
        """With all its processes at once."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._end_list_of_nodes()

    def _end_list_of_nodes(self) -> None:
        subprocess.run(["epmd", "-kill"], env=self._environment, stdout=subprocess.DEVNULL, check=False)


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False
