"""Which days a log has events of: the ledger knows it of what it has read, the first and last lines of the rest tell.

What has no usable event at either end counts as of the day of the last event before it, or else of the day that runs:
some day has to bring it in.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cowrie_assets.clock import US_PER_DAY, day_of_number, now_us
from cowrie_assets.cowrie.event import NotAnEventError, Source, read_event
from cowrie_assets.cowrie.framing import Framer, Item, Whole
from cowrie_assets.cowrie.items import one_by_one
from cowrie_assets.ingest.content import LogContent
from cowrie_assets.ingest.discovery import LogFile
from cowrie_assets.ingest.file_looks import Look, Seen, path_key, seen_paths, stats
from cowrie_assets.ingest.ledger import KnownLog, Plan
from cowrie_assets.ingest.planning import plan_logs
from cowrie_assets.ingest.sources import Sources
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.engine import Warehouse

_EDGE_BYTES = 256 * 1024
_GLANCE_BYTES = 32 * 1024 * 1024
"""So much of an archive is unpacked for a glance."""
_AT_ONCE = 25
"""So many logs are planned together."""


@dataclass(frozen=True, slots=True)
class LogSpan:
    """A log and the days, both inclusive, of its events, as far as they are known.

    `new`: the days, both inclusive, of what the warehouse does not have yet of it; None where it has all. `new_edges`:
    the days that the first and last events of that lie on, in order.

    A span may reach from the year 2 to the year 9998: it is compared, and no day of it is listed.
    """

    log: LogFile
    first_day: date
    last_day: date
    new: tuple[date, date] | None
    new_edges: tuple[date, ...] = ()

    def holds_any_of(self, days: Sequence[date]) -> bool:
        """Whether one of `days` lies within the span."""
        return any(self.first_day <= day <= self.last_day for day in days)

    def overlaps(self, first: date, last: date) -> bool:
        """Whether the span has a day from `first` to `last`, both inclusive."""
        return self.first_day <= last and first <= self.last_day

    def has_new(self, day: date) -> bool:
        """Whether `day` lies within `new`."""
        return self.new is not None and self.new[0] <= day <= self.new[1]

    def new_within(self, first: date, last: date) -> tuple[date, date] | None:
        """The days of `new`, both inclusive, as the days from `first` to `last` have them; None where they have none.

        Only edges that lie among these days count: one event with a wild clock does not stretch the span over them all.
        """
        near = [day for day in self.new_edges if first <= day <= last]
        return (near[0], near[-1]) if near else None


def log_spans(warehouse: Warehouse, settings: Settings, files: Sequence[LogFile]) -> Iterator[LogSpan]:
    """The span of each log that has one, as `spans_of`."""
    return spans_of(warehouse, settings, look_at(warehouse, settings, files))


def spans_of(
    warehouse: Warehouse,
    settings: Settings,
    looked: "Sequence[Looked]",
    *,
    glance: bool = False,
    until: float | None = None,
) -> Iterator[LogSpan]:
    """The span of each log that has one: a log that is empty, or that cannot be read, has none.

    A log that a stat shows to be unchanged is not opened. The end of an archive that was not read yet is found by
    unpacking all of it. A `glance` does without: such a span may end too early, and begins right. `until`, by the
    monotonic clock, ends it, after one log at least.
    """
    sources = Sources(settings.registry)
    for begin in range(0, len(looked), _AT_ONCE):
        some = looked[begin : begin + _AT_ONCE]
        plans = iter(
            plan_logs(
                warehouse,
                [each.log for each in some if each.changed],
                Look.now(settings),
                skip_unchanged=True,
            )
        )
        for place, each in enumerate(some, begin):
            if place and until is not None and time.monotonic() > until:
                return
            plan = next(plans) if each.changed else None
            span = _span(sources, each, plan, glance)
            if span is not None:
                yield span


@dataclass(frozen=True, slots=True)
class Looked:
    """A log as a look from outside shows it."""

    log: LogFile
    seen: Seen | None
    """What the ledger says of its path."""
    changed: bool
    """It may hold what was not read: it has to be opened to know."""


def look_at(warehouse: Warehouse, settings: Settings, files: Sequence[LogFile]) -> list[Looked]:
    """Each log that is there and is not empty; opens none, and asks the ledger once."""
    look = Look.now(settings)
    with warehouse.read() as connection:
        seen = seen_paths(connection, files)
    looked = []
    for log, status in stats(files):
        if isinstance(status, OSError) or not status.st_size:
            continue
        known = seen.get(path_key(log))
        looked.append(Looked(log, known, known is None or not look.shows_no_change(log, status, known)))
    return looked


def _span(sources: Sources, looked: Looked, plan: Plan | OSError | None, glance: bool) -> LogSpan | None:
    if isinstance(plan, OSError):
        return None
    new: list[int] = []
    if plan is None:
        times = looked.seen.event_times if looked.seen else []
    else:
        times = _times_of(plan.known)
        read = plan.known.bytes_read if plan.known and not plan.from_start else 0
        source = sources.of(decode_text(plan.folder), looked.log.path.parent)
        try:
            edges = [] if plan.copied else edge_times(looked.log, source, read, glance=glance)
            new = edges or times[-1:] or [now_us()]
        except OSError:
            return None
    if not times and not new:
        return None
    first, last = _days([*times, *new])
    return LogSpan(looked.log, first, last, new=_days(new) if new else None, new_edges=_each_day(new))


def _times_of(known: KnownLog | None) -> list[int]:
    return [time for time in (known.first_event_at, known.last_event_at) if time is not None] if known else []


def _days(times: Sequence[int]) -> tuple[date, date]:
    return day_of_number(min(times) // US_PER_DAY), day_of_number(max(times) // US_PER_DAY)


def _each_day(times: Sequence[int]) -> tuple[date, ...]:
    return tuple(day_of_number(number) for number in sorted({time // US_PER_DAY for time in times}))


def edge_times(log: LogFile, source: Source, start: int = 0, *, glance: bool = False) -> list[int]:
    """The times (microseconds since the epoch) of the events at the edges of what a log holds behind offset `start`.

    An edge is 256 KiB. Nothing where neither has a usable event. `glance`: see `spans_of`.
    """
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
    for item in one_by_one(items):
        if type(item) is Whole:
            try:
                yield read_event(item.value, source).event_at
            except NotAnEventError:
                continue
