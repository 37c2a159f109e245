"""Looks after services that run and do not do their work: nobody else notices them, for none of them ends.

A code location that went bad, as after a fault of a moment while it was loaded, or because its server's inner process
was killed, stays so until somebody has it loaded anew. A web server may stop to answer, a daemon may grow. Runs without
a process are ended by the sensor `left_runs`; where the code location is bad there are no ticks, so this comes first.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from cowrie_assets.amounts import size
from cowrie_assets.backoff import Backoff
from cowrie_assets.orchestration.locations import LocationState, WebServer, WebServerError
from cowrie_assets.orchestration.processes import MOST_MEMORY_BYTES
from cowrie_assets.printable import shown
from cowrie_assets.process import rss_bytes

SECONDS_BETWEEN_LOOKS = 30.0
LOOKS_BEFORE_RELOAD = 2
"""A location that is being loaded is not loaded either, for some seconds."""
LOOKS_BEFORE_RESTART = 4
_RELOADS_IN_VAIN = 2
"""One may be answered with the fault of the server whose place the new one takes."""
_PAUSES = Backoff(first=60.0, longest=1800.0)
"""Between attempts to load a location that stays bad: its definitions may be, and that passes by no reload."""


@dataclass
class Watchdog:
    """One look after the other. `told` is given a line for each thing that changes or is done."""

    server: WebServer
    told: Callable[[str], None]
    monotonic: Callable[[], float] = time.monotonic
    bad: int = field(default=0, init=False)
    """Looks in a row that found the location not loaded."""
    silent: int = field(default=0, init=False)
    """Looks in a row that the web server did not answer."""
    _reloads: int = field(default=0, init=False)
    _next_reload: float = field(default=0.0, init=False)

    def look(self) -> bool:
        """Whether the code location is loaded; one that is not for two looks in a row is loaded anew."""
        try:
            state = self.server.location()
            self.silent = 0
            self.bad = 0 if state.is_loaded else self.bad + 1
            if self.bad >= LOOKS_BEFORE_RELOAD and self.monotonic() >= self._next_reload:
                state = self._reload(state)
        except WebServerError as error:
            self.silent += 1
            if self.silent == 1:
                self.told(f"{error}.")
            return False
        if state.is_loaded and self._reloads:
            self.told("The code location is loaded again.")
            self._reloads, self._next_reload = 0, 0.0
        return state.is_loaded

    def _reload(self, state: LocationState) -> LocationState:
        self._reloads += 1
        self._next_reload = self.monotonic() + _PAUSES.pause(self._reloads)
        if self._reloads == 1:
            self.told(f"The code location is not loaded, and is loaded anew: {shown(state.error or '')}")
        again = self.server.reload()
        if self._reloads == _RELOADS_IN_VAIN and not again.is_loaded:
            self.told(f"Loading it anew does not help; it is tried again at times: {shown(again.error or '')}")
        return again


class ServiceWatch:
    """Looks after the services of `cowrie-assets ui`, in a thread: an answer may take half a minute.

    `pids` gives the processes of the web server and the daemon as they are now. What is to be started again is asked
    for by `restarts`, in the thread that may do it.
    """

    def __init__(self, watchdog: Watchdog, daemon_pid: Callable[[], int | None], told: Callable[[str], None]) -> None:
        self._watchdog = watchdog
        self._daemon_pid = daemon_pid
        self._told = told
        self._asked: SimpleQueue[str] = SimpleQueue()
        threading.Thread(target=self._run, name="watchdog", daemon=True).start()

    def restarts(self) -> list[str]:
        """The services that are to be started again; each is told once."""
        found = []
        while True:
            try:
                found.append(self._asked.get_nowait())
            except Empty:
                return found

    def look(self) -> None:
        """One look."""
        self._watchdog.look()
        if self._watchdog.silent == LOOKS_BEFORE_RESTART:
            self._told("The web server is started again.")
            self._watchdog.silent = 0
            self._asked.put("web server")
        pid = self._daemon_pid()
        held = None if pid is None else rss_bytes(pid)
        if held is not None and held > MOST_MEMORY_BYTES:
            self._told(f"The daemon holds {size(held)} of memory, and is started again.")
            self._asked.put("daemon")

    def _run(self) -> None:
        told = False
        while True:
            time.sleep(SECONDS_BETWEEN_LOOKS)
            try:
                self.look()
            except Exception as error:  # whatever it is, the next look is taken
                if not told:
                    self._told(f"A look at the services failed: {type(error).__name__}")
                told = True
