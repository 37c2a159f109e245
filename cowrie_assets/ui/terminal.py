"""What of the services' output is shown to whoever looks at the terminal: warnings and errors, not each step.

A run prints a line for each of its events, whatever level is configured, and no setting of Dagster keeps them from the
terminal without keeping them from the run's page too. So the lines are chosen where they come out.
"""

import re

from cowrie_assets.printable import printable

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_ROUTINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4} - dagster\S* - (DEBUG|INFO) - ")
_NO_NEWS = re.compile(r"No cursor for event type .*, ignoring older events$")
"""The daemon says so of each history that begins: it holds no older events that could be ignored."""
_SAID_AGAIN = re.compile(r"\S+ \S+ \S+ - dagster\.daemon\.SensorDaemon - ERROR - Sensor tick caught an error: ")
"""The next line says the same, with the sensor's name."""


def shown_line(line: str) -> str | None:
    """A line of a service as the terminal shows it, without control characters; None where it is routine."""
    plain = printable(_COLOUR.sub("", line.rstrip("\r\n")))
    passed_over = _ROUTINE.match(plain) or _NO_NEWS.search(plain) or _SAID_AGAIN.match(plain)
    return None if passed_over else plain
