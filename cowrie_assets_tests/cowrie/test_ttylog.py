"""Recordings read, whole and damaged."""

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cowrie_assets.cowrie.ttylog import LONGEST_PIECE, Direction, Op, Piece, TtylogError, pieces
from cowrie_assets_tests.recordings.recorded import START, record, recording

WHOLE = recording(
    record(0.25, b"uname -a", Direction.INTERACT), record(0.5, b"Linux\n\xff"), record(1.5, b"exit\r", Direction.INPUT)
)


def _read(content: bytes) -> list[Piece]:
    return list(pieces(io.BytesIO(content)))


def test_what_was_written_with_its_time_and_direction() -> None:
    assert _read(WHOLE) == [
        Piece(START * 1_000_000 + 250_000, Direction.INTERACT, b"uname -a"),
        Piece(START * 1_000_000 + 500_000, Direction.OUTPUT, b"Linux\n\xff"),
        Piece(START * 1_000_000 + 1_500_000, Direction.INPUT, b"exit\r"),
    ]


def test_a_cut_recording_gives_what_is_whole_and_a_sentence() -> None:
    bounds = {0, 24, 24 + 24 + 8, 24 + 24 + 8 + 24 + 7, 24 + 24 + 8 + 24 + 7 + 24 + 5, len(WHOLE)}
    for length in range(len(WHOLE)):
        read = []
        if length in bounds - {0}:
            assert _read(WHOLE[:length]) == _read(WHOLE)[: len(_read(WHOLE[:length]))]
            continue
        with pytest.raises(TtylogError, match="empty" if not length else "middle of a record"):
            for piece in pieces(io.BytesIO(WHOLE[:length])):
                read.append(piece)  # noqa: PERF402  (what came before the error)
        assert read == _read(WHOLE)[: len(read)]


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ((9, 0, 0, 2, START, 0), "no operation 9"),
        ((Op.WRITE, 0, -1, 2, START, 0), "no -1 bytes"),
        ((Op.WRITE, 0, LONGEST_PIECE + 1, 2, START, 0), "no 16,777,217 bytes"),
        ((Op.WRITE, 0, 0, 7, START, 0), "no direction 7"),
        ((Op.WRITE, 0, 0, 2, START, 1_000_001), "1,000,001 microseconds"),
    ],
)
def test_a_header_that_cannot_be_one(header: tuple[int, ...], reason: str) -> None:
    with pytest.raises(TtylogError, match=f"damaged at byte 24: .*{reason}"):
        _read(record(0, op=Op.OPEN, direction=0) + struct.pack("<iLiiLL", *header))


@given(st.binary(max_size=200))
def test_any_bytes_are_pieces_or_one_error(content: bytes) -> None:
    try:
        found = _read(content)
    except TtylogError:
        return
    assert sum(len(piece.data) + 24 for piece in found) <= len(content)
