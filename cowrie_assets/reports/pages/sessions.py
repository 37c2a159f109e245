"""What the page of a session holds: its figures, and its events in order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from cowrie_assets.clock import US_PER_SECOND
from cowrie_assets.cowrie.identity import leading_bytes
from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.pages.subjects import Subject
from cowrie_assets.reports.pages.timeline import MOST_CHARACTERS, Entry, StoredEvent, entry_of
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.dictionary import digest_of

FIRST_EVENTS, LAST_EVENTS = 200, 50
"""Of a longer session so many are shown."""
_TEXTS = ("protocol", "src_ip", "username", "password", "client_version", "hassh")
_IDENTITY_BYTES = 16
_LONGEST_EVENT = 65_536
"""Characters of JSON: of a longer event the beginning is shown as it stands in the log."""


@dataclass(frozen=True, slots=True)
class SessionPage:
    """One session. Texts are as logged; None where there is none."""

    subject: Subject
    figures: Row[Any]
    """A row of `sql/reports/pages/sessions.sql`: its numbers."""
    protocol: str | None
    src_ip: str | None
    username: str | None
    password: str | None
    client_version: str | None
    hassh: str | None
    entries: tuple[Entry, ...]
    left_out: int
    """Events between the first and the last ones."""


def session_pages(
    scope: Scope, subjects: Sequence[Subject], *, first: int = FIRST_EVENTS, last: int = LAST_EVENTS
) -> list[SessionPage]:
    """A page for each of `subjects` that is a session of the warehouse, in their order; of a session with more events,
    the `first` and the `last` ones.

    Four queries, however many they are.
    """
    sensors = {decode_text(row.name): row.id for row in scope.rows("pages/sensors")}
    by_digest = {
        digest_of(str(sensors[subject.key[0]]), subject.key[1]): subject
        for subject in subjects
        if subject.key[0] in sensors
    }
    rows = {}
    if by_digest:
        rows = {bytes(row.digest): row for row in scope.rows("pages/sessions", digests=list(by_digest))}
    events = _entries(scope, list(rows.values()), first, last)
    return [_page(subject, rows[digest], events) for digest, subject in by_digest.items() if digest in rows]


def _page(subject: Subject, row: Row[Any], events: dict[int, tuple[list[Entry], int]]) -> SessionPage:
    entries, total = events.get(row.session_ref, ([], 0))
    texts = {name: decode_text(getattr(row, name)) for name in _TEXTS}
    return SessionPage(subject, row, **texts, entries=tuple(entries), left_out=total - len(entries))


def _identities(scope: Scope, sessions: Sequence[Row[Any]]) -> tuple[bytes, bytes]:
    """The least and the greatest identity that events of these sessions can have.

    An identity begins with the time as written: that of the event, and what its sensor's clock was ahead. So PostgreSQL
    looks into the months of these sessions, not into all there are.
    """
    clocks = {row.id: row for row in scope.rows("pages/clocks", sensors=sorted({row.sensor_id for row in sessions}))}
    if any(clock.least is None or clock.unknown for clock in clocks.values()):
        return b"", b"\xff" * _IDENTITY_BYTES
    first = min(row.first_event_at + clocks[row.sensor_id].least for row in sessions)
    last = max(row.last_event_at + clocks[row.sensor_id].greatest for row in sessions)
    return (
        leading_bytes(first // US_PER_SECOND),
        leading_bytes(last // US_PER_SECOND).ljust(_IDENTITY_BYTES, b"\xff"),
    )


def _entries(scope: Scope, sessions: Sequence[Row[Any]], first: int, last: int) -> dict[int, tuple[list[Entry], int]]:
    """`{session_ref: (entries, how many events there are)}`"""
    found: dict[int, tuple[list[Entry], int]] = {}
    starts: dict[int, int] = {}
    if not sessions:
        return found
    least, greatest = _identities(scope, sessions)
    events = scope.rows(
        "pages/events",
        sessions=[row.session_ref for row in sessions],
        least=least,
        greatest=greatest,
        first=first,
        last=last,
        longest=_LONGEST_EVENT,
        beginning=MOST_CHARACTERS,
    )
    for row in events:
        start = starts.setdefault(row.session_ref, row.event_at)
        event = StoredEvent(row.event_type, row.counts_as, row.payload, row.characters)
        entry = entry_of(row.place, row.event_at - start, event)
        found.setdefault(row.session_ref, ([], row.events))[0].append(entry)
    return found
