"""What a client can hold on to comes to an end, and so does the server."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from cowrie_assets.cli.app import run
from cowrie_assets_tests.serving.conftest import Served, serving
from cowrie_assets_tests.ui.dev import free_port, wait_until

_REQUEST = b"GET /index.html HTTP/1.1\r\nHost: 127.0.0.1\r\n"


def test_the_head_of_a_request_that_never_ends_is_cut_off(tmp_path: Path) -> None:
    with serving(_folder(tmp_path), SECONDS_A_REQUEST=0.5) as served, _connected(served) as client:
        client.sendall(_REQUEST)
        assert _everything(client) == b""
        assert served.get("/index.html")[0].status == 200


def test_a_client_that_does_not_read_its_answer_is_cut_off(tmp_path: Path) -> None:
    (_folder(tmp_path) / "large.txt").write_bytes(b"x" * 64 * 1024 * 1024)
    with serving(tmp_path, SECONDS_A_REQUEST=0.5) as served, _connected(served) as client:
        client.sendall(b"GET /large.txt HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        wait_until(lambda: len(client.recv(65536, socket.MSG_PEEK)) > 1024, 60, lambda: "no answer begins")
        with _connected(served) as opened_later:
            assert _everything(opened_later) == b""
        assert len(_everything(client)) < 64 * 1024 * 1024


def test_connections_above_the_bound_are_closed_and_those_below_it_work(tmp_path: Path) -> None:
    with serving(_folder(tmp_path), MOST_CONNECTIONS=3) as served, contextlib.ExitStack() as stack:
        held = [stack.enter_context(_connected(served)) for _ in range(3)]
        held[0].sendall(_REQUEST + b"\r\n")
        assert held[0].recv(12) == b"HTTP/1.1 200"
        assert _everything(stack.enter_context(_connected(served))) == b""


def test_a_head_that_is_too_long_is_refused(served: Served) -> None:
    with _connected(served) as client:
        with contextlib.suppress(ConnectionError):
            client.sendall(_REQUEST + b"X: " + b"y" * 1024 * 1024)
        assert b"200 OK" not in _everything(client)


def test_what_is_no_http_leaves_no_line_in_the_terminal(tmp_path: Path) -> None:
    with serving(_folder(tmp_path)) as served:
        for garbage in (b"\x16\x03\x01\x02\x00", b"\x1b[2J\r\n\r\n", b"GET \x00 HTTP/9.9\r\n\r\n", b"SSH-2.0-x\r\n"):
            with _connected(served) as client:
                client.sendall(garbage)
                client.shutdown(socket.SHUT_WR)
                _everything(client)
        served.process.terminate()
        served.process.wait(60)
        assert served.process.stdout is not None
        assert served.process.stdout.read() == ""


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_though_a_client_hangs_on(tmp_path: Path, sent: signal.Signals) -> None:
    with serving(_folder(tmp_path)) as served, _connected(served) as client:
        client.sendall(_REQUEST)
        served.process.send_signal(sent)
        assert served.process.wait(60) == -sent
        assert _everything(client) == b""


def test_ctrl_c_ends_the_command_with_success(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from cowrie_assets.cli import main; main()", "serve", "--port"]
    port = free_port()
    process = subprocess.Popen(
        [*command, str(port)],
        env=os.environ | {"COWRIE_REPORT_DIR": str(_folder(tmp_path)), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == f"Reports of {tmp_path}: http://127.0.0.1:{port}/\n"
    assert Served(port, tmp_path, process).get("/")[0].status == 200
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60)[0] == "Stopped.\n"
    assert process.returncode == 0


def test_a_port_that_is_taken_is_one_sentence(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["serve", "--port", str(served.port)]) == 1
    told = f"Error: port {served.port} of 127.0.0.1 is taken; --port names another one\n"
    assert capsys.readouterr().err == told


def _folder(folder: Path) -> Path:
    (folder / "index.html").write_text("index")
    return folder


def _connected(served: Served) -> socket.socket:
    return socket.create_connection(("127.0.0.1", served.port), timeout=60)


def _everything(client: socket.socket) -> bytes:
    """All that comes until the other side closes, or resets, the connection."""
    parts = []
    with contextlib.suppress(ConnectionError):
        while part := client.recv(65536):
            parts.append(part)
    return b"".join(parts)
