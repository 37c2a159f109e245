"""The command that mends what a check found, to be copied into a shell."""

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

_PROGRAM = "cowrie-assets"
_AND = "&&"
_KINDS_OF_DAYS = {
    "rebuild": "--from {} --to {}",
    "reparse": "--from {} --to {}",
    "backfill": "{} {}",
    "unseal": "{} {}",
}
"""Commands over days, and how they name the first and the last."""
_MOST_COMMANDS = 3
"""Of more stretches of days, or logs, than this, one command takes all."""


def rebuild(days: Iterable[date]) -> str:
    """The summaries of `days` anew from the events; of all days where none is known."""
    return _of_stretches("rebuild", days) or f"{_PROGRAM} rebuild"


def rederive(days: Iterable[date], *, from_logs: bool) -> str:
    """The stored events of `days` anew from their JSON; `from_logs`: what is spoiled itself is read from its log."""
    command = _of_stretches("reparse", days) or f"{_PROGRAM} reparse"
    return f"{command} && {_PROGRAM} ingest" if from_logs else command


def rewrite(days: Iterable[date]) -> str:
    """The reports of the days, weeks and months that `days` lie in."""
    return _of_stretches("backfill", days)


def unseal(days: Iterable[date]) -> str:
    """Opens sealed days, and no other."""
    return _of_stretches("unseal", days)


def reread(logs: Iterable[str | None]) -> str:
    """Logs read again from their start, by their paths; all there are where a path is not known or cannot be typed."""
    paths = sorted({path or "" for path in logs})
    if len(paths) > _MOST_COMMANDS or not all(path and path.isprintable() for path in paths):
        paths = []
    return " ".join([f"{_PROGRAM} ingest --mode bulk", *map(shlex.quote, paths)])


def merged(commands: Iterable[str]) -> list[str]:
    """The same work as `commands`, which functions of this module made, with each kind of it once, over all its days or
    logs, in the order in which the kinds come first.
    """
    days: dict[str, set[date]] = {}
    logs: dict[str, set[str]] = {}
    whole: set[str] = set()
    order: dict[str, None] = {}
    for words in _single(commands):
        kind, *named = [word for word in words if word not in ("--from", "--to", "--mode", "bulk")]
        kind = "ingest --mode bulk" if "--mode" in words else kind
        order[kind] = None
        if not named:
            whole.add(kind)
        elif kind in _KINDS_OF_DAYS:
            first, last = map(date.fromisoformat, named)
            days.setdefault(kind, set()).update(first + timedelta(number) for number in range((last - first).days + 1))
        else:
            logs.setdefault(kind, set()).update(named)
    return [command for kind in order for command in _of_kind(kind, kind in whole, days, logs)]


def _single(commands: Iterable[str]) -> Iterator[list[str]]:
    """The words behind the program's name of each command, one by one."""
    for command in commands:
        words = shlex.split(command)
        while words:
            end = words.index(_AND) if _AND in words else len(words)
            yield words[1:end]
            words = words[end + 1 :]


def _of_kind(kind: str, whole: bool, days: Mapping[str, set[date]], logs: Mapping[str, set[str]]) -> list[str]:
    if whole:
        return [f"{_PROGRAM} {kind}"]
    if kind in days:
        return _of_stretches(kind, days[kind]).split(f" {_AND} ")
    return [reread(logs[kind])]


def _of_stretches(kind: str, days: Iterable[date]) -> str:
    """A command of `_KINDS_OF_DAYS` for each stretch of days that follow each other; empty without days."""
    found = _stretches(sorted(set(days)))
    if len(found) > _MOST_COMMANDS:
        found = [(found[0][0], found[-1][1])]
    return f" {_AND} ".join(f"{_PROGRAM} {kind} {_KINDS_OF_DAYS[kind].format(first, last)}" for first, last in found)


def _stretches(days: Sequence[date]) -> list[tuple[date, date]]:
    found: list[tuple[date, date]] = []
    for day in days:
        if found and day - found[-1][1] == timedelta(days=1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found
