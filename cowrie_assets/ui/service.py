"""`python -m cowrie_assets.ui.service NAME SOCKET ARGUMENT...`: a console script, of Dagster or ours, as a service.

It imports what the script needs while the others do the same, which is most of a start; the web server and the daemon
then wait for the code server's socket, else they would begin with an error that passes. It ends when whoever started
it is gone, by whatever way: its standard input is a pipe that nobody writes to, which ends with its other end.
"""

import fcntl
import os
import signal
import sys
import threading
import time
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path

CODE_SERVER, WEB_SERVER, DAEMON = "dagster", "dagster-webserver", "dagster-daemon"
REPORT_SERVER = "cowrie-assets"

_SECONDS_TO_END = 20.0


def main(arguments: list[str]) -> None:
    """Run a console script with what follows its name and the socket's path."""
    name, socket, *rest = arguments
    threading.Thread(target=_end_with_parent, daemon=True).start()
    (script,) = entry_points(group="console_scripts", name=name)
    run = script.load()
    if name != REPORT_SERVER:
        open_history(name)
    if name == DAEMON:
        from cowrie_assets.configuration import Configuration  # noqa: PLC0415
        from cowrie_assets.ui.done_elsewhere import record_done_elsewhere  # noqa: PLC0415  (the others do without)
        from cowrie_assets.ui.one_line_errors import log_sentences_in_one_line  # noqa: PLC0415

        log_sentences_in_one_line()
        record_done_elsewhere(Configuration(os.environ), partial(print, flush=True))
    if name in (WEB_SERVER, DAEMON):
        _wait_for(Path(socket))
    sys.argv = [name, *rest]
    run()


def open_history(name: str) -> None:
    """Open Dagster's history once, one service after the other: each makes the tables that it finds missing.

    The daemon tells which runs were left.
    """
    import dagster as dg  # noqa: PLC0415  (loaded by the script already)

    from cowrie_assets.orchestration.left_runs import end_left_runs  # noqa: PLC0415

    with (Path(os.environ["DAGSTER_HOME"]) / ".opening").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with dg.DagsterInstance.get() as instance:
            if name == DAEMON:
                end_left_runs(instance)


def _wait_for(socket: Path) -> None:
    """The supervisor ends all services where the code server ends: no limit is needed here."""
    while not socket.exists():
        time.sleep(0.02)


def _end_with_parent() -> None:
    os.read(sys.stdin.fileno(), 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_SECONDS_TO_END)
    os.killpg(os.getpgid(0), signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1:])
