"""One event: from Cowrie's JSON object to the values that the warehouse stores.

Everything here is a function of the object, the sensor's name and its clock offset. Values of an unexpected type are taken as text or left
out; they never make an event fail.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
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
_FILES = (CountsAs.FILE_DOWNLOAD, CountsAs.FILE_UPLOAD)
_LOGINS = (CountsAs.LOGIN_SUCCESS, CountsAs.LOGIN_FAILURE)


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
    session_id: str | None
    matcher: Matcher | None
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
    file: FileFacts
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


_NO_FILE = FileFacts()


def read_event(value: dict[str, Any], source: Source) -> Event:
    """The event in a JSON object.

    Raises NotAnEventError with the reason `missing_eventid` or `bad_timestamp`: "needs an object with a non-empty string `eventid` and a
    usable `timestamp`" (DATA.md).
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
    own_port = not event_type.startswith("cowrie.direct-tcpip.")
    is_login = kind in _LOGINS
    return Event(
        identity=identity(sensor, value, written_at),
        sensor=sensor,
        session_id=session[1] if session else None,
        matcher=session[0] if session else None,
        event_type=event_type,
        counts_as=kind,
        event_at=written_at - source.clock_offsets.get(sensor, 0),
        src_ip=_text(get("src_ip")) or None,
        src_port=_port(get("src_port")) if own_port else None,
        dst_port=_port(get("dst_port")) if own_port else None,
        protocol=_text(get("protocol")) or None,
        username=_text(get("username")) if is_login else None,
        password=_text(get("password")) if is_login else None,
        command=_text(get("input")) or "" if kind is CountsAs.COMMAND else None,
        client_version=_text(get("version")) if event_type == "cowrie.client.version" else None,
        hassh=_text(get("hassh")) if event_type == "cowrie.client.kex" else None,
        file=_file(value) if kind in _FILES or kind is CountsAs.FILE_DOWNLOAD_FAILED else _NO_FILE,
        duration_us=_duration_us(value) if kind is CountsAs.CLOSED else None,
        naive_timestamp=not has_zone,
    )


def identity(sensor: str, value: dict[str, Any], written_at: int) -> bytes:
    """16 bytes that are equal for two events "when sensor and JSON content are equal (order of keys and whitespace aside)".

    The whole second of the written time (4 bytes, big-endian, before any clock offset) stands first and keeps the index in time's order; then
    BLAKE2b-96 of the sensor and the canonical JSON. A chance collision needs both in the same second: below 1e-20 for a million events in it.
    """
    digest = blake2b(sensor.encode("utf-8", "surrogatepass") + b"\0", digest_size=12)
    digest.update(canonical_json(value))
    second = min(max(written_at // US_PER_SECOND, 0), _LAST_SECOND)
    return second.to_bytes(4, "big") + digest.digest()


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
