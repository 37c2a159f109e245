"""A code location that went bad is loaded anew, with pauses; services that hang or grow are started again."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any

import pytest

from cowrie_assets.cli.app import run
from cowrie_assets.orchestration.locations import WebServer
from cowrie_assets.ui.supervisor import Supervisor
from cowrie_assets.ui.watchdog import ServiceWatch, Watchdog
from cowrie_assets_tests.in_thread import InThread
from cowrie_assets_tests.ui.dev import free_port

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
    assert told == ["The code location was not loaded (ModuleNotFoundError: \\x1b[2J gone); it was loaded anew."]
    assert dog.look()
    assert len(told) == 1


def test_a_location_that_stays_bad_is_tried_less_and_less_often(played: Played) -> None:
    now, told = 0.0, list[str]()
    played.state = played.after_reload = _BAD
    dog = Watchdog(WebServer(played.url), told.append, monotonic=lambda: now)
    tried = []
    for look in range(2 * 60 * 24):
        before, now = played.reloads, look * 30.0
        dog.look()
        if played.reloads > before:
            tried.append(now)
    pauses = [later - earlier for earlier, later in pairwise(tried)]
    assert pauses[0] <= 120
    assert max(pauses) <= 1860
    assert 48 <= len(tried) <= 110
    assert len(told) == 1
    played.state = _LOADED
    assert dog.look()
    assert told[1:] == ["The code location is loaded again."]


def test_a_web_server_that_does_not_answer_is_told_once(played: Played) -> None:
    told: list[str] = []
    played.answer = b"<html>"
    dog = Watchdog(WebServer(played.url), told.append)
    for _ in range(3):
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
    assert "it was loaded anew" in capsys.readouterr().out
    played.state = played.after_reload = _BAD
    assert run(["watchdog", "--once", "--url", played.url]) == 1
    assert capsys.readouterr().err == "Error: the code location is not loaded\n"
