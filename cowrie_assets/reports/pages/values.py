"""What the page of an address, a file or a HASSH holds: what it did in the period, and since when it is known."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Row

from cowrie_assets.clock import day_of_number
from cowrie_assets.reports.figures import NOTHING, Scope, Values
from cowrie_assets.reports.pages.subjects import PageKind, Subject
from cowrie_assets.reports.sections.known import KnownAddress, known_addresses
from cowrie_assets.summaries.similar_files import Similar, neighbours
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.dictionary import digest_of

SAMPLE = 100
"""What a subject did is counted in so many of its sessions, the first of the period."""
SHOWN_SESSIONS = 50
_TOP = 10
_ITEMS = ("command", "login", "file", "url", "filename", "address", "hassh", "version")
_SUMS = (
    *("sessions", "login_successes", "login_failures", "commands", "high_risk_commands"),
    *("file_downloads", "file_uploads", "tunnel_requests"),
)


@dataclass(frozen=True, slots=True)
class Sighted:
    """The days on which any sensor ever saw a value, up to the end of the period."""

    first: date
    last: date
    days: int
    sessions: int | None
    """Counted of addresses; None of others."""


@dataclass(slots=True)
class Activity:
    """Sums over sessions; times are microseconds since 1970-01-01 UTC."""

    sums: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_SUMS, 0))
    first_event_at: int | None = None
    last_event_at: int | None = None

    def add(self, row: Row[Any]) -> None:
        """Take in a row of `sql/reports/pages/activity.sql`."""
        for name in _SUMS:
            self.sums[name] += getattr(row, name)
        first, last = self.first_event_at, self.last_event_at
        self.first_event_at = row.first_event_at if first is None else min(first, row.first_event_at)
        self.last_event_at = row.last_event_at if last is None else max(last, row.last_event_at)


@dataclass(frozen=True, slots=True)
class SubjectSession:
    """A session of a subject, in a line."""

    subject: Subject
    src_ip: str | None
    first_event_at: int
    duration_us: int
    login_successes: int
    commands: int
    files: int


@dataclass(frozen=True, slots=True)
class Item:
    """A value that sessions have, and how often."""

    value: str | None
    other: str | None
    """The password of a login."""
    count: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a service says of a value. Times are microseconds since 1970-01-01 UTC."""

    service: str
    malicious: bool | None
    """None: it does not say."""
    label: str | None
    description: str | None
    positives: int | None
    total: int | None
    first_seen: int | None
    asked_at: int
    """When it was asked last."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What the bytes of a file say."""

    size: int
    type: str
    description: str | None
    """By libmagic."""
    entropy: float
    """Bits a byte: near 8 where it is packed or encrypted."""
    packer: str | None


@dataclass(slots=True)
class ValuePage:
    """One address, file or HASSH in a period, over all sensors."""

    subject: Subject
    sighted: Sighted | None = None
    network: Sighted | None = None
    """Of an address: its network's days; None where it is in none."""
    activity: Activity = field(default_factory=Activity)
    by_sensor: dict[str, Activity] = field(default_factory=lambda: defaultdict(Activity))
    by_day: dict[date, Activity] = field(default_factory=lambda: defaultdict(Activity))
    sessions: list[SubjectSession] = field(default_factory=list)
    """The first, at most `SHOWN_SESSIONS`."""
    sampled: int = 0
    """In how many sessions `items` are counted."""
    verdicts: list[Verdict] = field(default_factory=list)
    """Of a file or an address, by service."""
    examined: Examined | None = None
    """Of a file that lay in a downloads' folder."""
    similar: list[Similar] = field(default_factory=list)
    """The files that are like it by TLSH, the nearest first."""
    known_address: KnownAddress | None = None
    """Of an address of which a place is known, or that a list names."""
    items: dict[str, list[Item]] = field(default_factory=lambda: {kind: [] for kind in _ITEMS})
    """Of each kind of `_ITEMS` the most frequent ones, by count."""


def value_pages(scope: Scope, subjects: Sequence[Subject]) -> list[ValuePage]:
    """A page for each of `subjects` that has sessions in the period, in their order.

    Nine queries, however many, and 16 for each file that has a TLSH digest.
    """
    texts = _text_ids(scope, subjects)
    pages = {(subject.kind.value, texts[subject]): ValuePage(subject) for subject in subjects if subject in texts}
    ids = {
        name: [value_id for kind, value_id in pages if kind == of]
        for name, of in (("addresses", PageKind.ADDRESS), ("files", PageKind.FILE), ("hasshes", PageKind.HASSH))
    }
    if not pages:
        return []
    sensors = {row.id: decode_text(row.name) for row in scope.rows("pages/sensors")}
    for row in scope.rows("pages/activity", **ids):
        page = pages[row.kind, row.value_id]
        for activity in (
            page.activity,
            page.by_sensor[sensors[row.sensor_id]],
            page.by_day[day_of_number(row.session_day)],
        ):
            activity.add(row)
    for row in scope.rows("pages/sighted", **ids):
        sighted = Sighted(day_of_number(row.first_day), day_of_number(row.last_day), row.days, row.sessions)
        if row.kind == "network":
            pages[PageKind.ADDRESS.value, row.value_id].network = sighted
        else:
            pages[row.kind, row.value_id].sighted = sighted
    _take_verdicts(pages, scope, ids)
    chosen = _take_sessions(pages, scope.rows("pages/first_sessions", sessions=SAMPLE, shown=SHOWN_SESSIONS, **ids))
    found = list(pages.values())
    for row in scope.rows("pages/details", {"chosen": chosen or [(*NOTHING[0], 0, 0)]}, top=_TOP):
        found[row.subject].items[row.item].append(Item(decode_text(row.value), decode_text(row.other), row.number))
    return [page for page in found if page.activity.sums["sessions"]]


def _text_ids(scope: Scope, subjects: Sequence[Subject]) -> dict[Subject, int]:
    """The number of each subject's text; one that the warehouse does not know is left out."""
    by_digest = {digest_of(*subject.key): subject for subject in subjects}
    ids = {}
    if by_digest:
        ids = {bytes(row.digest): row.id for row in scope.rows("pages/texts", digests=list(by_digest))}
    return {subject: ids[digest_of(*subject.key)] for subject in subjects if digest_of(*subject.key) in ids}


def _take_sessions(pages: dict[tuple[str, int], ValuePage], rows: Iterable[Row[Any]]) -> Values:
    """Give each page its sessions; returns what `details.sql` calls `chosen`."""
    numbers = {key: number for number, key in enumerate(pages)}
    of_page: defaultdict[tuple[str, int], list[SubjectSession]] = defaultdict(list)
    chosen = []
    for row in rows:
        key = (row.kind, row.value_id)
        chosen.append((numbers[key], row.session_ref, row.value_id if row.kind == PageKind.FILE else 0))
        pages[key].sampled += 1
        if row.place <= SHOWN_SESSIONS:
            of_page[key].append(_session(row))
    for key, sessions in of_page.items():
        sessions.sort(key=lambda session: (session.first_event_at, session.subject.key))
        pages[key].sessions = sessions[:SHOWN_SESSIONS]
    return chosen


def _take_verdicts(pages: dict[tuple[str, int], ValuePage], scope: Scope, ids: Mapping[str, list[int]]) -> None:
    """Give each page of a file or an address what services and lists say of it."""
    for row in scope.rows("pages/verdicts", files=ids["files"], addresses=ids["addresses"]):
        pages[row.kind, row.value_id].verdicts.append(_verdict(row))
    addresses = {page.subject.key[0]: page for page in pages.values() if page.subject.kind is PageKind.ADDRESS}
    for known in known_addresses(scope, addresses):
        addresses[known["address"]].known_address = known
    for row in scope.rows("pages/examined", files=ids["files"]):
        page = pages[PageKind.FILE.value, row.shasum_id]
        page.examined = examined_of(row)
        if row.tlsh is not None:
            page.similar = neighbours(scope.connection, row.tlsh, apart_from=row.shasum_id, most=_TOP)
    for page in pages.values():
        page.verdicts.sort(key=lambda verdict: verdict.service)


def examined_of(row: Row[Any]) -> Examined:
    """What a row of `sql/reports/pages/examined.sql` says."""
    return Examined(row.size, row.type, decode_text(row.description), row.entropy / 1000, decode_text(row.packer))


def _verdict(row: Row[Any]) -> Verdict:
    return Verdict(
        service=row.provider,
        malicious=None if row.malicious is None else bool(row.malicious),
        label=decode_text(row.label),
        description=decode_text(row.description),
        positives=row.positives,
        total=row.total,
        first_seen=row.first_seen,
        asked_at=row.fetched_at,
    )


def _session(row: Row[Any]) -> SubjectSession:
    return SubjectSession(
        Subject(PageKind.SESSION, (decode_text(row.sensor), decode_text(row.session_id))),
        decode_text(row.src_ip),
        row.first_event_at,
        row.duration_us,
        row.login_successes,
        row.command_count,
        row.files,
    )
