"""Databases of places in the MMDB format, of whichever maker: MaxMind, DB-IP, IPinfo and others name things each
their own way.

Such a file is mapped into memory: replace it by renaming a new one over it, as updaters do.
"""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import maxminddb

from cowrie_assets.clock import US_PER_SECOND
from cowrie_assets.cowrie.timestamps import USABLE_US
from cowrie_assets.enrichment.address_ranges import BITS, Address, address_text
from cowrie_assets.enrichment.local_sources import UnusableFileError
from cowrie_assets.enrichment.places import NOWHERE, Place
from cowrie_assets.regular_file import open_regular

_TAIL_BYTES = 128 * 1024
"""The metadata lies in the last bytes of a file: when it was built, and how many nodes it has."""
_PROBES = tuple(
    Address(version, first + (number * 0x9E3779B1 % 2**32 << free))  # spread evenly over 32 bits
    for version, first, free, most in ((4, 0, 0, 1_024), (6, 0x20 << 120, 93, 256))
    for number in range(most)
)
"""Addresses all over IPv4 and the global ones of IPv6."""
_ASN = re.compile(r"(?:AS)?([0-9]{1,10})")
_COUNTRY = re.compile("[A-Za-z]{2}")


@dataclass(frozen=True, slots=True)
class DatabaseFile:
    """What a file says of itself."""

    name: str
    type: str
    built_at: int
    """Microseconds since 1970-01-01 UTC."""
    mark: bytes
    """Another one where the file is another."""


def look_at(path: Path) -> DatabaseFile:
    """What a database says of itself; some addresses are looked up, for damage shows only there. Raises
    UnusableFileError."""
    with _opened(path) as reader:
        metadata = reader.metadata()
        database = _Database(path, reader)
        for address in _PROBES:
            database.place_of(address)
        return DatabaseFile(
            path.name,
            str(metadata.database_type)[:64],
            min(int(metadata.build_epoch) * US_PER_SECOND, USABLE_US[-1]),
            _mark(path),
        )


@contextmanager
def opened_databases(paths: Sequence[Path]) -> Iterator["PlaceDatabases"]:
    """Several databases as one. Raises UnusableFileError."""
    if not paths:
        yield PlaceDatabases([])
        return
    with _opened(paths[0]) as reader, opened_databases(paths[1:]) as others:
        yield PlaceDatabases([_Database(paths[0], reader), *others.databases])


class PlaceDatabases:
    """Databases in the order in which they are believed: each fills what those before it do not know."""

    def __init__(self, databases: "Sequence[_Database]") -> None:
        self.databases = databases

    def place_of(self, address: Address) -> Place:
        """Where an address is; those of one network cost one look-up, where they come in the order of their numbers.

        Raises UnusableFileError where a file is damaged.
        """
        found = NOWHERE
        for database in self.databases:
            found = found.filled_from(database.place_of(address))
        return found


class _Database:
    def __init__(self, path: Path, reader: maxminddb.Reader) -> None:
        self._path = path
        self._reader = reader
        self._holds_ipv6 = reader.metadata().ip_version == 6  # noqa: PLR2004
        self._version = self._first = self._last = -1
        self._place = NOWHERE

    def place_of(self, address: Address) -> Place:
        version, number = address
        if version == self._version and self._first <= number <= self._last:
            return self._place
        if version == 6 and not self._holds_ipv6:  # noqa: PLR2004
            return NOWHERE
        try:
            record, prefix = self._reader.get_with_prefix_len(address_text(address))
        except (maxminddb.InvalidDatabaseError, ValueError, RecursionError) as error:
            raise UnusableFileError(self._path, f"it is damaged ({type(error).__name__})") from None
        bits = BITS[version]
        others = (1 << bits - prefix) - 1 if 0 < prefix <= bits else 0
        self._version, self._first, self._last = version, number & ~others, number | others
        self._place = _place(record) if isinstance(record, Mapping) else NOWHERE
        return self._place


def _place(record: Mapping[str, Any]) -> Place:
    countries = (_country(record.get(key)) for key in ("country", "registered_country", "country_code"))
    country = next(filter(None, countries), None)
    asn = _asn(record.get("autonomous_system_number", record.get("asn")))
    as_name = record.get("autonomous_system_organization", record.get("as_name", record.get("name")))
    return Place.bounded(country, asn, as_name if isinstance(as_name, str) else None, _city(record.get("city")))


def _country(said: object) -> str | None:
    code = said.get("iso_code") if isinstance(said, Mapping) else said
    return code.upper() if isinstance(code, str) and _COUNTRY.fullmatch(code) else None


def _city(said: object) -> str | None:
    if isinstance(said, Mapping):
        names = said.get("names")
        said = names.get("en") or next(iter(names.values()), None) if isinstance(names, Mapping) else None
    return said if isinstance(said, str) else None


def _asn(said: object) -> int | None:
    if isinstance(said, int) and not isinstance(said, bool):
        return said
    match = _ASN.fullmatch(said) if isinstance(said, str) else None
    return int(match[1]) if match else None


@contextmanager
def _opened(path: Path) -> Iterator[maxminddb.Reader]:
    """A database whose metadata can be read."""
    try:
        with ExitStack() as stack:
            open_regular(path).close()  # the library opens it by its name
            reader = stack.enter_context(closing(maxminddb.open_database(path)))
            reader.metadata()
            kept = stack.pop_all()
    except OSError as error:
        raise UnusableFileError(path, error.strerror or type(error).__name__) from None
    except (maxminddb.InvalidDatabaseError, ValueError, TypeError, KeyError, RecursionError):
        raise UnusableFileError(path, "it is no MMDB database") from None
    with kept:
        yield reader


def _mark(path: Path) -> bytes:
    try:
        with open_regular(path) as file:
            status = os.fstat(file.fileno())
            file.seek(max(status.st_size - _TAIL_BYTES, 0))
            digest = blake2b(f"{status.st_size} {status.st_mtime_ns} ".encode(), digest_size=16)
            digest.update(file.read(_TAIL_BYTES))
    except OSError as error:
        raise UnusableFileError(path, error.strerror or type(error).__name__) from None
    return digest.digest()
