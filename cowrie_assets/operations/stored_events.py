"""Stored events beside what their JSON says: many at once, column by column, with the names that their numbers stand
for."""

from collections.abc import Mapping, Sequence
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import Connection, Row

from cowrie_assets.clock import US_PER_DAY, US_PER_HOUR
from cowrie_assets.cowrie.event import Source
from cowrie_assets.cowrie.event_columns import EventColumns, Run, read_events
from cowrie_assets.ingest.event_table import DETAILED_NUMBERS, DETAILED_TEXTS
from cowrie_assets.summaries.differences import SeenOnDay
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.numbered_texts import NumberedTexts
from cowrie_assets.warehouse.schema import event_types, sensors, session_keys, texts

Stored = Mapping[str, Any]
"""A row of `checks/evidence.sql`, and beside its numbers what they stand for."""
_NUMBERS = ("matcher", "counts_as", "event_at", "event_day", "src_port", "dst_port", *DETAILED_NUMBERS)
_TEXTS = ("src_ip", "protocol", *DETAILED_TEXTS)
COMPARED = (*_NUMBERS, "sensor", "session_id", "event_type", *_TEXTS)
"""What an event's JSON says, its identity aside; as `said` names it."""
_MOST_CHARACTERS = 8 * 1024 * 1024
"""Of the payloads of events that are read at once."""
_MOST_SESSIONS = 500_000
"""Of a day, that are kept in memory: 30 MiB."""


class StoredEvents:
    """The rows of `checks/evidence.sql` of a day: `look_up` some of them before they are asked about."""

    def __init__(self) -> None:
        self._seen: SeenOnDay | None = SeenOnDay(set(), set())
        self._sensors = NumberedTexts(sensors, "name")
        self._sessions = NumberedTexts(session_keys, "session_id")
        self._event_types = NumberedTexts(event_types, "name")
        self._texts = NumberedTexts(texts, "text")
        self._by_column = {
            "sensor": ("sensor_id", self._sensors),
            "session_id": ("session_ref", self._sessions),
            "event_type": ("event_type_id", self._event_types),
            **{name: (f"{name}_id", self._texts) for name in _TEXTS},
        }

    def look_up(self, connection: Connection, rows: Sequence[Row[Any]]) -> None:
        """Have at hand what the numbers in these rows stand for."""
        stored = _columns(rows)
        self._see(stored)
        for names in (self._sensors, self._sessions, self._event_types, self._texts):
            names.look_up(connection, *(stored[number] for number, by in self._by_column.values() if by is names))

    @property
    def seen(self) -> SeenOnDay | None:
        """What the rows say of their day that were looked up; None where that is too much to be kept."""
        return self._seen

    def _see(self, stored: Mapping[str, Sequence[Any]]) -> None:
        if self._seen is None:
            return
        sessions, hours = self._seen.sessions, self._seen.hours
        sessions.update(stored["session_ref"])
        sessions.discard(None)
        hours.update(zip((time // US_PER_HOUR for time in stored["event_at"]), stored["sensor_id"], strict=True))
        if len(sessions) > _MOST_SESSIONS:
            self._seen = None

    def said(self, row: Row[Any]) -> Stored:
        """A row with what its numbers stand for."""
        stored = row._mapping
        return {**stored, **{name: by.of([stored[number]])[0] for name, (number, by) in self._by_column.items()}}

    def are_as_read(self, rows: Sequence[Row[Any]], source: Source) -> bool:
        """Whether each of the events is what its JSON gives. False also where only a look at each can tell."""
        payloads = list(map(itemgetter(rows[0]._fields.index("payload")), rows))
        if sum(map(len, payloads)) > _MOST_CHARACTERS:
            return False
        try:
            read = list(map(str.encode, payloads if "".join(payloads).isascii() else map(decode_text, payloads)))
            values = list(map(orjson.loads, read))
        except ValueError:  # no JSON, or none for orjson
            return False
        events = read_events(read, values, source) if set(map(type, values)) == {dict} else None
        return events is not None and self._are(_columns([rows[place] for place in events.order]), events)

    def _are(self, stored: Mapping[str, Sequence[Any]], events: EventColumns) -> bool:
        """Whether columns of rows, in the order of `events`, are those."""
        days = set(stored["event_day"])
        return (
            list(map(bytes, stored["event_hash"])) == events.identity
            and all(
                list(stored[name]) == getattr(events, name) for name in ("event_at", "matcher", "src_port", "dst_port")
            )
            and days == {min(events.event_at) // US_PER_DAY} == {max(events.event_at) // US_PER_DAY}
            and self._sensors.of(stored["sensor_id"]) == [whose.sensor for whose in events.whose]
            and self._sessions.of(stored["session_ref"]) == events.session_id
            and self._texts.of(stored["src_ip_id"]) == events.src_ip
            and self._texts.of(stored["protocol_id"]) == events.protocol
            and self._are_of_kinds(stored, events)
            and all(self._have_details(stored, run) for run in events.runs)
        )

    def _are_of_kinds(self, stored: Mapping[str, Sequence[Any]], events: EventColumns) -> bool:
        types, counts = self._event_types.of(stored["event_type_id"]), stored["counts_as"]
        ends = accumulate((size for _, size in events.kinds), initial=0)
        return all(
            types[begin:end].count(kind.event_type) == counts[begin:end].count(kind.counts_as) == size
            for (kind, size), (begin, end) in zip(events.kinds, pairwise(ends), strict=True)
        )

    def _have_details(self, stored: Mapping[str, Sequence[Any]], run: Run) -> bool:
        """Whether events of one kind of details have those, and none of another kind."""
        begin, end = run.begin, run.end
        texts, numbers = run.details.texts, run.details.numbers
        said = dict(zip((*texts, *numbers), run.columns, strict=True))
        return (
            all(tuple(self._texts.of(stored[f"{name}_id"][begin:end])) == said[name] for name in texts)
            and all(stored[name][begin:end] == said[name] for name in numbers)
            and all(
                stored[column][begin:end].count(None) == end - begin
                for name, column in _DETAILED.items()
                if name not in said
            )
        )


_DETAILED = {**{name: f"{name}_id" for name in DETAILED_TEXTS}, **{name: name for name in DETAILED_NUMBERS}}
"""The columns of the details."""


def _columns(rows: Sequence[Row[Any]]) -> dict[str, Sequence[Any]]:
    return dict(zip(rows[0]._fields, zip(*rows, strict=True), strict=True))
