"""Decompressing what may be cut off or corrupt: everything that can be had comes out, in pieces of bounded size.

An archive inside an archive (`cowrie.json.1.gz.1.gz`, which logrotate makes of a glob that catches its own files) is
unpacked to what lies innermost.
"""

from collections.abc import Callable, Generator, Iterator
from itertools import chain
from typing import Literal, Protocol

Compression = Literal["plain", "gzip", "bzip2", "zstd", "xz"]
ReadAt = Callable[[int, int], bytes]
"""`read_at(offset, length)`: that much of the raw file, less at its end."""
Source = Callable[[int], Iterator[bytes]]
"""`source(offset)`: the compressed bytes from that offset on, in pieces; may be called again."""

MAGIC_BYTES = 10
"""How much of a file's start `compression_of` looks at."""
MOST_LAYERS = 3
"""So many archives may lie in one another; a file that unpacks to itself for ever ends there."""
TOO_DEEP = f"The archive is compressed more than {MOST_LAYERS} times over: unpack it first."
"""The damage of one with more."""

_INPUT_BYTES = 64 * 1024
_FIRST_INPUT_BYTES = 512
"""A stream is given little at first, then ever more: of a million tiny streams each would copy what lies behind it."""
_PIECE_BYTES = 1024 * 1024
_ZSTD_INPUT_BYTES = 128  # zstandard bounds no output: 4 bytes may make 128 KiB, so that this makes 4 MiB at most
_MEMORY_BYTES = 128 * 1024 * 1024
"""What xz and zstd may take for their windows: `xz -9` needs 65 MiB; an archive may demand gigabytes."""
_BZIP2_BLOCKS = (b"\x31\x41\x59\x26\x53\x59", b"\x17\x72\x45\x38\x50\x90")


class CorruptError(ValueError):
    """The bytes are not what this decompressor reads."""


class MissingLibraryError(ImportError):
    """What is needed to decompress is not installed; the message says how to get it."""


class _Stream(Protocol):
    """One compressed stream (a gzip member, a bzip2 or xz stream, a zstd frame) being decompressed."""

    def push(self, data: bytes) -> Iterator[bytes]:
        """What `data` gives, in bounded pieces. Raises CorruptError."""

    @property
    def unused(self) -> bytes | None:
        """None until the stream has ended; then what was pushed behind its end."""


class _Decompressor(Protocol):
    """What `bz2` and `lzma` of the standard library have in common."""

    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...


class _GzipStream:
    def __init__(self) -> None:
        import zlib  # noqa: PLC0415  (each library when an archive asks for it: a Python may lack it)

        self._error = zlib.error
        self._inflate = zlib.decompressobj(wbits=31)

    def push(self, data: bytes) -> Iterator[bytes]:
        try:
            # behind the end, what is left stands in `unconsumed_tail` as well: pushed again, it would be there twice
            while not self._inflate.eof and (piece := self._inflate.decompress(data, _PIECE_BYTES)):
                yield piece
                data = self._inflate.unconsumed_tail
        except self._error as error:
            raise CorruptError(str(error)) from error

    @property
    def unused(self) -> bytes | None:
        return self._inflate.unused_data if self._inflate.eof else None


class _LibraryStream:
    """A stream that `bz2` or `lzma` reads."""

    def __init__(self, decompressor: _Decompressor, *errors: type[Exception]) -> None:
        self._decompressor = decompressor
        self._errors = errors

    def push(self, data: bytes) -> Iterator[bytes]:
        decompressor = self._decompressor
        try:
            while not decompressor.eof:
                piece = decompressor.decompress(data, _PIECE_BYTES)
                data = b""
                if piece:
                    yield piece
                if decompressor.needs_input:
                    return
        except self._errors as error:
            raise CorruptError(str(error)) from error

    @property
    def unused(self) -> bytes | None:
        return self._decompressor.unused_data if self._decompressor.eof else None


class _ZstdStream:
    def __init__(self) -> None:
        import zstandard  # noqa: PLC0415

        self._error = zstandard.ZstdError
        self._decompressor = zstandard.ZstdDecompressor(max_window_size=_MEMORY_BYTES).decompressobj()

    def push(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), _ZSTD_INPUT_BYTES):
            try:
                piece = self._decompressor.decompress(data[start : start + _ZSTD_INPUT_BYTES])
            except self._error as error:
                raise CorruptError(str(error)) from error
            for begin in range(0, len(piece), _PIECE_BYTES):
                yield piece[begin : begin + _PIECE_BYTES]
            if self._decompressor.eof:
                self._behind = self._decompressor.unused_data + data[start + _ZSTD_INPUT_BYTES :]
                return

    @property
    def unused(self) -> bytes | None:
        return self._behind if self._decompressor.eof else None


def _bzip2_stream() -> _Stream:
    import bz2  # noqa: PLC0415

    return _LibraryStream(bz2.BZ2Decompressor(), OSError)


def _xz_stream() -> _Stream:
    import lzma  # noqa: PLC0415

    return _LibraryStream(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY_BYTES), lzma.LZMAError)


_STREAMS: dict[Compression, Callable[[], _Stream]] = {
    "gzip": _GzipStream,
    "bzip2": _bzip2_stream,
    "zstd": _ZstdStream,
    "xz": _xz_stream,
}
_REMEDIES = {"zstd": "the package zstandard: pip install zstandard"}


def _new_stream(compression: Compression) -> _Stream:
    try:
        return _STREAMS[compression]()
    except ImportError as error:
        remedy = _REMEDIES.get(compression, f"a Python that was built with it: {error}")
        raise MissingLibraryError(f"Reading {compression} needs {remedy}.") from error


def compression_of(head: bytes) -> Compression:
    """How a file that starts with `head` is compressed: magic bytes decide, never its name."""
    if head.startswith(b"\x1f\x8b\x08"):
        return "gzip"
    if head.startswith(b"BZh") and head[4:10] in _BZIP2_BLOCKS:
        return "bzip2"
    if head.startswith(b"\x28\xb5\x2f\xfd"):
        return "zstd"
    if head.startswith(b"\xfd7zXZ\x00"):
        return "xz"
    return "plain"


class Decompression:
    """The content of a compressed file: what all its streams give one after the other, unpacked again where that is
    compressed too.

    After `pieces` is exhausted, `damage` says in a sentence what is wrong with the archive, None where nothing is.
    Zeros behind the last stream are padding, no damage.
    """

    def __init__(self, read_at: ReadAt, compression: Compression) -> None:
        self.damage: str | None = None
        self._file = _pieces_of(read_at)
        self._compression = compression

    def pieces(self) -> Iterator[bytes]:
        """The content in pieces of about 1 MiB at most; everything that decompresses comes before damage ends it."""
        layers = [_Layer(self._file, self._compression)]
        while True:
            pieces = layers[-1].pieces()
            head = b""
            while len(head) < MAGIC_BYTES and (piece := next(pieces, b"")):
                head += piece
            inner = compression_of(head)
            if inner == "plain" or len(layers) == MOST_LAYERS:
                break
            layers.append(_Layer(layers[-1].content_from, inner))
        if inner == "plain":
            yield from chain((head,) if head else (), pieces)
            self.damage = next((layer.damage for layer in layers if layer.damage), None)
        else:
            self.damage = TOO_DEEP


def _pieces_of(read_at: ReadAt) -> Source:
    def source(offset: int) -> Iterator[bytes]:
        while data := read_at(offset, _INPUT_BYTES):
            yield data
            offset += len(data)

    return source


class _Layer:
    """One archive: of the file, or of what another archive holds."""

    def __init__(self, source: Source, compression: Compression) -> None:
        self.damage: str | None = None
        self._source = source
        self._compression = compression

    def content_from(self, offset: int) -> Iterator[bytes]:
        """The content from an offset on, unpacked anew: a `Source` for the archive inside. What damage there is, the
        last one that was read to its end has told."""
        for piece in self.pieces():
            if offset < len(piece):
                yield piece[offset:]
            offset = max(offset - len(piece), 0)

    def pieces(self) -> Iterator[bytes]:
        """What the streams give; everything that decompresses comes before damage ends it."""
        self.damage = None
        source = _Pushback(self._source(0))
        while True:
            yield from self._stream(source)
            if self.damage is not None:
                return
            source.skip_zeros()
            head = source.peek(MAGIC_BYTES)
            if not head:
                return
            if compression_of(head) != self._compression:
                self.damage = (
                    f"The archive has bytes behind its end, from byte {source.position} on, that are no "
                    f"{self._compression}."
                )
                return

    def _stream(self, source: "_Pushback") -> Generator[bytes, None, None]:
        """The content of the stream that begins where `source` stands, and `source` behind it."""
        start, given, wanted = source.position, 0, _FIRST_INPUT_BYTES
        data = b""
        try:
            stream = _new_stream(self._compression)
            while stream.unused is None:
                data = source.take(wanted)
                wanted = min(wanted * 2, _INPUT_BYTES)
                if not data:
                    self.damage = (
                        f"The {self._compression} archive ends at byte {source.position} before its end: "
                        "it was cut off."
                    )
                    return
                for piece in stream.push(data):
                    given += len(piece)
                    yield piece
            source.push_back(stream.unused)
        except MissingLibraryError as error:
            self.damage = str(error)
        except CorruptError as error:
            pushed = source.position - len(data)
            yield from self._rescue(start, pushed, data, given)
            self.damage = f"The {self._compression} archive is damaged near byte {pushed}: {error}."

    def _rescue(self, start: int, pushed: int, last: bytes, given: int) -> Iterator[bytes]:
        """What the chunk `last` gives before it fails: a failing call keeps it, so the stream is run again up to the
        chunk's begin at byte `pushed`, and then byte by byte. The first `given` bytes came out before."""
        again = _Pushback(self._source(start))
        stream = _new_stream(self._compression)
        left = pushed - start
        try:
            while left and (data := again.take(min(left, _INPUT_BYTES))):
                left -= len(data)
                for piece in stream.push(data):
                    yield from _rest(piece, given)
                    given = max(given - len(piece), 0)
            for byte in last:
                for piece in stream.push(bytes((byte,))):
                    yield from _rest(piece, given)
                    given = max(given - len(piece), 0)
        except CorruptError:
            return


def _rest(piece: bytes, given: int) -> Iterator[bytes]:
    if given < len(piece):
        yield piece[given:]


class _Pushback:
    """Bytes that come in pieces, taken in any portions; what was taken too much can be given back."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.position = 0
        """How much was taken."""
        self._pieces = pieces
        self._buffer = b""
        self._at = 0

    def take(self, most: int) -> bytes:
        """The next bytes, at most so many; none at the end."""
        if self._at == len(self._buffer):
            self._buffer, self._at = next(self._pieces, b""), 0
        data = self._buffer[self._at : self._at + most]
        self._at += len(data)
        self.position += len(data)
        return data

    def push_back(self, data: bytes) -> None:
        """Give back the last bytes of what `take` gave last."""
        self._at -= len(data)
        self.position -= len(data)

    def peek(self, length: int) -> bytes:
        """The next `length` bytes, fewer at the end; they stay to be taken."""
        while len(self._buffer) - self._at < length and (more := next(self._pieces, b"")):
            self._buffer, self._at = self._buffer[self._at :] + more, 0
        return self._buffer[self._at : self._at + length]

    def skip_zeros(self) -> None:
        """Go on to the next byte that is not zero, or to the end."""
        while self.peek(1):
            rest = self._buffer[self._at :].lstrip(b"\0")
            self.position += len(self._buffer) - self._at - len(rest)
            self._buffer, self._at = rest, 0
            if rest:
                return
