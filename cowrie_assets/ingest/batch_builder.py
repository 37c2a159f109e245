"""How framed items become batches."""

from collections.abc import Sequence
from itertools import repeat
from operator import attrgetter
from typing import TypeVar, cast

from cowrie_assets.clock import US_PER_DAY
from cowrie_assets.cowrie.details import ALL_DETAILS
from cowrie_assets.cowrie.event import NotAnEventError, Source, Whose, read_event
from cowrie_assets.cowrie.event_columns import EventColumns, all_alike, columns_of, read_events
from cowrie_assets.cowrie.event_types import KNOWN
from cowrie_assets.cowrie.framing import Dead, DeadLines, Item, Whole, Wholes
from cowrie_assets.cowrie.lenient_json import exact
from cowrie_assets.ingest.batch import Batch, Origin, SessionKey
from cowrie_assets.ingest.event_table import EventTable
from cowrie_assets.ingest.letters import letter_of
from cowrie_assets.warehouse.codec import Utf8, encode_all_utf8, make_compact

LONG_TEXT = 1024 * 1024
"""Bytes of an event from which on no copy of it is made that can be spared."""
_AT_ONCE = 1_000
"""So many items are taken in at once: a line of an array may hold a million."""

Thing = TypeVar("Thing")


class Numbering(dict[Thing | None, int]):
    """Numbers things from 1 on as they are asked for; None is 0. A look-up costs what a dictionary's costs."""

    def __init__(self) -> None:
        super().__init__({None: 0})

    def __missing__(self, thing: Thing | None) -> int:
        self[thing] = number = len(self)
        return number

    def things(self) -> list[Thing]:
        """What was numbered; number 1 comes first."""
        return [thing for thing in self if thing is not None]


class BatchBuilder:
    """Turns framed items into the next batch."""

    def __init__(self, source: Source, start: int) -> None:
        self._source = source
        self._begin(start)

    def _begin(self, start: int) -> None:
        self.batch = Batch(start)
        self.kept_bytes = 0
        """Of the events and dead letters taken in."""
        self._texts: Numbering[str | Utf8] = Numbering()
        self._sessions: Numbering[SessionKey] = Numbering()
        self._sensors: Numbering[str] = Numbering()
        self._event_types: Numbering[str] = Numbering()
        self._tables = {details: EventTable.of(details) for details in ALL_DETAILS}
        self._written_at: dict[Whose, list[int]] = {}
        """First and last time as written of the events of each origin."""

    def add(self, items: list[Item]) -> None:
        """Take in the items of a block; of a list of many, nothing is left."""
        if len(items) <= _AT_ONCE:
            self._add(items)
            return
        items.reverse()
        while items:
            some = items[-_AT_ONCE:]
            del items[-_AT_ONCE:]
            some.reverse()
            self._add(some)

    def finish(self, end: int, end_line: int) -> Batch:
        """The batch, closed at the offset and line behind its last item; nothing of it is kept, the next one begins."""
        batch = self.batch
        batch.end, batch.end_line = end, end_line
        batch.texts = self._texts.things()
        batch.sessions = self._sessions.things()
        batch.sensors = self._sensors.things()
        batch.event_types = self._event_types.things()
        batch.origins = [
            Origin(whose.written_sensor, whose.named_by_folder, whose.uuid, whose.sensor, whose.clock_offset_us, *times)
            for whose, times in self._written_at.items()
        ]
        if self._source.folder_sensor in self._sensors:
            batch.folder_sensor = self._source.folder_sensor
        batch.tables = [table for table in self._tables.values() if len(table)]
        batch.dead_letters.sort(key=attrgetter("byte_offset"))
        self._begin(end)
        return batch

    def _add(self, items: Sequence[Item]) -> None:
        batch = self.batch
        wholes: list[Whole] = []
        for item in items:
            if isinstance(item, Wholes):
                self._add_wholes(item)
            elif isinstance(item, Whole):
                wholes.append(item)
            elif isinstance(item, Dead):
                batch.dead_letters.append(letter_of(item, item.reason))
                self.kept_bytes += len(item.text)
                batch.invalid_utf8 += item.invalid_utf8
            elif isinstance(item, DeadLines):
                batch.dead_lines.append(item)
                self.kept_bytes += len(item.text)
                if not item.text.isascii():
                    batch.invalid_utf8 += sum(dead.invalid_utf8 for dead in item.each())
            else:
                batch.blank += item.lines
        if wholes:
            self._add_wholes(Wholes.of(wholes))

    def _add_wholes(self, wholes: Wholes) -> None:
        sizes = list(map(len, wholes.texts))
        self.kept_bytes += sum(sizes)
        self.batch.invalid_utf8 += sum(wholes.invalid_utf8)
        if max(sizes) < LONG_TEXT:
            events = read_events(wholes.texts, wholes.values, self._source)
            if events is not None:
                self._add_events(events, wholes.offsets, wholes.texts)
                return
        for whole in wholes.each():
            self._add_whole(whole)

    def _add_whole(self, item: Whole) -> None:
        is_long = len(item.text) >= LONG_TEXT
        try:
            event = read_event(exact(item.text, item.value), self._source, is_long=is_long)
        except NotAnEventError as error:
            self.batch.dead_letters.append(letter_of(item, error.reason))
            return
        if is_long:
            self.batch.has_long = True
            held = list(event.values)
            event = event._replace(values=())
            item.value.clear()
            make_compact(held, len(event.kind.details.texts))
            event = event._replace(values=tuple(held))
        self._add_events(columns_of(event), [item.offset], [item.text])

    def _add_events(self, events: EventColumns, offsets: Sequence[int], texts: Sequence[bytes]) -> None:
        """Take in events that stand at `offsets` of the content, as `texts`."""
        batch = self.batch
        batch.events += len(events.order)
        batch.naive_timestamps += events.naive_timestamps
        batch.unusual += events.unusual
        self._note_times(events)
        number = self._texts.__getitem__
        sensors, sessions = self._owners(events)
        src_ips, protocols = list(map(number, events.src_ip)), list(map(number, events.protocol))
        event_types = [self._event_types[kind.event_type] for kind, size in events.kinds for _ in range(size)]
        counts_as = [int(kind.counts_as) for kind, size in events.kinds for _ in range(size)]
        batch.unknown_event_ids += sum(size for kind, size in events.kinds if kind.event_type not in KNOWN)
        days = _days_of(events.event_at)
        places = [offsets[place] for place in events.order]
        payloads = encode_all_utf8([texts[place] for place in events.order])
        for details, begin, end, values in events.runs:
            part = slice(begin, end)
            detail_texts = [list(map(number, column)) for column in values[: len(details.texts)]]
            self._tables[details].extend(
                (
                    sensors[part],
                    sessions[part],
                    event_types[part],
                    src_ips[part],
                    protocols[part],
                    *detail_texts,
                    events.identity[part],
                    events.matcher[part],
                    counts_as[part],
                    events.event_at[part],
                    days[part],
                    events.src_port[part],
                    events.dst_port[part],
                    places[part],
                    payloads[part],
                    *values[len(details.texts) :],
                )
            )

    def _note_times(self, events: EventColumns) -> None:
        batch, event_at = self.batch, events.event_at
        first, last = batch.first_event_at, batch.last_event_at
        batch.first_event_at = min(event_at) if first is None else min(first, *event_at)
        batch.last_event_at = max(event_at) if last is None else max(last, *event_at)
        if all_alike(events.whose):
            spans = [(events.whose[0], min(events.written_at)), (events.whose[0], max(events.written_at))]
        else:
            spans = list(zip(events.whose, events.written_at, strict=True))
        for whose, time in spans:
            span = self._written_at.setdefault(whose, [time, time])
            if time > span[1]:
                span[1] = time
            elif time < span[0]:
                span[0] = time

    def _owners(self, events: EventColumns) -> tuple[list[int], list[int]]:
        """The positions of the events' sensors and sessions."""
        whose, session_ids = events.whose, events.session_id
        number = self._sessions.__getitem__
        if all_alike(whose):
            sensor = whose[0].sensor
            if None not in session_ids:
                keys = zip(repeat(sensor), cast("Sequence[str]", session_ids))
                return [self._sensors[sensor]] * len(whose), list(map(number, keys))
        sensors = [each.sensor for each in whose]
        pairs = zip(sensors, session_ids, strict=True)
        sessions = [number(None if session_id is None else (sensor, session_id)) for sensor, session_id in pairs]
        return [self._sensors[sensor] for sensor in sensors], sessions


def _days_of(times: Sequence[int]) -> list[int]:
    """Their days since 1970-01-01; most blocks of a log lie in one."""
    first, last = min(times) // US_PER_DAY, max(times) // US_PER_DAY
    return [first] * len(times) if first == last else [time // US_PER_DAY for time in times]
