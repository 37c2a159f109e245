"""`cowrie-assets ingest`, to be killed at any moment: a process group of its own.

A server that has imported all it needs forks it, so that no test waits for imports, and no kill falls into them.
"""

import os
import signal
import sys
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import psycopg  # noqa: F401  (before the forks: each would load it anew)
import sqlalchemy.dialects.sqlite  # noqa: F401

import cowrie_assets.operations.ingest  # noqa: F401
from cowrie_assets.cli import main

_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload([__name__])


class Victim:
    """A load that begins when told to. What it says of errors goes to the file `told`."""

    def __init__(self, root: Path, database_url: str, mode: str, told: Path) -> None:
        settings = {"COWRIE_LOG_ROOT": str(root), "COWRIE_DATABASE_URL": database_url, "COWRIE_BATCH_EVENTS": "5"}
        self._told = told
        self._line, its_end = _FORKS.Pipe()
        self._process = _FORKS.Process(target=_ingest, args=(settings, mode, told, its_end), daemon=True)
        self._process.start()
        its_end.close()

    def begin(self) -> None:
        """Let it load."""
        self._line.recv()
        self._line.send("begin")

    @property
    def at_work(self) -> bool:
        """Whether it has not ended by itself."""
        return self._process.is_alive()

    def finish(self) -> None:
        """Wait until it has loaded all."""
        self._process.join(240)
        assert self._process.exitcode == 0, self._told.read_text()

    def kill(self) -> bool:
        """Kill it and whatever it started; whether it was still at work."""
        assert self._process.pid
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.join()
        assert self._process.exitcode in (-signal.SIGKILL, 0), self._told.read_text()
        return self._process.exitcode != 0


def _ingest(settings: dict[str, str], mode: str, told: Path, line: Connection) -> None:
    os.setsid()
    os.environ |= settings
    with told.open("ab", buffering=0) as errors:
        os.dup2(errors.fileno(), sys.stdout.fileno())
        os.dup2(errors.fileno(), sys.stderr.fileno())
    sys.argv = ["cowrie-assets", "ingest", "--mode", mode]
    line.send("ready")
    line.recv()
    main()
