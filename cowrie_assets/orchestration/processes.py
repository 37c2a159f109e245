"""The processes of Dagster's services on this machine that work for one DAGSTER_HOME, found by their command lines.

Linux only; elsewhere, and of other users, none is found.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path, PurePath
from typing import Literal

from cowrie_assets.process import rss_bytes

Service = Literal["daemon", "web server", "code server"]

DEFAULT_WEB_PORT = 3000
MOST_MEMORY_BYTES = 1_500_000_000
"""A service that holds more grows without an end: the daemon takes some 250 MB."""

_PROC = Path("/proc")
_COMMANDS: dict[str, Service] = {"dagster-daemon": "daemon", "dagster-webserver": "web server"}
_PORT_OPTIONS = ("--port", "-p")


@dataclass(frozen=True, slots=True)
class ServiceProcess:
    """A process of a service."""

    service: Service
    pid: int
    rss_bytes: int
    """Memory that it holds."""
    port: int | None = None
    """Of a web server, the port of this machine."""


def service_processes(home: Path) -> list[ServiceProcess]:
    """Those of the services whose DAGSTER_HOME is `home`, by their number."""
    wanted = home.resolve()
    return sorted(
        (found for found in _all() if _home_of(found.pid) == wanted), key=lambda found: (found.service, found.pid)
    )


def _all() -> Iterator[ServiceProcess]:
    for entry in _PROC.glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
        except OSError:
            continue
        service = _service(words)
        held = rss_bytes(int(entry.name))
        if service is not None and held is not None:
            yield ServiceProcess(service, int(entry.name), held, _port(words) if service == "web server" else None)


def _service(words: list[str]) -> Service | None:
    names = [PurePath(word).name for word in words[:5]]
    for name in names:
        if name in _COMMANDS:
            return _COMMANDS[name]
    is_server = "dagster" in names and "code-server" in words
    return "code server" if is_server else None


def _port(words: list[str]) -> int:
    for option, value in pairwise(words):
        if option in _PORT_OPTIONS and value.isdecimal():
            return int(value)
    return DEFAULT_WEB_PORT


def _home_of(pid: int) -> Path | None:
    """DAGSTER_HOME of a process: nothing else of its environment is looked at."""
    try:
        variables = (_PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return None
    for each in variables:
        name, _, value = each.partition(b"=")
        if name == b"DAGSTER_HOME":
            return Path(value.decode("utf-8", "surrogateescape")).resolve()
    return None
