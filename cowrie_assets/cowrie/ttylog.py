"""Cowrie's recordings of terminals: what was shown to an attacker and what was typed, with the time of each piece.

A file is records, each a header of 24 bytes (little-endian: operation, terminal, size, direction, seconds and
microseconds since 1970) and `size` bytes. Output stands there before Cowrie makes `\\r\\n` of its `\\n`. A recording is
named by the SHA-256 of what was typed: where two sessions typed the same, Cowrie keeps that of the first.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import BinaryIO

from cowrie_assets.clock import US_PER_SECOND
from cowrie_assets.errors import UserError

LONGEST_PIECE = 16 * 1024 * 1024
"""Bytes; Cowrie writes what one write of a program gave. A longer one is taken for damage, and memory stays bounded."""
_HEADER = struct.Struct("<iLiiLL")


class Op(IntEnum):
    """What a record is."""

    OPEN = 1
    CLOSE = 2
    WRITE = 3
    EXEC = 4


class Direction(IntEnum):
    """Of what is written."""

    INPUT = 1
    OUTPUT = 2
    INTERACT = 3
    """The command of a session without a terminal."""


class TtylogError(UserError):
    """A recording that is damaged; the message says where."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What was written at one moment."""

    at_us: int
    """Microseconds since 1970-01-01 UTC by the sensor's clock."""
    direction: Direction
    data: bytes


def pieces(file: BinaryIO) -> Iterator[Piece]:
    """What a recording holds, in its order; `file` is read as it goes on.

    Raises TtylogError where it comes to what is no record; what stands before was good.
    """
    at = 0
    while header := file.read(_HEADER.size):
        if len(header) < _HEADER.size:
            raise TtylogError(f"the recording ends in the middle of a record, at byte {at:,}")
        op, _, size, direction, seconds, microseconds = _HEADER.unpack(header)
        fault = _fault(op, size, direction, microseconds)
        if fault is not None:
            raise TtylogError(f"the recording is damaged at byte {at:,}: {fault}")
        data = file.read(size)
        if len(data) < size:
            raise TtylogError(f"the recording ends in the middle of a record, at byte {at:,}")
        if op == Op.WRITE:
            yield Piece(seconds * US_PER_SECOND + microseconds, Direction(direction), data)
        at += _HEADER.size + size
    if not at:
        raise TtylogError("the recording is empty")


def _fault(op: int, size: int, direction: int, microseconds: int) -> str | None:
    """Why a header cannot be one; None where it can."""
    if not Op.OPEN <= op <= Op.EXEC:
        return f"there is no operation {op}"
    if not 0 <= size <= LONGEST_PIECE:
        return f"a record has no {size:,} bytes"
    if op == Op.WRITE and not Direction.INPUT <= direction <= Direction.INTERACT:
        return f"there is no direction {direction}"
    return f"a second has no {microseconds:,} microseconds" if microseconds > US_PER_SECOND else None
