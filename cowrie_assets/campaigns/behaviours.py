"""Which sequences are one behaviour: groups of sequences that are alike, as docs/CAMPAIGNS.md defines them.

A pure function of the set of sequences, whatever their order. What is common tells nothing, so a sequence is compared
without its common forms: by its skeleton. Skeletons that share a band are compared, those that are nearly the same make
cores, and cores join where two links between different members say so, never by a single one.

What is common is counted in kinds of behaviour: a campaign that varies what it types has a thousand sequences, and what
it always types is not common for that. Kinds are told by MinHash alone.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from cowrie_assets.campaigns.likeness import Likeness, Shingles, shingles_of
from cowrie_assets.campaigns.sequences import Forms, tokens_of
from cowrie_assets.campaigns.union import Union

STRONG = 0.7
"""So alike two skeletons are nearly the same: they belong together."""
WEAK = 0.45
"""So alike, two skeletons belong together where others say so, too."""
LEAST_WORDS = 6
"""So many words a skeleton must have, to be told by what was typed."""
_ALL_COMPARED = 24
"""In a larger bucket each is compared with those next to it and with some of the bucket."""
_NEXT = 6
_COMMON_KINDS, _COMMON_SHARE = 4, 50
"""A form that is usual in so many kinds of behaviour, and in one of 50, is common."""
_LEAST_WEIGHT, _MOST_RARE, _OF_A_WORD = 4, 12, 4
_USUAL_SHARE = 3
"""A form is usual in a kind where one of three of its sequences has it."""


@dataclass(frozen=True, slots=True)
class Buckets:
    """Sequences that share a band, by their numbers."""

    alike: Sequence[Sequence[int]]
    """They are compared."""
    near: Sequence[Sequence[int]]
    """They share a wide band: they are of one kind."""


@dataclass(frozen=True, slots=True)
class Behaviours:
    """The kinds of behaviour among some sequences."""

    groups: list[list[int]]
    """Of the sequences that tell enough, by their keys, single ones among them; the others are left out."""
    spread: Mapping[int, int]
    """In how many kinds each form is usual, by its token: the fewer, the rarer it is."""
    common: Collection[int]
    """The forms that tell nothing, by their tokens."""


def behaviours(sequences: Mapping[int, Forms], buckets: Buckets) -> Behaviours:
    """The kinds of behaviour among sequences."""
    kinds: Union[int] = Union(sequences)
    for bucket in buckets.near:
        for number in bucket[1:]:
            kinds.join(bucket[0], number)
    groups = kinds.groups()
    spread = _spread(groups, sequences)
    common = {token for token, count in spread.items() if is_common(count, len(groups))}
    members: defaultdict[Forms, list[int]] = defaultdict(list)
    for number, forms in sequences.items():
        skeleton = _skeleton(forms, common)
        if skeleton:
            members[skeleton].append(number)
    skeletons = sorted(members)
    place_of = {number: place for place, skeleton in enumerate(skeletons) for number in members[skeleton]}
    words = {token: count for skeleton in skeletons for token, count in tokens_of(skeleton).items()}
    weights = {token: _weight(count, spread[token], len(groups)) for token, count in words.items()}
    compared = {
        tuple(sorted({place_of[number] for number in bucket if number in place_of})) for bucket in buckets.alike
    }
    found = _Comparison(list(map(shingles_of, skeletons)), weights).groups(compared)
    together = [[number for place in group for number in members[skeletons[place]]] for group in found]
    return Behaviours(together, spread, common)


def is_common(spread: int, kinds: int) -> bool:
    """Whether a form that is usual in `spread` of so many kinds of behaviour is common."""
    return spread >= _COMMON_KINDS and spread * _COMMON_SHARE >= kinds


def _skeleton(forms: Forms, common: set[int]) -> Forms:
    """What a sequence is compared by: its forms that are not common where these tell enough, else all of them, where
    so many together do; empty where it tells too little."""
    rare = tuple(form for form in forms if form.token not in common)
    if sum(tokens_of(rare).values()) >= LEAST_WORDS:
        return rare
    words = (1 if token in common else count for token, count in tokens_of(forms).items())
    return forms if sum(words) >= LEAST_WORDS else ()


def _weight(words: int, spread: int, kinds: int) -> int:
    halvings = (kinds // max(1, spread)).bit_length() - 1
    return min(_OF_A_WORD * words, _LEAST_WEIGHT + min(_MOST_RARE, 2 * halvings))


def _spread(kinds: Sequence[Sequence[int]], sequences: Mapping[int, Forms]) -> Counter[int]:
    """In how many kinds each form is usual."""
    spread: Counter[int] = Counter()
    for kind in kinds:
        times = Counter(token for number in kind for token in tokens_of(sequences[number]))
        spread.update(token for token, count in times.items() if count * _USUAL_SHARE >= len(kind))
    return spread


def _pairs(members: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Which members of a bucket, in the order of what was typed, are compared."""
    if len(members) <= _ALL_COMPARED:
        yield from combinations(members, 2)
        return
    leaders = range(0, len(members), len(members) // _NEXT)
    for place, member in enumerate(members):
        for other in {*range(place + 1, min(len(members), place + 1 + _NEXT)), *leaders} - {place}:
            yield (member, members[other]) if place < other else (members[other], member)


class _Comparison:
    """Compares skeletons, by their places, by what their forms weigh."""

    def __init__(self, skeletons: Sequence[Shingles], weights: Mapping[int, int]) -> None:
        self._skeletons = skeletons
        self._likeness = Likeness(skeletons, weights)
        self._totals = [self._likeness.total(each) for each in skeletons]

    def groups(self, buckets: Iterable[Sequence[int]]) -> list[list[int]]:
        """The skeletons that belong together."""
        cores: Union[int] = Union(range(len(self._skeletons)))
        alike: dict[tuple[int, int], bool] = {}
        for bucket in buckets:
            for pair in _pairs(bucket):
                one, other = pair
                if pair not in alike and cores.find(one) != cores.find(other):
                    likeness = self._likeness_of(one, other)
                    if likeness >= STRONG:
                        cores.join(one, other)
                    else:
                        alike[pair] = likeness >= WEAK
        _join_cores(cores, [pair for pair, is_alike in alike.items() if is_alike])
        return cores.groups()

    def _likeness_of(self, one: int, other: int) -> float:
        totals = self._totals[one], self._totals[other]
        if min(totals) < WEAK * max(totals):
            return 0
        return self._likeness.of(self._skeletons[one], self._skeletons[other], totals)


def _join_cores(cores: Union[int], weak: Iterable[tuple[int, int]]) -> None:
    """Join the cores between which more than one link stands, each end another member where there are several."""
    sizes = Counter(map(cores.find, cores))
    links: defaultdict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for pair in weak:
        one, other = sorted(pair, key=cores.find)
        key = cores.find(one), cores.find(other)
        if key[0] != key[1]:
            links[key].append((one, other))
    joined = [
        key
        for key, found in links.items()
        if len(found) > 1 and all(len({pair[side] for pair in found}) >= min(2, sizes[key[side]]) for side in (0, 1))
    ]
    for one, other in joined:
        cores.join(one, other)
