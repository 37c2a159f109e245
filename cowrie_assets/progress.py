"""How long work says where it stands.

The domain calls a `ProgressSink`; the command line draws a bar of what it is told, Dagster logs lines.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """One message of a running phase.

    `total` is None where the end is not known; `done` and `total` are in `unit` (`bytes`, `days`, `sessions`,
    `reports`).
    """

    phase: str
    done: int
    total: int | None
    unit: str
    detail: str = ""


ProgressSink = Callable[[Progress], None]


def silent(_: Progress) -> None:
    """For those who do not want to know."""
