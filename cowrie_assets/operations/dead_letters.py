"""What could not be taken as an event: how much of it for which reason, and each line with its place."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from cowrie_assets.amounts import counted
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.schema import logs
from cowrie_assets.warehouse.sql import statement

REASONS = (
    "invalid_json",
    "not_an_object",
    "missing_eventid",
    "bad_timestamp",
    "too_long",
    "too_deep",
    "undecodable",
    "damaged_archive",
)
"""The data contract's reasons of `dead_letter_events`."""

_ALL = 2**31 - 1
_ROWS_AT_A_TIME = 100


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One dead letter; times in microseconds since 1970-01-01 UTC. Attackers write `content`: print it with care."""

    id: int
    sensor: str
    path: str
    line_number: int
    byte_offset: int
    """In the decompressed content of the log."""
    reason: str
    content: str
    content_bytes: int
    """Its true length in the log; `content` may hold less."""
    created_at: int
    resolved_at: int | None
    resolution: str | None
    """Why it is none any more: it was read well since, its log was replaced by a mended one, or cut; or it was
    replayed, and by what content."""
    replayed_as: str | None = None
    """`raw_events.event_hash` of the event that it was replayed as."""


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """The dead letters that have a reason; times in microseconds since 1970-01-01 UTC."""

    reason: str
    total: int
    unresolved: int
    """Those that nobody has resolved."""
    replayed: int
    logs: int
    """How many logs they stand in."""
    first_at: int
    last_at: int


def count_by_reason(connection: Connection) -> tuple[ReasonCount, ...]:
    """The reasons that occur, the most frequent first."""
    rows = connection.execute(statement("operations/dead_letters_by_reason"))
    return tuple(ReasonCount(**row) for row in rows.mappings())


def unread_sentences(connection: Connection) -> list[str]:
    """What is told of damaged logs, and of lines that are dead for other reasons, with the command that lists them."""
    damaged = select(func.count(), func.min(logs.c.path)).where(logs.c.status == "damaged")
    number, example = connection.execute(damaged).one()
    dead = sum(each.unresolved for each in count_by_reason(connection) if each.reason != "damaged_archive")
    sentences = []
    if number:
        sentences.append(
            f"{counted(number, 'log')} could not be read to the end, such as {decode_text(example)!r}: "
            "`cowrie-assets dead-letters list --reason damaged_archive` says why; a log is read again when it changes"
        )
    if dead:
        are = "line is no event" if dead == 1 else "lines are no events"
        sentences.append(f"{dead:,} {are}: `cowrie-assets dead-letters list` shows each with its reason and place")
    return sentences


def dead_letter(connection: Connection, number: int) -> DeadLetter | None:
    """The dead letter of that `id`, resolved or not, with all that is kept of it; None where there is none."""
    return next(iter_dead_letters(connection, number=number, resolved=True), None)


def iter_dead_letters(
    connection: Connection,
    *,
    number: int | None = None,
    reason: str | None = None,
    limit: int | None = None,
    characters: int | None = None,
    resolved: bool = False,
) -> Iterator[DeadLetter]:
    """Dead letters, the newest first: that of a `number`, of one of the `REASONS`, at most `limit`, each content cut to
    `characters`; with `resolved` also those that are none any more."""
    rows = connection.execute(
        statement("operations/dead_letters").execution_options(yield_per=_ROWS_AT_A_TIME),
        {
            "id": number or 0,
            "reason": reason or "",
            "limit": limit or _ALL,
            "characters": characters or _ALL,
            "resolved": int(resolved),
        },
    )
    for row in rows:
        yield DeadLetter(
            id=row.id,
            sensor=decode_text(row.sensor),
            path=decode_text(row.path),
            line_number=row.line_number,
            byte_offset=row.byte_offset,
            reason=row.reason,
            content=decode_text(row.content),
            content_bytes=row.content_bytes,
            created_at=row.created_at,
            resolved_at=row.resolved_at,
            resolution=row.resolution,
            replayed_as=None if row.replayed_as is None else bytes(row.replayed_as).hex(),
        )
