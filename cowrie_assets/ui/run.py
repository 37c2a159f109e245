"""The UI: Dagster's code server, web server and daemon, and the report server, until they are told to end."""

import json
import signal
import socket
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cowrie_assets.orchestration.locations import LOCATION, WebServer, WebServerError
from cowrie_assets.settings import SERVED_PORT, served_url
from cowrie_assets.ui.home import dagster_home, locked, prepare_home, short_folder
from cowrie_assets.ui.service import CODE_SERVER, DAEMON, REPORT_SERVER, WEB_SERVER
from cowrie_assets.ui.supervisor import Supervisor
from cowrie_assets.ui.terminal import ServiceOutput
from cowrie_assets.ui.watchdog import ServiceWatch, Watchdog

_HOST = "127.0.0.1"
_IMPORTED_FROM = Path(__file__).parents[2]
"""Where the code server loads the package from. It passes over the first entry of `sys.path`, which it takes for the
working directory; with PYTHONSAFEPATH that entry is the first of PYTHONPATH."""


def run_ui(given: Mapping[str, str], *, port: int, reports_port: int, told: Callable[[str], None]) -> None:
    """Run Dagster and the report server on 127.0.0.1 until SIGTERM or SIGINT, which raises KeyboardInterrupt.

    The services get the environment `given`. `told` is given a few lines: what starts, where it is, and that it
    answers. Raises OSError where a port or DAGSTER_HOME cannot be had, ServiceEndedError where one of the services
    ends; all have ended afterwards.
    """
    for each, option in ((port, "--port"), (reports_port, "--reports-port")):
        _check_free(each, option)
    home = dagster_home(given)
    remark = prepare_home(home)
    if remark is not None:
        told(remark)

    outputs: dict[str, ServiceOutput] = defaultdict(ServiceOutput)

    def show(service: str, line: str) -> None:
        shown = outputs[service].shown(line)
        if shown is not None:
            told(shown)

    began = time.monotonic()
    environment = _environment(given, home, reports_port)
    with (
        locked(home),
        _ends_by_signal(),
        short_folder(home) as folder,
        Supervisor(show) as services,
    ):
        told(f"Dagster starts, with its history in {home}; Ctrl-C ends all.")
        for name, command in _commands(folder, port, reports_port).items():
            services.start(name, command, environment)
        ui = f"http://{_HOST}:{port}"
        server = WebServer(ui)
        while (loaded := _is_loaded(server)) is None:
            services.pause()
        seconds = time.monotonic() - began
        state = (
            f"ready after {seconds:.1f} s" if loaded else "its definitions cannot be loaded: the reason stands above"
        )
        told(f"Dagster UI: {ui} ({state})")
        watch = ServiceWatch(Watchdog(server, told), lambda: services.pid("daemon"), told)
        while True:
            services.pause()
            for name in watch.restarts():
                services.restart(name)


def _commands(folder: Path, port: int, reports_port: int) -> dict[str, list[str]]:
    """The services in the order of their start; `folder` takes the code server's socket, whose path must be short."""
    code = folder / "code.sock"
    workspace = folder / "workspace.yaml"
    server = {"grpc_server": {"socket": str(code), "location_name": LOCATION}}
    workspace.write_text(json.dumps({"load_from": [server]}), encoding="utf-8")
    service = [sys.executable, "-m", "cowrie_assets.ui.service"]
    quiet = ["--log-level", "warning"]
    served = ["--location-name", LOCATION, "--use-python-environment-entry-point"]
    return {
        "code server": [
            *service, CODE_SERVER, str(code), "code-server", "start",
            "--socket", str(code), "--module-name", f"{LOCATION}.definitions",
            "--working-directory", str(_IMPORTED_FROM), *served, *quiet,
        ],
        "web server": [
            *service, WEB_SERVER, str(code),
            "--workspace", str(workspace), "--host", _HOST, "--port", str(port), "--dagster-log-level", "warning",
        ],
        "daemon": [*service, DAEMON, str(code), "run", "--workspace", str(workspace), *quiet],
        "report server": [*service, REPORT_SERVER, str(code), "serve", "--port", str(reports_port)],
    }  # fmt: skip


def _environment(given: Mapping[str, str], home: Path, reports_port: int) -> dict[str, str]:
    """That of the services: with pages of reports linked to where they are served, unless they have another place.

    A file in the working directory that is named as a library is not taken for it (PYTHONSAFEPATH).
    """
    own = {"DAGSTER_HOME": str(home), "PYTHONSAFEPATH": "1"}
    environment = {"GRPC_VERBOSITY": "ERROR", **given, **own}
    if reports_port != SERVED_PORT and not environment.get("COWRIE_REPORT_URL"):
        environment["COWRIE_REPORT_URL"] = served_url(reports_port)
    return environment


def _check_free(port: int, option: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError as error:
            raise OSError(
                f"port {port} of {_HOST} cannot be had ({error.strerror}); {option} names another one"
            ) from None


def _is_loaded(server: WebServer) -> bool | None:
    """Whether the web server has loaded the definitions; None where it does not answer yet."""
    try:
        return server.location().is_loaded
    except WebServerError:
        return None


@contextmanager
def _ends_by_signal() -> Iterator[None]:
    """SIGTERM ends the block as Ctrl-C does; while it is left, neither cuts the ending short."""

    def end(*_: object) -> None:
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {each: signal.signal(each, end) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
