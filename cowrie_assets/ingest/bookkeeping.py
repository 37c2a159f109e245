"""The ledger's writing side: a log's row is opened, advanced with each step, and settled at the end.

Every function runs within the caller's write transaction, the load step's own.
"""

import os
from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import Connection, func, select, update

from cowrie_assets.ingest.batch import Batch
from cowrie_assets.ingest.ledger import KnownLog, Plan
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.schema import events, log_paths, logs
from cowrie_assets.warehouse.upsert import upsert


class StalePlanError(RuntimeError):
    """Another loader read of this log since it was planned: plan again."""


def open_log(connection: Connection, plan: Plan, sensor_id: int, now: int) -> KnownLog:
    """A new row for a content that begins to be read. Raises StalePlanError where another loader opened one for it."""
    if plan.fingerprint is None or _newest_rival(connection, plan.fingerprint) != plan.newest_rival:
        raise StalePlanError
    known = KnownLog(
        id=(connection.execute(select(func.max(logs.c.id))).scalar() or 0) + 1,
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
        folder=plan.folder,
        doubt=0,
    )
    generation = connection.execute(select(func.max(logs.c.generation)).where(logs.c.path == known.path)).scalar() or 0
    connection.execute(
        logs.insert().values(
            **{name: getattr(known, name) for name in KnownLog.__slots__},
            sensor_id=sensor_id,
            fingerprint=plan.fingerprint,
            generation=generation + 1,
            compression=plan.compression,
            dead_letters=0,
            blank=0,
            invalid_utf8=0,
            naive_timestamps=0,
            unknown_event_ids=0,
            unusual=0,
            last_ingested_at=now,
        )
    )
    return known


def require_unmoved(connection: Connection, known: KnownLog) -> None:
    """Raises StalePlanError where the row is not as the step before left it."""
    row = connection.execute(
        select(logs.c.bytes_read, logs.c.lines, logs.c.events).where(logs.c.id == known.id)
    ).one_or_none()
    if row is None or tuple(row) != (known.bytes_read, known.lines, known.events):
        raise StalePlanError


def advance(connection: Connection, known: KnownLog, batch: Batch, inserted: int, now: int) -> KnownLog:
    """Bring the ledger row up to a batch that was just written, `inserted` of its events being new.

    A batch of a part that was read before can only bring back events that had been lost.
    """
    again = batch.start < known.bytes_read
    if again and not inserted:
        return known
    if again:
        owned = connection.execute(
            select(func.count()).select_from(events).where(events.c.log_id == known.id)
        ).scalar_one()
        new = replace(known, events=owned, duplicates=known.duplicates + known.events - owned)
        counts = {}
    else:
        new = replace(
            known,
            bytes_read=batch.end,
            next_line=batch.end_line,
            checkpoint=batch.checkpoint,
            unterminated=int(batch.unterminated),
            lines=known.lines + batch.lines,
            events=known.events + inserted,
            duplicates=known.duplicates + batch.events - inserted,
            first_event_at=min(
                (time for time in (known.first_event_at, batch.first_event_at) if time is not None), default=None
            ),
            last_event_at=max(
                (time for time in (known.last_event_at, batch.last_event_at) if time is not None), default=None
            ),
        )
        counts = {
            "dead_letters": logs.c.dead_letters + len(batch.dead_letters),
            "blank": logs.c.blank + batch.blank,
            "invalid_utf8": logs.c.invalid_utf8 + batch.invalid_utf8,
            "naive_timestamps": logs.c.naive_timestamps + batch.naive_timestamps,
            "unknown_event_ids": logs.c.unknown_event_ids + batch.unknown_event_ids,
            "unusual": logs.c.unusual + batch.unusual,
        }
    changed = {name: getattr(new, name) for name in KnownLog.__slots__ if getattr(new, name) != getattr(known, name)}
    connection.execute(update(logs).where(logs.c.id == known.id).values(**changed, **counts, last_ingested_at=now))
    return new


def settle_log(connection: Connection, plan: Plan, known: KnownLog | None, *, damaged: bool) -> None:
    """Record that the log was read to its end: what its path holds, where it lies now, whether more can come."""
    plain = plan.compression == "plain"
    upsert(
        connection,
        log_paths,
        {"path": plan.file.path},
        {
            "log_id": known.id if known else None,
            "size": plan.file.size,
            "mtime_ns": plan.file.mtime_ns,
            "inode": plan.file.inode,
            "samples": plan.file.samples,
            "pending_bytes": max(plan.file.size - (known.bytes_read if known else 0), 0) if plain else 0,
        },
    )
    if known is None:
        return
    status = "damaged" if damaged else "closed" if plan.closed else "open"
    moved = plan.file.path != known.path and not _holds(connection, known.path, known.id)
    path = plan.file.path if moved else known.path
    if (status, path) != (known.status, known.path):
        connection.execute(update(logs).where(logs.c.id == known.id).values(status=status, path=path))


def _of_those_known(choose: Callable[[list[int]], int], *times: int | None) -> int | None:
    known = [time for time in times if time is not None]
    return choose(known) if known else None


def _newest_rival(connection: Connection, fingerprint: bytes) -> int:
    newest = connection.execute(select(func.max(logs.c.id)).where(logs.c.fingerprint == fingerprint)).scalar()
    return int(newest or 0)


def _holds(connection: Connection, path: str, log_id: int) -> bool:
    """Whether `path`, as last seen, still holds that content and still exists."""
    held = connection.execute(select(log_paths.c.log_id).where(log_paths.c.path == path)).scalar()
    return held == log_id and os.path.exists(decode_text(path))  # noqa: PTH110  (a path may hold what Path refuses)
