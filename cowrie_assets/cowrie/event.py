"""One event: from Cowrie's JSON object to the values that the warehouse stores.

Everything here is a function of the object and of what is known of its log and of the sensors (`Source`). Settings say
whose an event is and when it was; they have no part in its identity. Values of an unexpected type are taken as text or
left out; they never make an event fail.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple, cast

import orjson

from cowrie_assets.clock import US_PER_DAY, US_PER_SECOND
from cowrie_assets.cowrie.counting import DEPENDS_ON_FIELDS, CountsAs, counts_as
from cowrie_assets.cowrie.details import Details, details_of, text_of
from cowrie_assets.cowrie.event_types import event_type_of
from cowrie_assets.cowrie.lenient_json import Number, depth_of
from cowrie_assets.cowrie.sessions import Matcher, session_of
from cowrie_assets.cowrie.timestamps import USABLE_US, BadTimestampError, parse_timestamp

READER_VERSION = 1
"""Rises whenever an event's values come out otherwise than before: what older readers derived is told then, and derived
anew by `cowrie-assets reparse`. 0 stands for all that was stored before this was recorded."""

_DEEPEST = 254
"""Levels of nesting that an event may have: those that orjson writes, however deep the stack of the caller is."""
_HIGHEST_PORT = 65_535
_PORT_DIGITS = 5
_LAST_SECOND = 2**32 - 1
_CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS
_MOST_REMEMBERED = 4096
_PIECE = 256 * 1024
"""Characters of a long text that are written at once."""
_NO_TEXTS = frozenset({dict, list})
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


class Event(NamedTuple):
    """An event's values; times in microseconds since 1970-01-01 UTC."""

    identity: bytes
    whose: Whose
    written_at: int
    """Its time before a clock offset is taken off."""
    session: tuple[Matcher, str] | None
    """The rule that found the session, and its id."""
    event_type: str
    counts_as: CountsAs
    event_at: int
    src_ip: str | None
    src_port: int | None
    dst_port: int | None
    protocol: str | None
    details: Details
    """What kind of details the event has."""
    values: tuple[Any, ...]
    """Their values, in the order of `details.texts` and then `details.numbers`."""
    naive_timestamp: bool
    unusual: bool
    """A field that must hold a text holds an object or a list."""

    @property
    def sensor(self) -> str:
        """The sensor that it belongs to."""
        return self.whose.sensor

    def detail(self, name: str) -> str | int | None:
        """A detail's value by its name; None where the event has no such detail."""
        names = (*self.details.texts, *self.details.numbers)
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

    Raises NotAnEventError with the reason `missing_eventid`, `bad_timestamp` or `too_deep`: "needs an object with a
    non-empty string `eventid` and a usable `timestamp`" (DATA.md).
    """
    get = value.get
    eventid = get("eventid")
    if type(eventid) is not str or not eventid:
        raise NotAnEventError("missing_eventid")
    try:
        written_at, has_zone = parse_timestamp(get("timestamp"))
    except BadTimestampError:
        raise NotAnEventError("bad_timestamp") from None
    event_type, kind, is_forward = _kind_of(eventid)
    if kind in DEPENDS_ON_FIELDS:
        kind = counts_as(event_type, value)
    whose = source.whose(get("sensor"), get("uuid"))
    event_at = written_at - whose.clock_offset_us
    if event_at not in USABLE_US:
        raise NotAnEventError("bad_timestamp")
    src_port, dst_port = (None, None) if is_forward else (_port(get("src_port")), _port(get("dst_port")))
    details = details_of(event_type, kind)
    src_ip, protocol = get("src_ip"), get("protocol")
    unusual = type(src_ip) in _NO_TEXTS or type(protocol) in _NO_TEXTS
    if details.fields or event_type == _COMMAND:
        unusual = unusual or _is_unusual(value, event_type, details)
    # By position: a million of them are made, and names would cost as much as the parsing of the time.
    return Event(
        identity(whose.written_sensor, value, written_at, is_long=is_long),
        whose,
        written_at,
        session_of(value),
        event_type,
        kind,
        event_at,
        text_of(src_ip) or None,
        src_port,
        dst_port,
        text_of(protocol) or None,
        details,
        details.read(value),
        not has_zone,
        unusual,
    )


def _is_unusual(value: dict[str, Any], event_type: str, details: Details) -> bool:
    """Whether a field of the details holds an object or a list: a command's `input` too, which makes it none."""
    if event_type == _COMMAND and type(value.get("input")) in _NO_TEXTS:
        return True
    for name in details.fields:  # noqa: SIM110  (a generator costs as much as the rest of it)
        if type(value.get(name)) in _NO_TEXTS:
            return True
    return False


@lru_cache(maxsize=1024)
def _kind_of(eventid: str) -> tuple[str, CountsAs, bool]:
    """Today's name of an event id, what it counts as by itself, and whether it tells of a forward."""
    event_type = event_type_of(eventid)
    return event_type, counts_as(event_type, {}), event_type.startswith(_FORWARDED)


def identity(sensor: str, value: dict[str, Any], written_at: int, *, is_long: bool = False) -> bytes:
    """16 bytes, equal for two events "when sensor as written and JSON content are equal (order of keys and whitespace
    aside)".

    The whole second of the written time (4 bytes, big-endian, before any clock offset) stands first and keeps the index
    in time's order; then BLAKE2b-96 of the sensor and the canonical JSON. A chance collision needs both in the same
    second: below 1e-16 for a million events in it.
    """
    digest = _digest_of_sensor(sensor).copy()
    for piece in _pieces_of_long(value) if is_long else (canonical_json(value),):
        digest.update(piece)
    second = min(max(written_at // US_PER_SECOND, 0), _LAST_SECOND)
    return second.to_bytes(4, "big") + digest.digest()


@lru_cache(maxsize=1024)
def _digest_of_sensor(sensor: str) -> blake2b:
    return blake2b(sensor.encode("utf-8", "surrogatepass") + b"\0", digest_size=12)


def canonical_json(value: dict[str, Any]) -> bytes:
    """The object with sorted keys and no whitespace; in ASCII where a lone surrogate keeps it out of UTF-8.

    Raises NotAnEventError with the reason `too_deep`.
    """
    try:
        return orjson.dumps(value, default=_digits, option=_CANONICAL)
    except TypeError:  # lone surrogates, or nesting beyond orjson's
        if depth_of(value) > _DEEPEST:
            raise NotAnEventError("too_deep") from None
    return "".join(_pieces(value)).encode("ascii")


def _pieces_of_long(value: dict[str, Any]) -> Iterator[bytes]:
    """`canonical_json` in pieces: written at once, a text with one wide character stands in memory seven times over."""
    long = {key for key, each in value.items() if type(each) is str and len(each) > _PIECE}
    if not _is_written_by_orjson(value, long):
        yield canonical_json(value)
        return
    for position, key in enumerate(sorted(value)):
        each = value[key]
        yield (b"," if position else b"{") + orjson.dumps(key) + b":"
        if key in long:
            yield b'"'
            yield from (orjson.dumps(each[begin : begin + _PIECE])[1:-1] for begin in range(0, len(each), _PIECE))
            yield b'"'
        else:
            yield orjson.dumps(each, default=_digits, option=_CANONICAL)
    yield b"}"


def _is_written_by_orjson(value: dict[str, Any], long: set[str]) -> bool:
    try:
        orjson.dumps(value | dict.fromkeys(long, ""), default=_digits, option=_CANONICAL)
        for key in long:
            for begin in range(0, len(value[key]), _PIECE):
                orjson.dumps(value[key][begin : begin + _PIECE])
    except TypeError:
        return False
    return True


def _digits(value: object) -> orjson.Fragment:
    if isinstance(value, Number):
        return orjson.Fragment(value.digits)
    raise TypeError


def _pieces(value: object) -> Iterator[str]:
    """The texts that make up a value's canonical JSON in ASCII: what orjson cannot write, with no depth of calls."""
    waiting: list[str | tuple[object]] = [(value,)]
    while waiting:
        next_one = waiting.pop()
        if isinstance(next_one, str):
            yield next_one
            continue
        (item,) = next_one
        parts: list[str | tuple[object]] = []
        if isinstance(item, dict):
            for position, key in enumerate(sorted(item)):
                parts += (f"{',' if position else '{'}{json.dumps(key)}:", (item[key],))
            parts.append("}" if item else "{}")
        elif isinstance(item, list):
            for position, each in enumerate(item):
                parts += ("," if position else "[", (each,))
            parts.append("]" if item else "[]")
        else:
            parts.append(item.digits if isinstance(item, Number) else json.dumps(item))
        waiting += reversed(parts)


def _port(value: object) -> int | None:
    if type(value) is str and len(value) <= _PORT_DIGITS and value.isascii() and value.isdecimal():
        value = int(value)
    return value if type(value) is int and 0 <= value <= _HIGHEST_PORT else None
