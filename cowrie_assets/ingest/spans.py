"""Which days a log has events of: the ledger knows it of what it has read, an unread log's first and last lines tell."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select

from cowrie_assets.clock import US_PER_DAY, day_of_number
from cowrie_assets.cowrie.event import NotAnEventError, Source, read_event
from cowrie_assets.cowrie.framing import Framer, Item, Whole
from cowrie_assets.ingest.content import LogContent
from cowrie_assets.ingest.discovery import LogFile
from cowrie_assets.ingest.ledger import plan_log
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.codec import encode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import log_paths, logs

_EDGE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class LogSpan:
    """A log and the days, both inclusive, of its events. `changed`: it holds something that the warehouse does not have yet."""

    log: LogFile
    first_day: date
    last_day: date
    changed: bool

    def holds_any_of(self, days: Sequence[date]) -> bool:
        """Whether one of `days` lies within the span."""
        return any(self.first_day <= day <= self.last_day for day in days)


def log_spans(warehouse: Warehouse, settings: Settings, files: Sequence[LogFile]) -> Iterator[LogSpan]:
    """The span of each log that has one: empty and unreadable logs, and those without a usable event at their edges, have none."""
    for log in files:
        try:
            span = _span(warehouse, settings, log)
        except OSError:
            continue
        if span is not None:
            yield span


def _span(warehouse: Warehouse, settings: Settings, log: LogFile) -> LogSpan | None:
    with warehouse.read() as connection:
        plan = plan_log(connection, log, quiet_seconds=settings.quiet_seconds, skip_unchanged=True)
        path = encode_text(str(log.path.absolute()))
        known = connection.execute(
            select(logs.c.first_event_at, logs.c.last_event_at)
            .join(log_paths, log_paths.c.log_id == logs.c.id)
            .where(log_paths.c.path == path)
        ).one_or_none()
    times = [time for time in known or () if time is not None] if plan is None else edge_times(log, settings)
    if not times:
        return None
    first, last = min(times) // US_PER_DAY, max(times) // US_PER_DAY
    return LogSpan(log, day_of_number(first), day_of_number(last), changed=plan is not None)


def edge_times(log: LogFile, settings: Settings) -> list[int]:
    """The times, in microseconds since 1970-01-01 UTC, of the events in the first and the last 256 KiB of a log's content."""
    source = Source(log.sensor, settings.registry.names_by_alias(), settings.registry.clock_offsets())
    head, tail = _edges(log.path)
    return [*_times(head, source), *_times(tail.partition(b"\n")[2], source)]


def _edges(path: Path) -> tuple[bytes, bytes]:
    head = b""
    tail = b""
    with LogContent(path) as content:
        start = max(content.stat.st_size - _EDGE_BYTES, 0) if content.seekable else 0
        if content.seekable:
            head = next(content.blocks(block_size=_EDGE_BYTES), b"")
        for block in content.blocks(start):
            if len(head) < _EDGE_BYTES and not content.seekable:
                head += block[: _EDGE_BYTES - len(head)]
            tail = (tail + block)[-_EDGE_BYTES:]
    return head, tail


def _times(edge: bytes, source: Source) -> Iterator[int]:
    framer = Framer()
    items: list[Item] = [*framer.feed(edge), *framer.finish(closed=True)]
    for item in items:
        if type(item) is Whole:
            try:
                yield read_event(item.value, source).event_at
            except (NotAnEventError, RecursionError):
                continue
