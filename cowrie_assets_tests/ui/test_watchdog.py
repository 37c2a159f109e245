"""A code location that went bad is loaded anew, with pauses; services that hang or grow are started again."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from cowrie_assets.cli.app import run
from cowrie_assets.health.services import dagster_findings
from cowrie_assets.orchestration.locations import WebServer
from cowrie_assets.orchestration.processes import service_processes
from cowrie_assets.ui.supervisor import Supervisor
from cowrie_assets.ui.watchdog import ServiceWatch, Watchdog
from cowrie_assets_tests.in_thread import InThread
from cowrie_assets_tests.ui.dev import free_port, running, wait_until

_LOADED = {"__typename": "RepositoryLocation"}
_BAD = {"__typename": "PythonError", "message": "ModuleNotFoundError: \x1b[2J gone\n  at line 1\n"}


class Played:
    """A web server that says what it is told to say, and counts what it was asked."""

    def __init__(self) -> None:
        self.state: dict[str, Any] = _LOADED
        self.after_reload: dict[str, Any] = _LOADED
        self.answer: bytes | None = None
        self.reloads = 0
        played = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                body = json.dumps({"data": played.data(asked)}).encode() if played.answer is None else played.answer
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = InThread(ThreadingHTTPServer(("127.0.0.1", 0), Handler))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def data(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["query"].startswith("mutation"):
            assert asked["variables"] == {"name": "cowrie_assets"}
            self.reloads += 1
            self.state = self.after_reload
            entry = {"__typename": "WorkspaceLocationEntry", "locationOrLoadError": self.state}
            return {"reloadRepositoryLocation": entry}
        entries = [{"name": "others", "locationOrLoadError": _LOADED}]
        entries.append({"name": "cowrie_assets", "locationOrLoadError": self.state})
        return {"workspaceOrError": {"__typename": "Workspace", "locationEntries": entries}}


@pytest.fixture
def played() -> Iterator[Played]:
    server = Played()
    yield server
    server.server.close()


def test_a_location_that_went_bad_is_loaded_anew_at_the_second_look(played: Played) -> None:
    told: list[str] = []
    dog = Watchdog(WebServer(played.url), told.append)
    assert dog.look()
    played.state = _BAD
    assert not dog.look()
    assert played.reloads == 0
    assert dog.look()
    assert played.reloads == 1
    assert told == [
        "The code location is not loaded, and is loaded anew: ModuleNotFoundError: \\x1b[2J gone",
        "The code location is loaded again.",
    ]
    assert dog.look()
    assert len(told) == 2


def test_a_location_that_stays_bad_is_tried_less_and_less_often(played: Played) -> None:
    now, told = 0.0, list[str]()
    played.state = played.after_reload = _BAD
    dog = Watchdog(WebServer(played.url), told.append, monotonic=lambda: now)
    tried = []
    for look in range(2 * 60 * 8):
        before, now = played.reloads, look * 30.0
        dog.look()
        if played.reloads > before:
            tried.append(now)
    pauses = [later - earlier for earlier, later in pairwise(tried)]
    assert pauses[0] <= 120
    assert max(pauses) <= 1860
    assert 16 <= len(tried) <= 50
    assert len(told) == 2
    assert told[1].startswith("Loading it anew does not help")
    played.state = _LOADED
    assert dog.look()
    assert told[2:] == ["The code location is loaded again."]


def test_a_web_server_that_does_not_answer_is_told_once(played: Played) -> None:
    told: list[str] = []
    dog = Watchdog(WebServer(played.url), told.append)
    for played.answer in (b"<html>", b"[]", b"{}", b'{"data": null}', b'{"data": {"workspaceOrError": [1]}}'):
        assert not dog.look()
    assert told == ["the web server gives no answer of Dagster's."]
    gone = Watchdog(WebServer(f"http://127.0.0.1:{free_port()}"), told.append)
    assert not gone.look()
    assert told[-1].startswith("the web server does not answer: ")


def test_services_that_hang_or_grow_are_started_again(played: Played, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    played.answer = b""
    watch = ServiceWatch(Watchdog(WebServer(played.url), lambda _: None), os.getpid, told.append)
    for _ in range(3):
        watch.look()
    assert watch.restarts() == []
    watch.look()
    assert watch.restarts() == ["web server"]
    played.answer = None
    monkeypatch.setattr("cowrie_assets.ui.watchdog.MOST_MEMORY_BYTES", 1)
    watch.look()
    assert watch.restarts() == ["daemon"]
    assert watch.restarts() == []
    assert len(told) == 2
    with Supervisor(lambda _, __: None) as services:
        sleeps = [sys.executable, "-c", "import time; time.sleep(600)"]
        for name in ("daemon", "report server"):
            services.start(name, sleeps, os.environ)
        before = services.pid("daemon"), services.pid("report server")
        services.restart("daemon")
        services.pause()
        assert services.pid("daemon") not in (None, before[0])
        assert services.pid("report server") == before[1]
        assert subprocess.run(["kill", "-0", str(before[0])], check=False, capture_output=True).returncode


def test_the_command_looks_once(played: Played, capsys: pytest.CaptureFixture[str]) -> None:
    played.state = _BAD
    assert run(["watchdog", "--once", "--url", played.url]) == 0
    assert "The code location is loaded again.\nThe code location is loaded.\n" in capsys.readouterr().out
    played.state = played.after_reload = _BAD
    assert run(["watchdog", "--once", "--url", played.url]) == 1
    assert capsys.readouterr().err == "Error: the code location is not loaded\n"


@pytest.mark.soak
def test_a_code_location_whose_process_was_killed_comes_back_by_itself(tmp_path: Path) -> None:
    """Without the watchdog it stays away."""
    with running(tmp_path) as dev:
        home = tmp_path / "dagster_home"
        (code,) = [process.pid for process in service_processes(home) if process.service == "code server"]
        listed = subprocess.check_output(["ps", "-o", "pid=,args=", "--ppid", str(code)], text=True)
        (inner,) = [int(line.split()[0]) for line in listed.splitlines() if " api grpc " in line]
        os.kill(inner, signal.SIGKILL)
        server = WebServer(dev.url)
        wait_until(lambda: not server.location().is_loaded, 120, dev.last_words)
        (told,) = [finding for finding in dagster_findings(str(home)) if "code location" in finding.message]
        assert told.level == "error"
        wait_until(lambda: server.location().is_loaded, 300, dev.last_words)
        wait_until(lambda: "The code location is loaded again." in dev.printed(), 120, dev.last_words)
        since = time.time()
        with dg.DagsterInstance.from_config(str(home)) as instance:

            def ticks_again() -> bool:
                states = [each for each in instance.all_instigator_state() if each.name == "new_logs"]
                ticks = [instance.get_ticks(each.instigator_origin_id, each.selector_id, limit=1) for each in states]
                return any(tick.timestamp > since and not tick.is_failure for found in ticks for tick in found)

            wait_until(ticks_again, 300, dev.last_words)
