"""A log's content: its bytes after decompression and, where it is UTF-16, in UTF-8. The one place that opens logs.

Offsets everywhere in the project are offsets in this content.
"""

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import Self

from cowrie_assets.ingest.decompression import MAGIC_BYTES, Compression, Decompression, compression_of
from cowrie_assets.ingest.encoding import SNIFFED_BYTES, utf16_of, utf16_to_utf8
from cowrie_assets.ingest.witness import Witness


class LogContent:
    """An opened log. A context manager; raises OSError where `path` cannot be opened or is no regular file.

    The file may grow, shrink or be renamed while it is read: what is there is read.
    """

    def __init__(self, path: Path) -> None:
        self.damage: str | None = None
        """After `blocks` is exhausted: what is wrong with the archive, in a sentence."""
        self.end = 0
        """After `blocks` is exhausted: the offset behind the last byte that came; `start` where none did."""
        self.witness: Witness | None = None
        """Where set: sees every byte that is read of the file."""
        # O_NONBLOCK: a named pipe put in a log's place must not hold the reader up.
        self._fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            self.stat: os.stat_result = os.fstat(self._fd)
            _require_regular(path, self.stat)
            self.compression: Compression = compression_of(self._read_at(0, MAGIC_BYTES))
            self.seekable = self.compression == "plain" and utf16_of(self._read_at(0, SNIFFED_BYTES)) is None
            """Whether an offset in the content is the same offset in the file."""
        except BaseException:
            os.close(self._fd)
            raise

    def read_at(self, offset: int, length: int) -> bytes:
        """The file's bytes as they lie on disk; less at its end."""
        return os.pread(self._fd, length, offset)

    def fileno(self) -> int:
        """The file descriptor, of the file as it lies on disk."""
        return self._fd

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._fd)

    def blocks(self, start: int = 0, block_size: int = 1 << 17) -> Iterator[bytes]:
        """The content from offset `start` on, in blocks of about `block_size` bytes; none is empty.

        Bounded memory whatever the archive. Everything that can be read comes; a damaged archive or a failing disk ends
        the content and is told by `damage`.
        """
        self.damage = None
        self.end = start
        if self.seekable:
            source = self._plain(start, block_size)
        else:
            source = _in_blocks(_behind(start, self._converted(block_size)), block_size)
        for block in source:
            self.end += len(block)
            yield block

    def _converted(self, block_size: int) -> Iterator[bytes]:
        pieces = self._raw(block_size)
        head = b""
        while len(head) < SNIFFED_BYTES and (piece := next(pieces, b"")):
            head += piece
        encoding = utf16_of(head)
        pieces = chain((head,), pieces)
        return pieces if encoding is None else utf16_to_utf8(pieces, encoding)

    def _raw(self, block_size: int) -> Iterator[bytes]:
        if self.compression == "plain":
            yield from self._plain(0, block_size)
            return
        archive = Decompression(self._read_at, self.compression)
        try:
            yield from archive.pieces()
        except OSError as error:
            self.damage = f"Reading failed: {error.strerror or error}."
        self.damage = self.damage or archive.damage

    def _plain(self, start: int, block_size: int) -> Iterator[bytes]:
        position = start
        try:
            while block := self._read_at(position, block_size):
                yield block
                position += len(block)
        except OSError as error:
            self.damage = f"Reading failed at byte {position}: {error.strerror or error}."

    def _read_at(self, offset: int, length: int) -> bytes:
        data = os.pread(self._fd, length, offset)
        if self.witness is not None:
            self.witness.saw(offset, data)
        return data


def _require_regular(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "it is no regular file", str(path))


def _behind(start: int, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces without their first `start` bytes."""
    for piece in pieces:
        if start < len(piece):
            yield piece[start:]
        start = max(start - len(piece), 0)


def _in_blocks(pieces: Iterable[bytes], block_size: int) -> Iterator[bytes]:
    """The pieces joined, and cut, to blocks of `block_size`; the last may be shorter."""
    gathered, size = list[bytes](), 0
    for piece in pieces:
        gathered.append(piece)
        size += len(piece)
        if size < block_size:
            continue
        whole = b"".join(gathered)
        end = size - size % block_size
        yield from (whole[position : position + block_size] for position in range(0, end, block_size))
        gathered, size = [whole[end:]], size - end
    if size:
        yield b"".join(gathered)
