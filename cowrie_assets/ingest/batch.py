"""A batch: what one load step writes, made from framed items without touching a database.

A batch crosses from the reading process to the writing one, so it is compact: each text, session, sensor and event type
stands in it once, and the tables of events hold positions in those lists, where position 0 is None.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

from cowrie_assets.cowrie.framing import DeadLines
from cowrie_assets.ingest.event_table import EventTable
from cowrie_assets.ingest.letters import DeadLetter, letters_of
from cowrie_assets.ingest.suspects import Place
from cowrie_assets.warehouse.codec import Utf8


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
    tables: list[EventTable] = field(default_factory=list)
    """Its events; none of them is empty."""
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
    first_event_at: int | None = None
    last_event_at: int | None = None
    damaged: bool = False
    """What the log holds ends in damage: true of its last batch only."""
    blank: int = 0
    invalid_utf8: int = 0
    naive_timestamps: int = 0
    unknown_event_ids: int = 0
    has_long: bool = False
    """An event of `batch_builder.LONG_TEXT` bytes or more is among them."""
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
