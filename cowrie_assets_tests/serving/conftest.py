"""A report server in a process of its own, over a folder that holds what must be had and what must not."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from cowrie_assets_tests.ui.dev import free_port

SECRET = "not for a browser"


@dataclass(frozen=True)
class Served:
    """A running report server."""

    port: int
    folder: Path
    process: subprocess.Popen[str]

    def get(self, target: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
        """The answer to one request; `target` goes out byte for byte."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.putrequest(method, target, skip_host="Host" in headers)
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders()
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()


@contextmanager
def serving(folder: Path, report_url: str | None = None, **bounds: float) -> Iterator[Served]:
    """`serve_reports` over `folder` with other bounds of `cowrie_assets.serving.server`, and without its Ctrl-C."""
    port = free_port()
    program = (
        "import signal, sys\nfrom pathlib import Path\nfrom cowrie_assets.serving import server\n"
        "signal.signal(signal.SIGTERM, signal.SIG_DFL), signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"for name, value in {bounds!r}.items(): setattr(server, name, value)\n"
        f"server.serve_reports(Path(sys.argv[1]), {port}, {report_url!r}, lambda: print('ready', flush=True))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "ready\n"
        yield Served(port, folder, process)
    finally:
        process.terminate()
        process.wait(60)
        process.stdout.close()


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    outside = tmp_path_factory.mktemp("outside")
    folder = outside / "reports"
    day = folder / "daily" / "2026-08-31"
    day.mkdir(parents=True)
    (outside / "secret.html").write_text(SECRET)
    (outside / "reports-of-others").mkdir()
    (outside / "reports-of-others" / "secret.html").write_text(SECRET)
    (folder / "index.html").write_text("<h1>index</h1>")
    for name, content in {
        "aggregate.html": "<h1>Grüße</h1>",
        "aggregate.txt": "Grüße",
        "aggregate.json": '{"a": "Grüße"}',
        "%2E.%2Fx.html": "hostile name",
        "a%20b%3Cscript%3E.html": "markup in a name",
        ".aggregate.html.0123.tmp": SECRET,
        ".hidden.html": SECRET,
        "warehouse.db": SECRET,
        "x.svg": SECRET,
        "x.js": SECRET,
        "noname": SECRET,
    }.items():
        (day / name).write_text(content)
    (day / "link.html").symlink_to(outside / "secret.html")
    (day / "kind.html").symlink_to(day / "warehouse.db")
    (folder / "folder.html").symlink_to(outside)
    (folder / ".git").mkdir()
    (folder / ".git" / "index.html").write_text(SECRET)
    with serving(folder) as server:
        yield server
