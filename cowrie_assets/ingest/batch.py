"""A batch: what one load step writes, made from framed items without touching a database.

A batch crosses from the reading process to the writing one, so it is compact: each text, session, sensor and event type
stands in it once, rows hold positions in those lists, and position 0 is None.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from cowrie_assets.clock import US_PER_DAY
from cowrie_assets.cowrie.counting import CountsAs
from cowrie_assets.cowrie.details import ALL_DETAILS, Details
from cowrie_assets.cowrie.event import NotAnEventError, Source, Whose, read_event
from cowrie_assets.cowrie.event_types import KNOWN
from cowrie_assets.cowrie.framing import Blank, Dead, DeadLines, Item, Whole
from cowrie_assets.cowrie.lenient_json import exact
from cowrie_assets.ingest.letters import DeadLetter, letter_of, letters_of
from cowrie_assets.ingest.suspects import Place
from cowrie_assets.warehouse.codec import Utf8, encode_utf8, make_compact

LONG_TEXT = 1024 * 1024
"""Bytes of an event from which on no copy of it is made that can be spared."""


Row = tuple[Any, ...]
"""An event's values in the order of its `Shape`: a plain tuple, for a million of them cross between processes."""

REFERENCES = ("sensor_id", "session_ref", "event_type_id", "src_ip_id", "protocol_id")
VALUES = (
    *("event_hash", "matcher", "counts_as", "event_at", "event_day"),
    *("src_port", "dst_port", "byte_offset", "payload"),
)
DETAILED_TEXTS = tuple(dict.fromkeys(name for details in ALL_DETAILS for name in details.texts))
DETAILED_NUMBERS = tuple(dict.fromkeys(name for details in ALL_DETAILS for name in details.numbers))


class Shape(NamedTuple):
    """Which details the events of a group have: the names of their texts and of their numbers; most have none.

    A `Row` holds `REFERENCES` and the texts, all of them as positions in the batch's lists, then `VALUES` and the
    numbers. A payload is UTF-8 as `warehouse.codec` stores it, for in a `str` one wide character makes four bytes of
    each. Events of one shape are written by one statement, which binds no value that they do not have.
    """

    texts: tuple[str, ...]
    numbers: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of `events` that a row's values belong to."""
        return (*REFERENCES, *(f"{name}_id" for name in self.texts), *VALUES, *self.numbers)

    @property
    def first_value(self) -> int:
        """Where in a row the values begin."""
        return len(REFERENCES) + len(self.texts)


class Origin(NamedTuple):
    """What events of a log say of whence they come, and what they were derived as under the settings of the moment."""

    written_sensor: str
    named_by_folder: bool
    """It is the folder's name: the events name none."""
    uuid: str
    sensor: str
    clock_offset_us: int
    first_written_at: int
    """The least of their times as written, before the offset was taken off, in microseconds since 1970-01-01."""
    last_written_at: int


SessionKey = tuple[str, str]
"""A session of a batch: sensor and session id."""


@dataclass(slots=True)
class Batch:
    """What was read of one log between two offsets at which reading may resume."""

    start: int
    end: int = 0
    end_line: int = 0
    checkpoint: bytes = b""
    unterminated: bool = False
    rows: dict[Shape, list[Row]] = field(default_factory=dict)
    events: int = 0
    """How many lines are events."""
    dead_letters: list[DeadLetter] = field(default_factory=list)
    """Those that are no run."""
    dead_lines: list[DeadLines] = field(default_factory=list)
    """Runs of dead letters, for a million of them cross between processes."""
    texts: list[str | Utf8] = field(default_factory=list)
    sessions: list[SessionKey] = field(default_factory=list)
    sensors: list[str] = field(default_factory=list)
    event_types: list[str] = field(default_factory=list)
    origins: list[Origin] = field(default_factory=list)
    folder_sensor: str | None = None
    """The sensor to which the log's folder gives some of the events."""
    commands: list[int] = field(default_factory=list)
    """Positions in `texts` of what was typed as a command."""
    first_event_at: int | None = None
    last_event_at: int | None = None
    damaged: bool = False
    """What the log holds ends in damage: true of its last batch only."""
    blank: int = 0
    invalid_utf8: int = 0
    naive_timestamps: int = 0
    unknown_event_ids: int = 0
    has_long: bool = False
    """An event of `LONG_TEXT` bytes or more is among them."""
    unusual: int = 0
    """Events in which a field that must hold a text holds an object or a list."""
    suspects: list[Place] = field(default_factory=list)
    """Places that may be completed later."""

    def end_only(self) -> "Batch":
        """Where this batch ends, with what is dead there, and nothing else of it."""
        ends = (self.end, self.end_line, self.checkpoint, self.unterminated)
        at_end = [letter for letter in self.dead_letters if letter.byte_offset >= self.end]
        return Batch(self.start, *ends, dead_letters=at_end)

    @property
    def lines(self) -> int:
        """Every line of the log that this batch accounts for."""
        return self.events + self.dead + self.blank

    @property
    def dead(self) -> int:
        """How many lines are dead letters."""
        return len(self.dead_letters) + sum(run.lines for run in self.dead_lines)

    def letters(self) -> Iterator[DeadLetter]:
        """All dead letters, in the order of their places."""
        runs: list[tuple[int, Iterable[DeadLetter]]] = [(run.offset, letters_of(run)) for run in self.dead_lines]
        runs += [(letter.byte_offset, (letter,)) for letter in self.dead_letters]
        return chain.from_iterable(letters for _, letters in sorted(runs, key=itemgetter(0)))


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
        self._begin(start)

    def _begin(self, start: int) -> None:
        self.batch = Batch(start)
        self.kept_bytes = 0
        """Of the events and dead letters taken in."""
        self._texts: Numbering[str | Utf8] = Numbering()
        self._sessions: Numbering[SessionKey] = Numbering()
        self._sensors: Numbering[str] = Numbering()
        self._event_types: Numbering[str] = Numbering()
        self._commands: set[int] = set()
        self._rows: dict[Details, list[Row]] = {details: [] for details in ALL_DETAILS}
        self._times: list[int] = []
        self._written_at: dict[Whose, list[int]] = {}
        """First and last time as written of the events of each origin."""
        self._last: tuple[Whose | None, list[int]] = None, []
        """The origin of the last event, and its times: most events follow one of their own origin."""

    def add(self, items: Iterable[Item]) -> None:
        """Take in the items of a block."""
        batch = self.batch
        for item in items:
            if isinstance(item, Whole):
                self._add_whole(item)
            elif isinstance(item, Dead):
                batch.dead_letters.append(letter_of(item, item.reason))
            elif isinstance(item, Blank):
                batch.blank += item.lines
                continue
            else:
                self._add_dead_lines(item)
                continue
            self.kept_bytes += len(item.text)
            if item.invalid_utf8:
                batch.invalid_utf8 += 1

    def finish(self, end: int, end_line: int) -> Batch:
        """The batch, closed at the offset and line behind its last item; nothing of it is kept, the next one begins."""
        batch = self.batch
        batch.end, batch.end_line = end, end_line
        batch.texts = self._texts.things()
        batch.sessions = self._sessions.things()
        batch.sensors = self._sensors.things()
        batch.event_types = self._event_types.things()
        batch.origins = [
            Origin(whose.written_sensor, whose.named_by_folder, whose.uuid, whose.sensor, whose.clock_offset_us, *times)
            for whose, times in self._written_at.items()
        ]
        if self._source.folder_sensor in self._sensors:
            batch.folder_sensor = self._source.folder_sensor
        batch.commands = sorted(self._commands)
        batch.rows = {Shape(details.texts, details.numbers): rows for details, rows in self._rows.items() if rows}
        batch.first_event_at, batch.last_event_at = min(self._times, default=None), max(self._times, default=None)
        self._begin(end)
        return batch

    def _add_dead_lines(self, run: DeadLines) -> None:
        self.batch.dead_lines.append(run)
        self.kept_bytes += len(run.text)
        if not run.text.isascii():
            self.batch.invalid_utf8 += sum(item.invalid_utf8 for item in run.each())

    def _add_whole(self, item: Whole) -> None:
        is_long = len(item.text) >= LONG_TEXT
        try:
            event = read_event(exact(item.text, item.value), self._source, is_long=is_long)
        except NotAnEventError as error:
            self.batch.dead_letters.append(letter_of(item, error.reason))
            return
        batch = self.batch
        number = self._texts
        # fmt: off
        (
            identity, whose, written_at, found, event_type, kind, event_at,
            src_ip, src_port, dst_port, protocol, details, values, naive, unusual,
        ) = event
        # fmt: on
        sensor = whose.sensor
        texts = len(details.texts)
        if is_long:
            batch.has_long = True
            held = list(values)
            del event, values
            item.value.clear()
            make_compact(held, texts)
            values = tuple(held)
        session, matcher = 0, None
        if found is not None:
            matcher = int(found[0])
            session = self._sessions[sensor, found[1]]
        if kind is CountsAs.COMMAND:
            self._commands.add(number[values[0]])
        batch.events += 1
        self._times.append(event_at)
        batch.naive_timestamps += naive
        batch.unknown_event_ids += event_type not in KNOWN
        batch.unusual += unusual
        if whose is self._last[0]:
            span = self._last[1]
        else:
            span = self._written_at.setdefault(whose, [written_at, written_at])
            self._last = whose, span
        if written_at > span[1]:
            span[1] = written_at
        elif written_at < span[0]:
            span[0] = written_at
        self._rows[details].append(
            (
                self._sensors[sensor],
                session,
                self._event_types[event_type],
                number[src_ip],
                number[protocol],
                *[number[text] for text in values[:texts]],
                identity,
                matcher,
                int(kind),
                event_at,
                event_at // US_PER_DAY,
                src_port,
                dst_port,
                item.offset,
                encode_utf8(item.text),
                *values[texts:],
            )
        )
