"""What of the services' output is shown to whoever looks at the terminal: warnings and errors, not each step.

A run prints a line for each of its events, whatever level is configured, and no setting of Dagster keeps them from the
terminal without keeping them from the run's page too. So the lines are chosen where they come out.
"""

import re
from typing import Literal

from cowrie_assets.printable import printable

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_ROUTINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4} - dagster\S* - (DEBUG|INFO) - ")
_NO_NEWS = re.compile(r"No cursor for event type .*, ignoring older events$")
"""The daemon says so of each history that begins: it holds no older events that could be ignored."""
_SAID_AGAIN = re.compile(r"\S+ \S+ \S+ - dagster\.daemon\.SensorDaemon - ERROR - Sensor tick caught an error: ")
"""The next line says the same, with the sensor's name."""


_LOGGED = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4} - ")
_FAILURE = re.compile(r" - (STEP|RUN)_FAILURE - ")
_CHECK_FAILED = "dagster._core.errors.DagsterAssetCheckFailedError: "


class ServiceOutput:
    """The lines of one service, in order: of a check that stopped its run only its name is left, once.

    Dagster logs it as an error of its own, with the stack of its own frames, for the step and again for the run.
    """

    def __init__(self) -> None:
        self._failure: str | None = None
        """`STEP` or `RUN` below the line that says that one failed, None elsewhere."""
        self._part: Literal["head", "checks", "stack"] = "head"

    def shown(self, line: str) -> str | None:
        """`line` as the terminal shows it, without control characters; None where it is not shown."""
        plain = shown_line(line)
        if plain is None or _LOGGED.match(plain):
            found = _FAILURE.search(plain or "")
            self._failure, self._part = found.group(1) if found else None, "head"
            return plain
        return plain if self._failure is None else self._of_failure(plain)

    def _of_failure(self, plain: str) -> str | None:
        if self._part == "head":
            if plain.startswith(_CHECK_FAILED):
                self._part = "checks"
            elif plain:  # another error
                self._failure = None
                return plain
        elif self._part == "checks":
            if plain:
                return f"blocking checks failed: {plain}" if self._failure == "STEP" else None
            self._part = "stack"
        elif not plain:
            self._failure = None
        return None


def shown_line(line: str) -> str | None:
    """A line of a service as the terminal shows it, without control characters; None where it is routine."""
    plain = printable(_COLOUR.sub("", line.rstrip("\r\n")))
    passed_over = _ROUTINE.match(plain) or _NO_NEWS.search(plain) or _SAID_AGAIN.match(plain)
    return None if passed_over else plain
