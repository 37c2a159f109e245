"""Decompressing what may be cut off or corrupt: everything that can be had comes out, in pieces of bounded size."""

import bz2
import zlib
from collections.abc import Callable, Generator, Iterator
from typing import Literal, Protocol

Compression = Literal["plain", "gzip", "bzip2", "zstd"]
ReadAt = Callable[[int, int], bytes]
"""`read_at(offset, length)`: that much of the raw file, less at its end."""

MAGIC_BYTES = 10
"""How much of a file's start `compression_of` looks at."""

_INPUT_BYTES = 64 * 1024
_PIECE_BYTES = 1024 * 1024
_ZSTD_INPUT_BYTES = 128  # zstandard bounds no output: 4 bytes may make 128 KiB, so that this makes 4 MiB at most
_BZIP2_BLOCKS = (b"\x31\x41\x59\x26\x53\x59", b"\x17\x72\x45\x38\x50\x90")


class CorruptError(ValueError):
    """The bytes are not what this decompressor reads."""


class MissingLibraryError(ImportError):
    """What is needed to decompress is not installed; the message says how to get it."""


class _Stream(Protocol):
    """One compressed stream (a gzip member, a bzip2 stream, a zstd frame) being decompressed."""

    def push(self, data: bytes) -> Iterator[bytes]:
        """What `data` gives, in bounded pieces. Raises CorruptError."""

    @property
    def unused(self) -> bytes | None:
        """None until the stream has ended; then what was pushed behind its end."""


class _GzipStream:
    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(wbits=31)

    def push(self, data: bytes) -> Iterator[bytes]:
        try:
            while piece := self._inflate.decompress(data, _PIECE_BYTES):
                yield piece
                data = self._inflate.unconsumed_tail
        except zlib.error as error:
            raise CorruptError(str(error)) from error

    @property
    def unused(self) -> bytes | None:
        return self._inflate.unused_data if self._inflate.eof else None


class _Bzip2Stream:
    def __init__(self) -> None:
        self._decompressor = bz2.BZ2Decompressor()

    def push(self, data: bytes) -> Iterator[bytes]:
        try:
            while not self._decompressor.eof and (piece := self._decompressor.decompress(data, _PIECE_BYTES)):
                yield piece
                data = b""
        except OSError as error:
            raise CorruptError(str(error)) from error

    @property
    def unused(self) -> bytes | None:
        return self._decompressor.unused_data if self._decompressor.eof else None


class _ZstdStream:
    def __init__(self) -> None:
        try:
            import zstandard  # noqa: PLC0415  (an extra: only who has .zst logs needs it)
        except ImportError as error:
            raise MissingLibraryError(
                "Reading zstd needs the package zstandard: pip install 'cowrie-assets[zstd]'."
            ) from error
        self._error = zstandard.ZstdError
        self._decompressor = zstandard.ZstdDecompressor().decompressobj()

    def push(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), _ZSTD_INPUT_BYTES):
            try:
                piece = self._decompressor.decompress(data[start : start + _ZSTD_INPUT_BYTES])
            except self._error as error:
                raise CorruptError(str(error)) from error
            if piece:
                yield piece
            if self._decompressor.eof:
                self._behind = self._decompressor.unused_data + data[start + _ZSTD_INPUT_BYTES :]
                return

    @property
    def unused(self) -> bytes | None:
        return self._behind if self._decompressor.eof else None


_STREAMS: dict[Compression, Callable[[], _Stream]] = {"gzip": _GzipStream, "bzip2": _Bzip2Stream, "zstd": _ZstdStream}


def compression_of(head: bytes) -> Compression:
    """How a file that starts with `head` is compressed: magic bytes decide, never its name."""
    if head.startswith(b"\x1f\x8b\x08"):
        return "gzip"
    if head.startswith(b"BZh") and head[4:10] in _BZIP2_BLOCKS:
        return "bzip2"
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        return "zstd"
    return "plain"


class Decompression:
    """The content of a compressed file: all its streams one after the other.

    After `pieces` is exhausted, `damage` says in a sentence what is wrong with the archive, None where nothing is.
    Zeros behind the last stream are padding, no damage.
    """

    def __init__(self, read_at: ReadAt, compression: Compression) -> None:
        self.damage: str | None = None
        self._read_at = read_at
        self._compression = compression

    def pieces(self) -> Iterator[bytes]:
        """The content in pieces of a few MiB at most; everything that decompresses comes before damage ends it."""
        start = 0
        while self.damage is None:
            end = yield from self._stream_at(start)
            if end is None:
                return
            start = self._skip_zeros(end)
            head = self._read_at(start, MAGIC_BYTES)
            if not head:
                return
            if compression_of(head) != self._compression:
                self.damage = (
                    f"The archive has bytes behind its end, from byte {start} on, that are no {self._compression}."
                )

    def _stream_at(self, start: int) -> Generator[bytes, None, int | None]:
        """The content of the stream that begins at byte `start`; returns where it ends, None where it is damaged."""
        pushed, given = start, 0
        try:
            stream = _STREAMS[self._compression]()
            while stream.unused is None:
                data = self._read_at(pushed, _INPUT_BYTES)
                if not data:
                    self.damage = (
                        f"The {self._compression} archive ends at byte {pushed} before its end: it was cut off."
                    )
                    return None
                for piece in stream.push(data):
                    given += len(piece)
                    yield piece
                pushed += len(data)
        except MissingLibraryError as error:
            self.damage = str(error)
            return None
        except CorruptError as error:
            yield from self._rescue(start, pushed, given)
            self.damage = f"The {self._compression} archive is damaged near byte {pushed}: {error}."
            return None
        return pushed - len(stream.unused)

    def _rescue(self, start: int, pushed: int, given: int) -> Iterator[bytes]:
        """What the chunk at byte `pushed` gives before it fails: a failing call keeps it, so the stream is run again up
        to there and then byte by byte. The first `given` bytes came out before."""
        try:
            stream = _STREAMS[self._compression]()
            for position in range(start, pushed, _INPUT_BYTES):
                for piece in stream.push(self._read_at(position, min(_INPUT_BYTES, pushed - position))):
                    yield piece[given:]
                    given = max(given - len(piece), 0)
            for byte in self._read_at(pushed, _INPUT_BYTES):
                for piece in stream.push(bytes((byte,))):
                    yield piece[given:]
                    given = max(given - len(piece), 0)
        except CorruptError:
            return

    def _skip_zeros(self, position: int) -> int:
        while data := self._read_at(position, _INPUT_BYTES):
            rest = data.lstrip(b"\0")
            position += len(data) - len(rest)
            if rest:
                break
        return position
