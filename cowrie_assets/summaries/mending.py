"""The command that mends what a check found, to be copied into a shell."""

import shlex
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

_PROGRAM = "cowrie-assets"
_MOST_COMMANDS = 3
"""Of more stretches of days, or logs, than this, one command takes all."""


def rebuild(days: Iterable[date]) -> str:
    """The summaries of `days` anew from the events; of all days where none is known."""
    return _of_stretches("rebuild --from {} --to {}", days) or f"{_PROGRAM} rebuild"


def rederive(days: Iterable[date], *, from_logs: bool) -> str:
    """The stored events of `days` anew from their JSON; `from_logs`: what is spoiled itself is read from its log."""
    command = _of_stretches("reparse --from {} --to {}", days) or f"{_PROGRAM} reparse"
    return f"{command} && {_PROGRAM} ingest" if from_logs else command


def rewrite(days: Iterable[date]) -> str:
    """The reports of the days, weeks and months that `days` lie in."""
    return _of_stretches("backfill {} {}", days)


def reread(logs: Iterable[str | None]) -> str:
    """Logs read again from their start, by their paths; all there are where a path is not known or cannot be typed."""
    paths = sorted({path or "" for path in logs})
    if len(paths) > _MOST_COMMANDS or not all(path and path.isprintable() for path in paths):
        paths = []
    return " ".join([f"{_PROGRAM} ingest --mode bulk", *map(shlex.quote, paths)])


def _of_stretches(command: str, days: Iterable[date]) -> str:
    """A command for each stretch of days that follow each other; empty without days."""
    found = _stretches(sorted(set(days)))
    if len(found) > _MOST_COMMANDS:
        found = [(found[0][0], found[-1][1])]
    return " && ".join(f"{_PROGRAM} {command.format(first, last)}" for first, last in found)


def _stretches(days: Sequence[date]) -> list[tuple[date, date]]:
    found: list[tuple[date, date]] = []
    for day in days:
        if found and day - found[-1][1] == timedelta(days=1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found
