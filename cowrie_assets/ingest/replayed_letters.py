"""Dead letters that are read as events after all: by today's reader, as somebody edited them, or joined to whole ones.

What stands in the log stays dead, and the letter keeps it as it was; the event lies at the letter's place of its log.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from cowrie_assets.cowrie.event import NotAnEventError, Source, read_event
from cowrie_assets.cowrie.framing import Dead, Framer, Whole
from cowrie_assets.cowrie.items import one_by_one
from cowrie_assets.cowrie.lenient_json import exact
from cowrie_assets.ingest.batch import Batch
from cowrie_assets.ingest.batch_builder import BatchBuilder
from cowrie_assets.ingest.letters import KEPT_BYTES, NOT_ORIGINAL
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.schema import dead_letters

REPLAYED, EDITED, JOINED = "replayed", "replayed as edited", "joined with the half in the log before"
"""How a dead letter is resolved that became an event: by its content, by another one, by what completes it."""
_IS_CUT = f"longer than the {KEPT_BYTES:,} bytes that are kept: its log has to be read again"
_COLUMNS = (
    *(dead_letters.c.id, dead_letters.c.log_id, dead_letters.c.line_number, dead_letters.c.byte_offset),
    *(dead_letters.c.content, dead_letters.c.content_bytes, dead_letters.c.reason),
)


class StillDeadError(ValueError):
    """A content is not exactly one event; the message says why, as one of the data contract's reasons where it can."""


@dataclass(frozen=True, slots=True)
class StoredLetter:
    """A dead letter that nobody resolved, as it is stored."""

    id: int
    log_id: int
    line_number: int
    byte_offset: int
    content: str
    content_bytes: int
    reason: str

    @property
    def line(self) -> bytes:
        """What stands in the log, invalid bytes as U+FFFD. Raises StillDeadError where not all of it is kept, and where
        it is not what Cowrie wrote: that is no evidence, though it reads as an event."""
        if self.reason == NOT_ORIGINAL:
            raise StillDeadError(NOT_ORIGINAL)
        if self.content_bytes > KEPT_BYTES:
            raise StillDeadError(_IS_CUT)
        return self.content.encode("utf-8", "surrogatepass")


class Letters:
    """Dead letters of one log as a batch of events, each at the letter's place."""

    def __init__(self, source: Source, max_line_bytes: int) -> None:
        self._source = source
        self._limit = max_line_bytes
        self._builder = BatchBuilder(source, 0)
        self._ids: dict[int, int] = {}
        """The letters by their places."""

    def add(self, letter: StoredLetter, content: bytes) -> None:
        """Take a letter in as what `content` says. Raises StillDeadError where that is not exactly one event."""
        whole = _whole(content, self._source, self._limit)
        if letter.byte_offset in self._ids:
            raise StillDeadError("another dead letter lies at its place")
        self._ids[letter.byte_offset] = letter.id
        self._builder.add([whole._replace(offset=letter.byte_offset, line_number=letter.line_number)])

    def finish(self) -> "ReadLetters":
        """What was taken in."""
        return ReadLetters(self._builder.finish(0, 0), self._ids)


@dataclass(frozen=True, slots=True)
class ReadLetters:
    """A batch of events, and the dead letters (`dead_letters.id`) that they were, by their places."""

    batch: Batch
    ids: dict[int, int]

    def identities(self) -> dict[int, bytes]:
        """The identity of the event that each letter became."""
        return {
            self.ids[offset]: identity
            for table in self.batch.tables
            for identity, offset in zip(table.column("event_hash"), table.column("byte_offset"), strict=True)
        }


def stored_letters(connection: Connection, ids: Iterable[int]) -> list[StoredLetter]:
    """Those of the dead letters that nobody resolved, in the order of their numbers; five hundred at most."""
    query = select(*_COLUMNS).where(dead_letters.c.id.in_(list(ids)), dead_letters.c.resolved_at.is_(None))
    return [
        StoredLetter(number, log_id, line, offset, decode_text(content), length, reason)
        for number, log_id, line, offset, content, length, reason in connection.execute(
            query.order_by(dead_letters.c.id)
        )
    ]


def _whole(content: bytes, source: Source, limit: int) -> Whole:
    framer = Framer(max_line_bytes=limit)
    items = list(one_by_one([*framer.feed(content.strip() + b"\n"), *framer.finish(closed=True)]))
    wholes = [item for item in items if isinstance(item, Whole)]
    for item in items:
        if isinstance(item, Dead):
            raise StillDeadError(item.reason)
    if len(wholes) != 1:
        raise StillDeadError("it holds several objects" if wholes else "it holds nothing")
    (whole,) = wholes
    try:
        read_event(exact(whole.text, whole.value), source)
    except NotAnEventError as error:
        raise StillDeadError(error.reason) from None
    return whole
