"""How alike two sequences are: the Jaccard index of their shingles, each weighed by how rare its forms are.

The shingles of a sequence are its forms, a repeated one up to three times, and each two forms that follow each other.
Which sequences are compared at all is told by MinHash: 60 of them, cut into 20 bands of three. Ten bands of six tell
which are nearly the same without a comparison.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from struct import Struct

from rensa import RMinHash

from cowrie_assets.campaigns.sequences import Form

LIKENESS_VERSION = f"1.{RMinHash.ALGORITHM_VERSION}"
"""Another one where the same sequence has other bands: all are made anew."""
_MINHASHES = 60
_ROWS = 3
_WIDE = 6
BANDS = _MINHASHES // _ROWS + _MINHASHES // _WIDE
"""Of each sequence."""
_SEED = 42
_PACKED = {rows: Struct(f">{1 + rows}Q") for rows in (_ROWS, _WIDE)}
"""The place and the numbers of a band."""
_MASK = (1 << 64) - 1
_REPEATED, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
_MOST_REPEATED = 3
_PART = 4
"""What a shingle weighs beside a form: a repetition and a pair a fourth of their forms."""

Shingles = dict[int, tuple[int, ...]]
"""The shingles of a sequence, each with the tokens that it is made of; a repetition's token stands there thrice."""


def shingles_of(forms: Sequence[Form]) -> Shingles:
    """The shingles of a sequence, by 64 bits that stand for each."""
    found: Shingles = {}
    times: dict[int, int] = {}
    before: int | None = None
    for token, count, _ in forms:
        already = times.get(token, 0)
        times[token] = min(_MOST_REPEATED, already + count)
        for time in range(already, times[token]):
            found[(token + time * _REPEATED) & _MASK] = (token,) if not time else (token, token, token)
        if before is not None:
            found[(before * _FIRST + token * _SECOND) & _MASK] = (before, token)
        before = token
    return found


def bands(sequences: Sequence[Sequence[Form]]) -> list[list[int]]:
    """The bands of each of some sequences: sequences that are alike are equal in one of them. 63 bits
    each, the last of which is set in those of six."""
    matrix = RMinHash.digest_matrix_from_token_hash_sets(
        [list(shingles_of(forms)) for forms in sequences], _MINHASHES, _SEED
    )
    return [
        [_band(first, row[first : first + rows]) for rows in (_ROWS, _WIDE) for first in range(0, _MINHASHES, rows)]
        for row in matrix.to_rows()
    ]


def _band(first: int, part: Sequence[int]) -> int:
    digest = blake2b(_PACKED[len(part)].pack(first, *part), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 2 << 1 | (len(part) == _WIDE)


class Likeness:
    """Compares sequences by what their forms weigh."""

    def __init__(self, sequences: Iterable[Shingles], weights: Mapping[int, int]) -> None:
        """`weights` of tokens, whole numbers: sums of them do not depend on an order."""
        self._weights: dict[int, int] = {}
        for shingles in sequences:
            for shingle, tokens in shingles.items():
                if shingle not in self._weights:
                    self._weights[shingle] = self._weight(tokens, weights)

    @staticmethod
    def _weight(tokens: tuple[int, ...], weights: Mapping[int, int]) -> int:
        if len(tokens) == 1:
            return weights[tokens[0]] * _PART
        return weights[tokens[0]] + weights[tokens[1]] if len(tokens) == 2 else weights[tokens[0]]  # noqa: PLR2004

    def total(self, shingles: Shingles) -> int:
        """What all shingles of a sequence weigh."""
        return sum(map(self._weights.__getitem__, shingles))

    def of(self, one: Shingles, other: Shingles, totals: tuple[int, int]) -> float:
        """The weighed Jaccard index of two sequences, of which the totals are known: 0 to 1."""
        shared = sum(map(self._weights.__getitem__, one.keys() & other.keys()))
        return shared / (totals[0] + totals[1] - shared)
