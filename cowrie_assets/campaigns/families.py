"""Files that are variants of each other by TLSH: those whose digests are near, and those that are near to these."""

from collections import defaultdict
from collections.abc import Mapping
from itertools import combinations

from cowrie_assets.campaigns.union import Union
from cowrie_assets.summaries.similar_files import bands, distance

NEAR = 30
"""The greatest distance of two variants of one file."""
_ALL_COMPARED = 64
"""Of more files that share a band each is compared with the next ones, by their digests."""


def families(digests: Mapping[int, str]) -> dict[int, int]:
    """Of files with a TLSH (by `texts.id` of their SHA-256) the one that stands for its family: the least digest's."""
    buckets: defaultdict[int, list[int]] = defaultdict(list)
    union: Union[int] = Union(sorted(digests, key=lambda file: (digests[file], file)))
    for file in union:
        for band in bands(digests[file]):
            buckets[band].append(file)
    seen: set[tuple[int, int]] = set()
    for members in buckets.values():
        for place in range(0, len(members), _ALL_COMPARED // 2):
            for pair in combinations(members[place : place + _ALL_COMPARED], 2):
                if pair not in seen:
                    seen.add(pair)
                    if distance(digests[pair[0]], digests[pair[1]]) <= NEAR:
                        union.join(*pair)
    return {file: group[0] for group in union.groups() for file in group}
