"""Addresses as numbers, and sets of ranges of them that are searched by bisection."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import ip_address
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton
from typing import NamedTuple

BITS = {4: 32, 6: 128}
_FAMILY = {4: AF_INET, 6: AF_INET6}
_MAPPED = 0xFFFF << 32
"""What stands before an IPv4 address that is written as an IPv6 one."""
_FEWER = 2
"""Where there are so many times more ranges than addresses, addresses are looked up among ranges, else the reverse."""


class Address(NamedTuple):
    """An address as a number."""

    version: int
    """4 or 6."""
    number: int


class Range(NamedTuple):
    """All addresses from the first to the last."""

    version: int
    first: int
    last: int


def address_of(text: str) -> Address | None:
    """The address that a text is; None where it is none.

    An IPv4 address written as an IPv6 one (`::ffff:192.0.2.1`) counts as what it is; a zone (`fe80::1%eth0`) is left
    out.
    """
    try:
        if ":" not in text:
            return Address(4, int.from_bytes(inet_pton(AF_INET, text), "big"))
        number = int.from_bytes(inet_pton(AF_INET6, text), "big")
    except (OSError, ValueError):
        try:
            number = int(ip_address(text)) if "%" in text else -1
        except ValueError:
            number = -1
    if number < 0:
        return None
    return Address(4, number - _MAPPED) if number >> 32 == _MAPPED >> 32 else Address(6, number)


def address_text(address: Address) -> str:
    """An address as it is usually written."""
    return inet_ntop(_FAMILY[address.version], address.number.to_bytes(BITS[address.version] // 8, "big"))


class RangeSet:
    """Ranges of both versions, joined where they overlap or touch; some 8 bytes for a range of IPv4."""

    def __init__(self, ranges: Iterable[Range], networks: Iterable[int] = ()) -> None:
        """`networks` are of IPv4, each the number of its first address before the 32 bits of its last one."""
        packed: dict[int, list[int]] = {4: list(networks), 6: []}
        for each in ranges:
            packed[each.version].append(each.first << BITS[each.version] | each.last)
        self._firsts: dict[int, Sequence[int]] = {}
        self._lasts: dict[int, Sequence[int]] = {}
        for version, some in packed.items():
            firsts, lasts = _joined(sorted(some), BITS[version])
            is_short = version == 4  # noqa: PLR2004  (four bytes hold it)
            self._firsts[version] = array("I", firsts) if is_short else firsts
            self._lasts[version] = array("I", lasts) if is_short else lasts

    def __len__(self) -> int:
        return sum(map(len, self._firsts.values()))

    def __contains__(self, address: Address) -> bool:
        return next(self.positions(address.version, [address.number]), None) is not None

    def positions(self, version: int, numbers: Sequence[int]) -> Iterator[int]:
        """The positions of those of some addresses of a version, in their order, that lie in a range."""
        firsts, lasts = self._firsts[version], self._lasts[version]
        if len(numbers) * _FEWER < len(firsts):
            for position, number in enumerate(numbers):
                place = bisect_right(firsts, number) - 1
                if place >= 0 and number <= lasts[place]:
                    yield position
            return
        count, end = len(numbers), 0
        for first, last in zip(firsts, lasts, strict=True):
            begin = bisect_left(numbers, first, end)
            if begin == count:
                return
            if numbers[begin] <= last:
                end = bisect_right(numbers, last, begin)
                yield from range(begin, end)


def _joined(packed: Iterable[int], bits: int) -> tuple[list[int], list[int]]:
    firsts: list[int] = []
    lasts: list[int] = []
    mask = (1 << bits) - 1
    for each in packed:
        first, last = each >> bits, each & mask
        if lasts and first <= lasts[-1] + 1:
            lasts[-1] = max(lasts[-1], last)
        else:
            firsts.append(first)
            lasts.append(last)
    return firsts, lasts
