"""Contents are recognised by little, and told apart by as little."""

import os
from hashlib import blake2b
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cowrie_assets.ingest.fingerprint import Checkpointer, checkpoint_of_file, file_samples, first_line_fingerprint

KIB, MIB = 1024, 1024 * 1024
CONTENT = bytes(bytearray(os.urandom(MIB)) * 3) + os.urandom(100_000)


def digest(text: bytes) -> bytes:
    return blake2b(text, digest_size=16).digest()


def checkpoint(content: bytes, offset: int) -> bytes:
    return checkpoint_of_file(lambda position, length: content[position : position + length], offset)


def test_the_first_line_is_the_fingerprint():
    assert first_line_fingerprint(b"first\nsecond") == digest(b"first")
    assert first_line_fingerprint(b"first\r\nsecond") == digest(b"first")
    assert first_line_fingerprint(b"\nsecond") == digest(b"")


def test_a_first_line_that_has_not_ended_has_no_fingerprint_unless_the_log_is_closed():
    assert first_line_fingerprint(b"") is None
    assert first_line_fingerprint(b"", closed=True) is None
    assert first_line_fingerprint(b"first") is None
    assert first_line_fingerprint(b"first", closed=True) == first_line_fingerprint(b"first\n")


@given(st.sampled_from([4094, 4095, 4096, 4097, 9000]), st.sampled_from([b"\n", b"\r\n"]), st.integers(0, 9100))
def test_the_fingerprint_of_a_long_line_does_not_depend_on_how_much_of_it_has_come(length: int, end: bytes, seen: int):
    content = b"x" * length + end + b"y" * 100
    assert first_line_fingerprint(content[:seen]) in (None, first_line_fingerprint(content))
    assert first_line_fingerprint(content) == digest(b"x" * min(length, 4096))


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, len(CONTENT)),
    st.integers(1, 500_000),
    st.lists(st.integers(0, 300_000), max_size=4),
)
def test_streaming_gives_what_seeking_gives(end: int, block_size: int, backs: list[int]):
    """In blocks of any size, but in 5,000 of them at most."""
    checkpointer, step = Checkpointer(), max(block_size, end // 5000)
    for start in range(0, end, step):
        checkpointer.update(CONTENT[start : min(start + step, end)])
    for offset in sorted({end, *(max(end - back, 0) for back in backs)}):
        assert checkpointer.digest_at(offset) == checkpoint(CONTENT, offset)
        assert checkpointer.digest_at(offset) == checkpoint(CONTENT, offset)


def test_checkpoints_along_the_way_do_not_disturb_later_ones():
    checkpointer = Checkpointer()
    for start in range(0, len(CONTENT), 50_000):
        checkpointer.update(CONTENT[start : start + 50_000])
        offset = max(start - 100, 0)
        assert checkpointer.digest_at(offset) == checkpoint(CONTENT, offset)


def test_a_checkpointer_keeps_no_more_than_it_was_told():
    checkpointer = Checkpointer(kept_bytes=MIB)
    block = bytes(MIB // 4)
    for _ in range(64):
        checkpointer.update(block)
    assert sum(len(block) for _, block in checkpointer._blocks) <= MIB + len(block)
    assert checkpointer.digest_at(16 * MIB - 100) == checkpoint(bytes(16 * MIB), 16 * MIB - 100)
    with pytest.raises(ValueError, match="older bytes are dropped"):
        checkpointer.digest_at(MIB)
    with pytest.raises(ValueError, match="came up to"):
        checkpointer.digest_at(17 * MIB)


def test_another_length_another_head_another_tail_another_middle_is_another_content():
    offset = 2 * MIB + 5000
    base = checkpoint(CONTENT, offset)
    for place in (0, 64 * KIB - 1, 64 * KIB, 80 * KIB + 500, MIB, MIB + 1023, offset - 4096, offset - 1):
        changed = bytearray(CONTENT)
        changed[place] ^= 1
        assert checkpoint(bytes(changed), offset) != base
    assert checkpoint(CONTENT, offset + 1) != base
    assert checkpoint(CONTENT[: offset - 1], offset) != base
    assert checkpoint(CONTENT[:offset] + b"what comes later", offset) == base


def test_a_large_file_costs_some_small_reads(tmp_path: Path):
    """Some milliseconds, of a file that takes no space on disk."""
    path = tmp_path / "log"
    size = 1 << 30
    with path.open("wb") as file:
        file.truncate(size)
    reads: list[int] = []

    def read_at(offset: int, length: int) -> bytes:
        reads.append(length)
        return os.pread(fd, length, offset)

    fd = os.open(path, os.O_RDONLY)
    try:
        samples = file_samples(fd, size)
        assert samples == file_samples(path, size) == checkpoint_of_file(read_at, size)
    finally:
        os.close(fd)
    assert len(reads) < 240
    assert sum(reads) < 320 * KIB
