"""One event: from Cowrie's JSON object to the values that the warehouse stores.

Everything here is a function of the object and of what is known of its log and of the sensors (`Source`). Settings say
whose an event is and when it was; they have no part in its identity. Values of an unexpected type are taken as text or
left out; they never make an event fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, cast

from cowrie_assets.clock import US_PER_DAY
from cowrie_assets.cowrie.counting import DEPENDS_ON_FIELDS, CountsAs, counts_as
from cowrie_assets.cowrie.details import Details, details_of, text_of
from cowrie_assets.cowrie.event_types import event_type_of
from cowrie_assets.cowrie.identity import TooDeepError, identity
from cowrie_assets.cowrie.sessions import Matcher, session_of
from cowrie_assets.cowrie.timestamps import USABLE_US, BadTimestampError, parse_timestamp

READER_VERSION = 1
"""Rises whenever an event's values come out otherwise than before: what older readers derived is told then, and derived
anew by `cowrie-assets reparse`. 0 stands for all that was stored before this was recorded."""

HIGHEST_PORT = 65_535
_PORT_DIGITS = 5
_MOST_REMEMBERED = 4096
NO_TEXTS = frozenset({dict, list})
"""Types of values that are no texts."""
_COMMAND = "cowrie.command.input"
_FORWARDED = "cowrie.direct-tcpip."
"""Events whose addresses and ports are the forward's, not the sensor's."""


class Whose(NamedTuple):
    """Whose an event is, and by what it was told."""

    sensor: str
    written_sensor: str
    """The event's own `sensor`, else the folder's name."""
    named_by_folder: bool
    uuid: str
    """Of the installation; empty where the event names none."""
    clock_offset_us: int
    """Microseconds that the sensor's written times are ahead of UTC."""


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of a log before it is read: its folder, and what the sensors file says of names and clocks."""

    folder: str
    """Name of the folder in which the log was first read: the sensor as written of events that name none."""
    names: Mapping[str, str] = field(default_factory=dict)
    """`{name or alias: sensor}` of the sensors file."""
    clock_offsets: Mapping[str, int] = field(default_factory=dict)
    """Microseconds that a sensor's written times are ahead of UTC."""
    uuids: Mapping[str, str] = field(default_factory=dict)
    """`{uuid in lower case: sensor}` of the sensors file."""
    folder_sensor: str | None = None
    """The sensor whose `logpath` is the folder that the log lies in."""
    _whose: dict[tuple[object, object], Whose] = field(default_factory=dict, init=False, repr=False, compare=False)
    """What was told of the events so far: there are few answers, and one is asked for with each event."""

    def sensor_of(self, written: str, uuid: str) -> str:
        """Whose an event is: by the name written where the sensors file names it, else by its `uuid` (empty: none),
        else by its log's folder, else the name written."""
        return self.names.get(written) or self.uuids.get(uuid.lower()) or self.folder_sensor or written

    def whose(self, own: object, uuid: object) -> Whose:
        """Whose an event is that holds `own` as its `sensor` and this `uuid`, of whatever types."""
        key = own, uuid
        try:
            known = self._whose.get(key)
        except TypeError:  # an object or a list
            return self._find_whose(own, uuid)
        if known is None:
            if len(self._whose) >= _MOST_REMEMBERED:
                self._whose.clear()
            known = self._whose[key] = self._find_whose(own, uuid)
        return known

    def _find_whose(self, own: object, uuid: object) -> Whose:
        by_folder = not isinstance(own, str) or not own
        written = str(self.folder if by_folder else own)
        uuid = uuid if isinstance(uuid, str) else ""
        sensor = self.sensor_of(written, uuid)
        return Whose(sensor, written, by_folder, uuid, self.clock_offsets.get(sensor, 0))


@dataclass(frozen=True, slots=True, eq=False)
class EventKind:
    """What events have in common that are of one type and count as the same."""

    event_type: str
    counts_as: CountsAs
    details: Details
    """What kind of details they have."""
    text_fields: tuple[str, ...]
    """The fields that must hold a text, if they hold anything."""
    has_ports: bool
    """Their ports are the sensor's: those of a forward are not."""


class Event(NamedTuple):
    """An event's values; times in microseconds since 1970-01-01 UTC."""

    identity: bytes
    whose: Whose
    written_at: int
    """Its time before a clock offset is taken off."""
    session: tuple[Matcher, str] | None
    """The rule that found the session, and its id."""
    kind: EventKind
    event_at: int
    src_ip: str | None
    src_port: int | None
    dst_port: int | None
    protocol: str | None
    values: tuple[Any, ...]
    """The details' values, in the order of `kind.details.texts` and then `kind.details.numbers`."""
    naive_timestamp: bool
    unusual: bool
    """A field that must hold a text holds an object or a list."""

    @property
    def sensor(self) -> str:
        """The sensor that it belongs to."""
        return self.whose.sensor

    @property
    def event_type(self) -> str:
        """Its `eventid`, by today's name."""
        return self.kind.event_type

    @property
    def counts_as(self) -> CountsAs:
        """What it counts as."""
        return self.kind.counts_as

    def detail(self, name: str) -> str | int | None:
        """A detail's value by its name; None where the event has no such detail."""
        names = (*self.kind.details.texts, *self.kind.details.numbers)
        return cast("str | int | None", self.values[names.index(name)]) if name in names else None

    @property
    def event_day(self) -> int:
        """Days since 1970-01-01."""
        return self.event_at // US_PER_DAY


class NotAnEventError(ValueError):
    """The object is no event; `reason` is the dead letter's."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_event(value: dict[str, Any], source: Source, *, is_long: bool = False) -> Event:
    """The event in a JSON object. `is_long`: it holds texts of which no copy should be made.

    `event_columns.read_events` reads many at once; what a column's value is made of stands here. Raises NotAnEventError
    with the reason `missing_eventid`, `bad_timestamp` or `too_deep`: "needs an object with a non-empty string `eventid`
    and a usable `timestamp`" (DATA.md).
    """
    get = value.get
    eventid = get("eventid")
    if type(eventid) is not str or not eventid:
        raise NotAnEventError("missing_eventid")
    try:
        written_at, has_zone = parse_timestamp(get("timestamp"))
    except BadTimestampError:
        raise NotAnEventError("bad_timestamp") from None
    kind = kind_of(eventid, value)
    whose = source.whose(get("sensor"), get("uuid"))
    event_at = written_at - whose.clock_offset_us
    if event_at not in USABLE_US:
        raise NotAnEventError("bad_timestamp")
    try:
        its_identity = identity(whose.written_sensor, value, written_at, is_long=is_long)
    except TooDeepError:
        raise NotAnEventError("too_deep") from None
    return Event(
        identity=its_identity,
        whose=whose,
        written_at=written_at,
        session=session_of(value),
        kind=kind,
        event_at=event_at,
        src_ip=text_of(get("src_ip")) or None,
        src_port=port_of(get("src_port")) if kind.has_ports else None,
        dst_port=port_of(get("dst_port")) if kind.has_ports else None,
        protocol=text_of(get("protocol")) or None,
        values=kind.details.read(value),
        naive_timestamp=not has_zone,
        unusual=is_unusual(value, kind),
    )


def is_unusual(value: Mapping[str, Any], kind: EventKind) -> bool:
    """Whether a field that must hold a text holds an object or a list."""
    return not NO_TEXTS.isdisjoint([type(value.get(name)) for name in kind.text_fields])


def kind_of(eventid: str, value: Mapping[str, Any]) -> EventKind:
    """The kind of an event with this id."""
    kind = kind_by_id(eventid)
    return _kind(kind.event_type, counts_as(kind.event_type, value)) if kind.counts_as in DEPENDS_ON_FIELDS else kind


@lru_cache(maxsize=1024)
def kind_by_id(eventid: str) -> EventKind:
    """The kind of the events with this id, unless what they count as depends on their fields."""
    event_type = event_type_of(eventid)
    return _kind(event_type, counts_as(event_type, {}))


@lru_cache(maxsize=1024)
def _kind(event_type: str, kind: CountsAs) -> EventKind:
    details = details_of(event_type, kind)
    command = ("input",) if event_type == _COMMAND else ()  # one that is an object or a list makes it none
    fields = tuple(dict.fromkeys(("src_ip", "protocol", *details.fields, *command)))
    return EventKind(event_type, kind, details, fields, has_ports=not event_type.startswith(_FORWARDED))


def port_of(value: object) -> int | None:
    """A port as a number or as digits; None where the value is neither."""
    if type(value) is str and len(value) <= _PORT_DIGITS and value.isascii() and value.isdecimal():
        value = int(value)
    return value if type(value) is int and 0 <= value <= HIGHEST_PORT else None
