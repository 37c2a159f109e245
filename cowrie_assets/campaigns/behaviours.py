"""Which sequences are one behaviour: groups of sequences that are alike, as docs/CAMPAIGNS.md defines them.

A pure function of the set of sequences, whatever their order: pairs that share a band are compared, those that are
nearly the same make cores, and cores join where two links between different members say so, never by a single one.

Rarity is counted in kinds of behaviour: a campaign that varies what it types has a thousand sequences, and what it
always types is not common for that. So sequences are grouped twice, first with forms that weigh by their words alone;
in how many of these groups a form is usual says how rare it is.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from cowrie_assets.campaigns.likeness import Likeness, Shingles, shingles_of
from cowrie_assets.campaigns.sequences import Forms, tokens_of
from cowrie_assets.campaigns.union import Union

STRONG = 0.7
"""So alike two sequences are nearly the same: they belong together."""
WEAK = 0.45
"""So alike, two sequences belong together where others say so, too."""
LEAST_WORDS = 6
"""So many words that are not common a sequence must have, to be told by what it typed."""
_ALL_COMPARED = 40
"""In a larger bucket each is compared with those next to it and with some of the bucket."""
_NEXT = 8
_PLAIN_WORDS = 4
_COMMON_GROUPS, _COMMON_SHARE = 4, 50
"""A form that is usual in so many kinds of behaviour, and in one of 50, is common."""
_LEAST_WEIGHT, _MOST_RARE, _OF_A_WORD = 4, 12, 4
_USUAL_SHARE = 3
"""A form is usual in a group where one of three of its sequences has it."""


@dataclass(frozen=True, slots=True)
class Behaviours:
    """The kinds of behaviour among some sequences."""

    groups: list[list[int]]
    """Of the sequences that tell enough, by their keys, single ones among them; the others are left out."""
    spread: Mapping[int, int]
    """In how many kinds each form is usual, by its token: the fewer, the rarer it is."""


def behaviours(sequences: Mapping[int, Forms], buckets: Iterable[Sequence[int]]) -> Behaviours:
    """The kinds of behaviour among sequences; `buckets` are those that share a band."""
    order = {number: place for place, number in enumerate(sorted(sequences, key=sequences.__getitem__))}
    shingles = {number: shingles_of(forms) for number, forms in sequences.items()}
    words = {token: count for forms in sequences.values() for token, count in tokens_of(forms).items()}
    pairs = list(_pairs(buckets, order))
    plain = {token: _OF_A_WORD * min(_PLAIN_WORDS, count) for token, count in words.items()}
    kinds = _groups(order, shingles, pairs, plain)
    spread = _spread(kinds, sequences)
    telling = {number: forms for number, forms in sequences.items() if _tells(forms, spread, len(kinds))}
    rare = {token: _weight(count, spread[token], len(kinds)) for token, count in words.items()}
    left = {number: place for number, place in order.items() if number in telling}
    groups = _groups(left, shingles, [pair for pair in pairs if pair[0] in left and pair[1] in left], rare)
    return Behaviours(groups, spread)


def is_common(spread: int, kinds: int) -> bool:
    """Whether a form that is usual in `spread` of so many kinds of behaviour is common."""
    return spread >= _COMMON_GROUPS and spread * _COMMON_SHARE >= kinds


def _tells(forms: Forms, spread: Mapping[int, int], kinds: int) -> bool:
    words = (1 if is_common(spread[token], kinds) else count for token, count in tokens_of(forms).items())
    return sum(words) >= LEAST_WORDS


def _weight(words: int, spread: int, kinds: int) -> int:
    halvings = (kinds // max(1, spread)).bit_length() - 1
    return min(_OF_A_WORD * words, _LEAST_WEIGHT + min(_MOST_RARE, 2 * halvings))


def _spread(kinds: Sequence[Sequence[int]], sequences: Mapping[int, Forms]) -> Counter[int]:
    """In how many groups each form is usual."""
    spread: Counter[int] = Counter()
    for group in kinds:
        times = Counter(token for number in group for token in tokens_of(sequences[number]))
        spread.update(token for token, count in times.items() if count * _USUAL_SHARE >= len(group))
    return spread


def _pairs(buckets: Iterable[Sequence[int]], order: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """Which sequences are compared, each pair once. Members of a bucket are taken in the order of what was typed."""
    seen: set[tuple[int, int]] = set()
    for bucket in buckets:
        members = sorted(bucket, key=order.__getitem__)
        for pair in _of_bucket(members):
            if pair not in seen:
                seen.add(pair)
                yield pair


def _of_bucket(members: Sequence[int]) -> Iterator[tuple[int, int]]:
    if len(members) <= _ALL_COMPARED:
        yield from combinations(members, 2)
        return
    leaders = range(0, len(members), len(members) // _NEXT)
    for place, member in enumerate(members):
        for other in {*range(place + 1, min(len(members), place + 1 + _NEXT)), *leaders} - {place}:
            yield (member, members[other]) if place < other else (members[other], member)


def _groups(
    order: Mapping[int, int],
    shingles: Mapping[int, Shingles],
    pairs: Iterable[tuple[int, int]],
    weights: Mapping[int, int],
) -> list[list[int]]:
    likeness = Likeness((shingles[number] for number in order), weights)
    totals = {number: likeness.total(shingles[number]) for number in order}
    cores: Union[int] = Union(order)
    weak: list[tuple[int, int]] = []
    for one, other in pairs:
        most = min(totals[one], totals[other]) / max(totals[one], totals[other])
        if most < WEAK:
            continue
        alike = likeness.of(shingles[one], shingles[other], (totals[one], totals[other]))
        if alike >= STRONG:
            cores.join(one, other)
        elif alike >= WEAK:
            weak.append((one, other))
    _join_cores(cores, weak)
    return cores.groups()


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
