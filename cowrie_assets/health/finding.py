"""What `doctor` says of one thing that it looked at."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. An error keeps the work from being done, a warning does not."""

    subject: str
    level: Level
    message: str
    lines: tuple[str, ...] = ()
    """What to put into a settings file, or how to mend it."""
