"""What a file is, by its first bytes: a small table that says the same on every machine, with libmagic or without."""

import struct
from collections.abc import Callable

HEAD_BYTES = 4_096
_ELF_MACHINES = {
    **{2: "sparc", 3: "x86", 4: "m68k", 8: "mips", 10: "mips", 20: "powerpc", 21: "powerpc64", 22: "s390"},
    **{40: "arm", 42: "superh", 62: "x86-64", 93: "arc", 183: "arm64", 243: "risc-v"},
}
_PE_MACHINES = {0x14C: "x86", 0x1C0: "arm", 0x1C4: "arm", 0x8664: "x86-64", 0xAA64: "arm64"}
_INTERPRETERS = ("bash", "python", "perl", "php", "ruby", "node", "lua", "tclsh", "awk", "sh")
_TAR = slice(257, 262)


def type_of(head: bytes) -> str:
    """A few words: `elf arm 32-bit`, `script sh`, `gzip`, `html`, `text`, `data`, `empty`. `head` is the first 4,096
    bytes of a file, or all of them."""
    if not head:
        return "empty"
    known = next((name for signature, name in _SIGNATURES if head.startswith(signature)), None)
    if known is None:
        known = "tar" if head[_TAR] == b"ustar" else _text(head)
    return known if isinstance(known, str) else known(head)


def _script(head: bytes) -> str:
    line = head[2:128].partition(b"\n")[0].decode("latin-1")
    return " ".join(("script", *[name for name in _INTERPRETERS if name in line][:1]))


def _elf(head: bytes) -> str:
    if len(head) < 20:  # noqa: PLR2004  (up to the machine)
        return "elf"
    order = ">" if head[5] == 2 else "<"  # noqa: PLR2004
    (machine,) = struct.unpack_from(f"{order}H", head, 18)
    return f"elf {_ELF_MACHINES.get(machine, f'machine {machine}')} {'64' if head[4] == 2 else '32'}-bit"  # noqa: PLR2004


def _pe(head: bytes) -> str:
    try:
        (place,) = struct.unpack_from("<I", head, 0x3C)
        signature, machine = struct.unpack_from("<4sH", head, place)
    except struct.error:
        return "dos executable"
    if signature != b"PE\x00\x00":
        return "dos executable"
    return f"pe {_PE_MACHINES.get(machine, f'machine {machine}')}"


def _text(head: bytes) -> str:
    start = head[:512].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "html"
    if b"\x00" in head:
        return "data"
    try:
        head[:-3].decode("utf-8") if len(head) == HEAD_BYTES else head.decode("utf-8")
    except UnicodeDecodeError as error:
        return "data" if error.start < len(head) - 4 or len(head) < HEAD_BYTES else "text"
    return "text"


_SIGNATURES: tuple[tuple[bytes, str | Callable[[bytes], str]], ...] = (
    (b"\x7fELF", _elf),
    (b"MZ", _pe),
    (b"#!", _script),
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"7z\xbc\xaf\x27\x1c", "7-zip"),
    (b"Rar!\x1a\x07", "rar"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"!<arch>\n", "ar"),
    (b"\xed\xab\xee\xdb", "rpm"),
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"\xca\xfe\xba\xbe", "java class or mach-o"),
    (b"\xcf\xfa\xed\xfe", "mach-o 64-bit"),
    (b"\xce\xfa\xed\xfe", "mach-o 32-bit"),
    (b"SQLite format 3\x00", "sqlite"),
    (b"-----BEGIN OPENSSH PRIVATE KEY", "private key"),
    (b"-----BEGIN RSA PRIVATE KEY", "private key"),
    (b"-----BEGIN ", "pem"),
    (b"ssh-rsa ", "ssh public key"),
    (b"ssh-ed25519 ", "ssh public key"),
    (b"<?php", "php"),
    (b"<?xml", "xml"),
)
