"""Which days a log has events of: the ledger knows it of what it has read, the first and last lines of the rest tell.

What has no usable event at either end counts as of the day of the last event before it, or else of the day that runs:
some day has to bring it in.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Connection, select

from cowrie_assets.clock import US_PER_DAY, day_of_number, now_us
from cowrie_assets.cowrie.event import NotAnEventError, Source, read_event
from cowrie_assets.cowrie.framing import Framer, Item, Whole
from cowrie_assets.ingest.content import LogContent
from cowrie_assets.ingest.discovery import LogFile
from cowrie_assets.ingest.ledger import KnownLog, plan_log
from cowrie_assets.ingest.sources import Sources, folder_name
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.codec import encode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import log_paths, logs

_EDGE_BYTES = 256 * 1024
_GLANCE_BYTES = 32 * 1024 * 1024
"""So much of an archive is unpacked for a glance."""


@dataclass(frozen=True, slots=True)
class LogSpan:
    """A log and the days, both inclusive, of its events, as far as they are known.

    `new`: the days, both inclusive, of what the warehouse does not have yet of it; None where it has all.
    """

    log: LogFile
    first_day: date
    last_day: date
    new: tuple[date, date] | None

    def holds_any_of(self, days: Sequence[date]) -> bool:
        """Whether one of `days` lies within the span."""
        return any(self.first_day <= day <= self.last_day for day in days)

    def new_days(self) -> list[date]:
        """Each day of `new`."""
        if self.new is None:
            return []
        first, last = self.new
        return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def log_spans(
    warehouse: Warehouse, settings: Settings, files: Sequence[LogFile], *, glance: bool = False
) -> Iterator[LogSpan]:
    """The span of each log that has one: a log that is empty, or that cannot be read, has none.

    The end of an archive that was not read yet is found by unpacking all of it. A `glance` does without: such a span
    may end too early, and begins right.
    """
    for log in files:
        try:
            span = _span(warehouse, settings, log, glance)
        except OSError:
            continue
        if span is not None:
            yield span


def _span(warehouse: Warehouse, settings: Settings, log: LogFile, glance: bool) -> LogSpan | None:
    with warehouse.read() as connection:
        plan = plan_log(connection, log, quiet_seconds=settings.quiet_seconds, skip_unchanged=True)
        times = _known_times(connection, log) if plan is None else _times_of(plan.known)
    if plan is None:
        new = []
    elif plan.file.size == 0:
        return None
    else:
        read = plan.known.bytes_read if plan.known else 0
        new = edge_times(log, settings, read, glance=glance) or times[-1:] or [now_us()]
    if not times and not new:
        return None
    first, last = _days([*times, *new])
    return LogSpan(log, first, last, new=_days(new) if new else None)


def _known_times(connection: Connection, log: LogFile) -> list[int]:
    path = encode_text(str(log.path.absolute()))
    row = connection.execute(
        select(logs.c.first_event_at, logs.c.last_event_at)
        .join(log_paths, log_paths.c.log_id == logs.c.id)
        .where(log_paths.c.path == path)
    ).one_or_none()
    return [time for time in row or () if time is not None]


def _times_of(known: KnownLog | None) -> list[int]:
    return [time for time in (known.first_event_at, known.last_event_at) if time is not None] if known else []


def _days(times: Sequence[int]) -> tuple[date, date]:
    return day_of_number(min(times) // US_PER_DAY), day_of_number(max(times) // US_PER_DAY)


def edge_times(log: LogFile, settings: Settings, start: int = 0, *, glance: bool = False) -> list[int]:
    """The times (microseconds since the epoch) of the events at the edges of what a log holds behind offset `start`.

    An edge is 256 KiB. Nothing where neither has a usable event. `glance`: see `log_spans`.
    """
    source = Sources(settings.registry).of(folder_name(log.path), log.path.parent)
    head, tail = _edges(log.path, start, _GLANCE_BYTES if glance else None)
    return [*_times(head, source), *_times(tail.partition(b"\n")[2], source)]


def _edges(path: Path, start: int, most: int | None) -> tuple[bytes, bytes]:
    head = b""
    tail = b""
    with LogContent(path) as content:
        tail_start = max(content.stat.st_size - _EDGE_BYTES, start) if content.seekable else start
        if content.seekable:
            head = next(content.blocks(start, block_size=_EDGE_BYTES), b"")
        for block in content.blocks(tail_start):
            if len(head) < _EDGE_BYTES and not content.seekable:
                head += block[: _EDGE_BYTES - len(head)]
            tail = (tail + block)[-_EDGE_BYTES:]
            if most is not None and content.end - start > most:
                break
    return head, tail


def _times(edge: bytes, source: Source) -> Iterator[int]:
    framer = Framer()
    items: list[Item] = [*framer.feed(edge), *framer.finish(closed=True)]
    for item in items:
        if type(item) is Whole:
            try:
                yield read_event(item.value, source).event_at
            except NotAnEventError:
                continue
