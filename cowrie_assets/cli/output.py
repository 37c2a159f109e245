"""Standard output that is written whole, or fails: never cut with exit code 0."""

import io
import os
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

STANDARD_OUTPUT = "standard output"
"""The file name in errors of writing to it."""


class _NamedOutput(io.RawIOBase):
    """A descriptor to write to, whose errors say that it is standard output."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self._descriptor = descriptor

    def fileno(self) -> int:
        return self._descriptor

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return os.isatty(self._descriptor)

    def write(self, data: "ReadableBuffer", /) -> int:
        try:
            return os.write(self._descriptor, data)
        except OSError as error:
            error.filename = STANDARD_OUTPUT
            raise


def whole_output(stream: TextIO | None) -> TextIO:
    """A buffered stream over the same descriptor as `stream`, which is standard output as Python opened it.

    With PYTHONUNBUFFERED=1 Python's own is raw: where the system takes a part of a write, the rest is lost without a
    word. Raises OSError where standard output is closed; another file that is opened might get its descriptor.
    """
    if stream is None:
        raise OSError("standard output is closed: redirect it to /dev/null where nobody is to read it")
    raw = _NamedOutput(stream.fileno())
    return io.TextIOWrapper(
        io.BufferedWriter(raw), encoding=stream.encoding, errors=stream.errors, line_buffering=stream.isatty()
    )


def finish_output() -> OSError | None:
    """Write what waits; the error where it cannot be written, and then nothing is tried again when Python ends."""
    try:
        sys.stdout.flush()
    except OSError as error:
        discard_output()
        return error
    return None


def discard_output() -> None:
    """Let what waits for standard output go nowhere; without this Python complains once more when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
