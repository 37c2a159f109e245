"""Recordings as Cowrie writes them."""

import struct

from cowrie_assets.cowrie.ttylog import Direction, Op

START = 1_788_019_177


def record(after: float, data: bytes = b"", direction: int = Direction.OUTPUT, op: int = Op.WRITE) -> bytes:
    """One record, so many seconds behind the start."""
    seconds, fraction = divmod(after, 1)
    header = struct.pack("<iLiiLL", op, 0, len(data), direction, START + int(seconds), round(fraction * 1_000_000))
    return header + data


def recording(*records: bytes) -> bytes:
    """A whole one."""
    return record(0, direction=0, op=Op.OPEN) + b"".join(records) + record(99, direction=0, op=Op.CLOSE)
