"""Machines for `benchmarks.workers`: network namespaces of this one (as root), each with a worker, its own home and its
own way to PostgreSQL and Redis, which can be cut. In the middle a web server and a daemon.
"""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg
import yaml
from dagster._core.execution.backfill import BULK_ACTION_TERMINAL_STATUSES
from sqlalchemy.engine import URL, make_url

from benchmarks.backfill import DAILY, stop_automation
from cowrie_assets_tests.databases import Postgres
from cowrie_assets_tests.ui.dev import COWRIE_ASSETS, Dev, environment_of, free_port, wait_until

_ROOT = Path(__file__).parents[1]
_NETWORK = "10.77.0.0/16"
_BROKER_PORT = 6399
_STARTED_WITHIN = 120.0


@dataclass(frozen=True, slots=True)
class Machine:
    """A network namespace, the two ends of its cable, and the folder of its worker."""

    number: int
    folder: Path

    @property
    def name(self) -> str:
        return f"cowrie-{os.getpid()}-{self.number}"

    @property
    def middle(self) -> str:
        """The address under which it finds the middle."""
        return f"10.77.{self.number}.1"

    @property
    def cable(self) -> str:
        return f"cowrie{os.getpid() % 100_000}m{self.number}"

    def connect(self) -> None:
        other = f"{self.cable}e"
        for command in (
            f"netns add {self.name}",
            f"link add {self.cable} type veth peer name {other} netns {self.name}",
            f"address add {self.middle}/24 dev {self.cable}",
            f"link set {self.cable} up",
            f"-n {self.name} address add 10.77.{self.number}.2/24 dev {other}",
            f"-n {self.name} link set {other} up",
            f"-n {self.name} link set lo up",
        ):
            _ip(command)

    def remove(self) -> None:
        with suppress(subprocess.CalledProcessError):
            _ip(f"netns del {self.name}")

    @contextmanager
    def cut_off(self) -> Iterator[None]:
        """Without a network for as long as the block runs."""
        _ip(f"link set {self.cable} down")
        try:
            yield
        finally:
            _ip(f"link set {self.cable} up")


@dataclass
class Fleet:
    """A deployment over several machines."""

    folder: Path
    database: URL
    history: URL
    environment: dict[str, str]
    machines: list[Machine]
    patience: int
    workers: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)
    """By the number of the machine."""

    def settings(self, middle: str) -> dict[str, Any]:
        """`dagster.yaml` as `deploy/celery/` has it, but for places, the patience, and how often a run is tried again:
        where workers are killed all the time, one may be met more than twice."""
        found: dict[str, Any] = yaml.safe_load((_ROOT / "deploy/celery/dagster.yaml").read_text(encoding="utf-8"))
        found["storage"]["postgres"]["postgres_url"] = _over(self.history, middle, "postgresql+psycopg2")
        found["run_launcher"]["config"] |= {
            "broker": f"redis://{middle}:{_BROKER_PORT}/0",
            "patience_seconds": self.patience,
        }
        found["run_retries"]["max_retries"] = 10
        found["run_monitoring"]["poll_interval_seconds"] = max(2, self.patience // 6)
        found["concurrency"]["runs"]["max_concurrent_runs"] = len(self.machines)
        found["compute_logs"]["config"]["base_dir"] = str(self.folder / "compute_logs")
        return found

    def place(self, folder: Path, middle: str) -> dict[str, str]:
        """Make the home of a service; gives its environment."""
        home = folder / "dagster_home"
        home.mkdir(parents=True, exist_ok=True)
        (home / "dagster.yaml").write_text(yaml.safe_dump(self.settings(middle)))
        database = _over(self.database, middle, "postgresql+psycopg")
        return self.environment | {"DAGSTER_HOME": str(home), "COWRIE_DATABASE_URL": database}

    def start_worker(self, machine: Machine) -> None:
        """A worker of one slot on a machine, in the place of the one that was there."""
        environment = self.place(machine.folder, machine.middle)
        command = ["ip", "netns", "exec", machine.name, *COWRIE_ASSETS, "worker", "--name", f"m{machine.number}"]
        with self.log.open("ab") as log:
            self.workers[machine.number] = subprocess.Popen(
                command, cwd=machine.folder, env=environment, stdout=log, stderr=log
            )

    def kill_worker(self, machine: Machine) -> None:
        """The worker alone (`ip` became it): the processes of its runs end a little later, by themselves."""
        worker = self.workers.pop(machine.number, None)
        if worker is not None:
            worker.kill()
            worker.wait()

    def kill_machine(self, machine: Machine) -> None:
        """As a machine that loses its power: all its processes at once."""
        for process in _ip(f"netns pids {machine.name}").split():
            with suppress(ProcessLookupError):
                os.kill(int(process), signal.SIGKILL)
        self.kill_worker(machine)

    def restart_ended(self) -> int:
        """Start the workers anew that ended by themselves, as systemd does; tells how many."""
        ended = [
            each for each in self.machines if (worker := self.workers.get(each.number)) and worker.poll() is not None
        ]
        for machine in ended:
            self.start_worker(machine)
        return len(ended)

    def are_ready(self, machines: Sequence[Machine]) -> bool:
        said = self.log.read_text()
        return all(f"m{machine.number}@{socket.gethostname()} ready." in said for machine in machines)

    @property
    def log(self) -> Path:
        return self.folder / "workers.log"

    @contextmanager
    def middle(self) -> Iterator[Dev]:
        """Web server and daemon; nothing begins by itself, but that lost messages are sent again."""
        environment = self.place(self.folder, "10.77.1.1")
        port = free_port()
        dev = Dev(f"http://127.0.0.1:{port}", "", self.folder)
        bin_folder, workspace = Path(sys.executable).parent, ["--workspace", str(_ROOT / "workspace.yaml")]
        web = [bin_folder / "dagster-webserver", "--port", str(port), *workspace]
        with (self.folder / "terminal.log").open("wb") as log, ExitStack() as services:

            def start(*command: str | Path) -> None:
                process = subprocess.Popen(command, cwd=self.folder, env=environment, stdout=log, stderr=log)
                services.callback(process.wait)
                services.callback(process.send_signal, signal.SIGTERM)

            start(*web)
            wait_until(lambda: _is_loaded(dev), _STARTED_WITHIN, dev.last_words)
            stop_automation(dev)
            dev.turn("left_runs", on=True)
            start(bin_folder / "dagster-daemon", "run", *workspace)
            yield dev

    def backfill(self, dev: Dev, instance: dg.DagsterInstance, days: Sequence[date], seconds: float) -> list[Any]:
        """The records of all runs of a backfill of `days`, once it has ended well."""
        backfill_id = dev.launch_backfill(DAILY, [day.isoformat() for day in days])

        def ended() -> bool:
            found = instance.get_backfill(backfill_id)
            return found is not None and found.status in BULK_ACTION_TERMINAL_STATUSES

        wait_until(ended, seconds, lambda: dev.last_words() + self.log.read_text()[-3000:])
        return list(instance.get_run_records(dg.RunsFilter(tags={"dagster/backfill": backfill_id})))


@contextmanager
def fleet(
    folder: Path, postgres: Postgres, logs: Path, *, machines: int, patience: int, days_a_run: int, first: date
) -> Iterator[Fleet]:
    """Machines with a worker each over an empty database of their own; nothing of it stays."""
    made = [Machine(number + 1, folder / f"machine_{number + 1}") for number in range(machines)]
    addresses = [machine.middle for machine in made]
    with ExitStack() as closing:
        for machine in made:
            closing.callback(machine.remove)
            machine.connect()
        postgres.url  # noqa: B018  (made and started)
        database, history = make_url(postgres.new()), make_url(postgres.new(empty=True))
        postgres.listen(addresses, _NETWORK)
        closing.enter_context(_redis(folder, addresses))
        environment = environment_of(
            folder,
            COWRIE_LOG_ROOT=str(logs),
            COWRIE_REPORT_DIR=str(folder / "reports"),
            COWRIE_FIRST_DAY=first.isoformat(),
            COWRIE_DAYS_A_RUN=str(days_a_run),
        )
        found = Fleet(folder, database, history, environment, made, patience)
        found.log.touch()
        try:
            yield found
        finally:
            for machine in made:
                found.kill_machine(machine)


def kill_at_random(found: Fleet, chance: random.Random) -> None:
    """One of the workers is lost, alone or with its machine, and a new one takes its place."""
    machine = chance.choice(found.machines)
    chance.choice((found.kill_worker, found.kill_machine))(machine)
    time.sleep(chance.uniform(0, 2))
    found.start_worker(machine)


def _over(url: URL, address: str, driver: str) -> str:
    """The URL of a database as a machine reaches it."""
    return URL.create(driver, "postgres", host=address, database=url.database).render_as_string(hide_password=False)


@contextmanager
def _redis(folder: Path, addresses: Sequence[str]) -> Iterator[None]:
    options = [
        "--port",
        str(_BROKER_PORT),
        "--bind",
        *addresses,
        "--protected-mode",
        "no",
        "--save",
        "",
        "--dir",
        folder,
    ]
    process = subprocess.Popen(["redis-server", *map(str, options)], stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _is_loaded(dev: Dev) -> bool:
    with suppress(OSError):
        return bool(dev.ask("{ repositoriesOrError { __typename } }")["repositoriesOrError"]["__typename"])
    return False


def _ip(arguments: str) -> str:
    """What `ip` says."""
    return subprocess.run(["ip", *arguments.split()], check=True, stdout=subprocess.PIPE, text=True).stdout
