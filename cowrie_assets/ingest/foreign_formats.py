"""Files that are no log and no archive that is read here: told by what they begin with, never taken for a log without
lines."""

import re
from collections.abc import Iterable
from itertools import chain
from typing import Final

_TAR_AT = 257
_FORMATS: Final = (
    (b"PK\x03\x04", "a zip archive"),
    (b"PK\x05\x06", "a zip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a rar archive"),
    (b"\x04\x22\x4d\x18", "compressed with lz4"),
    (b"\x02\x21\x4c\x18", "compressed with lz4"),
    (b"\xff\x06\x00\x00sNaPpY", "compressed with snappy"),
    (b"\x89LZO\x00\r\n\x1a\n", "compressed with lzop"),
    (b"LZIP\x01", "compressed with lzip"),
    (b"\x5d\x00\x00", "compressed with lzma"),
    (b"\x1f\x9d", "compressed with compress (.Z)"),
    (b"\x1f\xa0", "compressed with compress (.Z)"),
    (b"MSCF\x00\x00\x00\x00", "a cabinet archive"),
    (b"070701", "a cpio archive"),
    (b"!<arch>\n", "an ar archive"),
    (b"PAR1", "a Parquet file"),
    (b"ORC\x01", "an ORC file"),
    (b"Obj\x01", "an Avro file"),
    (b"SQLite format 3\x00", "a SQLite database"),
    (b"LPKSHHRH", "a journal of systemd"),
    (b"%PDF-", "a PDF"),
    (b"\x7fELF", "a program"),
    (b"Salted__", "encrypted (openssl)"),
    (b"age-encryption.org/v1\n", "encrypted (age)"),
    (b"-----BEGIN AGE ENCRYPTED FILE-----", "encrypted (age)"),
    (b"-----BEGIN PGP MESSAGE-----", "encrypted (PGP)"),
    (b"$ANSIBLE_VAULT;", "encrypted (Ansible Vault)"),
)
"""What a content begins with, and what it then is."""

_SAMPLE_BYTES = 2048
_HEAD_BYTES = 64 * 1024
_MOST_BROKEN = 0.25
_EVENT = b'"eventid"'
_BROKEN = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd]")


def foreign_format(head: bytes) -> str | None:
    """What a content that begins with `head` is, where that is something known that holds no lines; else None.

    `head` is what the archives that are read here give: a tar archive inside a gzip file is told as well.
    """
    if head[_TAR_AT : _TAR_AT + 5] == b"ustar":
        return "a tar archive"
    return next((name for magic, name in _FORMATS if head.startswith(magic)), None)


def is_no_text(head: bytes, rest: Iterable[bytes], *, closed: bool) -> bool:
    """Whether a content of `head` and `rest` is anything but lines of text: more than a quarter of its beginning is no
    character, that beginning is longer than a damaged line or two, or is all there will be, and no event stands
    anywhere in it.

    A log with a damaged head is text all the same: `rest` is read up to the first event, but only where the head is in
    doubt. NULs are the holes that copytruncate leaves.
    """
    sample = head[:_HEAD_BYTES].replace(b"\0", b"")[:_SAMPLE_BYTES]
    ended = closed and b"\n" not in sample
    if not sample or (len(sample) < _SAMPLE_BYTES and not ended):
        return False
    text = sample.decode("utf-8", "replace")
    if len(_BROKEN.findall(text)) <= len(text) * _MOST_BROKEN:
        return False
    before = b""
    for block in chain((head,), rest):
        if _EVENT in before + block:
            return False
        before = block[1 - len(_EVENT) :]
    return True
