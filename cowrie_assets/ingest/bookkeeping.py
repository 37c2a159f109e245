"""The ledger's writing side: a log's row is opened, advanced with each step, and settled at the end.

Every function runs within the caller's write transaction, the load step's own.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select

from cowrie_assets.ingest import suspects
from cowrie_assets.ingest.batch import Batch
from cowrie_assets.ingest.dead_letters import Replayed
from cowrie_assets.ingest.ledger import KnownLog, Plan
from cowrie_assets.ingest.moved import in_same_folder
from cowrie_assets.ingest.replaced import close_replaced
from cowrie_assets.ingest.rereading import Reading
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.schema import log_paths, logs
from cowrie_assets.warehouse.sql import statement
from cowrie_assets.warehouse.upsert import upsert

_COUNTED = frozenset({"bytes_read", "lines", "events", "duplicates", "dead_letters", "blank", "archived"})
_COUNTED_APART = ("invalid_utf8", "naive_timestamps", "unknown_event_ids", "unusual")

# Statements that run for each log are made once: to make one costs more than SQLite takes to run it.
_ADD = logs.insert()
_ADD_NUMBERED = logs.insert().returning(logs.c.id)
_CHANGE = logs.update().where(logs.c.id == bindparam("log"))
_STANDS = select(logs.c.bytes_read, logs.c.lines, logs.c.events).where(logs.c.id == bindparam("log"))
_GENERATION = select(func.max(logs.c.generation)).where(
    logs.c.collector == bindparam("collector"), logs.c.path == bindparam("path")
)
_NEWEST_ALIKE = select(func.max(logs.c.id)).where(
    logs.c.fingerprint == bindparam("fingerprint"), logs.c.collector == bindparam("collector")
)


class StalePlanError(RuntimeError):
    """Another loader read of this log since it was planned: plan again."""


def open_log(connection: Connection, plan: Plan, sensor_id: int, now: int, *, read_limit: int) -> KnownLog:
    """A new row for a content that begins to be read. Raises StalePlanError where another loader opened one for it."""
    if plan.fingerprint is None or _newest_candidate(connection, plan) != plan.newest_candidate:
        raise StalePlanError
    known = KnownLog(
        id=0,
        collector=plan.file.collector,
        path=plan.file.path,
        bytes_read=0,
        next_line=1,
        checkpoint=b"",
        unterminated=0,
        lines=0,
        events=0,
        duplicates=0,
        first_event_at=None,
        last_event_at=None,
        status="open",
        read_limit=read_limit,
        folder=plan.folder,
    )
    at_path = {"collector": known.collector, "path": known.path}
    generation = connection.execute(_GENERATION, at_path).scalar() or 0
    row = {
        **{name: getattr(known, name) for name in KnownLog.__slots__ if name != "id"},
        "sensor_id": sensor_id,
        "fingerprint": plan.fingerprint,
        "generation": generation + 1,
        "compression": plan.compression,
        "invalid_utf8": 0,
        "naive_timestamps": 0,
        "unknown_event_ids": 0,
        "unusual": 0,
        "last_ingested_at": now,
    }
    return replace(known, id=_insert_log(connection, row))


def require_next(known: KnownLog, batch: Batch) -> None:
    """Raises StalePlanError where a batch of what is new does not begin where the ledger's row ends: one was dropped on
    the way."""
    if batch.start != known.bytes_read:
        raise StalePlanError


def require_unmoved(connection: Connection, known: KnownLog) -> None:
    """Raises StalePlanError where the row is not as the step before left it."""
    row = connection.execute(_STANDS, {"log": known.id}).one_or_none()
    if row is None or tuple(row) != (known.bytes_read, known.lines, known.events):
        raise StalePlanError


def advance(
    connection: Connection,
    known: KnownLog,
    batch: Batch,
    now: int,
    *,
    inserted: int,
    archived: int,
    replayed: Replayed,
    read_limit: int,
) -> KnownLog:
    """Bring the ledger row up to a batch of what is new in the log, `inserted` of its events being new and `archived`
    of sealed days; what was `replayed` of its dead lines counts as the events that it became."""
    new = replace(
        known,
        bytes_read=batch.end,
        next_line=batch.end_line,
        checkpoint=batch.checkpoint,
        unterminated=int(batch.unterminated),
        lines=known.lines + batch.lines,
        events=known.events + inserted + replayed.events,
        duplicates=known.duplicates + batch.events - inserted - archived + replayed.duplicates,
        dead_letters=known.dead_letters + batch.dead - replayed.lines,
        blank=known.blank + batch.blank,
        archived=known.archived + archived + replayed.archived,
        first_event_at=_of_those_known(min, known.first_event_at, batch.first_event_at),
        last_event_at=_of_those_known(max, known.last_event_at, batch.last_event_at),
        read_limit=min(known.read_limit, read_limit) if known.dead_letters else read_limit,
        suspects=suspects.pack([*suspects.unpack(known.suspects), *batch.suspects]),
    )
    counts = {name: logs.c[name] + getattr(batch, name) for name in _COUNTED_APART if getattr(batch, name)}
    return _update(connection, known, new, now, counts)


def note_lost(
    connection: Connection, known: KnownLog, *, inserted: int, resolved: int, dead: int, now: int
) -> KnownLog:
    """Keep the ledger row in balance while a log is read anew: `inserted` events had been dead, lost or a hole,
    `resolved` dead letters are none any more and `dead` are new. The row stays in doubt until all is read."""
    if not (inserted or resolved or dead):
        return known
    events, letters = known.events + inserted, known.dead_letters - resolved + dead
    lines = events + known.duplicates + letters + known.blank + known.archived
    new = replace(known, lines=lines, events=events, dead_letters=letters, doubt=1)
    return _update(connection, known, new, now, {})


def note_replayed(connection: Connection, known: KnownLog, batch: Batch, now: int, replayed: Replayed) -> None:
    """Count dead lines of a log, which `batch` has as events, as what they became: each stays the line that it was."""
    new = replace(
        known,
        events=known.events + replayed.events,
        duplicates=known.duplicates + replayed.duplicates,
        archived=known.archived + replayed.archived,
        dead_letters=known.dead_letters - replayed.lines,
        first_event_at=_of_those_known(min, known.first_event_at, batch.first_event_at),
        last_event_at=_of_those_known(max, known.last_event_at, batch.last_event_at),
    )
    _update(connection, known, new, now, {})


def take_numbers(connection: Connection, known: KnownLog, reading: Reading, now: int, *, read_limit: int) -> KnownLog:
    """Give the ledger row the numbers of a reading that began at the log's start and is complete."""
    last = reading.last
    new = replace(
        known,
        bytes_read=last.end if last else 0,
        next_line=last.end_line if last else 1,
        checkpoint=last.checkpoint if last else b"",
        unterminated=int(last.unterminated) if last else 0,
        lines=reading.lines,
        events=reading.events,
        duplicates=reading.duplicates,
        dead_letters=reading.dead_letters,
        blank=reading.blank,
        archived=reading.archived,
        first_event_at=reading.first_event_at,
        last_event_at=reading.last_event_at,
        doubt=0,
        read_limit=read_limit,
        suspects=suspects.pack(reading.suspects),
    )
    return _update(connection, known, new, now, {name: getattr(reading, name) for name in _COUNTED_APART})


def _update(connection: Connection, known: KnownLog, new: KnownLog, now: int, counts: Mapping[str, Any]) -> KnownLog:
    """Make the row hold `new`. One that counts as before was not ingested anew."""
    changed = {name: getattr(new, name) for name in KnownLog.__slots__ if getattr(new, name) != getattr(known, name)}
    if _COUNTED & changed.keys():
        changed["last_ingested_at"] = now
    connection.execute(_CHANGE.values(counts) if counts else _CHANGE, {"log": known.id, **changed})
    return new


def settle_log(connection: Connection, plan: Plan, known: KnownLog | None, *, damaged: bool, now: int) -> None:
    """Record that the log was read to its end: what its path holds, where it lies now, whether more can come."""
    upsert(
        connection,
        log_paths,
        {"collector": plan.file.collector, "path": plan.file.path},
        {
            "log_id": known.id if known else None,
            "size": plan.file.size,
            "mtime_ns": plan.file.mtime_ns,
            "inode": plan.file.inode,
            "samples": plan.file.samples,
            "ctime_ns": plan.file.ctime_ns,
            "looked_at_ns": plan.file.looked_at_ns,
            "pending_bytes": max(plan.file.size - (known.bytes_read if known else 0), 0) if plan.seekable else 0,
        },
    )
    if known is None:
        return
    status = "damaged" if damaged else "closed" if plan.closed else "open"
    path = known.path
    if _moved(connection, plan, known):
        path = plan.file.path
        _forget_path(connection, known)
    proved = int(_is_proved(plan, known, status))
    if (status, path, proved) != (known.status, known.path, known.proved):
        changes = {"status": status, "path": path, "proved": proved}
        connection.execute(_CHANGE, {"log": known.id, **changes})
    holds_known = status == "closed" and known.duplicates + known.archived > 0
    if holds_known or plan.log_at_path not in (None, known.id):
        close_replaced(connection, plan, known, now)


def _is_proved(plan: Plan, known: KnownLog, status: str) -> bool:
    """Whether the whole of a closed log was read at once, and not in pieces while it was written."""
    if status != "closed":
        return False
    if plan.known is None or plan.from_start:
        return True
    return bool(known.proved) and not plan.rewritten and known.bytes_read == plan.known.bytes_read


def _forget_path(connection: Connection, known: KnownLog) -> None:
    """Forget the look at the path that a log left: should it come back there, it has to be seen."""
    left = (log_paths.c.path == known.path) & (log_paths.c.log_id == known.id)
    connection.execute(delete(log_paths).where(left))


def _moved(connection: Connection, plan: Plan, known: KnownLog) -> bool:
    """Whether the log lies at the plan's path now. The plan takes a log of another folder for this one only where it
    moved."""
    if plan.file.path == known.path:
        return False
    return not in_same_folder(plan.file.path, known.path) or not _holds(connection, known)


def _insert_log(connection: Connection, row: Mapping[str, Any]) -> int:
    """The number of a new row: one that no log has, or had before its row was lost."""
    if connection.dialect.name == "postgresql":
        return int(connection.execute(_ADD_NUMBERED, row).scalar_one())
    number = int(connection.execute(statement("ingest/free_log_number")).scalar_one())
    connection.execute(_ADD, {"id": number, **row})
    return number


def _of_those_known(choose: Callable[[list[int]], int], *times: int | None) -> int | None:
    known = [time for time in times if time is not None]
    return choose(known) if known else None


def _newest_candidate(connection: Connection, plan: Plan) -> int:
    alike = {"fingerprint": plan.fingerprint, "collector": plan.file.collector}
    return int(connection.execute(_NEWEST_ALIKE, alike).scalar() or 0)


def _holds(connection: Connection, known: KnownLog) -> bool:
    """Whether the path of a log, as last seen, still holds its content and still exists."""
    at_path = (log_paths.c.collector == known.collector, log_paths.c.path == known.path)
    held = connection.execute(select(log_paths.c.log_id).where(*at_path)).scalar()
    return held == known.id and _exists(known.path)


def _exists(path: str) -> bool:
    return os.path.exists(decode_text(path))  # noqa: PTH110  (a path may hold what Path refuses)
