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
    "unseal --as-they-are": "{} {}",
    "seal": "{} {}",
}
"""Commands over days, and how they name the first and the last."""
_FIRST = ("unseal", "unseal --as-they-are")
_LAST = ("seal",)
"""What other work has to be between."""
_MOST_COMMANDS = 3
"""Of more stretches of days, or logs, than this, one command takes all; but for what does more than asked to a day that
is not meant."""


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


def resealed(days: Iterable[date], work: str = "", *, as_they_are: bool = False) -> str:
    """`work`, which may be none, between opening sealed `days`, which makes their summaries anew, and sealing them
    again; `as_they_are`: though their raw events are not those that were sealed. Just `work` where there are none."""
    days = set(days)
    if not days:
        return work
    opened = _of_stretches(_FIRST[as_they_are], days)
    return f" {_AND} ".join(filter(None, (opened, work, _of_stretches(*_LAST, days))))


def read_all_again() -> str:
    """Every stored event anew from its JSON, and every log from its start."""
    return f"{_PROGRAM} reparse {_AND} {_PROGRAM} ingest --mode bulk"


def reread(logs: Iterable[str | None]) -> str:
    """Logs read again from their start, by their paths; all there are where a path is not known or cannot be typed."""
    paths = sorted({path or "" for path in logs})
    if len(paths) > _MOST_COMMANDS or not all(path and path.isprintable() for path in paths):
        paths = []
    return " ".join([f"{_PROGRAM} ingest --mode bulk", *map(shlex.quote, paths)])


def merged(commands: Iterable[str]) -> list[str]:
    """The same work as `commands`, which functions of this module made, with each kind of it once, over all its days or
    logs, in the order in which the kinds come first; sealed days are opened before all of it, and sealed again behind.
    """
    days: dict[str, set[date]] = {}
    logs: dict[str, set[str]] = {}
    whole: set[str] = set()
    order: dict[str, None] = {}
    for words in _single(commands):
        kind, *named = [word for word in words if word not in ("--from", "--to", "--mode", "bulk")]
        if f"{kind} {named[0] if named else ''}" in _FIRST:
            kind = f"{kind} {named.pop(0)}"
        kind = "ingest --mode bulk" if "--mode" in words else kind
        order[kind] = None
        if not named:
            whole.add(kind)
        elif kind in _KINDS_OF_DAYS:
            first, last = map(date.fromisoformat, named)
            days.setdefault(kind, set()).update(first + timedelta(number) for number in range((last - first).days + 1))
        else:
            logs.setdefault(kind, set()).update(named)
    if _FIRST[1] in days:  # what is opened so may be opened so together with the others
        days[_FIRST[1]] |= days.pop(_FIRST[0], set())
        order.pop(_FIRST[0], None)
    kinds = sorted(order, key=lambda kind: (kind in _LAST) - (kind in _FIRST))
    return [command for kind in kinds for command in _of_kind(kind, kind in whole, days, logs)]


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
    if len(found) > _MOST_COMMANDS and kind not in (*_FIRST, *_LAST):
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
