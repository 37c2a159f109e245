"""Many events at once, column by column.

Each column is made by a few passes over all of them where their values are of the types that Cowrie writes; where one
is not, that column is made by the functions that `read_event` uses. Either way its values are those of `read_event`.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import chain
from types import NoneType
from typing import Any, NamedTuple

from cowrie_assets.cowrie.counting import DEPENDS_ON_FIELDS, counts_as
from cowrie_assets.cowrie.details import NO_DETAILS, Details, text_of
from cowrie_assets.cowrie.event import (
    HIGHEST_PORT,
    NO_TEXTS,
    Event,
    EventKind,
    NotAnEventError,
    Source,
    Whose,
    is_unusual,
    kind_by_id,
    kind_of,
    port_of,
)
from cowrie_assets.cowrie.identity import TooDeepError, identities, identity
from cowrie_assets.cowrie.lenient_json import MAY_HOLD_ROUNDED, exact_all
from cowrie_assets.cowrie.sessions import Matcher, session_of
from cowrie_assets.cowrie.timestamps import USABLE_US, BadTimestampError, parse_timestamp, parse_usual_timestamps

Objects = Sequence[dict[str, Any]]
_TEXT_OR_NONE = {str, NoneType}
_NUMBER_OR_NONE = {int, NoneType}


class Run(NamedTuple):
    """Events with the same kind of details, which stand together."""

    details: Details
    begin: int
    """Their places in the columns: from here to before `end`."""
    end: int
    columns: Sequence[Sequence[Any]]
    """Of their details' values, in the order of `details.texts` and then `details.numbers`."""


class EventColumns(NamedTuple):
    """Columns of the values of `Event`; events of one kind stand together, otherwise in the order that they came in."""

    order: Sequence[int]
    """Where each event stood in what was read."""
    kinds: Sequence[tuple[EventKind, int]]
    """The kinds of the events, each with how many events of it follow each other."""
    runs: Sequence[Run]
    identity: Sequence[bytes]
    whose: Sequence[Whose]
    written_at: Sequence[int]
    matcher: Sequence[int | None]
    session_id: Sequence[str | None]
    event_at: Sequence[int]
    src_ip: Sequence[str | None]
    src_port: Sequence[int | None]
    dst_port: Sequence[int | None]
    protocol: Sequence[str | None]
    naive_timestamps: int
    """How many of them there are."""
    unusual: int


def columns_of(event: Event) -> EventColumns:
    """One event as columns."""
    matcher, session_id = event.session or (None, None)
    return EventColumns(
        order=[0],
        kinds=[(event.kind, 1)],
        runs=[Run(event.kind.details, 0, 1, [[value] for value in event.values])],
        identity=[event.identity],
        whose=[event.whose],
        written_at=[event.written_at],
        matcher=[matcher and int(matcher)],
        session_id=[session_id],
        event_at=[event.event_at],
        src_ip=[event.src_ip],
        src_port=[event.src_port],
        dst_port=[event.dst_port],
        protocol=[event.protocol],
        naive_timestamps=int(event.naive_timestamp),
        unusual=int(event.unusual),
    )


def read_events(texts: Sequence[bytes], values: Objects, source: Source) -> EventColumns | None:
    """The events in JSON objects, of which there is at least one; `values` as orjson reads them from `texts`.

    None where one of them is no event: which, and why, is for `read_event` to tell.
    """
    try:
        return _read_events(texts, values, source)
    except (NotAnEventError, BadTimestampError, TooDeepError):
        return None


def _read_events(texts: Sequence[bytes], values: Objects, source: Source) -> EventColumns:
    order: list[int] = []
    ordered: list[dict[str, Any]] = []
    kinds: list[tuple[EventKind, int]] = []
    runs: list[Run] = []
    unusual = 0
    for details, of_details in _by_kind(values).items():
        begin = len(ordered)
        for kind, places in of_details.items():
            alike = [values[place] for place in places]
            types = set(map(type, chain.from_iterable(map(dict.values, alike))))
            if not types.isdisjoint(MAY_HOLD_ROUNDED):
                alike = exact_all([texts[place] for place in places], alike)
            if not types.isdisjoint(NO_TEXTS):
                unusual += sum(is_unusual(value, kind) for value in alike)
            order += places
            ordered += alike
            kinds.append((kind, len(places)))
        read = () if details is NO_DETAILS else map(details.read, ordered[begin:])
        columns = list(zip(*read, strict=True))
        runs.append(Run(details, begin, len(ordered), columns))
    whose = _whose(ordered, source)
    written_at, naive_timestamps = _times(_column(ordered, "timestamp"))
    matcher, session_id = _sessions(ordered)
    src_port, dst_port = _ports(_column(ordered, "src_port")), _ports(_column(ordered, "dst_port"))
    begin = 0
    for kind, size in kinds:
        if not kind.has_ports:
            src_port[begin : begin + size] = dst_port[begin : begin + size] = [None] * size
        begin += size
    return EventColumns(
        order=order,
        kinds=kinds,
        runs=runs,
        identity=_identities(ordered, whose, written_at),
        whose=whose,
        written_at=written_at,
        matcher=matcher,
        session_id=session_id,
        event_at=_event_times(written_at, whose),
        src_ip=_texts(_column(ordered, "src_ip")),
        src_port=src_port,
        dst_port=dst_port,
        protocol=_texts(_column(ordered, "protocol")),
        naive_timestamps=naive_timestamps,
        unusual=unusual,
    )


def all_alike(whose: Sequence[Whose]) -> bool:
    """Whether all events are of one origin: a log's are, as a rule."""
    return whose.count(whose[0]) == len(whose)


def _column(values: Objects, name: str) -> list[Any]:
    return [value.get(name) for value in values]


def _by_kind(values: Objects) -> dict[Details, dict[EventKind, list[int]]]:
    """The places of the events of each kind, by the kind of their details."""
    eventids = _column(values, "eventid")
    if set(map(type, eventids)) != {str} or "" in eventids:
        raise NotAnEventError("missing_eventid")
    by_id: dict[str, list[int]] = defaultdict(list)
    for place, eventid in enumerate(eventids):
        by_id[eventid].append(place)
    found: dict[Details, dict[EventKind, list[int]]] = defaultdict(lambda: defaultdict(list))
    for eventid, places in by_id.items():
        kind = kind_by_id(eventid)
        if kind.counts_as not in DEPENDS_ON_FIELDS or _all_count(kind, [values[place] for place in places]):
            found[kind.details][kind] += places
            continue
        for place in places:
            kind = kind_of(eventid, values[place])
            found[kind.details][kind].append(place)
    return found


def _all_count(kind: EventKind, values: Objects) -> bool:
    """Whether events that may count as something, by their ids, do so by their fields as well."""
    return [counts_as(kind.event_type, value) for value in values].count(kind.counts_as) == len(values)


def _whose(values: Objects, source: Source) -> list[Whose]:
    own, uuids = _column(values, "sensor"), _column(values, "uuid")
    if own.count(own[0]) == uuids.count(uuids[0]) == len(values):
        return [source.whose(own[0], uuids[0])] * len(values)
    return list(map(source.whose, own, uuids))


def _times(timestamps: list[Any]) -> tuple[list[int], int]:
    """Times as written, and how many of them named no zone."""
    usual = parse_usual_timestamps(timestamps)
    if usual is not None:
        return usual, 0
    times, have_zones = zip(*map(parse_timestamp, timestamps), strict=True)
    return list(times), have_zones.count(False)


def _event_times(written_at: list[int], whose: list[Whose]) -> list[int]:
    if all_alike(whose):
        offset = whose[0].clock_offset_us
        times = [time - offset for time in written_at] if offset else written_at
    else:
        times = [time - each.clock_offset_us for time, each in zip(written_at, whose, strict=True)]
    if min(times) not in USABLE_US or max(times) not in USABLE_US:
        raise NotAnEventError("bad_timestamp")
    return times


def _sessions(values: Objects) -> tuple[list[int | None], list[str | None]]:
    session_ids = _column(values, "session")
    if set(map(type, session_ids)) == {str} and "" not in session_ids and "/" not in "".join(session_ids):
        return [int(Matcher.SESSION_ID_ONLY)] * len(values), session_ids
    found = [session_of(value) or (None, None) for value in values]
    return [matcher and int(matcher) for matcher, _ in found], [session_id for _, session_id in found]


def _texts(column: list[Any]) -> list[str | None]:
    if set(map(type, column)) <= _TEXT_OR_NONE and "" not in column:
        return column
    return [text_of(value) or None for value in column]


def _ports(column: list[Any]) -> list[int | None]:
    types = set(map(type, column))
    if types == {NoneType}:
        return column
    if types <= _NUMBER_OR_NONE:
        numbers = set(column) - {None}
        if min(numbers) >= 0 and max(numbers) <= HIGHEST_PORT:
            return column
    return list(map(port_of, column))


def _identities(values: Objects, whose: list[Whose], written_at: list[int]) -> list[bytes]:
    if all_alike(whose):
        return identities(whose[0].written_sensor, values, written_at)
    of_each = zip(whose, values, written_at, strict=True)
    return [identity(each.written_sensor, value, time) for each, value, time in of_each]
