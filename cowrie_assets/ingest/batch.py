"""A batch: what one load step writes, made from framed items without touching a database.

A batch crosses from the reading process to the writing one, so it is compact: each text, session, sensor and event type stands in it once, rows
hold positions in those lists, and position 0 is None.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cowrie_assets.clock import US_PER_DAY
from cowrie_assets.cowrie.event import NotAnEventError, Source, read_event
from cowrie_assets.cowrie.framing import Dead, Item, Whole

KEPT_BYTES = 1024 * 1024
"""Bytes of a dead letter's content that are kept."""


Row = tuple[Any, ...]
"""An event's values in the order of `COLUMNS`: a plain tuple, because a million of them cross between processes."""

TEXT_COLUMNS = (
    *("src_ip_id", "protocol_id", "username_id", "password_id", "command_id", "client_version_id", "hassh_id"),
    *("shasum_id", "filename_id", "url_id", "destfile_id"),
)
COLUMNS = (
    *("event_hash", "sensor_id", "session_ref", "event_type_id"),
    *TEXT_COLUMNS,
    *("matcher", "counts_as", "event_at", "event_day", "src_port", "dst_port", "file_size", "duration_us", "byte_offset", "payload"),
)
"""Columns of `events`. In a `Row` those of sensor, session and event type, and `TEXT_COLUMNS`, are positions in the batch's lists."""


class DeadLetter(NamedTuple):
    """A line that is no event."""

    line_number: int
    byte_offset: int
    reason: str
    content: str
    content_bytes: int


class SessionKey(NamedTuple):
    """A session of a batch."""

    sensor: str
    session_id: str


@dataclass(slots=True)
class Batch:
    """What was read of one log between two offsets at which reading may resume."""

    start: int
    end: int = 0
    end_line: int = 0
    checkpoint: bytes = b""
    unterminated: bool = False
    rows: list[Row] = field(default_factory=list)
    dead_letters: list[DeadLetter] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    sessions: list[SessionKey] = field(default_factory=list)
    sensors: list[str] = field(default_factory=list)
    event_types: list[str] = field(default_factory=list)
    commands: list[int] = field(default_factory=list)
    """Positions in `texts` of what was typed as a command."""
    blank: int = 0
    invalid_utf8: int = 0
    naive_timestamps: int = 0

    @property
    def lines(self) -> int:
        """Every line of the log that this batch accounts for."""
        return len(self.rows) + len(self.dead_letters) + self.blank


class BatchBuilder:
    """Turns framed items into the next batch."""

    def __init__(self, source: Source, start: int) -> None:
        self._source = source
        self.batch = Batch(start)
        self._texts: dict[str | None, int] = {None: 0}
        self._sessions: dict[tuple[str, str | None], int] = {}
        self._sensors: dict[str, int] = {}
        self._event_types: dict[str, int] = {}
        self._commands: set[int] = set()

    def add(self, items: Iterable[Item]) -> None:
        """Take in the items of a block."""
        batch = self.batch
        for item in items:
            if type(item) is Whole:
                self._add_whole(item)
            elif type(item) is Dead:
                batch.dead_letters.append(_dead_letter(item, item.reason))
            else:
                batch.blank += 1
                continue
            if item.invalid_utf8:
                batch.invalid_utf8 += 1

    def finish(self, end: int, end_line: int) -> Batch:
        """The batch, closed at the offset and line behind its last item."""
        batch = self.batch
        batch.end, batch.end_line = end, end_line
        batch.texts = [text for text in self._texts if text is not None]
        batch.sessions = [SessionKey(sensor, session_id) for sensor, session_id in self._sessions if session_id is not None]
        batch.sensors = list(self._sensors)
        batch.event_types = list(self._event_types)
        batch.commands = sorted(self._commands)
        return batch

    def _add_whole(self, item: Whole) -> None:
        try:
            event = read_event(item.value, self._source)
        except NotAnEventError as error:
            self.batch.dead_letters.append(_dead_letter(item, error.reason))
            return
        except RecursionError:
            self.batch.dead_letters.append(_dead_letter(item, "too_deep"))
            return
        texts = self._texts
        sessions = self._sessions
        number = texts.setdefault
        sensor = self._sensors.setdefault(event.sensor, len(self._sensors) + 1)
        matcher = event.matcher
        session = 0
        if event.session_id is not None:
            session = sessions.setdefault((event.sensor, event.session_id), len(sessions) + 1)
        command = number(event.command, len(texts))
        if command:
            self._commands.add(command)
        shasum, filename, url, destfile, size = event.file
        self.batch.naive_timestamps += event.naive_timestamp
        self.batch.rows.append(
            (
                event.identity,
                sensor,
                session,
                self._event_types.setdefault(event.event_type, len(self._event_types) + 1),
                number(event.src_ip, len(texts)),
                number(event.protocol, len(texts)),
                number(event.username, len(texts)),
                number(event.password, len(texts)),
                command,
                number(event.client_version, len(texts)),
                number(event.hassh, len(texts)),
                number(shasum, len(texts)),
                number(filename, len(texts)),
                number(url, len(texts)),
                number(destfile, len(texts)),
                int(matcher) if matcher else None,
                int(event.counts_as),
                event.event_at,
                event.event_at // US_PER_DAY,
                event.src_port,
                event.dst_port,
                size,
                event.duration_us,
                item.offset,
                item.text.decode("utf-8"),
            )
        )


def _dead_letter(item: Whole | Dead, reason: str) -> DeadLetter:
    length = item.length if type(item) is Dead else len(item.text)
    content = item.text[:KEPT_BYTES].decode("utf-8", "replace")
    return DeadLetter(item.line_number, item.offset, reason, content, length)
