"""The one load step: a batch's events, dead letters, ledger row and offset in one transaction, whoever loads.

A kill at any moment leaves either all of a step or nothing of it.
"""

from dataclasses import dataclass, replace

from sqlalchemy import Connection, bindparam, func, select, update

from cowrie_assets.clock import now_us
from cowrie_assets.cowrie.event_types import KNOWN
from cowrie_assets.cowrie.normalize import normalize_command
from cowrie_assets.cowrie.risk import RULESET, command_risk
from cowrie_assets.ingest.batch import COLUMNS, TEXT_COLUMNS, Batch, DeadLetter
from cowrie_assets.ingest.ledger import KnownLog, Plan, generation_at, holds, newest_rival, remember_path
from cowrie_assets.warehouse.bulk_insert import insert_new_events, insert_rows
from cowrie_assets.warehouse.codec import encode_text
from cowrie_assets.warehouse.dictionary import Dictionaries, digest_of
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import commands, dead_letters, event_days, events, logs
from cowrie_assets.warehouse.upsert import upsert

_FIRST_VALUE = COLUMNS.index(TEXT_COLUMNS[-1]) + 1
_EVENT_AT = COLUMNS.index("event_at")
_CHUNK = 500
_KNOWN_COMMANDS = select(commands.c.command_id).where(commands.c.command_id.in_(bindparam("ids", expanding=True)))
_NO_KNOWN = KnownLog(
    id=0, path="", bytes_read=0, next_line=1, checkpoint=b"", unterminated=False, lines=0, events=0, duplicates=0,
    first_event_at=None, last_event_at=None, status="open",
)


class StalePlanError(RuntimeError):
    """Another loader read of this log since it was planned: plan again."""


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
        self._scored: set[int] = set()

    def write(self, plan: Plan, known: KnownLog | None, batch: Batch) -> tuple[KnownLog, StepResult]:
        """Write a batch of `plan`'s log; `known` is the ledger row as the step before left it, None before the first.

        Gives the ledger row as it stands now. Raises StalePlanError, and writes nothing, where the row is not what was expected.
        """
        try:
            with self._warehouse.write() as connection:
                return self._write(connection, plan, known, batch)
        except BaseException:
            self._dictionaries.forget()
            self._scored.clear()
            raise

    def settle(self, plan: Plan, known: KnownLog | None, *, damaged: bool) -> None:
        """Record that the log was read to its end: what its path holds, where it lies now, whether more can come."""
        pending = plan.file.size if known is None else max(plan.file.size - known.bytes_read, 0)
        if plan.compression != "plain":
            pending = 0
        with self._warehouse.write() as connection:
            remember_path(connection, plan, known.id if known else None, pending)
            if known is None:
                return
            status = "damaged" if damaged else "closed" if plan.closed else "open"
            path = known.path
            if path != plan.file.path and not holds(connection, path, known.id):
                path = plan.file.path
            if (status, path) != (known.status, known.path):
                connection.execute(update(logs).where(logs.c.id == known.id).values(status=status, path=path))

    def _write(self, connection: Connection, plan: Plan, known: KnownLog | None, batch: Batch) -> tuple[KnownLog, StepResult]:
        now = now_us()
        if known is None:
            known = self._open_log(connection, plan, now)
        else:
            _require_unmoved(connection, known)
        inserted = self._write_events(connection, known.id, batch, now)
        new = sum(count for count, _ in inserted.values())
        _mark_days(connection, {day: last for day, (_, last) in inserted.items()})
        _write_dead_letters(connection, known.id, plan.log.sensor, batch, now)
        known = _advance(connection, known, batch, new, now)
        return known, StepResult(
            inserted={day: count for day, (count, _) in inserted.items()},
            lines=batch.lines,
            events=new,
            duplicates=len(batch.rows) - new,
            dead_letters=len(batch.dead_letters),
            blank=batch.blank,
            bytes=batch.end - batch.start,
        )

    def _open_log(self, connection: Connection, plan: Plan, now: int) -> KnownLog:
        assert plan.fingerprint is not None
        if newest_rival(connection, plan.fingerprint) != plan.newest_rival:
            raise StalePlanError
        known = replace(_NO_KNOWN, id=(connection.execute(select(func.max(logs.c.id))).scalar() or 0) + 1, path=plan.file.path)
        (sensor_id,) = self._dictionaries.sensors.resolve(connection, [plan.log.sensor])
        zero = dict.fromkeys(("bytes_read", "lines", "events", "duplicates", "dead_letters", "blank", "invalid_utf8", "naive_timestamps"), 0)
        connection.execute(
            logs.insert().values(
                id=known.id,
                sensor_id=sensor_id,
                path=known.path,
                fingerprint=plan.fingerprint,
                generation=generation_at(connection, known.path) + 1,
                compression=plan.compression,
                next_line=known.next_line,
                checkpoint=known.checkpoint,
                unterminated=0,
                status=known.status,
                last_ingested_at=now,
                **zero,
            )
        )
        return known

    def _write_events(self, connection: Connection, log_id: int, batch: Batch, now: int) -> dict[int, tuple[int, int]]:
        if not batch.rows:
            return {}
        dictionaries = self._dictionaries
        sensors = [0, *dictionaries.sensors.resolve(connection, batch.sensors)]
        event_types = [0, *dictionaries.event_types.resolve(connection, batch.event_types)]
        texts: list[int | None] = [None, *dictionaries.texts.resolve(connection, batch.texts)]
        number_of_sensor = dict(zip(batch.sensors, sensors[1:], strict=True))
        keys = [(number_of_sensor[key.sensor], key.session_id) for key in batch.sessions]
        sessions: list[int | None] = [None, *dictionaries.sessions.resolve(connection, keys)]
        self._score_commands(connection, {texts[position]: batch.texts[position - 1] for position in batch.commands})
        rows = [
            (
                row[0],
                sensors[row[1]],
                sessions[row[2]],
                event_types[row[3]],
                *[texts[position] for position in row[4:_FIRST_VALUE]],
                *row[_FIRST_VALUE:-1],
                encode_text(row[-1]),
                log_id,
                now,
            )
            for row in batch.rows
        ]
        return insert_new_events(connection, (*COLUMNS, "log_id", "ingested_at"), rows)

    def _score_commands(self, connection: Connection, typed: dict[int, str]) -> None:
        """Give each command that the warehouse does not know its normal form and its risk."""
        unknown = {number: command for number, command in typed.items() if number not in self._scored}
        if not unknown:
            return
        known = set(connection.execute(_KNOWN_COMMANDS, {"ids": list(unknown)}).scalars())
        missing = {number: command for number, command in unknown.items() if number not in known}
        normalized = self._dictionaries.texts.resolve(connection, [normalize_command(command) for command in missing.values()])
        insert_rows(
            connection,
            "commands",
            ("command_id", "normalized_id", "risk_score", "ruleset"),
            [(number, form, command_risk(command), RULESET) for (number, command), form in zip(missing.items(), normalized, strict=True)],
        )
        self._scored |= unknown.keys()


def _require_unmoved(connection: Connection, known: KnownLog) -> None:
    row = connection.execute(select(logs.c.bytes_read, logs.c.lines, logs.c.events).where(logs.c.id == known.id)).one_or_none()
    if row is None or tuple(row) != (known.bytes_read, known.lines, known.events):
        raise StalePlanError


def _mark_days(connection: Connection, newest: dict[int, int]) -> None:
    """Record, in the load's own transaction, what is loaded and not yet summarised."""
    for day, last in sorted(newest.items()):
        upsert(connection, event_days, {"event_day": day}, {"last_event_id": last})


def _write_dead_letters(connection: Connection, log_id: int, sensor: str, batch: Batch, now: int) -> None:
    if not batch.dead_letters:
        return
    digests = [digest_of(sensor, str(letter.byte_offset), letter.reason, letter.content) for letter in batch.dead_letters]
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
            (*(first + position, digest, log_id, letter.line_number, letter.byte_offset, letter.reason), *_content(letter), now)
            for position, (digest, letter) in enumerate(new)
        ],
    )


def _content(letter: DeadLetter) -> tuple[str, int]:
    return encode_text(letter.content), letter.content_bytes


def _advance(connection: Connection, known: KnownLog, batch: Batch, inserted: int, now: int) -> KnownLog:
    """Bring the ledger row up to the batch. A batch of a part that was read before can only bring back events that had been lost."""
    again = batch.end <= known.bytes_read
    if again and not inserted:
        return known
    if again:
        owned = connection.execute(select(func.count()).select_from(events).where(events.c.log_id == known.id)).scalar_one()
        new = replace(known, events=owned, duplicates=known.duplicates + known.events - owned)
        counts = {}
    else:
        times = [row[_EVENT_AT] for row in batch.rows]
        new = replace(
            known,
            bytes_read=batch.end,
            next_line=batch.end_line,
            checkpoint=batch.checkpoint,
            unterminated=batch.unterminated,
            lines=known.lines + batch.lines,
            events=known.events + inserted,
            duplicates=known.duplicates + len(batch.rows) - inserted,
            first_event_at=min((time for time in (known.first_event_at, *times) if time is not None), default=None),
            last_event_at=max((time for time in (known.last_event_at, *times) if time is not None), default=None),
        )
        counts = {
            "dead_letters": logs.c.dead_letters + len(batch.dead_letters),
            "blank": logs.c.blank + batch.blank,
            "invalid_utf8": logs.c.invalid_utf8 + batch.invalid_utf8,
            "naive_timestamps": logs.c.naive_timestamps + batch.naive_timestamps,
        }
    changed = {name: getattr(new, name) for name in KnownLog.__slots__ if getattr(new, name) != getattr(known, name)}
    connection.execute(update(logs).where(logs.c.id == known.id).values(**changed, **counts, last_ingested_at=now))
    return new
