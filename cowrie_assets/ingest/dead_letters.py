"""Dead letters in the load step: each dead line of each log, once, with its place; resolved when it is read well.

One that was replayed (`ingest.replaying`) is dead in its log still, and stays resolved for as long as the event that it
became is known.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, func, select, update

from cowrie_assets.cowrie.privacy import DROPPED
from cowrie_assets.ingest.batch import Batch
from cowrie_assets.ingest.letters import DeadLetter, digest_of_letter
from cowrie_assets.ingest.sealed_events import archived_of
from cowrie_assets.ingest.spoiled_letters import AstrayLetters, is_as_listed
from cowrie_assets.warehouse.bulk_insert import insert_rows
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.codec import encode_text
from cowrie_assets.warehouse.schema import dead_letters, events
from cowrie_assets.warehouse.sql import statement

_COLUMNS = ("log_id", "line_number", "byte_offset", "reason", "content", "content_bytes", "created_at", "digest")
_DROPPED_AT_ONCE = 1000

_Identity = tuple[int, str, str]
"""What makes a dead letter of a log one: its place, why it is dead, and what stands there, as it is stored.

One whose content was dropped for its age is known by its place and why it is dead."""


class _Listed(NamedTuple):
    id: int
    is_resolved: bool
    replayed_as: bytes | None


class Replayed(NamedTuple):
    """Lines of a stretch of a log that are dead and were replayed, by what their events are today."""

    events: int = 0
    """Stored as this log's, at their place."""
    duplicates: int = 0
    archived: int = 0

    @property
    def lines(self) -> int:
        """All of them."""
        return sum(self)


def add_letters(connection: Connection, log_id: int, batch: Batch, now: int, *, are_dropped: bool = False) -> Replayed:
    """List the dead letters of what is new in a log; those that are listed already, because the log's row was lost,
    stay as they are: which of them were replayed. Of those that `are_dropped` no content is kept."""
    if not batch.dead:
        return Replayed()
    listed = _listed(connection, log_id, batch.start, batch.end)
    if not listed:
        _insert(connection, log_id, _kept(batch, are_dropped=are_dropped), now)
        return Replayed()
    letters = _by_identity(batch, listed, are_dropped=are_dropped)
    _insert(connection, log_id, [letters[identity] for identity in letters if identity not in listed], now)
    replayed, _ = _replayed(connection, log_id, letters, listed)
    return replayed


def renew_letters(
    connection: Connection, log_id: int, batch: Batch, now: int, astray: AstrayLetters, *, are_dropped: bool = False
) -> tuple[int, int, Replayed]:
    """Make the list say of a stretch of a log what this reading of it says; how many were resolved, how many are new or
    dead again, and which of those that are dead were replayed. Of new ones that `are_dropped` no content is kept; those
    that went `astray` come back."""
    listed = _listed(connection, log_id, batch.start, batch.end)
    letters = _by_identity(batch, listed, are_dropped=are_dropped)
    if astray and _put_right(connection, log_id, [letters[each] for each in letters if each not in listed], astray):
        listed = _listed(connection, log_id, batch.start, batch.end)
        letters = _by_identity(batch, listed, are_dropped=are_dropped)
    alive = [
        each.id
        for identity, each in listed.items()
        if identity not in letters and not each.is_resolved and identity[0] < batch.end
    ]
    replayed, standing = _replayed(connection, log_id, letters, listed)
    again = [
        each.id
        for identity, each in listed.items()
        if identity in letters and each.is_resolved and each.id not in standing
    ]
    _mark(connection, alive, {"resolved_at": now, "resolution": "read well"})
    _mark(connection, again, {"resolved_at": None, "resolution": None, "replayed_as": None})
    new = _insert(connection, log_id, [letters[identity] for identity in letters if identity not in listed], now)
    return len(alive), len(again) + new, replayed


def _put_right(connection: Connection, log_id: int, letters: Iterable[DeadLetter], astray: AstrayLetters) -> int:
    """Take the rows of letters that are not listed from those that went astray; how many of them."""
    return sum(astray.put_right(connection, log_id, letter) for letter in letters)


def drop_letters(connection: Connection, before: int) -> int:
    """Drop what stands in the dead letters of logs that ended `before` (microseconds since 1970-01-01 UTC); of how
    many."""
    binds = {"dropped": DROPPED, "before": before, "limit": _DROPPED_AT_ONCE}
    dropped, after = 0, 0
    while due := connection.execute(statement("privacy/letters_to_drop"), {**binds, "after": after}).all():
        letters = {
            number: DeadLetter(line_number, offset, reason, DROPPED, content_bytes)
            for number, line_number, offset, reason, content_bytes in due
        }
        rows = [
            {"id": number, "dropped": DROPPED, "digest": digest_of_letter(letter)} for number, letter in letters.items()
        ]
        connection.execute(statement("privacy/drop_letter"), rows)
        dropped, after = dropped + len(due), due[-1].id
    return dropped


def take_over_letters(connection: Connection, lost: int, log_id: int, batch: Batch) -> None:
    """Give the dead letters of `batch` that are listed of the log `lost` to the log `log_id`, with the events that they
    were replayed as."""
    if not batch.dead:
        return
    listed = _listed(connection, lost, batch.start, batch.end)
    letters = _by_identity(batch, listed)
    taken = [each for identity, each in listed.items() if identity in letters]
    _mark(connection, [each.id for each in taken], {"log_id": log_id})
    for some in chunks([each.replayed_as for each in taken if each.replayed_as is not None]):
        of_lost = events.c.event_hash.in_(some) & (events.c.log_id == lost)
        connection.execute(update(events).where(of_lost).values(log_id=log_id))


def mark_replayed(connection: Connection, replayed: Mapping[int, bytes], resolution: str, now: int) -> None:
    """Resolve dead letters (`dead_letters.id`), each with the identity of the event that it was replayed as."""
    for number, identity in replayed.items():
        _mark(connection, [number], {"resolved_at": now, "resolution": resolution, "replayed_as": identity})


def replayed_identities(connection: Connection) -> set[bytes]:
    """The identities of all events that dead letters were replayed as."""
    query = select(dead_letters.c.replayed_as).where(dead_letters.c.replayed_as.is_not(None))
    return set(map(bytes, connection.execute(query).scalars()))


def rename_replayed(connection: Connection, moved: Mapping[bytes, bytes]) -> None:
    """Have dead letters name their events by the identities that these get today; some may be exchanged."""
    numbers = {
        number: moved[bytes(identity)]
        for some in chunks(list(moved))
        for number, identity in connection.execute(
            select(dead_letters.c.id, dead_letters.c.replayed_as).where(dead_letters.c.replayed_as.in_(some))
        )
    }
    for number, identity in numbers.items():
        _mark(connection, [number], {"replayed_as": identity})


def _replayed(
    connection: Connection,
    log_id: int,
    letters: Mapping[_Identity, DeadLetter],
    listed: Mapping[_Identity, _Listed],
) -> tuple[Replayed, set[int]]:
    """What became of the dead lines that were replayed and whose event is known; their numbers."""
    candidates = [
        (each.replayed_as, identity[0], each.id)
        for identity, each in listed.items()
        if identity in letters and each.is_resolved and each.replayed_as is not None
    ]
    if not candidates:
        return Replayed(), set()
    identities = [identity for identity, _, _ in candidates]
    stored = _places(connection, identities)
    archived = archived_of(connection, [identity for identity in identities if identity not in stored])
    known = [
        (identity, place, number)
        for identity, place, number in candidates
        if identity in stored or identity in archived
    ]
    own = sum(stored.get(identity) == (log_id, place) for identity, place, _ in known)
    away = sum(identity not in stored for identity, _, _ in known)
    return Replayed(own, len(known) - own - away, away), {number for _, _, number in known}


def _places(connection: Connection, identities: Sequence[bytes]) -> dict[bytes, tuple[int, int]]:
    """The logs and places of those events that are stored."""
    found: dict[bytes, tuple[int, int]] = {}
    for some in chunks(identities):
        query = select(events.c.event_hash, events.c.log_id, events.c.byte_offset).where(events.c.event_hash.in_(some))
        found |= {bytes(identity): (log_id, offset) for identity, log_id, offset in connection.execute(query)}
    return found


def resolve_after_end(connection: Connection, log_id: int, last: Batch | None, now: int) -> None:
    """Resolve the dead letters of a log that lie after the end of what it holds now; `last` is its last batch."""
    end = last.end if last else 0
    at_end = _listed(connection, log_id, end, end)
    still = _by_identity(last, at_end) if last else {}
    gone = [each.id for identity, each in at_end.items() if identity not in still and not each.is_resolved]
    resolution = {"resolved_at": now, "resolution": "no longer in the log"}
    _mark(connection, gone, resolution)
    connection.execute(
        update(dead_letters)
        .where(
            dead_letters.c.log_id == log_id,
            dead_letters.c.byte_offset > end,
            dead_letters.c.resolved_at.is_(None),
        )
        .values(**resolution)
    )


def resolve_stored(connection: Connection, log_id: int, days: tuple[int, int], now: int) -> int:
    """Resolve the dead letters of lines that are stored as events of `days` (both inclusive) all the same; how many."""
    found = statement("ingest/dead_lines_stored")
    parameters = {"log_id": log_id, "first_day": days[0], "last_day": days[1]}
    stored = list(connection.execute(found, parameters).scalars())
    _mark(connection, stored, {"resolved_at": now, "resolution": "read well"})
    return len(stored)


def resolve_all(connection: Connection, log_id: int, resolution: str, now: int) -> None:
    """Resolve every dead letter of a log."""
    connection.execute(
        update(dead_letters)
        .where(dead_letters.c.log_id == log_id, dead_letters.c.resolved_at.is_(None))
        .values(resolved_at=now, resolution=resolution)
    )


def _kept(batch: Batch, *, are_dropped: bool) -> Iterator[DeadLetter]:
    """The dead letters of a batch as they are to be listed."""
    letters = batch.letters()
    return (letter._replace(content=DROPPED) for letter in letters) if are_dropped else letters


def _by_identity(
    batch: Batch, listed: Collection[_Identity], *, are_dropped: bool = False
) -> dict[_Identity, DeadLetter]:
    """The dead letters of a batch as they are to be listed, or are."""
    dropped = {(place, reason) for place, reason, content in listed if content == DROPPED}
    found = {}
    for letter in batch.letters():
        identity = (letter.byte_offset, letter.reason, encode_text(letter.content))
        if identity[:2] in dropped or (are_dropped and identity not in listed):
            found[(*identity[:2], DROPPED)] = letter._replace(content=DROPPED)
        else:
            found[identity] = letter
    return found


def _listed(connection: Connection, log_id: int, begin: int, end: int) -> dict[_Identity, _Listed]:
    """The dead letters that are listed of a stretch of a log, both ends included, but for those that are not what they
    were then."""
    query: Select[Any] = select(
        dead_letters.c.id,
        dead_letters.c.byte_offset,
        dead_letters.c.reason,
        dead_letters.c.content,
        dead_letters.c.resolved_at,
        dead_letters.c.replayed_as,
        dead_letters.c.line_number,
        dead_letters.c.content_bytes,
        dead_letters.c.digest,
    ).where(dead_letters.c.log_id == log_id, dead_letters.c.byte_offset.between(begin, end))
    return {
        (row.byte_offset, row.reason, row.content): _Listed(
            row.id, row.resolved_at is not None, row.replayed_as and bytes(row.replayed_as)
        )
        for row in connection.execute(query)
        if is_as_listed(row)
    }


def _mark(connection: Connection, ids: list[int], values: Mapping[str, object]) -> None:
    for some in chunks(ids):
        connection.execute(update(dead_letters).where(dead_letters.c.id.in_(some)).values(**values))


def _insert(connection: Connection, log_id: int, letters: Iterable[DeadLetter], now: int) -> int:
    """List dead letters that are new; how many they are."""
    rows = [
        (
            *(log_id, letter.line_number, letter.byte_offset, letter.reason, encode_text(letter.content)),
            *(letter.content_bytes, now, digest_of_letter(letter)),
        )
        for letter in letters
    ]
    if connection.dialect.name == "postgresql":
        insert_rows(connection, "dead_letters", _COLUMNS, rows)
    else:
        first = (connection.execute(select(func.max(dead_letters.c.id))).scalar() or 0) + 1
        numbered = [(number, *row) for number, row in enumerate(rows, first)]
        insert_rows(connection, "dead_letters", ("id", *_COLUMNS), numbered)
    return len(rows)
