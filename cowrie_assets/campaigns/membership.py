"""Which profiles belong together: behaviours, joined by the marks that are characteristic of them.

A pure function of the set of profiles. What one session did joins no two others: behaviours are joined by the marks
that several of their sessions have. A behaviour of few sessions, and a profile whose sequence tells too little, belong
to their surest mark, and join nobody by the others.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from cowrie_assets.campaigns.marks import CHARACTERISTIC_SHARE, JOINING, LEAST_CARRYING, MOST_BEHAVIOURS, Mark
from cowrie_assets.campaigns.union import Union

LEAST_SESSIONS = 2
"""So many sessions are a campaign."""
_RANK = {int(kind): rank for rank, kind in enumerate(JOINING)}


class Profile(NamedTuple):
    """What some sessions did."""

    sequence: int
    """0: they typed nothing."""
    marks: tuple[Mark, ...]
    """Those that may join: neither a host that everybody uses nor a trivial file."""
    sessions: int


def members(
    profiles: Mapping[int, Profile], behaviours: Sequence[Collection[int]], order: Mapping[Mark, str]
) -> list[list[int]]:
    """The campaigns, each as its profiles. `behaviours` are groups of sequences; `order` gives the text of each mark,
    by which one of several that are as sure is taken."""
    marks = _Marks(profiles, {sequence: place for place, group in enumerate(behaviours) for sequence in group}, order)
    union: Union[int | Mark] = Union(range(len(behaviours)))
    for group in range(len(behaviours)):
        for mark in marks.of_group(group):
            union.add(mark)
            union.join(group, mark)
    of_whom: defaultdict[int | Mark, list[int]] = defaultdict(list)
    for number, profile in profiles.items():
        unit = marks.unit_of(profile)
        if unit is not None:
            union.add(unit)
            of_whom[unit].append(number)
    together: defaultdict[int | Mark, list[int]] = defaultdict(list)
    for unit, numbers in of_whom.items():
        together[union.find(unit)] += numbers
    return [
        numbers
        for numbers in together.values()
        if sum(profiles[number].sessions for number in numbers) >= LEAST_SESSIONS
    ]


class _Marks:
    """Which marks join whom."""

    def __init__(self, profiles: Mapping[int, Profile], group_of: Mapping[int, int], order: Mapping[Mark, str]) -> None:
        self._group_of = group_of
        self._order = order
        self._sizes: Counter[int] = Counter()
        self._carrying: Counter[Mark] = Counter()
        """Sessions with each mark."""
        self._of_kind: defaultdict[int, Counter[Mark]] = defaultdict(Counter)
        """Of each kind of behaviour, the marks of its sessions: a group, or below zero a sequence that is in none."""
        for profile in profiles.values():
            for mark in profile.marks:
                self._carrying[mark] += profile.sessions
            if profile.sequence:
                kind = group_of.get(profile.sequence, -profile.sequence)
                self._sizes[kind] += profile.sessions
                carried = self._of_kind[kind]
                for mark in profile.marks:
                    carried[mark] += profile.sessions
        kinds = Counter(mark for kind in self._of_kind for mark in self._characteristic(kind))
        self._common = {mark for mark, count in kinds.items() if count > MOST_BEHAVIOURS.get(mark[0], count)}

    def of_group(self, group: int) -> list[Mark]:
        """The marks by which a group is joined with others: those that several of its sessions have, else the surest
        one that others have, too."""
        carried = self._of_kind.get(group, Counter())
        usable = [mark for mark in self._characteristic(group) if mark not in self._common]
        joining = [mark for mark in usable if carried[mark] >= LEAST_CARRYING]
        return joining or self._surest(mark for mark in usable if self._carrying[mark] > carried[mark])

    def unit_of(self, profile: Profile) -> int | Mark | None:
        """What a profile belongs to: its group, else its surest mark; None where it tells nothing."""
        group = self._group_of.get(profile.sequence)
        if group is not None:
            return group
        usable = [mark for mark in profile.marks if mark not in self._common]
        return next(iter(self._surest(mark for mark in usable if self._carrying[mark] >= LEAST_SESSIONS)), None)

    def _characteristic(self, kind: int) -> list[Mark]:
        carried = self._of_kind.get(kind, Counter())
        return [mark for mark, count in carried.items() if count * CHARACTERISTIC_SHARE >= self._sizes[kind]]

    def _surest(self, marks: Iterable[Mark]) -> list[Mark]:
        """The surest of some marks, where there is one."""
        return sorted(marks, key=lambda mark: (_RANK[mark[0]], self._order[mark]))[:1]
