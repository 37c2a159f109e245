"""Files that are alike by TLSH: the distance of two digests, and the neighbours of a file among all that were examined.

The distance is that of TLSH 4 (`tlsh.diff`), worked out here so that it needs no library. Neighbours are looked for by
bands: the 128 quartiles of a digest are cut into 16 bands of 8, and only files that are equal in one of these are
compared. Files at most 15 apart share a band for certain; of those that are 30 apart, some nine in ten do.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Connection

from cowrie_assets.warehouse.sql import statement

DIGITS = 72
"""Of a digest: `T1`, check sum, length, two ratios, 32 bytes of quartiles."""
ALIKE = 40
"""The greatest distance at which two files are called alike."""
_BANDS = 16
_BAND_BYTES = 2
_OF_A_BAND = 32
"""The most that are looked at of those which share a band: of thousands that are alike some are told."""
_FAR = 12
_HEADER = slice(2, 8)
_BODY = slice(8, DIGITS)


@dataclass(frozen=True, slots=True)
class Similar:
    """A file that is like another."""

    shasum_id: int
    """`texts.id` of its SHA-256."""
    shasum: str
    distance: int
    """0: equal by TLSH."""


def bands(digest: str) -> list[int]:
    """The keys of a digest's bands: the number of the band, then its quartiles."""
    body = bytes.fromhex(digest[_BODY])
    return [
        band << 8 * _BAND_BYTES | int.from_bytes(body[_BAND_BYTES * band : _BAND_BYTES * (band + 1)], "big")
        for band in range(_BANDS)
    ]


def distance(one: str, other: str) -> int:
    """How far two digests are apart: 0 for equal ones, below 40 for files that are alike, some hundreds for others."""
    first, second = bytes.fromhex(one[_HEADER]), bytes.fromhex(other[_HEADER])
    length = _around(_swapped(first[1]), _swapped(second[1]), 256)
    ratios = (_around(first[2] >> 4, second[2] >> 4, 16), _around(first[2] & 15, second[2] & 15, 16))
    header = (
        (first[0] != second[0])
        + (length if length <= 1 else length * _FAR)
        + sum(each if each <= 1 else (each - 1) * _FAR for each in ratios)
    )
    apart = _quartiles_apart()
    body = zip(bytes.fromhex(one[_BODY]), bytes.fromhex(other[_BODY]), strict=True)
    return header + sum(apart[left << 8 | right] for left, right in body)


def similar_files(connection: Connection, shasum_id: int, *, most_apart: int = ALIKE, most: int = 20) -> list[Similar]:
    """The files that are like one, the nearest first; empty where it has no digest. Costs 16 look-ups."""
    digest = connection.execute(statement("enrichment/tlsh_of_file"), {"shasum_id": shasum_id}).scalar()
    return (
        [] if digest is None else neighbours(connection, digest, most_apart=most_apart, most=most, apart_from=shasum_id)
    )


def neighbours(
    connection: Connection, digest: str, *, apart_from: int, most_apart: int = ALIKE, most: int = 20
) -> list[Similar]:
    """The examined files that are like a digest, the nearest first, without the one `apart_from` (`texts.id`)."""
    found: dict[int, Similar] = {}
    for band in bands(digest):
        binds = {"band": band, "shasum_id": apart_from, "most": _OF_A_BAND}
        for row in connection.execute(statement("enrichment/files_of_band"), binds):
            if row.shasum_id not in found:
                found[row.shasum_id] = Similar(row.shasum_id, row.shasum, distance(digest, row.tlsh))
    near = (each for each in found.values() if each.distance <= most_apart)
    return sorted(near, key=lambda each: (each.distance, each.shasum))[:most]


def _swapped(byte: int) -> int:
    """A digest has the halves of its first bytes the other way round."""
    return (byte & 15) << 4 | byte >> 4


def _around(one: int, other: int, count: int) -> int:
    """How far two numbers are apart on a ring."""
    apart = abs(one - other)
    return min(apart, count - apart)


@cache
def _quartiles_apart() -> Sequence[int]:
    """Of two bytes of four quartiles each how far they are apart; the farthest count twice."""
    weight = (0, 1, 2, 6)
    pairs = [
        sum(weight[abs((one >> s & 3) - (other >> s & 3))] for s in (0, 2, 4, 6))
        for one in range(256)
        for other in range(256)
    ]
    return tuple(pairs)
