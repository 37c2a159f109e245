"""Lists of addresses as others publish them, read line by line.

A line is an address, a network or a range, in any of the usual forms; what follows a comment mark or stands in further
columns is left out:

    192.0.2.1                       192.0.2.0/24 ; SBL1            2001:db8::/32
    192.0.2.0-192.0.2.255           192.0.2.0  192.0.2.255  24     (DShield's block list)
    {"cidr": "192.0.2.0/24"}        (a line of JSON, as Spamhaus DROP)
    ExitAddress 192.0.2.1 ...       (Tor's list of exits, with its other lines)

A line that is none of these is passed over and counted.
"""

import json
import os
import re
from dataclasses import dataclass, field
from hashlib import blake2b
from io import BytesIO
from itertools import islice
from pathlib import Path
from socket import AF_INET, inet_pton
from struct import unpack

from cowrie_assets.amounts import size
from cowrie_assets.enrichment.address_ranges import BITS, Address, Range, RangeSet, address_of
from cowrie_assets.enrichment.local_sources import UnusableFileError
from cowrie_assets.regular_file import open_regular

MOST_BYTES = 64 * 1024 * 1024
MOST_ENTRIES = 1_000_000
NUMBERS_TOLD = 10
_LONGEST_LINE = 4_096
_US = 1_000
_BOM = b"\xef\xbb\xbf"
_COMMENTS = (b"#", b";", b"//")
_PLAIN = re.compile(rb"\s*([0-9.]+(?:/[0-9]+)?)\s*(?:[#;].*)?", re.DOTALL)
"""What most lines are, seen at a glance."""
_PLAIN_LINE = re.compile(r"^[ \t]*([0-9.]+)(?:/([0-9]{1,2}))?[ \t]*(?:[#;][^\n]{0,1000})?\r?$", re.MULTILINE)
_LINES_AT_ONCE = 4_096
_OTHERS = {"": 0} | {str(length): (1 << 32 - length) - 1 for length in range(1, 33)}
"""The bits behind the prefix of a network of IPv4, by its length."""
_COLUMNS = str.maketrans({",": " ", ";": " ", "#": " # "})
_OF_TOR = ("ExitNode", "Published", "LastStatus")
_NETWORK_KEYS = ("cidr", "network", "ip", "address", "prefix")


@dataclass(frozen=True, slots=True)
class ReadList:
    """What a file holds."""

    ranges: RangeSet
    mark: bytes
    """A digest of its content."""
    written_at: int
    """When the file was written, in microseconds since 1970-01-01 UTC."""
    entries: int
    passed_over: int
    """Lines that name no address."""
    numbers: tuple[int, ...]
    """Of the first of those."""


def read_content(path: Path, *, may_be_empty: bool = False) -> tuple[bytes, int]:
    """The content of a list, and when it was written in microseconds since 1970-01-01 UTC. Raises UnusableFileError."""
    try:
        with open_regular(path) as file:
            status = os.fstat(file.fileno())
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UnusableFileError(path, error.strerror or type(error).__name__) from None
    if len(content) > MOST_BYTES:
        raise UnusableFileError(path, f"it is longer than {size(MOST_BYTES)}")
    if not may_be_empty and (content in (b"", _BOM) or content.isspace()):
        raise UnusableFileError(path, "it is empty")
    return content, status.st_mtime_ns // _US


def mark_of(content: bytes) -> bytes:
    """A digest of the content of a list."""
    return blake2b(content, digest_size=16).digest()


def parse(path: Path, content: bytes, written_at: int) -> ReadList:
    """What the lines of a list name. Raises UnusableFileError where they are too many, or none names an address."""
    read = _Lines()
    file = BytesIO(content.removeprefix(_BOM))
    while lines := list(islice(file, _LINES_AT_ONCE)):
        read.take(lines)
        if read.entries > MOST_ENTRIES:
            raise UnusableFileError(path, f"it has more than {MOST_ENTRIES:,} entries")
    if read.passed_over and not read.entries:
        raise UnusableFileError(path, "no line of it names an address")
    ranges = RangeSet(read.ranges, read.networks)
    return ReadList(ranges, mark_of(content), written_at, read.entries, read.passed_over, tuple(read.numbers))


@dataclass(slots=True)
class _Lines:
    """What the lines of a list name so far."""

    networks: list[int] = field(default_factory=list)
    """Of IPv4, the most: see `RangeSet`."""
    ranges: list[Range] = field(default_factory=list)
    lines: int = 0
    passed_over: int = 0
    numbers: list[int] = field(default_factory=list)

    @property
    def entries(self) -> int:
        return len(self.networks) + len(self.ranges)

    def take(self, lines: list[bytes]) -> None:
        plain = _plain_networks(lines)
        if plain is None:
            self._take_each(lines)
        else:
            self.networks += plain
        self.lines += len(lines)

    def _take_each(self, lines: list[bytes]) -> None:
        for number, line in enumerate(lines, self.lines + 1):
            try:
                found = range_of(line)
            except ValueError:
                self.passed_over += 1
                if self.passed_over <= NUMBERS_TOLD:
                    self.numbers.append(number)
            else:
                if found is not None:
                    self.ranges.append(found)


def _plain_networks(lines: list[bytes]) -> list[int] | None:
    """What lines name that are plain addresses and networks of IPv4, first and last address in one number; None where
    one of them is something else. In a third of the time that `range_of` takes for them."""
    found = _PLAIN_LINE.findall(b"".join(lines).decode("latin-1"))
    if len(found) != len(lines):
        return None
    try:
        packed = b"".join([inet_pton(AF_INET, address) for address, _ in found])
        others = [_OTHERS[length] for _, length in found]
    except (OSError, KeyError):
        return None
    numbers = unpack(f">{len(found)}I", packed)
    return [(number & ~other) << 32 | number | other for number, other in zip(numbers, others, strict=True)]


def range_of(line: bytes) -> Range | None:
    """What a line names; None where it is blank, a comment or of another matter. Raises ValueError where it is not
    understood."""
    if len(line) > _LONGEST_LINE:
        raise ValueError("too long")
    plain = _PLAIN.fullmatch(line)
    if plain is not None:
        return _network(plain[1].decode())
    content = line.strip()
    if not content or content.startswith(_COMMENTS):
        return None
    text = content.decode("ascii")
    if text.startswith("{"):
        return _range_of_json(text)
    first, second, third, *_ = (*text.translate(_COLUMNS).split(), "", "", "")
    if first in _OF_TOR:
        return None
    return _network(second) if first == "ExitAddress" else _range_of_columns(first, second, third)


def _range_of_columns(first: str, second: str, third: str) -> Range:
    begin, dash, end = first.partition("-")
    if dash:
        return _between(begin, end)
    if second == "-":
        return _between(first, third)
    if "/" not in first and second[:1].isalnum() and address_of(second) is not None:
        return _between(first, second)
    return _network(first)


def _range_of_json(text: str) -> Range | None:
    try:
        said = json.loads(text)
    except RecursionError:
        said = None
    if not isinstance(said, dict):
        raise ValueError("no object")  # noqa: TRY004
    if said.get("type") == "metadata":
        return None
    return _network(next((str(said[key]).strip() for key in _NETWORK_KEYS if key in said), ""))


def _between(first: str, last: str) -> Range:
    begin, end = address_of(first), address_of(last)
    if begin is None or end is None or begin.version != end.version or begin.number > end.number:
        raise ValueError("no range")
    return _narrow(Range(begin.version, begin.number, end.number))


def _network(text: str) -> Range:
    written, slash, length = text.partition("/")
    address = address_of(written)
    if address is None:
        raise ValueError("no address")
    if not slash:
        return Range(address.version, address.number, address.number)
    bits = BITS[address.version]
    others = (1 << bits - _prefix(length, address, written)) - 1
    return _narrow(Range(address.version, address.number & ~others, address.number | others))


def _prefix(length: str, address: Address, written: str) -> int:
    if not (length.isascii() and length.isdigit() and len(length) <= 3):  # noqa: PLR2004
        raise ValueError("no length")
    is_mapped = address.version == 4 and ":" in written  # noqa: PLR2004
    prefix = int(length) - (BITS[6] - BITS[4] if is_mapped else 0)
    if not 0 <= prefix <= BITS[address.version]:
        raise ValueError("no length")
    return prefix


def _narrow(found: Range) -> Range:
    """A range; not one of every address, which is a list gone wrong."""
    if found.last - found.first == (1 << BITS[found.version]) - 1:
        raise ValueError("every address")
    return found
