"""Content whatever the compression, the encoding and the damage."""

import bz2
import gzip
import lzma
import os
import random
import tracemalloc
import zlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import zstandard

from cowrie_assets.cowrie.framing import Framer, Whole
from cowrie_assets.ingest.content import LogContent
from cowrie_assets.ingest.decompression import MOST_LAYERS, _GzipStream, compression_of
from cowrie_assets.ingest.encoding import utf16_of

MIB = 1024 * 1024
_RANDOM = random.Random(7)
LINES = b"".join(b'{"eventid":"cowrie.x","n":%d,"r":"%016x"}\n' % (n, _RANDOM.getrandbits(64)) for n in range(40_000))
COMPRESS = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "zstd": zstandard.compress,
    "xz": partial(lzma.compress, preset=0),  # the quickest: what is read of it is the same
}


def read(path: Path, data: bytes, start: int = 0, block_size: int = 1 << 17) -> tuple[bytes, str | None]:
    path.write_bytes(data)
    with LogContent(path) as content:
        blocks = list(content.blocks(start, block_size))
        assert all(blocks)
        assert content.end == start + sum(map(len, blocks))
        return b"".join(blocks), content.damage


@pytest.mark.parametrize("compression", COMPRESS)
def test_magic_bytes_decide_never_the_name(tmp_path: Path, compression: str):
    path = tmp_path / "cowrie.json"
    assert read(path, COMPRESS[compression](LINES)) == (LINES, None)
    with LogContent(path) as content:
        assert (content.compression, content.seekable) == (compression, False)
    plain = tmp_path / "cowrie.json.1.gz"
    assert read(plain, LINES) == (LINES, None)
    with LogContent(plain) as content:
        assert (content.compression, content.seekable, content.stat.st_size) == ("plain", True, len(LINES))


@pytest.mark.parametrize("compression", ["plain", *COMPRESS])
def test_content_can_be_read_from_any_offset_in_blocks_of_any_size(tmp_path: Path, compression: str):
    data = COMPRESS.get(compression, bytes)(LINES)
    for start in (1, 70_000, len(LINES) - 1, len(LINES)):
        assert read(tmp_path / "log", data, start, block_size=1000 + start % 7) == (LINES[start:], None)


@pytest.mark.parametrize("compression", COMPRESS)
def test_all_streams_of_an_archive_and_the_zeros_behind_them(tmp_path: Path, compression: str):
    compress = COMPRESS[compression]
    data = compress(LINES[:100]) + compress(b"") + compress(LINES[100:]) + b"\0" * 70_000
    assert read(tmp_path / "log", data) == (LINES, None)


@pytest.mark.parametrize("compression", COMPRESS)
def test_bytes_behind_an_archive_are_told(tmp_path: Path, compression: str):
    content, damage = read(tmp_path / "log", COMPRESS[compression](LINES) + b"\0\0junk")
    assert content == LINES
    assert damage is not None
    assert "behind its end" in damage


@pytest.mark.parametrize("compression", COMPRESS)
@pytest.mark.parametrize("share", [0.0001, 0.3, 0.5, 0.99, 0.99999])
def test_an_archive_that_was_cut_off_gives_all_that_decompresses(tmp_path: Path, compression: str, share: float):
    archive = COMPRESS[compression](LINES)
    cut = archive[: max(int(len(archive) * share), 10)]
    content, damage = read(tmp_path / "log", cut)
    assert LINES.startswith(content)
    assert damage is not None
    assert "cut off" in damage
    if compression == "gzip":
        assert len(content) >= len(LINES) * share - 40_000


@pytest.mark.parametrize("compression", COMPRESS)
def test_a_corrupt_archive_gives_all_before_the_damage(tmp_path: Path, compression: str):
    first, second = LINES[: MIB + 12_345], LINES[MIB + 12_345 :]
    archive = bytearray(COMPRESS[compression](second))
    archive[12:40] = b"\xff" * 28
    content, damage = read(tmp_path / "log", COMPRESS[compression](first) + bytes(archive))
    assert content.startswith(first)
    assert len(content) < len(LINES)
    assert damage is not None


def test_what_a_failing_call_had_decompressed_is_not_lost(tmp_path: Path):
    """One chunk holds the whole member and its wrong checksum: zlib then gives nothing of the chunk."""
    archive = bytearray(gzip.compress(LINES[:5000]))
    archive[-6] ^= 0xFF
    content, damage = read(tmp_path / "log", bytes(archive))
    assert content == LINES[:5000]
    assert damage is not None


@pytest.mark.parametrize("compression", COMPRESS)
def test_a_decompression_bomb_needs_little_memory(tmp_path: Path, compression: str):
    path = tmp_path / "log"
    path.write_bytes(COMPRESS[compression](b"\0" * (96 * MIB)))
    tracemalloc.start()
    with LogContent(path) as content:
        framer, size = Framer(), 0
        for block in content.blocks():
            size += len(block)
            assert framer.feed(block) == []
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size == 96 * MIB
    assert peak < 64 * MIB


@pytest.mark.parametrize("inner", COMPRESS)
@pytest.mark.parametrize("outer", COMPRESS)
def test_an_archive_in_an_archive_is_unpacked_twice(tmp_path: Path, inner: str, outer: str):
    """As logrotate makes it of a glob that catches its own archives."""
    archive = COMPRESS[outer](COMPRESS[inner](LINES[:MIB]) + COMPRESS[inner](LINES[MIB:]))
    assert read(tmp_path / "log", archive) == (LINES, None)
    assert read(tmp_path / "log", archive, start=70_000) == (LINES[70_000:], None)
    with LogContent(tmp_path / "log") as content:
        assert (content.compression, content.seekable) == (outer, False)


def test_damage_of_an_archive_in_an_archive_is_told_and_what_lies_before_it_comes(tmp_path: Path):
    inner = bytearray(gzip.compress(LINES))
    content, damage = read(tmp_path / "log", gzip.compress(bytes(inner))[:-2000])
    assert len(content) > MIB
    assert LINES.startswith(content)
    assert damage is not None
    assert "cut off" in damage
    inner[-6] ^= 0xFF
    content, damage = read(tmp_path / "log", gzip.compress(bytes(inner)))
    assert content == LINES, "the inner checksum is wrong: its last chunk is had byte by byte"
    assert damage is not None
    assert "damaged" in damage


def test_archives_in_archives_without_end_are_told(tmp_path: Path):
    archive = LINES[:1000]
    for _ in range(MOST_LAYERS):
        archive = gzip.compress(archive)
    assert read(tmp_path / "log", archive) == (LINES[:1000], None)
    content, damage = read(tmp_path / "log", gzip.compress(archive))
    assert content == b""
    assert damage is not None
    assert "unpack it first" in damage


def test_an_archive_that_demands_gigabytes_of_memory_is_told(tmp_path: Path):
    """Its header says so, which takes no such memory to write."""
    greedy = bytearray(lzma.compress(LINES[:1000], filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 4096}]))
    assert greedy[12:17] == bytes([2, 0, lzma.FILTER_LZMA2, 1, 0])
    greedy[16] = 36  # a dictionary of 1 GiB
    greedy[20:24] = zlib.crc32(greedy[12:20]).to_bytes(4, "little")
    content, damage = read(tmp_path / "log", bytes(greedy))
    assert content == b""
    assert damage is not None
    assert "emory" in damage


def test_a_million_tiny_streams_copy_little(tmp_path: Path):
    """Counted in bytes handed to the decompressor: not all that lies behind a stream is pushed into it."""
    data = gzip.compress(b"") * 50_000 + gzip.compress(LINES[:1000])
    pushed = 0
    push = _GzipStream.push

    def counting(stream: _GzipStream, given: bytes) -> Iterator[bytes]:
        nonlocal pushed
        pushed += len(given)
        return push(stream, given)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(_GzipStream, "push", counting)
        assert read(tmp_path / "log", data) == (LINES[:1000], None)
    assert pushed < 50 * len(data)


def test_zstd_without_the_library_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(__import__("sys").modules, "zstandard", None)
    content, damage = read(tmp_path / "log", zstandard.compress(LINES))
    assert content == b""
    assert damage is not None
    assert "pip install zstandard" in damage


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("compress", [bytes, gzip.compress])
def test_utf16_is_read_as_utf8(tmp_path: Path, encoding: str, mark: str, compress: object):
    text = mark + '{"eventid":"cowrie.x","input":"naïve \U0001f600"}\r\n{"eventid":"cowrie.y"}\n'
    assert callable(compress)
    content, damage = read(tmp_path / "log", compress(text.encode(encoding) + b"\x7b"), block_size=7)
    assert (content.decode(), damage) == (text, None)
    items = Framer().feed(content)
    assert [item.value["eventid"] for item in items if type(item) is Whole] == ["cowrie.x", "cowrie.y"]
    with LogContent(tmp_path / "log") as opened:
        assert not opened.seekable


def test_what_is_no_utf16():
    for head in (b"\0" * 64, b'\0\0\0\0{"eventid"', b'{"eventid":"x"}', b"", b"{\0", b'{"a":1}\n\0\0\0'):
        assert utf16_of(head) is None


def test_an_empty_log_and_one_that_shrinks_or_grows_while_it_is_read(tmp_path: Path):
    path = tmp_path / "log"
    assert read(path, b"") == (b"", None)
    path.write_bytes(LINES)
    with LogContent(path) as content:
        blocks = content.blocks(block_size=1000)
        first = next(blocks)
        with path.open("ab") as appended:
            appended.write(b"more\n")
        assert first + b"".join(blocks) == LINES + b"more\n"
        blocks = content.blocks(block_size=1000)
        next(blocks)
        os.truncate(path, 1500)
        assert b"".join(blocks) == LINES[1000:1500]
        assert content.damage is None
        assert list(content.blocks(5000)) == []


def test_what_is_no_regular_file_is_refused_without_waiting(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / "missing"):
        with pytest.raises(OSError):
            LogContent(path)


@pytest.mark.parametrize(
    "head", [b"", b"\x1f\x8b", b"BZh9", b"BZh is no archive", b"\x28\xb5", b'{"eventid":"\x1f\x8b"}', b"PK\x03\x04"]
)
def test_what_is_no_archive(head: bytes):
    assert compression_of(head) == "plain"


def test_gzip_streams_that_unpack_to_many_pieces_follow_each_other(tmp_path: Path) -> None:
    """zlib leaves what stands behind a stream's end in two places where the stream came in several pieces."""
    path = tmp_path / "cowrie.json.1.gz"
    path.write_bytes(gzip.compress(b" " * 5_000_000) * 3 + gzip.compress(b"{}\n"))
    with LogContent(path) as content:
        assert sum(map(len, content.blocks(0))) == 15_000_003
        assert content.damage is None
