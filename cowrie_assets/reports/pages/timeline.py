"""A session's events in words: when, what happened, and the values that the event holds.

An event is read again from what Cowrie wrote, by the reader's own rules (`cowrie/details.py`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from cowrie_assets.cowrie.counting import CountsAs
from cowrie_assets.cowrie.details import details_of, text_of
from cowrie_assets.cowrie.lenient_json import NotJsonError, decode
from cowrie_assets.warehouse.codec import decode_text

MOST_CHARACTERS = 2000
"""Of a value; how long it was is kept."""


class StoredEvent(NamedTuple):
    """An event, its texts as stored."""

    event_type: str
    counts_as: int
    payload: str
    """Its JSON, or the beginning of it where it is very long."""
    characters: int
    """How long its JSON is."""


@dataclass(frozen=True, slots=True)
class Value:
    """What an event says of one thing."""

    name: str
    """What it is, in our words; empty where the event's words say it."""
    text: str
    """As logged, at most `MOST_CHARACTERS` of it."""
    characters: int
    """How long it was."""
    place: str = ""
    """Where a report would list it, as `render/links.py` names the lists; empty where it would not."""
    is_secret: bool = False
    """Whether it is a password, or may hold one that cannot be told from the rest."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of a session."""

    place: int
    """From 1, in the whole session."""
    after_us: int
    """Microseconds since the first event that is shown of the session."""
    what: str
    values: tuple[Value, ...]


def entry_of(place: int, after_us: int, event: StoredEvent) -> Entry:
    """The entry of one event."""
    name, payload = decode_text(event.event_type), decode_text(event.payload)
    try:
        fields = decode(payload.encode("utf-8", "surrogatepass")).value
    except NotJsonError:
        fields = None
    if not isinstance(fields, dict):
        beginning = Value("begins", payload[:MOST_CHARACTERS], event.characters, is_secret=True)
        return Entry(place, after_us, name, (beginning,))
    words, read = _TOLD.get(name, (name, _message))
    if "realm" in fields and name in _WITH_REALM:
        words, read = _WITH_REALM[name], _answer
    details = details_of(name, CountsAs(event.counts_as))
    known = dict(zip((*details.texts, *details.numbers), details.read(fields), strict=True))
    values = tuple(value for value in read(fields, known) if value is not None)
    return Entry(place, after_us, words, values)


Fields = Mapping[str, Any]
Values = list[Value | None]


def _value(name: str, value: object, place: str = "", *, is_secret: bool = False) -> Value | None:
    """A value as told; None where there is none. An empty one tells something only of a login or a command."""
    text = text_of(value)
    return (
        None
        if text is None or not (text or place)
        else Value(name, text[:MOST_CHARACTERS], len(text), place, is_secret)
    )


def _connect(fields: Fields, _: Fields) -> Values:
    return [
        _value("from", fields.get("src_ip"), "address"),
        _value("port", fields.get("src_port")),
        _value("to port", fields.get("dst_port")),
        _value("protocol", fields.get("protocol")),
    ]


def _login(fields: Fields, known: Fields) -> Values:
    return [
        _value("", known["username"], "username"),
        _value("with", known["password"], "password", is_secret=True),
        _value("key", fields.get("fingerprint")),
    ]


def _file(fields: Fields, known: Fields) -> Values:
    shasum = known.get("shasum") or fields.get("shasum")
    return [
        _value("", shasum, "file"),
        _value("url", known.get("url"), "url"),
        _value("name", known.get("filename")),
        _value("size", known.get("file_size")),
    ]


def _failed_file(_: Fields, known: Fields) -> Values:
    return [_value("url", known["url"])]


def _closed(_: Fields, known: Fields) -> Values:
    duration = known["duration_us"]
    return [None if duration is None else _value("after", f"{duration / 1_000_000:,.1f} s")]


def _recording(fields: Fields, _: Fields) -> Values:
    return [_value("", fields.get("ttylog")), _value("bytes", fields.get("size"))]


def _answer(fields: Fields, _: Fields) -> Values:
    """What was typed into a program: `passwd` asks for a password."""
    return [_value("", fields.get("input"), is_secret=True), _value("of", fields.get("realm"))]


def _message(fields: Fields, _: Fields) -> Values:
    return [_value("", fields.get("message"))]


def _fields(*names: tuple[str, str]) -> Callable[[Fields, Fields], Values]:
    """Tells fields of the event: `(name, field)`."""
    return lambda fields, _: [_value(name, fields.get(field)) for name, field in names]


def _details(detail: str, place: str) -> Callable[[Fields, Fields], Values]:
    """Tells the one text of the event's details."""
    return lambda _, known: [_value("", known.get(detail), place)]


_TOLD: dict[str, tuple[str, Callable[[Fields, Fields], Values]]] = {
    "cowrie.session.connect": ("connected", _connect),
    "cowrie.client.version": ("client version", _details("client_version", "version")),
    "cowrie.client.kex": ("HASSH", _details("hassh", "hassh")),
    "cowrie.client.fingerprint": ("offered a key", _fields(("", "fingerprint"), ("type", "type"), ("as", "username"))),
    "cowrie.client.size": ("terminal size", _fields(("columns", "width"), ("rows", "height"))),
    "cowrie.client.var": ("set a variable", _fields(("", "name"), ("to", "value"))),
    "cowrie.login.success": ("logged in as", _login),
    "cowrie.login.failed": ("failed to log in as", _login),
    "cowrie.session.params": ("opened a shell", _fields(("on", "arch"))),
    "cowrie.command.input": ("typed", _details("command", "command")),
    "cowrie.command.failed": ("no such command", _fields(("", "input"))),
    "cowrie.command.success": ("command ran", _fields(("", "input"))),
    "cowrie.session.input": ("answered a program", _answer),
    "cowrie.session.file_download": ("stored a file", _file),
    "cowrie.session.file_download.failed": ("failed to download", _failed_file),
    "cowrie.session.file_upload": ("uploaded a file", _file),
    "cowrie.direct-tcpip.request": ("asked for a tunnel to", _details("tunnel_target", "target")),
    "cowrie.direct-tcpip.data": (
        "sent through a tunnel",
        _fields(("", "data"), ("to", "dst_ip"), ("port", "dst_port")),
    ),
    "cowrie.telnet.exploit_attempt": ("tried an exploit", _fields(("", "cve"), ("name", "name"), ("value", "value"))),
    "cowrie.telnet.exploit_success": ("exploited", _fields(("", "cve"), ("command", "attempted_command"))),
    "cowrie.log.open": ("recording began", _recording),
    "cowrie.log.closed": ("recording ended", _recording),
    "cowrie.session.closed": ("disconnected", _closed),
}
_WITH_REALM = {
    "cowrie.command.input": "answered a program",
    "cowrie.command.success": "the program took",
    "cowrie.command.failed": "the program refused",
}
