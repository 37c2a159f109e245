"""What log files say: their events, and the sessions that these make up, as DATA.md defines them."""

import gzip
import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

_MICROSECOND = timedelta(microseconds=1)


@dataclass
class Log:
    """A log file, and what became of its lines: `lines = events + duplicates + blank + dead letters`."""

    sensor: str
    first_at: datetime | None = None
    """The least time of its events."""
    lines: int = 0
    events: int = 0
    duplicates: int = 0
    blank: int = 0
    dead_letters: Counter[str] = field(default_factory=Counter)
    """By reason."""


def as_stored(text: str) -> str:
    """What a database sorts `text` by: NUL and lone surrogates stand in it as characters of plane 16."""
    return "".join(chr(0x100000 + ord(each)) if each == "\0" or "\ud800" <= each <= "\udfff" else each for each in text)


@dataclass(frozen=True)
class Event:
    sensor: str
    at: datetime
    fields: dict[str, Any]

    @property
    def kind(self) -> str:
        """The event id without `cowrie.`; what looks like a command or a download and counts as none has another."""
        kind = str(self.fields["eventid"]).removeprefix("cowrie.")
        if kind == "command.input" and "realm" in self.fields:
            return "input of a program"
        if kind == "session.file_download" and ("realm" in self.fields or "input" in self.fields):
            return "input of scp"
        return kind


@dataclass
class File:
    """A row of `files`."""

    first_at: datetime
    downloads: int = 0
    uploads: int = 0
    url: str | None = None
    name: str | None = None


@dataclass
class Command:
    """A row of `command_stats`."""

    occurrences: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class Session:
    """A row of `session_summaries` with what belongs to it; its events are in the order of time."""

    sensor: str
    session_id: str
    events: tuple[Event, ...] = field(repr=False)

    @cached_property
    def first_at(self) -> datetime:
        return self.events[0].at

    @cached_property
    def last_at(self) -> datetime:
        return self.events[-1].at

    @cached_property
    def day(self) -> date:
        return self.first_at.date()

    @cached_property
    def counts(self) -> Counter[str]:
        """Events by kind."""
        return Counter(event.kind for event in self.events)

    @cached_property
    def src_ip(self) -> str | None:
        return self._first("src_ip")

    @cached_property
    def protocol(self) -> str | None:
        return self._first("protocol")

    @cached_property
    def client_version(self) -> str | None:
        return self._first("version", "client.version")

    @cached_property
    def hassh(self) -> str | None:
        return self._first("hassh", "client.kex")

    @cached_property
    def closed(self) -> bool:
        return self.counts["session.closed"] > 0

    @cached_property
    def duration_us(self) -> int:
        closed = [event.fields for event in self.events if event.kind == "session.closed"]
        if closed and "duration_ms" in closed[-1]:
            return int(closed[-1]["duration_ms"]) * 1000
        if closed and "duration" in closed[-1]:
            return round(float(closed[-1]["duration"]) * 1_000_000)
        return (self.last_at - self.first_at) // _MICROSECOND

    @cached_property
    def command_count(self) -> int:
        return self.counts["command.input"]

    @cached_property
    def login_successes(self) -> int:
        return self.counts["login.success"]

    @cached_property
    def login_failures(self) -> int:
        return self.counts["login.failed"]

    @cached_property
    def commands(self) -> dict[str, Command]:
        found: dict[str, Command] = {}
        for event in self.events:
            if event.kind == "command.input":
                command = found.setdefault(event.fields["input"], Command(0, event.at, event.at))
                command.occurrences += 1
                command.last_at = event.at
        return found

    @cached_property
    def last_command(self) -> str | None:
        """Of several at the last microsecond, the one that sorts first."""
        latest = max((command.last_at for command in self.commands.values()), default=None)
        last = (text for text, command in self.commands.items() if command.last_at == latest)
        return min(last, key=as_stored, default=None)

    @cached_property
    def logins(self) -> Counter[tuple[str | None, str | None]]:
        """Attempts by username and password; a key has no password."""
        return Counter(
            (event.fields.get("username"), event.fields.get("password"))
            for event in self.events
            if event.kind in ("login.success", "login.failed")
        )

    @cached_property
    def login(self) -> tuple[str | None, str | None]:
        """Username and password "of the first successful login, else of the last failed one" (DATA.md)."""
        successes = [event.fields for event in self.events if event.kind == "login.success"]
        failures = [event.fields for event in self.events if event.kind == "login.failed"]
        chosen = successes[0] if successes else failures[-1] if failures else {}
        return chosen.get("username"), chosen.get("password")

    @cached_property
    def files(self) -> dict[str, File]:
        """By SHA-256; the url and the name are the first that one of its events has."""
        found: dict[str, File] = {}
        for event in self.events:
            shasum = str(event.fields.get("shasum") or "").strip().lower()
            if event.kind in ("session.file_download", "session.file_upload") and re.fullmatch("[0-9a-f]{64}", shasum):
                file = found.setdefault(shasum, File(event.at))
                file.downloads += event.kind == "session.file_download"
                file.uploads += event.kind == "session.file_upload"
                file.url = file.url or _without_controls(event.fields.get("url") or "")[:1024] or None
                file.name = file.name or _file_name(event.fields)
        return found

    def _first(self, name: str, kind: str | None = None) -> Any:
        """The value of the earliest event that has one; fails where two of that moment differ: no rule says which."""
        having = [event for event in self.events if event.fields.get(name) and kind in (None, event.kind)]
        values = {event.fields[name] for event in having if event.at == having[0].at}
        assert len(values) <= 1, f"{name} of session {self.session_id} is left open"
        return values.pop() if values else None


def _file_name(fields: dict[str, Any]) -> str | None:
    """The last part of its path, or of where it went; "`filename` at most 512 characters" (DATA.md)."""
    path = str(fields.get("filename") or fields.get("destfile") or "")
    name = _without_controls(re.split(r"[/\\]", path)[-1])
    return None if name in ("", ".", "..") else name[:512]


@dataclass(frozen=True)
class FileVerdict:
    """What VirusTotal says of a file."""

    status: str
    classification: str | None = None
    malicious: bool | None = None
    """None: it does not say."""
    first_at: datetime | None = None


@dataclass(frozen=True)
class Evidence:
    """All that a folder of logs says, and what is known from elsewhere of the files and addresses in it."""

    logs: tuple[Log, ...]
    events: tuple[Event, ...]
    file_verdicts: dict[str, FileVerdict] = field(default_factory=dict)
    """By SHA-256."""
    ip_verdicts: dict[str, bool] = field(default_factory=dict)
    """Whether DShield lists an address."""
    judged_at: str = ""
    """When all of these verdicts were written, as documents say it."""

    def is_malicious(self, shasum: str) -> bool:
        return shasum in self.file_verdicts and self.file_verdicts[shasum].malicious is True

    @cached_property
    def sessions(self) -> tuple[Session, ...]:
        """In the order of their beginning."""
        groups: dict[tuple[str, str], list[Event]] = defaultdict(list)
        for event in self.events:
            if event.fields.get("session"):
                groups[event.sensor, str(event.fields["session"])].append(event)
        sessions = [Session(*key, tuple(sorted(group, key=lambda each: each.at))) for key, group in groups.items()]
        return tuple(sorted(sessions, key=lambda session: (session.first_at, session.sensor, session.session_id)))

    @cached_property
    def sessions_of_day(self) -> dict[date, list[Session]]:
        days: dict[date, list[Session]] = defaultdict(list)
        for session in self.sessions:
            days[session.day].append(session)
        return dict(days)

    @cached_property
    def active_hours(self) -> dict[str, set[datetime]]:
        """The hours in which each sensor wrote an event."""
        hours: dict[str, set[datetime]] = defaultdict(set)
        for event in self.events:
            hours[event.sensor].add(event.at.replace(minute=0, second=0, microsecond=0))
        return dict(hours)

    @cached_property
    def sensors(self) -> list[str]:
        """Those that have a session."""
        return sorted({session.sensor for session in self.sessions})


def _without_controls(url: str) -> str:
    """ "`download_url` at most 1024 [...] characters, control characters [...] removed" (DATA.md)."""
    return "".join(letter for letter in url if unicodedata.category(letter) != "Cc")


def read_logs(root: Path) -> Evidence:
    """The evidence of every `<root>/<sensor>/cowrie.json*`."""
    logs: list[Log] = []
    events: dict[tuple[str, str], Event] = {}
    for path in sorted(root.glob("*/cowrie.json*")):
        logs.append(Log(path.parent.name))
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for line in content.split(b"\n")[:-1]:
            _read(line, logs[-1], events)
    return Evidence(tuple(logs), tuple(events.values()))


def _read(line: bytes, log: Log, events: dict[tuple[str, str], Event]) -> None:
    log.lines += 1
    if not line.strip():
        log.blank += 1
        return
    try:
        event = _event(log.sensor, line)
    except _DeadLetterError as error:
        log.dead_letters[error.args[0]] += 1
        return
    log.first_at = min(log.first_at or event.at, event.at)
    key = event.sensor, json.dumps(event.fields, sort_keys=True)
    log.events += key not in events
    log.duplicates += key in events
    events.setdefault(key, event)


class _DeadLetterError(Exception):
    """With the reason."""


def _event(folder: str, line: bytes) -> Event:
    try:
        fields = json.loads(line)
    except ValueError:
        raise _DeadLetterError("invalid_json") from None
    if not isinstance(fields, dict):
        raise _DeadLetterError("not_an_object")
    if not fields.get("eventid"):
        raise _DeadLetterError("missing_eventid")
    try:
        at = datetime.fromisoformat(fields.get("timestamp", ""))
    except ValueError:
        raise _DeadLetterError("bad_timestamp") from None
    return Event(fields.get("sensor") or folder, at.astimezone(UTC), fields)


Line = dict[str, Any] | str
"""An event, or a line as it stands."""


def write_logs(root: Path, lines: Iterable[Line]) -> None:
    """Write lines into `<root>/<sensor>/cowrie.json`, in their order; a text goes where the event before it went."""
    logs: dict[str, list[str]] = defaultdict(list)
    sensor = ""
    for line in lines:
        sensor = line["sensor"] if isinstance(line, dict) else sensor
        logs[sensor].append(json.dumps(line) if isinstance(line, dict) else line)
    for sensor, written in logs.items():
        folder = root / sensor
        folder.mkdir(parents=True)
        (folder / "cowrie.json").write_text("\n".join([*written, ""]))


def session_of(
    day: str,
    number: int,
    kinds: Sequence[dict[str, Any]],
    *,
    sensor: str = "hp-1",
    duration_ms: int = 1500,
    **common: Any,
) -> Iterator[dict[str, Any]]:
    """The events of a made session: a connect, then `kinds`, a second apart, then the close; `number` microseconds into
    `day`, which may hold a time."""
    begin = datetime.fromisoformat(day).replace(tzinfo=UTC) + number * _MICROSECOND
    close = {"eventid": "cowrie.session.closed", "duration_ms": duration_ms}
    shared = {"session": f"{number % 2**48:012x}", "sensor": sensor, "src_ip": "192.0.2.1", "protocol": "ssh", **common}
    for second, fields in enumerate([{"eventid": "cowrie.session.connect"}, *kinds, close]):
        at = begin + timedelta(seconds=second)
        yield {**shared, "timestamp": f"{at:%Y-%m-%dT%H:%M:%S.%fZ}", "message": "", **fields}
