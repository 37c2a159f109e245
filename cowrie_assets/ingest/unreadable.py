"""Files named like logs of which nothing can be read, and why: told when a log is planned, and by who only looks."""

import errno
from pathlib import Path

from cowrie_assets.ingest.content import LogContent
from cowrie_assets.ingest.decompression import MOST_LAYERS, TOO_DEEP
from cowrie_assets.ingest.foreign_formats import foreign_format, is_no_text

HEAD_BYTES = 64 * 1024
"""So much of a content tells what it is."""


def head_of(content: LogContent, path: Path) -> bytes:
    """The beginning of what is read here; empty where there is nothing. Raises OSError where it is none of that."""
    head = next(content.blocks(block_size=HEAD_BYTES), b"")
    foreign = foreign_format(head)
    if foreign is not None:
        raise OSError(errno.EINVAL, f"it is {foreign}, and no log: unpack or convert it first", str(path))
    if content.damage == TOO_DEEP:
        raise OSError(errno.EINVAL, f"it is compressed more than {MOST_LAYERS} times over: unpack it first", str(path))
    return head


def require_lines(content: LogContent, head: bytes, path: Path, *, closed: bool) -> None:
    """Raises OSError where a content that begins with `head` holds anything but lines of text."""
    if is_no_text(head, content.blocks(), closed=closed):
        raise OSError(errno.EINVAL, "it holds no lines of text", str(path))


def why_unreadable(path: Path) -> str | None:
    """Why nothing of the file at `path` can be read, by its beginning; None where something can."""
    try:
        with LogContent(path) as content:
            require_lines(content, head_of(content, path), path, closed=content.compression != "plain")
    except OSError as error:
        return error.strerror or str(error)
    return None
