"""A database in the MMDB format, version 2.0, written for a test."""

from collections.abc import Mapping
from ipaddress import IPv4Network, ip_network
from pathlib import Path
from typing import Any

_BITS = 128
_TYPES = {"string": 2, "uint16": 5, "uint32": 6, "map": 7, "uint64": 9, "array": 11}
_MARKER = b"\xab\xcd\xefMaxMind.com"


class _Uint16(int):
    pass


class _Uint64(int):
    pass


def write_mmdb(
    path: Path, networks: Mapping[str, Any], *, built: int = 1_600_000_000, database_type: str = "Test"
) -> Path:
    """A file in which each network has its record; of networks within one another the last given counts."""
    nodes: list[list[int | None]] = [[None, None]]
    data = bytearray()
    places: dict[str, int] = {}
    ends: list[tuple[int, int, int]] = []
    for network, record in networks.items():
        key = repr(record)
        if key not in places:
            places[key] = len(data)
            data += _encoded(record)
        ends.append((*_bits_of(network), places[key]))
    for number, length, place in ends:
        _put(nodes, number, length, -1 - place)
    count = len(nodes)
    tree = b"".join(_record(each, count).to_bytes(4, "big") for node in nodes for each in node)
    metadata = {
        "binary_format_major_version": _Uint16(2),
        "binary_format_minor_version": _Uint16(0),
        "build_epoch": _Uint64(built),
        "database_type": database_type,
        "description": {"en": "for a test"},
        "ip_version": _Uint16(6),
        "languages": ["en"],
        "node_count": count,
        "record_size": _Uint16(32),
    }
    path.write_bytes(tree + bytes(16) + bytes(data) + _MARKER + _encoded(metadata))
    return path


def _bits_of(network: str) -> tuple[int, int]:
    """The prefix as a number of 128 bits, and its length; IPv4 lies below `::/96`."""
    parsed = ip_network(network)
    is_short = isinstance(parsed, IPv4Network)
    return int(parsed.network_address), parsed.prefixlen + (96 if is_short else 0)


def _put(nodes: list[list[int | None]], number: int, length: int, place: int) -> None:
    node = 0
    for depth in range(length - 1):
        bit = number >> (_BITS - 1 - depth) & 1
        below = nodes[node][bit]
        if below is None or below < 0:  # a record is handed down to both halves
            nodes.append([below, below])
            below = nodes[node][bit] = len(nodes) - 1
        node = below
    nodes[node][number >> (_BITS - length) & 1] = place


def _record(each: int | None, count: int) -> int:
    if each is None:
        return count
    return each if each >= 0 else count + 16 + (-1 - each)


def _encoded(value: Any) -> bytes:
    if isinstance(value, Mapping):
        body = b"".join(_encoded(key) + _encoded(each) for key, each in value.items())
        return _control(_TYPES["map"], len(value)) + body
    if isinstance(value, list):
        return _control(_TYPES["array"], len(value)) + b"".join(map(_encoded, value))
    if isinstance(value, str):
        text = value.encode("utf-8", "surrogatepass")
        return _control(_TYPES["string"], len(text)) + text
    kind = {_Uint16: "uint16", _Uint64: "uint64"}.get(type(value), "uint32")
    number = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return _control(_TYPES[kind], len(number)) + number


def _control(kind: int, size: int) -> bytes:
    extended = b"" if kind < 8 else bytes([kind - 7])
    first = (kind if kind < 8 else 0) << 5
    if size < 29:
        return bytes([first | size]) + extended
    if size < 285:
        return bytes([first | 29]) + extended + bytes([size - 29])
    return bytes([first | 30]) + extended + (size - 285).to_bytes(2, "big")
