"""A batch: what one load step writes, made from framed items without touching a database.

A batch crosses from the reading process to the writing one, so it is compact: each text, session, sensor and event type
stands in it once, rows hold positions in those lists, and position 0 is None.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from cowrie_assets.clock import US_PER_DAY
from cowrie_assets.cowrie.event import FileFacts, NotAnEventError, Source, read_event
from cowrie_assets.cowrie.framing import Dead, Item, Whole

KEPT_BYTES = 1024 * 1024
"""Bytes of a dead letter's content that are kept."""

_NO_FILE = FileFacts()


Row = tuple[Any, ...]
"""An event's values in the order of `COLUMNS`: a plain tuple, because a million of them cross between processes."""

TEXT_COLUMNS = (
    *("src_ip_id", "protocol_id", "username_id", "password_id", "command_id", "client_version_id", "hassh_id"),
    *("shasum_id", "filename_id", "url_id", "destfile_id"),
)
COLUMNS = (
    *("event_hash", "sensor_id", "session_ref", "event_type_id"),
    *TEXT_COLUMNS,
    *(
        "matcher",
        "counts_as",
        "event_at",
        "event_day",
        "src_port",
        "dst_port",
        "file_size",
        "duration_us",
        "byte_offset",
        "payload",
    ),
)
"""Columns of `events`. In a `Row` those of sensor, session, event type and text are positions in the batch's lists."""


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
        self.batch = Batch(start)
        self._texts: Numbering[str] = Numbering()
        self._sessions: Numbering[SessionKey] = Numbering()
        self._sensors: Numbering[str] = Numbering()
        self._event_types: Numbering[str] = Numbering()
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
        batch.texts = self._texts.things()
        batch.sessions = self._sessions.things()
        batch.sensors = self._sensors.things()
        batch.event_types = self._event_types.things()
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
        batch = self.batch
        number = self._texts
        sensor = self._sensors[event.sensor]
        session, matcher = 0, None
        if event.session is not None:
            matcher, session_id = event.session
            session = self._sessions[SessionKey(event.sensor, session_id)]
        command = number[event.command]
        if command:
            self._commands.add(command)
        file = event.file or _NO_FILE
        batch.naive_timestamps += event.naive_timestamp
        batch.rows.append(
            (
                event.identity,
                sensor,
                session,
                self._event_types[event.event_type],
                number[event.src_ip],
                number[event.protocol],
                number[event.username],
                number[event.password],
                command,
                number[event.client_version],
                number[event.hassh],
                number[file.shasum],
                number[file.filename],
                number[file.url],
                number[file.destfile],
                int(matcher) if matcher else None,
                int(event.counts_as),
                event.event_at,
                event.event_at // US_PER_DAY,
                event.src_port,
                event.dst_port,
                file.size,
                event.duration_us,
                item.offset,
                item.text.decode("utf-8"),
            )
        )


def _dead_letter(item: Whole | Dead, reason: str) -> DeadLetter:
    length = item.length if type(item) is Dead else len(item.text)
    content = item.text[:KEPT_BYTES].decode("utf-8", "replace")
    return DeadLetter(item.line_number, item.offset, reason, content, length)
