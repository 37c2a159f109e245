"""Small logs that follow each other, such as thousands of daily archives: they share a plan and a transaction."""

from collections.abc import Iterator, Sequence

from cowrie_assets.ingest.discovery import LogFile

SMALL_FILE = 64 * 1024
"""Bytes up to which logs share a transaction with those beside them."""
SMALL_CONTENT = 2 * 1024 * 1024
"""Bytes that a small log may unpack to, or it is loaded alone."""
_MOST_TOGETHER = 100


def groups(logs: Sequence[tuple[LogFile, int]]) -> Iterator[list[tuple[LogFile, int]]]:
    """The logs with their sizes, in their order: small ones that follow each other together, each large one alone."""
    group: list[tuple[LogFile, int]] = []
    for log, size in logs:
        if group and (size > SMALL_FILE or len(group) == _MOST_TOGETHER):
            yield group
            group = []
        group.append((log, size))
        if size > SMALL_FILE:
            yield group
            group = []
    if group:
        yield group
