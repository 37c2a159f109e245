"""Logs that no search takes for logs: files beside them that begin with an event of Cowrie, under another name."""

import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cowrie_assets.amounts import counted
from cowrie_assets.ingest.content import LogContent
from cowrie_assets.ingest.discovery import Discovery

_HEAD_BYTES = 64 * 1024
_EVENT_ID = re.compile(rb'"eventid"\s*:\s*"cowrie\.')


@dataclass(frozen=True, slots=True)
class Unlisted:
    """How many files begin with an event and are not named like logs, and one of them."""

    count: int
    example: str

    @property
    def sentence(self) -> str:
        """For people: what was passed over, and how it is taken in."""
        begin = f"{counted(self.count, 'file')} {'begins' if self.count == 1 else 'begin'}"
        return (
            f"{begin} with an event of Cowrie and {'is' if self.count == 1 else 'are'} not named like a log, such as "
            f"{self.example!r}: passed over; set COWRIE_LOG_NAMES to globs that match "
            f"{'its name' if self.count == 1 else 'their names'}, or name {'it' if self.count == 1 else 'them'} on the "
            "command line of `cowrie-assets ingest`"
        )


def unlisted(found: Discovery) -> Unlisted | None:
    """Look into the heads of some of the files that a search passed by; None where none of them is a log.

    Opens at most the 512 that `found` names, and reads 64 KiB of each.
    """
    logs = [path for path in found.others if _is_log(path)]
    return Unlisted(len(logs), logs[0]) if logs else None


def _is_log(path: str) -> bool:
    try:
        status = os.stat(path)  # noqa: PTH116  (a path may hold what Path refuses)
    except OSError:
        return False
    return _begins_with_an_event(path, status.st_size, status.st_mtime_ns, status.st_ino)


@lru_cache(maxsize=1024)
def _begins_with_an_event(path: str, *_as_it_was: int) -> bool:
    """Whether the head of a file is an event; a process that looks every minute opens one that did not change once."""
    try:
        with LogContent(Path(path)) as content:
            head = next(content.blocks(block_size=_HEAD_BYTES), b"")
    except OSError:
        return False
    line = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\0 \t\r\n").partition(b"\n")[0]
    return line.startswith(b"{") and _EVENT_ID.search(line) is not None
