"""A look at a log from outside: whether a file can be taken as unchanged by what its folder says of it alone.

A file whose size, times and inode are what they were costs a stat. It is opened all the same, and samples of it
compared, where that proves little: it was written so shortly before the last look that the clock may not tell the two
apart (git's "racy" rule), its times lie in the future, or it belongs to the share that is due.
"""

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from sqlalchemy import Connection, Select, bindparam, select

from cowrie_assets.ingest.discovery import LogFile
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.codec import encode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import log_paths, logs
from cowrie_assets.warehouse.sql import statement

_NS_PER_SECOND = 1_000_000_000
_RACY_NS = 2 * _NS_PER_SECOND
"""The coarsest clock of a file system: FAT's."""
_SHARE_PERIOD_NS = 60 * _NS_PER_SECOND
_SHARES = 50
"""Of logs that seem unchanged one in so many is opened in each minute, each of them in another one."""
_AT_ONCE = 500
"""So many paths are asked for by one query."""


class Seen(NamedTuple):
    """What the ledger says of a path: how the file was when it was last looked at, and what is known of its content."""

    path: str
    log_id: int | None
    size: int
    mtime_ns: int
    inode: int
    samples: bytes
    pending_bytes: int
    ctime_ns: int | None
    looked_at_ns: int | None
    status: str | None
    first_event_at: int | None
    last_event_at: int | None
    doubt: int | None
    dead_letters: int | None
    read_limit: int | None

    @property
    def event_times(self) -> list[int]:
        """The first and the last event's time, as far as there is one."""
        return [time for time in (self.first_event_at, self.last_event_at) if time is not None]


_ALL: Select[Any] = select(
    *(log_paths.c[name] for name in Seen._fields[: Seen._fields.index("status")]),
    *(logs.c[name] for name in Seen._fields[Seen._fields.index("status") :]),
).select_from(log_paths.outerjoin(logs, logs.c.id == log_paths.c.log_id))
_SOME = _ALL.where(
    log_paths.c.collector == bindparam("collector"), log_paths.c.path.in_(bindparam("paths", expanding=True))
)


def path_key(log: LogFile) -> str:
    """A log's path as the ledger has it."""
    return encode_text(str(log.path.absolute()))


def seen_paths(connection: Connection, files: Sequence[LogFile]) -> dict[str, Seen]:
    """What the ledger says of each of `files` that it knows the path of, by `path_key`: of so many at a time, whatever
    else the ledger has.

    All of them are of one collector.
    """
    wanted = list({path_key(log) for log in files})
    seen: dict[str, Seen] = {}
    for begin in range(0, len(wanted), _AT_ONCE):
        some = {"collector": files[0].collector, "paths": wanted[begin : begin + _AT_ONCE]}
        seen.update((row[0], Seen(*row)) for row in connection.execute(_SOME, some))
    return seen


def names_to_look_at(
    warehouse: Warehouse, look: "Look", collector: str, folder: str, names: Sequence[str]
) -> list[str]:
    """Those of the names in a folder whose files a stat does not show to be unchanged: what is left is looked at as
    `Look.shows_no_change` does. Of half a million logs nothing is kept but names this way."""
    place = encode_text(str(Path(folder).absolute())).rstrip("/") + "/"
    paths = [place + encode_text(name) for name in names]
    of = {
        "collector": collector,
        "first": min(paths),
        "last": max(paths),
        "racy_ns": _RACY_NS,
        "max_line_bytes": look.max_line_bytes,
    }
    with warehouse.read() as connection:
        standing = set(map(tuple, connection.execute(statement("ingest/standing_files"), of).all()))
    beside = folder.rstrip("/") + "/"
    return [
        name
        for name, path in zip(names, paths, strict=True)
        if (path, *_marks(beside + name)) not in standing or look._is_due(path)
    ]


def _marks(path: str) -> tuple[int, ...]:
    """What a stat tells a file by; nothing where there is none."""
    try:
        status = os.stat(path)  # noqa: PTH116
    except OSError:
        return ()
    return status.st_size, status.st_mtime_ns, status.st_ino, status.st_ctime_ns


@dataclass(frozen=True, slots=True)
class Look:
    """What one moment's looks go by."""

    quiet_seconds: int
    max_line_bytes: int
    now_ns: int

    @classmethod
    def now(cls, settings: Settings) -> "Look":
        """The look of this moment."""
        return cls(settings.quiet_seconds, settings.max_line_bytes, time.time_ns())

    def is_closed(self, log: LogFile, mtime_ns: int, *, compressed: bool) -> bool:
        """Whether nobody writes a log any more: its name or its compression says so, or it is quiet for long."""
        return compressed or not log.live or self.now_ns - mtime_ns > self.quiet_seconds * _NS_PER_SECOND

    def is_done(self, log: LogFile, seen: Seen) -> bool:
        """Whether a file that did not change has nothing to give: a log that is closed since the last look may, for
        then its unfinished last line counts, and so may one that calls for a second look."""
        if self.calls_for_a_second(seen.doubt, seen.dead_letters, seen.read_limit):
            return False
        closed = self.is_closed(log, seen.mtime_ns, compressed=False)
        return not seen.pending_bytes or not closed or seen.status == "closed"

    def calls_for_a_second(self, doubt: int | None, dead_letters: int | None, read_limit: int | None) -> bool:
        """Whether a log's ledger row alone says that it is to be read again: it was set in doubt, or lines of it died
        that a limit raised since may let live."""
        return bool(doubt or (dead_letters and (read_limit or 0) < self.max_line_bytes))

    def shows_no_change(self, log: LogFile, status: os.stat_result, seen: Seen) -> bool:
        """Whether a file need not be opened to know that it has nothing new."""
        return (
            (status.st_size, status.st_mtime_ns, status.st_ino) == (seen.size, seen.mtime_ns, seen.inode)
            and status.st_ctime_ns == seen.ctime_ns
            and self.is_done(log, seen)
            and _proves_much(status, seen.looked_at_ns)
            and not self._is_due(seen.path)
        )

    def _is_due(self, path: str) -> bool:
        number = crc32(path.encode("utf-8", "surrogatepass")) + self.now_ns // _SHARE_PERIOD_NS
        return number % _SHARES == 0


def proves_more(status: os.stat_result, seen: Seen, looked_at_ns: int) -> bool:
    """Whether a look at that time, which found the file unchanged, lets the next one do with a stat where the last did
    not."""
    known = status.st_ctime_ns == seen.ctime_ns and _proves_much(status, seen.looked_at_ns)
    return not known and _proves_much(status, looked_at_ns)


def _proves_much(status: os.stat_result, looked_at_ns: int | None) -> bool:
    written_ns = max(status.st_mtime_ns, status.st_ctime_ns)
    return looked_at_ns is not None and written_ns + _RACY_NS < looked_at_ns


def stats(files: Sequence[LogFile]) -> Iterator[tuple[LogFile, os.stat_result | OSError]]:
    """Each log with its stat, or with what kept it from being had."""
    for log in files:
        try:
            yield log, os.stat(str(log.path))  # noqa: PTH116  (str: a Path costs twice as much)
        except OSError as error:
            yield log, error
