"""Reading a known log once more from its start: its numbers become those of this reading, as if it were the first.

What is missing of it is stored, what is read well now is no dead letter any more. The ledger takes the numbers at the
end, in one transaction; until then its row stays in balance and in doubt, so that a kill only costs reading again.
An event that is stored stays stored, also where its line is too long for today's limit or was spoiled since.
"""

from collections import defaultdict
from dataclasses import dataclass, field, fields, replace

from sqlalchemy import Connection, select

from cowrie_assets.ingest.batch import Batch
from cowrie_assets.ingest.dead_letters import Replayed
from cowrie_assets.ingest.ledger import KnownLog
from cowrie_assets.ingest.lost_rows import lost_logs, take_over_events
from cowrie_assets.ingest.spoiled_letters import AstrayLetters
from cowrie_assets.ingest.suspects import Place
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.schema import events
from cowrie_assets.warehouse.sql import statement


@dataclass(slots=True)
class Reading:
    """The numbers of a reading so far; `lines = events + duplicates + dead_letters + blank + archived`."""

    lines: int = 0
    events: int = 0
    """Those of its lines that are the stored events of this log."""
    duplicates: int = 0
    dead_letters: int = 0
    blank: int = 0
    archived: int = 0
    invalid_utf8: int = 0
    naive_timestamps: int = 0
    unknown_event_ids: int = 0
    unusual: int = 0
    first_event_at: int | None = None
    last_event_at: int | None = None
    suspects: list[Place] = field(default_factory=list)
    astray: AstrayLetters | None = None
    """Dead letters that it may put right, from its first batch on."""
    last: Batch | None = None
    """Where the reading stands: the batch read last, without its rows."""

    def copy(self) -> "Reading":
        """The same numbers, apart from what is taken in from here on."""
        return replace(self, suspects=list(self.suspects), astray=self.astray and self.astray.copy())

    def become(self, other: "Reading") -> None:
        """Take over another one's numbers."""
        for each in fields(self):
            setattr(self, each.name, getattr(other, each.name))

    def take(self, batch: Batch, owned: int, archived: int, replayed: Replayed) -> None:
        """Count a batch in, `owned` of its events being stored as this log's, and `archived` being of sealed days;
        what was `replayed` of its dead lines counts as the events that it became."""
        self.lines += batch.lines
        self.events += owned + replayed.events
        self.duplicates += batch.events - owned - archived + replayed.duplicates
        self.archived += archived + replayed.archived
        self.dead_letters += batch.dead - replayed.lines
        self.blank += batch.blank
        self.invalid_utf8 += batch.invalid_utf8
        self.naive_timestamps += batch.naive_timestamps
        self.unknown_event_ids += batch.unknown_event_ids
        self.unusual += batch.unusual
        self._span(batch.first_event_at, batch.last_event_at)
        self.suspects += batch.suspects
        self.last = batch.end_only()

    def keep_stored(self, stored: int, dead: int, known: KnownLog) -> None:
        """Count every event in that is `stored` as one of the log `known`: `dead` of their lines are dead in this
        reading, the others beyond it stand in the log no more; each was a line of it."""
        self.lines += stored - self.events - dead
        self.dead_letters -= dead
        self.events = stored
        self._span(known.first_event_at, known.last_event_at)

    def _span(self, first: int | None, last: int | None) -> None:
        firsts = [time for time in (self.first_event_at, first) if time is not None]
        self.first_event_at = min(firsts, default=None)
        lasts = [time for time in (self.last_event_at, last) if time is not None]
        self.last_event_at = max(lasts, default=None)


def count_stored(connection: Connection, known: KnownLog, days: tuple[int, int]) -> int:
    """How many events of `days` (both inclusive) are stored as events of a log."""
    parameters = {"log_id": known.id, "first_day": days[0], "last_day": days[1]}
    return int(connection.execute(statement("ingest/stored_of_log"), parameters).scalar_one())


def count_owned(connection: Connection, log_id: int, batch: Batch) -> int:
    """How many events of `batch` are stored as events of this log, at the place where they stand in it; those of a log
    that the ledger does not have become this one's."""
    offsets: dict[bytes, set[int]] = {}
    for table in batch.tables:
        for identity, offset in zip(table.column("event_hash"), table.column("byte_offset"), strict=True):
            offsets.setdefault(identity, set()).add(offset)
    owned = 0
    of_others: dict[int, list[bytes]] = defaultdict(list)
    for some in chunks(list(offsets)):
        query = select(events.c.event_hash, events.c.log_id, events.c.byte_offset)
        for found, of_log, offset in connection.execute(query.where(events.c.event_hash.in_(some))):
            if offset not in offsets[bytes(found)]:
                continue
            if of_log == log_id:
                owned += 1
            else:
                of_others[of_log].append(bytes(found))
    for lost in lost_logs(connection, of_others):
        take_over_events(connection, lost, log_id, of_others[lost])
        owned += len(of_others[lost])
    return owned
