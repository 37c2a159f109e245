"""Reading a known log once more from its start: its numbers become those of this reading, as if it were the first.

What is missing of it is stored, what is read well now is no dead letter any more. The ledger takes the numbers at the
end, in one transaction; until then its row stays in balance and in doubt, so that a kill only costs reading again.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from cowrie_assets.ingest.batch import Batch
from cowrie_assets.ingest.suspects import Place
from cowrie_assets.warehouse.schema import events

_CHUNK = 500


@dataclass(slots=True)
class Reading:
    """The numbers of a reading so far; `lines = events + duplicates + dead_letters + blank`."""

    lines: int = 0
    events: int = 0
    """Those of its lines that are the stored events of this log."""
    duplicates: int = 0
    dead_letters: int = 0
    blank: int = 0
    invalid_utf8: int = 0
    naive_timestamps: int = 0
    unknown_event_ids: int = 0
    unusual: int = 0
    first_event_at: int | None = None
    last_event_at: int | None = None
    suspects: list[Place] = field(default_factory=list)
    found: "array[int]" = field(default_factory=lambda: array("q"))
    """Where those `events` stand in the log."""
    last: Batch | None = None
    """Where the reading stands: the batch read last, without its rows."""

    def take(self, batch: Batch, owned: Sequence[int]) -> None:
        """Count a batch in; its events at the offsets `owned` are stored as this log's."""
        self.lines += batch.lines
        self.events += len(owned)
        self.found.extend(owned)
        self.duplicates += batch.events - len(owned)
        self.dead_letters += len(batch.dead_letters)
        self.blank += batch.blank
        self.invalid_utf8 += batch.invalid_utf8
        self.naive_timestamps += batch.naive_timestamps
        self.unknown_event_ids += batch.unknown_event_ids
        self.unusual += batch.unusual
        times = [time for time in (self.first_event_at, batch.first_event_at) if time is not None]
        self.first_event_at = min(times, default=None)
        times = [time for time in (self.last_event_at, batch.last_event_at) if time is not None]
        self.last_event_at = max(times, default=None)
        self.suspects += batch.suspects
        self.last = batch.end_only()


def owned_offsets(connection: Connection, log_id: int, batch: Batch) -> list[int]:
    """Where the events of `batch` stand that are stored as events of this log, at that place."""
    offsets: dict[bytes, set[int]] = {}
    for shape, rows in batch.rows.items():
        identity, offset = shape.columns.index("event_hash"), shape.columns.index("byte_offset")
        for row in rows:
            offsets.setdefault(row[identity], set()).add(row[offset])
    hashes = list(offsets)
    owned: list[int] = []
    for begin in range(0, len(hashes), _CHUNK):
        query = select(events.c.event_hash, events.c.byte_offset).where(
            events.c.event_hash.in_(hashes[begin : begin + _CHUNK]), events.c.log_id == log_id
        )
        owned += [offset for found, offset in connection.execute(query) if offset in offsets[bytes(found)]]
    return owned
