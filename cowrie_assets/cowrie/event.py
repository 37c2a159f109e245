"""One event: from Cowrie's JSON object to the values that the warehouse stores.

Everything here is a function of the object, the sensor's name and its clock offset. Values of an unexpected type are
taken as text or left out; they never make an event fail.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson

from cowrie_assets.clock import US_PER_DAY, US_PER_SECOND
from cowrie_assets.cowrie.counting import CountsAs, counts_as
from cowrie_assets.cowrie.event_types import event_type_of
from cowrie_assets.cowrie.sessions import Matcher, session_of
from cowrie_assets.cowrie.timestamps import BadTimestampError, parse_timestamp

_SHA256 = re.compile(r"[0-9a-f]{64}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_PATH_PART = re.compile(r".*[/\\]", re.DOTALL)
_URL_LENGTH = 1024
_FILENAME_LENGTH = 512
_HIGHEST_PORT = 65_535
_HIGHEST_SIZE = 2**62
_LONGEST_DURATION_US = 2**53
_LAST_SECOND = 2**32 - 1
_FILES = frozenset({CountsAs.FILE_DOWNLOAD, CountsAs.FILE_UPLOAD, CountsAs.FILE_DOWNLOAD_FAILED})
_LOGINS = frozenset({CountsAs.LOGIN_SUCCESS, CountsAs.LOGIN_FAILURE})
_FORWARDED = "cowrie.direct-tcpip."
"""Events whose addresses and ports are the forward's, not the sensor's."""


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of a log before it is read: whose it is, and what the sensors file says of names and clocks."""

    folder_sensor: str
    names_by_alias: Mapping[str, str] = field(default_factory=dict)
    clock_offsets: Mapping[str, int] = field(default_factory=dict)
    """Microseconds that a sensor's written times are ahead of UTC."""


class FileFacts(NamedTuple):
    """What a download or an upload tells of its file."""

    shasum: str | None = None
    filename: str | None = None
    url: str | None = None
    destfile: str | None = None
    size: int | None = None


class Event(NamedTuple):
    """An event's values; times in microseconds since 1970-01-01 UTC."""

    identity: bytes
    sensor: str
    session: tuple[Matcher, str] | None
    """The rule that found the session, and its id."""
    event_type: str
    counts_as: CountsAs
    event_at: int
    src_ip: str | None
    src_port: int | None
    dst_port: int | None
    protocol: str | None
    username: str | None
    password: str | None
    command: str | None
    client_version: str | None
    hassh: str | None
    file: FileFacts | None
    duration_us: int | None
    naive_timestamp: bool

    @property
    def event_day(self) -> int:
        """Days since 1970-01-01."""
        return self.event_at // US_PER_DAY


class NotAnEventError(ValueError):
    """The object is no event; `reason` is the dead letter's."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_event(value: dict[str, Any], source: Source) -> Event:
    """The event in a JSON object.

    Raises NotAnEventError with the reason `missing_eventid` or `bad_timestamp`: "needs an object with a non-empty
    string `eventid` and a usable `timestamp`" (DATA.md).
    """
    get = value.get
    eventid = get("eventid")
    if type(eventid) is not str or not eventid:
        raise NotAnEventError("missing_eventid")
    try:
        written_at, has_zone = parse_timestamp(get("timestamp"))
    except BadTimestampError:
        raise NotAnEventError("bad_timestamp") from None
    event_type = event_type_of(eventid)
    kind = counts_as(event_type, value)
    sensor = get("sensor")
    if type(sensor) is not str or not sensor:
        sensor = source.folder_sensor
    sensor = source.names_by_alias.get(sensor, sensor)
    session = session_of(value)
    src_port, dst_port = (
        (None, None) if event_type.startswith(_FORWARDED) else (_port(get("src_port")), _port(get("dst_port")))
    )
    username, password = (_text(get("username")), _text(get("password"))) if kind in _LOGINS else (None, None)
    # By position: a million of them are made, and names would cost as much as the parsing of the time.
    return Event(
        identity(sensor, value, written_at),
        sensor,
        session,
        event_type,
        kind,
        written_at - source.clock_offsets.get(sensor, 0),
        _text(get("src_ip")) or None,
        src_port,
        dst_port,
        _text(get("protocol")) or None,
        username,
        password,
        _text(get("input")) or "" if kind is CountsAs.COMMAND else None,
        _text(get("version")) if event_type == "cowrie.client.version" else None,
        _text(get("hassh")) if event_type == "cowrie.client.kex" else None,
        _file(value) if kind in _FILES else None,
        _duration_us(value) if kind is CountsAs.CLOSED else None,
        not has_zone,
    )


def identity(sensor: str, value: dict[str, Any], written_at: int) -> bytes:
    """16 bytes, equal for two events "when sensor and JSON content are equal (order of keys and whitespace aside)".

    The whole second of the written time (4 bytes, big-endian, before any clock offset) stands first and keeps the index
    in time's order; then BLAKE2b-96 of the sensor and the canonical JSON. A chance collision needs both in the same
    second: below 1e-16 for a million events in it.
    """
    digest = _digest_of_sensor(sensor).copy()
    digest.update(canonical_json(value))
    second = min(max(written_at // US_PER_SECOND, 0), _LAST_SECOND)
    return second.to_bytes(4, "big") + digest.digest()


@lru_cache(maxsize=1024)
def _digest_of_sensor(sensor: str) -> blake2b:
    return blake2b(sensor.encode("utf-8", "surrogatepass") + b"\0", digest_size=12)


def canonical_json(value: dict[str, Any]) -> bytes:
    """The object with sorted keys and no whitespace; in ASCII where a lone surrogate keeps it out of UTF-8."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # lone surrogates, integers beyond 64 bits, nesting beyond orjson's
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")


def _text(value: object) -> str | None:
    if value is None or type(value) is str:
        return value
    if isinstance(value, (int, float)):
        return str(value)
    return json.dumps(value, sort_keys=True)


def _port(value: object) -> int | None:
    if type(value) is str and value.isascii() and value.isdecimal():
        value = int(value[:6])
    return value if type(value) is int and 0 <= value <= _HIGHEST_PORT else None


def _file(value: Mapping[str, Any]) -> FileFacts:
    shasum = (_text(value.get("shasum")) or "").strip().lower()
    size = value.get("size")
    destfile = _text(value.get("destfile"))
    name = _text(value.get("filename")) or destfile or ""
    return FileFacts(
        shasum=shasum if _SHA256.fullmatch(shasum) else None,
        filename=_CONTROL.sub("", _PATH_PART.sub("", name))[:_FILENAME_LENGTH] or None,
        url=_CONTROL.sub("", _text(value.get("url")) or "")[:_URL_LENGTH] or None,
        destfile=destfile or None,
        size=size if type(size) is int and 0 <= size <= _HIGHEST_SIZE else None,
    )


def _duration_us(value: Mapping[str, Any]) -> int | None:
    """ "`duration_ms` / 1000, or `duration` as number or numeric string" (DATA.md), in microseconds."""
    for key, unit in (("duration_ms", 1_000), ("duration", US_PER_SECOND)):
        try:
            duration = round(float(value[key]) * unit)
        except (KeyError, TypeError, ValueError, OverflowError):
            continue
        if 0 <= duration <= _LONGEST_DURATION_US and type(value[key]) is not bool:
            return duration
    return None
