"""The one load step: a batch's events, dead letters, ledger row and offset in one transaction, whoever loads.

A kill at any moment leaves either all of a step or nothing of it.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from cowrie_assets.clock import now_us
from cowrie_assets.cowrie.event_types import KNOWN
from cowrie_assets.ingest.batch import REFERENCES, Batch, DeadLetter
from cowrie_assets.ingest.bookkeeping import advance, open_log, require_unmoved, settle_log
from cowrie_assets.ingest.commands import CommandScores
from cowrie_assets.ingest.ledger import KnownLog, Plan
from cowrie_assets.ingest.origins import record_origins
from cowrie_assets.warehouse.bulk_insert import insert_new_events, insert_rows
from cowrie_assets.warehouse.codec import encode_text
from cowrie_assets.warehouse.dictionary import Dictionaries, digest_of
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import dead_letters, event_days
from cowrie_assets.warehouse.upsert import upsert

_CHUNK = 500
_FIRST_TEXT = REFERENCES.index("src_ip_id")


@dataclass(frozen=True, slots=True)
class StepResult:
    """What one step did: `inserted` events by day, and how many lines were what."""

    inserted: dict[int, int]
    lines: int
    events: int
    duplicates: int
    dead_letters: int
    blank: int
    bytes: int


class StepWriter:
    """Writes the steps of one loader. Holds the dictionaries' memory between them."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._dictionaries = Dictionaries(KNOWN.__contains__)
        self._scores = CommandScores(self._dictionaries)

    def write(self, plan: Plan, known: KnownLog | None, batch: Batch) -> tuple[KnownLog, StepResult]:
        """Write a batch of `plan`'s log; `known` is the ledger row as the step before left it, None before the first.

        Gives the ledger row as it stands now. Raises StalePlanError, and writes nothing, where the row is not what was
        expected.
        """
        try:
            with self._warehouse.write() as connection:
                return self._write(connection, plan, known, batch)
        except BaseException:
            self._dictionaries.forget()
            self._scores.forget()
            raise

    def settle(self, plan: Plan, known: KnownLog | None, *, damaged: bool) -> None:
        """Record that the log was read to its end: what its path holds, where it lies now, whether more can come."""
        with self._warehouse.write() as connection:
            settle_log(connection, plan, known, damaged=damaged)

    def _write(
        self, connection: Connection, plan: Plan, known: KnownLog | None, batch: Batch
    ) -> tuple[KnownLog, StepResult]:
        now = now_us()
        if known is None:
            (sensor_id,) = self._dictionaries.sensors.resolve(connection, [plan.log.sensor])
            known = open_log(connection, plan, sensor_id, now)
        else:
            require_unmoved(connection, known)
        inserted = self._write_events(connection, known.id, batch, now)
        new = sum(count for count, _ in inserted.values())
        _mark_days(connection, {day: last for day, (_, last) in inserted.items()})
        record_origins(connection, self._dictionaries.sensors, known.id, batch.origins)
        _write_dead_letters(connection, known.id, plan.log.sensor, batch, now)
        known = advance(connection, known, batch, new, now)
        return known, StepResult(
            inserted={day: count for day, (count, _) in inserted.items()},
            lines=batch.lines,
            events=new,
            duplicates=batch.events - new,
            dead_letters=len(batch.dead_letters),
            blank=batch.blank,
            bytes=batch.end - batch.start,
        )

    def _write_events(self, connection: Connection, log_id: int, batch: Batch, now: int) -> dict[int, tuple[int, int]]:
        if not batch.rows:
            return {}
        dictionaries = self._dictionaries
        sensors = [0, *dictionaries.sensors.resolve(connection, batch.sensors)]
        event_types = [0, *dictionaries.event_types.resolve(connection, batch.event_types)]
        numbers = dictionaries.texts.resolve(connection, batch.texts)
        texts = [None, *numbers]
        number_of_sensor = dict(zip(batch.sensors, sensors[1:], strict=True))
        keys = [(number_of_sensor[sensor], session_id) for sensor, session_id in batch.sessions]
        sessions = [None, *dictionaries.sessions.resolve(connection, keys)]
        self._scores.score(
            connection, {numbers[position - 1]: batch.texts[position - 1] for position in batch.commands}
        )
        groups = []
        for shape, rows in batch.rows.items():
            first_value = shape.first_value
            resolved = [
                (
                    sensors[row[0]],
                    sessions[row[1]],
                    event_types[row[2]],
                    *[texts[place] for place in row[_FIRST_TEXT:first_value]],
                    *row[first_value:],
                )
                for row in rows
            ]
            groups.append((shape.columns, resolved))
        return insert_new_events(connection, groups, {"log_id": log_id, "ingested_at": now})


def _mark_days(connection: Connection, newest: dict[int, int]) -> None:
    """Record, in the load's own transaction, what is loaded and not yet summarised."""
    for day, last in sorted(newest.items()):
        upsert(connection, event_days, {"event_day": day}, {"last_event_id": last})


def _write_dead_letters(connection: Connection, log_id: int, sensor: str, batch: Batch, now: int) -> None:
    if not batch.dead_letters:
        return
    digests = [
        digest_of(sensor, str(letter.byte_offset), letter.reason, letter.content) for letter in batch.dead_letters
    ]
    letters = dict(zip(digests, batch.dead_letters, strict=True))
    known: set[bytes] = set()
    for begin in range(0, len(digests), _CHUNK):
        query = select(dead_letters.c.digest).where(dead_letters.c.digest.in_(digests[begin : begin + _CHUNK]))
        known |= {bytes(digest) for digest in connection.execute(query).scalars()}
    first = (connection.execute(select(func.max(dead_letters.c.id))).scalar() or 0) + 1
    new = [(digest, letter) for digest, letter in letters.items() if digest not in known]
    insert_rows(
        connection,
        "dead_letters",
        ("id", "digest", "log_id", "line_number", "byte_offset", "reason", "content", "content_bytes", "created_at"),
        [
            (
                *(first + position, digest, log_id, letter.line_number, letter.byte_offset, letter.reason),
                *_content(letter),
                now,
            )
            for position, (digest, letter) in enumerate(new)
        ],
    )


def _content(letter: DeadLetter) -> tuple[str, int]:
    return encode_text(letter.content), letter.content_bytes
