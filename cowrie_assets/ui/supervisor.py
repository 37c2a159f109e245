"""Processes that belong together: all run, or all are ended."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import IO, Self, cast

from cowrie_assets.errors import UserError

_SECONDS_TO_END = 6.0
"""A code server whose runs are in work does not end when it is asked to; `left_runs` sees to those."""
_SECONDS_BETWEEN_LOOKS = 0.1
_SECONDS_TO_READ = 2.0
_LONGEST_LINE = 64 * 1024


class ServiceEndedError(UserError, RuntimeError):
    """A service ended by itself; the sentence names it."""


@dataclass(frozen=True, slots=True)
class _Service:
    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)
    process: subprocess.Popen[str]
    reader: threading.Thread


class Supervisor:
    """Starts services, each with a session of its own, and ends all of them when its block is left.

    So Ctrl-C in the terminal reaches this process only, which ends the services in the order opposite to their start,
    with whatever they started themselves. A service's standard input ends when this process does, even by a kill.
    """

    def __init__(self, show: Callable[[str, str], None]) -> None:
        self._show = show
        self._services: list[_Service] = []

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start a service, each line of whose output goes to `show` with its name, from a thread. Raises OSError."""
        self._services.append(self._started(name, command, environment))

    def restart(self, name: str) -> None:
        """End a service and start it again, in its place among the others. Raises OSError."""
        for place, service in enumerate(self._services):
            if service.name == name:
                _end(service.process)
                service.reader.join(_SECONDS_TO_READ)
                self._services[place] = self._started(name, service.command, service.environment)

    def pid(self, name: str) -> int | None:
        """The process of a service; None where none is named so."""
        return next((service.process.pid for service in self._services if service.name == name), None)

    def _started(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> "_Service":
        process = subprocess.Popen(  # noqa: S603  (our own commands)
            command,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="backslashreplace",
            start_new_session=True,
        )
        reader = threading.Thread(target=self._read, args=(name, cast(IO[str], process.stdout)), daemon=True)
        reader.start()
        return _Service(name, command, environment, process, reader)

    def pause(self) -> None:
        """Wait a moment. Raises ServiceEndedError where a service has ended."""
        time.sleep(_SECONDS_BETWEEN_LOOKS)
        for service in self._services:
            code = service.process.poll()
            if code is not None:
                service.reader.join(_SECONDS_TO_READ)
                how = f"exit code {code}" if code >= 0 else f"signal {-code}"
                raise ServiceEndedError(
                    f"the {service.name} ended by itself ({how}); what it printed last stands above"
                )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while self._services:
            service = self._services.pop()
            _end(service.process)
            service.reader.join(_SECONDS_TO_READ)

    def _read(self, name: str, output: IO[str]) -> None:
        while line := output.readline(_LONGEST_LINE):
            self._show(name, line)


def _end(process: subprocess.Popen[str]) -> None:
    """End a process by asking, and then whatever is left of its group by force."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_SECONDS_TO_END)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
