"""Which problems have begun and which are over: each is told once when it begins, and once when it is over.

What was told is kept beside the look, not in the warehouse: that the warehouse is gone must be told as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Literal

from cowrie_assets.amounts import counted
from cowrie_assets.clock import US_PER_SECOND
from cowrie_assets.health.looks import LOOKS, Health
from cowrie_assets.health.result import HealthResult

Phase = Literal["firing", "resolved"]

REST_US = 3600 * US_PER_SECOND
"""A problem that comes and goes is told as begun at most once in this time."""
PROBLEMS_TOLD = 5
"""So many problems of one look are told one by one; of more, that there are so many."""

_SENTENCE_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Outage:
    """One problem, from when it was first seen until everyone was told that it is over. Times are microseconds."""

    look: str
    sentence: str
    mend: str
    since: int
    over_at: int | None = None
    told: tuple[str, ...] = ()
    """The channels that know of it."""
    told_over: tuple[str, ...] = ()
    """The channels that know that it is over."""

    @property
    def phase(self) -> Phase:
        """Whether it lasts."""
        return "firing" if self.over_at is None else "resolved"

    @property
    def trouble(self) -> str:
        """What is the matter, in words of our own."""
        return LOOKS[self.look].trouble

    def waits_for(self, channel: str) -> bool:
        """Whether `channel` is to be told something. That a problem is over is told to whoever knew of it."""
        if self.over_at is None:
            return channel not in self.told
        return channel in self.told and channel not in self.told_over

    def told_to(self, channel: str) -> "Outage":
        """The same, once `channel` took what it waits for."""
        if self.over_at is None:
            return replace(self, told=(*self.told, channel))
        return replace(self, told_over=(*self.told_over, channel))


@dataclass(slots=True)
class Outages:
    """The outages that last, and those that ended a short while ago, by key."""

    by_key: dict[str, Outage] = field(default_factory=dict)

    def take(self, health: Health) -> None:
        """Take in what a look found: new outages begin, others are over, and those long over are forgotten."""
        found: dict[str, Outage] = {}
        for result in health.results:
            found |= _outages(result, health.at)
        unjudged = {result.name for result in health.results if not result.judged}
        for key, outage in list(self.by_key.items()):
            if key in found or outage.look in unjudged:
                continue
            if outage.over_at is None:
                self.by_key[key] = replace(outage, over_at=health.at)
            elif health.at - outage.since > REST_US and not _waits_for_someone(outage):
                del self.by_key[key]
        for key, outage in found.items():
            before = self.by_key.get(key)
            if before is None or (before.over_at is not None and health.at - before.since > REST_US):
                self.by_key[key] = outage
            elif before.over_at is None:
                self.by_key[key] = replace(before, sentence=outage.sentence, mend=outage.mend)

    def waiting(self, channel: str) -> list[tuple[str, Outage]]:
        """What `channel` is to be told, the oldest first, by key."""
        due = [(key, outage) for key, outage in self.by_key.items() if outage.waits_for(channel)]
        return sorted(due, key=lambda each: (each[1].since, each[0]))


def _waits_for_someone(outage: Outage) -> bool:
    return set(outage.told) != set(outage.told_over)


def _outages(result: HealthResult, now: int) -> Mapping[str, Outage]:
    problems = result.problems
    if len(problems) > PROBLEMS_TOLD:
        sentence = f"{counted(len(problems), 'problem')}, such as: {problems[0].sentence}"
        return {_key(result.name, "many"): _outage(result.name, sentence, problems[0].mend, now)}
    return {_key(result.name, each.key): _outage(result.name, each.sentence, each.mend, now) for each in problems}


def _outage(look: str, sentence: str, mend: str, now: int) -> Outage:
    return Outage(look, sentence[:_SENTENCE_CHARACTERS], mend[:_SENTENCE_CHARACTERS], now)


def _key(look: str, problem: str) -> str:
    return f"{look}:{blake2b(problem.encode('utf-8', 'surrogatepass'), digest_size=6).hexdigest()}"


def outages_to_rows(outages: Outages) -> Sequence[Sequence[object]]:
    """What `outages_of_rows` reads, as JSON can hold it."""
    return [
        [key, each.look, each.sentence, each.mend, each.since, each.over_at, each.told, each.told_over]
        for key, each in outages.by_key.items()
    ]


def outages_of_rows(rows: Sequence[Sequence[object]]) -> Outages:
    """The outages that `outages_to_rows` wrote; of a look that is none any more, nothing.

    Raises ValueError or TypeError where they are none.
    """
    found = Outages()
    for key, look, sentence, mend, since, over_at, told, told_over in rows:
        if look in LOOKS:
            found.by_key[str(key)] = Outage(
                str(look),
                str(sentence),
                str(mend),
                int(since),  # type: ignore[call-overload]
                None if over_at is None else int(over_at),  # type: ignore[call-overload]
                tuple(map(str, told)),  # type: ignore[call-overload]
                tuple(map(str, told_over)),  # type: ignore[call-overload]
            )
    return found
