"""The work that mends what a check found: as commands to be copied into a shell, and for `validate --repair` to do."""

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

_PROGRAM = "cowrie-assets"
_MOST_COMMANDS = 3
"""Of more stretches of days, or logs, than this, one command takes all; but for what does more than asked to a day that
is not meant."""


class Kind(StrEnum):
    """A kind of work, as its command is named."""

    UNSEAL = "unseal"
    UNSEAL_AS_THEY_ARE = "unseal --as-they-are"
    """The proof of the seal is given up: nobody but an operator decides that."""
    REBUILD = "rebuild"
    REPARSE = "reparse"
    INGEST = "ingest"
    READ_AGAIN = "ingest --mode bulk"
    CAMPAIGNS = "campaigns update --anew"
    INDICATORS = "indicators update"
    BACKFILL = "backfill"
    SEAL = "seal"


_OPENING = (Kind.UNSEAL, Kind.UNSEAL_AS_THEY_ARE)
_BY_OPTIONS = (Kind.REBUILD, Kind.REPARSE)
"""Commands that name their days by options."""
_PLACES = (
    *(Kind.UNSEAL, Kind.UNSEAL_AS_THEY_ARE),
    *(Kind.REPARSE, Kind.INGEST, Kind.READ_AGAIN),
    *(Kind.REBUILD, Kind.CAMPAIGNS, Kind.INDICATORS, Kind.BACKFILL, Kind.SEAL),
)
"""The order of work: sealed days are opened before all of it, and sealed again behind; events are put right before the
summaries that follow from them, these before campaigns and indicators, and all of them before reports."""
Stretch = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Work:
    """Work of one kind on some days or logs; on all there are where it names none."""

    kind: Kind
    days: frozenset[date] = frozenset()
    logs: frozenset[str] = frozenset()
    """Their paths, each of which can be typed."""

    @property
    def stretches(self) -> list[Stretch]:
        """Its days, as stretches of days that follow each other, each by its first and last."""
        return _stretches(sorted(self.days))

    @property
    def commands(self) -> list[str]:
        """The commands that do it; some days between those that are meant may be taken along."""
        program = f"{_PROGRAM} {self.kind}"
        if self.logs and len(self.logs) <= _MOST_COMMANDS:
            return [" ".join([program, *map(shlex.quote, sorted(self.logs))])]
        found = self.stretches
        if len(found) > _MOST_COMMANDS and self.kind not in (*_OPENING, Kind.SEAL):
            found = [(found[0][0], found[-1][1])]
        named = "--from {} --to {}" if self.kind in _BY_OPTIONS else "{} {}"
        return [f"{program} {named.format(*stretch)}" for stretch in found] or [program]


Mend = tuple[Work, ...]
"""What mends a finding, in the order in which it is to be done."""


def commands(mend: Iterable[Work]) -> list[str]:
    """The commands that do it, in their order."""
    return [command for work in mend for command in work.commands]


def line(mend: Iterable[Work]) -> str:
    """The commands as one line for a shell."""
    return " && ".join(commands(mend))


def rebuild(days: Iterable[date]) -> Mend:
    """The summaries of `days` anew from the events; of all days where none is known."""
    return (Work(Kind.REBUILD, frozenset(days)),)


def rederive(days: Iterable[date], *, from_logs: bool) -> Mend:
    """The stored events of `days` anew from their JSON; `from_logs`: what is spoiled itself is read from its log."""
    reparse = Work(Kind.REPARSE, frozenset(days))
    return (reparse, Work(Kind.INGEST)) if from_logs else (reparse,)


def rewrite(days: Iterable[date]) -> Mend:
    """The reports of the days, weeks and months that `days` lie in."""
    return (Work(Kind.BACKFILL, frozenset(days)),)


def put_together_anew() -> Mend:
    """All campaigns anew from all sessions."""
    return (Work(Kind.CAMPAIGNS),)


def collect_indicators() -> Mend:
    """All indicators anew, and their feeds."""
    return (Work(Kind.INDICATORS),)


def resealed(days: Iterable[date], mend: Mend = (), *, as_they_are: bool = False) -> Mend:
    """`mend`, which may be none, between opening sealed `days`, which makes their summaries anew, and sealing them
    again; `as_they_are`: though their raw events are not those that were sealed. Just `mend` where there are none."""
    named = frozenset(days)
    if not named:
        return mend
    return (Work(_OPENING[as_they_are], named), *mend, Work(Kind.SEAL, named))


def read_all_again() -> Mend:
    """Every stored event anew from its JSON, and every log from its start."""
    return (Work(Kind.REPARSE), Work(Kind.READ_AGAIN))


def reread(logs: Iterable[str | None]) -> Mend:
    """Logs read again from their start, by their paths; all there are where a path is not known or cannot be typed."""
    paths = {path or "" for path in logs}
    if not all(path and path.isprintable() for path in paths):
        paths = set()
    return (Work(Kind.READ_AGAIN, logs=frozenset(paths)),)


def merged(mends: Iterable[Mend]) -> Mend:
    """The same work, with each kind of it once, over all its days or logs, in the order of `_PLACES`."""
    found: dict[Kind, list[Work]] = {}
    for mend in mends:
        for work in mend:
            found.setdefault(work.kind, []).append(work)
    if Kind.UNSEAL_AS_THEY_ARE in found:  # what is opened so may be opened so together with the others
        found[Kind.UNSEAL_AS_THEY_ARE] += found.pop(Kind.UNSEAL, [])
    kinds = sorted(found, key=_PLACES.index)
    return tuple(_together(kind, found[kind]) for kind in kinds)


def _together(kind: Kind, works: Sequence[Work]) -> Work:
    if any(not work.days and not work.logs for work in works):
        return Work(kind)
    days, logs = (frozenset[date]().union(*(work.days for work in works)), [work.logs for work in works])
    return Work(kind, days, frozenset[str]().union(*logs))


def _stretches(days: Sequence[date]) -> list[Stretch]:
    found: list[Stretch] = []
    for day in days:
        if found and day - found[-1][1] == timedelta(days=1):
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return found
