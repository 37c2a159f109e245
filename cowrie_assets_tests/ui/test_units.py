"""The services of `deploy/systemd/` as systemd starts them, but for ports and folders: logs come in by them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cowrie_assets.orchestration.locations import WebServer, WebServerError
from cowrie_assets.ui.home import SHIPPED
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.errors import WarehouseError
from cowrie_assets_tests import tables
from cowrie_assets_tests.test_delivery import SYSTEMD, unit
from cowrie_assets_tests.ui.dev import COWRIE_ASSETS, free_port, wait_until

_NAMES = ("code", "webserver", "daemon", "watchdog", "reports")


@contextmanager
def services(folder: Path, environment: dict[str, str], ports: dict[str, int]) -> Iterator[Path]:
    """All services; gives the file with what they say. Each ends by SIGTERM within the time that its unit gives it."""
    workspace = folder / "workspace.yaml"
    workspace.write_text((SYSTEMD / "workspace.yaml").read_text().replace("4000", str(ports["4000"])))
    told, processes = folder / "told", []
    with told.open("wb") as output:
        try:
            for name in _NAMES:
                (command,) = unit(SYSTEMD / f"cowrie-assets-{name}.service")["Service"]["ExecStart"]
                here = {"/etc/cowrie_assets/workspace.yaml": str(workspace)} | {
                    port: str(own) for port, own in ports.items()
                }
                program, *arguments = (here.get(word, word) for word in command.split())
                arguments += {
                    "watchdog": ["--url", f"http://127.0.0.1:{ports['3000']}"],
                    "reports": ["--port", str(ports["3080"])],
                }.get(name, [])
                program = str(Path(sys.executable).with_name(Path(program).name))
                processes.append(
                    subprocess.Popen(
                        [program, *arguments], cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT
                    )
                )
            yield told
        finally:
            for process in reversed(processes):
                process.terminate()
            for process in processes:
                process.wait(60)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_logs_come_in_by_the_services(sample_logs: Path, tmp_path: Path) -> None:
    home = tmp_path / "dagster"
    home.mkdir()
    shutil.copy(SHIPPED, home / "dagster.yaml")
    environment = os.environ | {
        "COWRIE_LOG_ROOT": str(sample_logs),
        "COWRIE_DATABASE_URL": f"sqlite:///{tmp_path / 'warehouse.db'}",
        "COWRIE_REPORT_DIR": str(tmp_path / "reports"),
        "COWRIE_FIRST_DAY": "2026-08-30",
        "DAGSTER_HOME": str(home),
    }
    subprocess.run([*COWRIE_ASSETS, "history", "size"], env=environment, check=True, stdout=subprocess.DEVNULL)
    ports = {port: free_port() for port in ("3000", "3080", "4000")}
    server = WebServer(f"http://127.0.0.1:{ports['3000']}")
    with services(tmp_path, environment, ports) as told:

        def is_loaded() -> bool:
            try:
                return server.location().is_loaded
            except WebServerError:
                return False

        def is_read() -> bool:
            if not (tmp_path / "warehouse.db").exists():
                return False
            try:
                with Warehouse.open(environment["COWRIE_DATABASE_URL"], create=False) as warehouse:
                    return bool(tables.rows(warehouse, "session_summaries"))
            except WarehouseError:
                return False

        def last_words() -> str:
            return told.read_text()[-2000:]

        wait_until(is_loaded, 300, last_words)
        wait_until(is_read, 300, last_words)
