"""A file that an attacker left, read as data: its digests and what its bytes say. Nothing of it is run or unpacked.

Libraries that are not installed leave their columns empty: `pip install 'cowrie-assets[files]'` brings them.
"""

import hashlib
import importlib.util
import os
import stat
from collections import Counter
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from math import log2
from typing import Protocol

from cowrie_assets.enrichment.file_strings import packer_of, strings_of
from cowrie_assets.enrichment.file_types import HEAD_BYTES, type_of

EXAMINER_VERSION = 3
"""Raised where the same bytes are told otherwise: what was examined is examined anew."""
MOST_BYTES = 1024**3
"""A longer file is not read."""
KEPT_BYTES = 16 * 1024**2
"""So much of a file is looked into; of a longer one neither TLSH nor ssdeep."""
_SSDEEP_BYTES = 512 * 1024
_ENTROPY_BYTES = 4 * 1024**2
_CHUNK = 1024**2
_LEAST_TLSH_BYTES = 50
_LONGEST_DESCRIPTION = 256
_LIBRARIES = ("magic", "ppdeep", "tlsh")


class UnreadableError(Exception):
    """A file that cannot be examined; the message says why."""


class ChangingError(Exception):
    """A file that is being written, or was replaced while it was read."""


class Rules(Protocol):
    """Rules of the user's own, compiled."""

    mark: bytes

    def matching(self, content: bytes) -> list[str]:
        """The names of the rules that match."""


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of a file."""

    size: int
    kept: bytes
    """At most `KEPT_BYTES` of them."""
    sha256: str
    sha1: bytes
    md5: bytes

    @property
    def is_whole(self) -> bool:
        """Whether all of them are kept."""
        return len(self.kept) == self.size


@dataclass(frozen=True, slots=True)
class Examination:
    """What the bytes of a file say."""

    type: str
    """By a table of our own: the same on every machine."""
    description: str | None
    """By libmagic, where it is."""
    entropy: int
    """Thousandths of a bit a byte, 0 to 8,000, of the first 4 MiB."""
    tlsh: str | None
    ssdeep: str | None
    packer: str | None
    strings: dict[str, list[str]]
    rules: list[str]


def read_content(name: str, folder: int) -> Content:
    """The bytes of the file `name` in an open folder. Raises UnreadableError, and ChangingError.

    A link is not followed, a pipe not waited for, and only a regular file is read.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(name, flags, dir_fd=folder), "rb") as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise UnreadableError("it is no file")
            if before.st_size > MOST_BYTES:
                raise UnreadableError("it is longer than 1 GiB")
            digests = (hashlib.sha256(), hashlib.sha1(usedforsecurity=False), hashlib.md5(usedforsecurity=False))
            kept, size = bytearray(), 0
            while size <= before.st_size and (chunk := file.read(_CHUNK)):
                size += len(chunk)
                kept += chunk[: KEPT_BYTES - len(kept)]
                for digest in digests:
                    digest.update(chunk)
            after = os.fstat(file.fileno())
    except OSError as error:
        raise UnreadableError(error.strerror or type(error).__name__) from None
    if size != before.st_size or (before.st_mtime_ns, before.st_ctime_ns) != (after.st_mtime_ns, after.st_ctime_ns):
        raise ChangingError
    of_all, sha1, md5 = digests
    return Content(size, bytes(kept), of_all.hexdigest(), sha1.digest(), md5.digest())


def examine(content: Content, rules: Rules | None) -> Examination:
    """What the bytes of a file say, with the libraries that are there."""
    kept = content.kept
    return Examination(
        type=type_of(kept[:HEAD_BYTES]),
        description=_description(kept),
        entropy=_entropy(kept[:_ENTROPY_BYTES]),
        tlsh=_tlsh(kept) if content.is_whole else None,
        ssdeep=_ssdeep(kept) if content.is_whole else None,
        packer=packer_of(kept),
        strings=strings_of(kept),
        rules=rules.matching(kept) if rules is not None else [],
    )


def examined_as(rules: Rules | None) -> bytes:
    """A mark of what files are examined by here: another one where they would be told otherwise."""
    libraries = [name for name in _LIBRARIES if _has(name)]
    mark = rules.mark if rules is not None else b""
    return blake2b(repr((EXAMINER_VERSION, libraries, mark)).encode(), digest_size=16).digest()


def _entropy(content: bytes) -> int:
    total = len(content)
    shares = (count / total for count in Counter(content).values())
    return round(-sum(share * log2(share) for share in shares) * 1000) + 0


def _description(content: bytes) -> str | None:
    if not _has("magic"):
        return None
    import magic  # noqa: PLC0415  (libmagic, where it is)

    try:
        return str(magic.from_buffer(content[: 64 * 1024]))[:_LONGEST_DESCRIPTION]
    except magic.MagicException:
        return None


def _tlsh(content: bytes) -> str | None:
    if not _has("tlsh") or len(content) < _LEAST_TLSH_BYTES:
        return None
    import tlsh  # noqa: PLC0415  (where it is)

    digest = str(tlsh.hash(content))
    return digest if digest.startswith("T1") else None


def _ssdeep(content: bytes) -> str | None:
    if not _has("ppdeep") or not 0 < len(content) <= _SSDEEP_BYTES:
        return None
    import ppdeep  # noqa: PLC0415  (where it is)

    return str(ppdeep.hash(content))


@cache
def _has(library: str) -> bool:
    """Whether a library can be used: `magic` needs libmagic too."""
    if importlib.util.find_spec(library) is None:
        return False
    try:
        importlib.import_module(library)
    except (ImportError, OSError):
        return False
    return True
