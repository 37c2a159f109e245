"""Services run together and end together, whichever way the end comes."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from cowrie_assets.cli.app import run
from cowrie_assets.ui.supervisor import ServiceEndedError, Supervisor
from cowrie_assets_tests.ui.dev import free_port, wait_until

_SLEEP = "import time; time.sleep(600)"
_WITH_CHILD = "import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', %r]).pid, flush=True); %s"


def test_all_end_when_the_block_is_left_with_what_they_started() -> None:
    printed: list[str] = []
    with Supervisor(lambda _, line: printed.append(line)) as services:
        services.start("parent", _python(_WITH_CHILD % (_SLEEP, _SLEEP)), os.environ)
        child = int(wait_until(lambda: printed, 60, lambda: "no child")[0])
        assert _is_alive(child)
    wait_until(lambda: not _is_alive(child), 60, lambda: "the child lives")


def test_one_that_does_not_listen_is_ended_by_force(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cowrie_assets.ui.supervisor._SECONDS_TO_END", 0.2)
    ready = tmp_path / "ready"
    deaf = f"import signal, pathlib; signal.signal(15, signal.SIG_IGN); pathlib.Path({str(ready)!r}).touch(); {_SLEEP}"
    with Supervisor(print) as services:
        services.start("deaf", _python(deaf), os.environ)
        wait_until(ready.exists, 60, lambda: "not ready")


@pytest.mark.parametrize(
    ("end", "told"), [("raise SystemExit(3)", "exit code 3"), ("os.kill(os.getpid(), 9)", "signal 9")]
)
def test_the_one_that_ended_by_itself_is_named(end: str, told: str) -> None:
    with (
        pytest.raises(ServiceEndedError, match=f"the web server ended by itself .{told}"),
        Supervisor(print) as services,
    ):
        services.start("daemon", _python(_SLEEP), os.environ)
        services.start("web server", _python(f"import os; {end}"), os.environ)
        while True:
            services.pause()


def test_what_services_print_comes_out_to_the_last_line() -> None:
    printed: list[str] = []
    with pytest.raises(ServiceEndedError), Supervisor(lambda _, line: printed.append(line)) as services:
        program = "import sys, os; print('out', flush=True); print('err', file=sys.stderr); os.write(1, b'\\xff last')"
        services.start("one", _python(program), os.environ)
        while True:
            services.pause()
    assert printed == ["out\n", "err\n", "\\xff last"]


def test_a_service_ends_with_a_supervisor_that_was_killed(tmp_path: Path) -> None:
    """It is the real report server, which knows nothing of this by itself."""
    port, printed = free_port(), tmp_path / "pid"
    command = [sys.executable, "-m", "cowrie_assets.ui.service", "cowrie-assets", "-", "serve", "--port", str(port)]
    program = (
        "import os\nfrom cowrie_assets.ui.supervisor import Supervisor\n"
        f"with Supervisor(lambda _, line: print(line, flush=True)) as services:\n"
        f" services.start('reports', {command!r}, os.environ)\n"
        " print(services.pid('reports'), flush=True)\n while True: services.pause()"
    )
    with printed.open("wb") as out:
        supervisor = subprocess.Popen(_python(program), stdout=out)
    service = int(wait_until(lambda: printed.read_text().partition("\n")[0], 60, lambda: "not started"))
    wait_until(lambda: f":{port}/" in printed.read_text(), 60, printed.read_text)
    supervisor.kill()
    supervisor.wait(60)
    wait_until(lambda: not _is_alive(service), 60, lambda: "the service lives on")


@pytest.mark.parametrize("option", ["--port", "--reports-port"])
def test_a_port_that_is_taken_is_told_before_anything_starts(
    option: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "home"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        other = {"--port": "--reports-port", "--reports-port": "--port"}[option]
        assert run(["ui", option, str(port), other, str(free_port())]) == 1
    told = f"Error: port {port} of 127.0.0.1 cannot be had (Address already in use); {option} names another one\n"
    assert capsys.readouterr().err == told
    assert not (tmp_path / "home").exists()


def test_a_setting_that_cannot_be_used_is_told_before_anything_starts(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COWRIE_FIRST_DAY", "yesterday")
    assert run(["ui", "--port", str(free_port()), "--reports-port", str(free_port())]) == 1
    assert "COWRIE_FIRST_DAY must be a day" in capsys.readouterr().err


def _python(program: str) -> list[str]:
    return [sys.executable, "-c", program]


def _is_alive(process: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):  # it may be gone between the two that reading is
        return False
