"""The services of `deploy/celery/compose.yaml` as a container starts them, without Docker: own network, own files under
the paths of the image, the names of the services as hosts, commands, environment and health checks as they are written.

Not looked at are the image itself (what the Dockerfile installs, its user) and the password of PostgreSQL, whose image
is another's: the tests' own server stands in its place.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
import yaml
from sqlalchemy import create_engine, text

from benchmarks.machines import Machine
from cowrie_assets.orchestration.locations import WebServer, WebServerError
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.errors import WarehouseError
from cowrie_assets_tests import tables
from cowrie_assets_tests.databases import Postgres
from cowrie_assets_tests.ui.dev import wait_until

_ROOT = Path(__file__).parents[3]
_GIVEN = {"POSTGRES_PASSWORD": "0f" * 24, "REDIS_PASSWORD": "f0" * 24}
_WITHIN = 300.0
_CAN_BE = (
    os.geteuid() == 0 and all(shutil.which(each) for each in ("ip", "nsenter", "unshare", "redis-server", "redis-cli"))
)  # fmt: skip
pytestmark = [
    pytest.mark.soak,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(not _CAN_BE, reason="namespaces need root, `ip` and util-linux, the broker needs redis-server"),
]


@dataclass
class Containers:
    """One network and one tree of files for all services; what is not theirs is this machine's."""

    folder: Path
    machine: Machine
    services: Mapping[str, Mapping[str, Any]]
    holder: int
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        return self.folder / "said"

    def start(self, name: str) -> None:
        """A service, once those are healthy that it waits for."""
        service = self.services[name]
        for other, wanted in service.get("depends_on", {}).items():
            assert wanted == {"condition": "service_healthy"}
            if other != "postgres":
                wait_until(lambda other=other: self.is_healthy(other), _WITHIN, self.last_words, every=0.5)
        with self.log.open("ab") as log:
            command = self._inside(name, service["command"])
            self.running[name] = subprocess.Popen(command, stdout=log, stderr=log)

    def is_healthy(self, name: str) -> bool:
        """What the health check of a service says."""
        how, *command = self.services[name]["healthcheck"]["test"]
        command = {"CMD": command, "CMD-SHELL": ["sh", "-c", *command]}[how]
        return subprocess.run(self._inside(name, command), capture_output=True, check=False).returncode == 0

    def stop(self) -> list[int]:
        """SIGTERM to all, as `docker compose stop`; what they end with."""
        for process in self.running.values():
            process.terminate()
        return [process.wait(120) for process in self.running.values()]

    def last_words(self) -> str:
        return self.log.read_text()[-4000:]

    def _inside(self, name: str, command: Sequence[str]) -> list[str]:
        environment = _image() | self.services[name].get("environment", {})
        variables = [f"{key}={value}" for key, value in environment.items()]
        entered = ["nsenter", "--target", str(self.holder), "--mount", "--net"]
        where = "/data" if name == "redis" else "/var/lib/cowrie_assets"
        at = ["chroot", str(self.folder / "root"), "env", "--ignore-environment", f"--chdir={where}", *variables]
        return [*entered, *at, *command]


@contextmanager
def containers(folder: Path, logs: Path, postgres: Postgres) -> Iterator[Containers]:
    """None of the services runs yet but PostgreSQL; nothing of them stays."""
    composed = _composed()
    machine = Machine(9, folder)
    upper = folder / "upper"
    for path in ("etc", "var/lib/dagster", "var/lib/cowrie_assets", "data"):
        (upper / path).mkdir(parents=True)
    here = " ".join(composed.keys() - {"postgres"})
    (upper / "etc/hosts").write_text(f"127.0.0.1 localhost {here}\n{machine.middle} postgres\n")
    shutil.copy(_ROOT / "deploy/workspace.yaml", upper / "var/lib/dagster")  # as the Dockerfile does
    for volume in composed["worker"]["volumes"]:
        source, target, *_ = volume.split(":")
        if source == "LOGS":
            shutil.copytree(logs, upper / target.lstrip("/"))
        elif source.startswith("./"):
            shutil.copy(_ROOT / source, upper / target.lstrip("/"))
    (folder / "root").mkdir()
    (folder / "work").mkdir()
    layers = f"lowerdir=/,upperdir={upper},workdir={folder / 'work'}"
    mounts = [
        f"mount -t overlay overlay -o {layers} {folder}/root",
        *(f"mount --rbind /{each} {folder}/root/{each}" for each in ("proc", "dev", "sys")),
        "exec sleep infinity",
    ]
    with ExitStack() as closing:
        closing.callback(machine.remove)
        machine.connect()
        postgres.listen([machine.middle], "10.77.0.0/16")
        holder = subprocess.Popen(
            [*f"ip netns exec {machine.name} unshare --mount --propagation private sh -ec".split(), " && ".join(mounts)]
        )
        closing.callback(holder.wait)
        closing.callback(holder.kill)
        wait_until(lambda: _is_mounted(holder), 60, lambda: "the files are not mounted", every=0.1)
        made = Containers(folder, machine, composed, holder.pid)
        made.log.touch()
        try:
            yield made
        finally:
            for process in made.running.values():
                process.kill()
                process.wait()


def test_logs_come_in_by_the_containers(sample_logs: Path) -> None:
    folder = Path(mkdtemp(prefix="cowrie-compose-"))
    postgres = Postgres(Path(mkdtemp(prefix="cowrie-compose-pg-")))
    try:
        _look(folder, sample_logs, postgres)
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _look(folder: Path, logs: Path, postgres: Postgres) -> None:
    _make_databases(postgres)
    with containers(folder, logs, postgres) as made:
        server = WebServer(f"http://10.77.{made.machine.number}.2:3000")
        for name in made.services:
            if name != "postgres":
                made.start(name)

        def is_loaded() -> bool:
            with suppress(WebServerError):
                return server.location().is_loaded
            return False

        def is_read() -> bool:
            url = postgres.url.set(database="cowrie").render_as_string(hide_password=False)
            with suppress(WarehouseError), Warehouse.open(url, create=False) as warehouse:
                return bool(tables.rows(warehouse, "session_summaries"))
            return False

        wait_until(is_loaded, _WITHIN, made.last_words)
        wait_until(is_read, _WITHIN, made.last_words)
        wait_until(lambda: "succeeded in" in made.log.read_text(), _WITHIN, made.last_words)
        assert all(process.poll() is None for process in made.running.values()), made.last_words()
        assert set(made.stop()) <= {0, -15}
        said = made.log.read_text()
        assert not [secret for secret in _GIVEN.values() if secret in said]


def _composed() -> dict[str, dict[str, Any]]:
    """The services, as Compose reads them: variables are set, `$$` is a `$`."""
    written = (_ROOT / "deploy/celery/compose.yaml").read_text(encoding="utf-8")
    given = _GIVEN | {"COWRIE_LOGS": "LOGS"}
    read = re.sub(r"\$\{(\w+):\?[^}]*\}", lambda match: given[match[1]], written).replace("$$", "$")
    services: dict[str, dict[str, Any]] = yaml.safe_load(read)["services"]
    return services


def _image() -> dict[str, str]:
    """The environment of the image, with the programs of this installation and the code of this checkout."""
    written = (_ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    (line,) = re.findall(r"^ENV (.*)", written, re.MULTILINE)
    variables = dict(each.split("=", 1) for each in line.split())
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return variables | {"PATH": path, "PYTHONPATH": str(_ROOT), "HOME": "/var/lib/cowrie_assets"}


def _make_databases(postgres: Postgres) -> None:
    """By the script that the image of PostgreSQL runs as it begins."""
    engine = create_engine(postgres.url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for each in (_ROOT / "deploy/create_databases.sql").read_text(encoding="utf-8").split(";"):
            if each.strip():
                connection.execute(text(each))
    engine.dispose()


def _is_mounted(holder: "subprocess.Popen[bytes]") -> bool:
    assert holder.poll() is None, "an overlay of the machine's files cannot be mounted"
    return Path(f"/proc/{holder.pid}/cmdline").read_bytes().startswith(b"sleep")
