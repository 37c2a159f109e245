"""All that is known of a value, of a few hundred sessions at most: no look-up costs more where more is stored.

Sessions are counted up to `COUNTED`. What is told of them (sensors, neighbours, the newest) is told of those that were
looked at: the newest `LOOKED_AT`, which are those of the last days of an address, a HASSH or a technique, and those
that were loaded last of other values. First and last day are those of all sessions wherever an index has them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row

from cowrie_assets.clock import day_of_number, iso_us
from cowrie_assets.finding.readings import Kind
from cowrie_assets.finding.subjects import Subject, rows_of, subjects_of
from cowrie_assets.finding.techniques import name_of
from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.pages.values import Examined, examined_of
from cowrie_assets.reports.periods import period_of
from cowrie_assets.reports.render.masking import masks_of
from cowrie_assets.reports.sections.known import KnownAddress, known_addresses
from cowrie_assets.summaries.similar_files import neighbours
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.sighting_kinds import SightingKind

COUNTED = 10_000
"""Sessions are counted up to so many; of more it is told that there are at least so many."""
LOOKED_AT = 1_000
LOOKED_THROUGH = 200_000
"""Sessions of a technique are looked for in so many, those of its newest days: no index has them."""
LOOKED_THROUGH_FOR_FORM = 50_000
"""The same of a normal form: each session's commands are looked at."""
NEIGHBOURS_OF = 100
"""What was seen with a value is counted in so many sessions, the newest of those looked at."""
NEWEST = 10
TOP = 10
_VERDICTS_OF = {Kind.FILE: 1, Kind.ADDRESS: 2, Kind.PASSWORD: 3}
_SIGHTED = {
    Kind.FILE: SightingKind.HASH,
    Kind.URL: SightingKind.URL,
    Kind.PASSWORD: SightingKind.PASSWORD,
    Kind.HASSH: SightingKind.HASSH,
    Kind.TECHNIQUE: SightingKind.TECHNIQUE,
    Kind.NORMAL_FORM: SightingKind.COMMAND,
}
_STANDS_FOR = {Kind.NETWORK: Kind.ADDRESS, Kind.HOST: Kind.URL}


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session, in a line."""

    sensor: str
    session_id: str
    src_ip: str | None
    began_at: str
    duration_seconds: float
    login_successes: int
    login_failures: int
    commands: int
    files: int
    risk_score: int


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions of a value."""

    count: int
    at_least: bool
    """Whether there may be more than `count`."""
    looked_at: int
    newest: list[SessionLine] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Something that was seen with a value: how often, in the sessions looked at."""

    value: str | None
    count: int
    password: str | None = None
    """Of a credential, whose user is `value`; None: a key, or none."""
    name: str | None = None
    """Of a technique or a campaign, which `value` is the id of."""

    @property
    def text(self) -> str:
        """In one text: `user:password` of a credential."""
        return (self.value or "") if self.password is None else f"{self.value or ''}:{self.password}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a service or a list says of a value."""

    service: str
    malicious: bool | None
    label: str | None
    description: str | None
    positives: int | None
    total: int | None
    first_seen: str | None
    fetched_at: str | None


@dataclass(slots=True)
class Found:
    """What is known of a value as one kind."""

    kind: Kind
    value: str
    first_day: date
    last_day: date
    exact_days: bool
    """Whether no session can lie outside of these days; else they are those of the sessions looked at."""
    sensors: list[str]
    """Of the sessions looked at."""
    sessions: Sessions
    normal_form: str | None = None
    urls: list[str] = field(default_factory=list)
    """Of a host, the newest."""
    neighbours: dict[str, list[Neighbour]] = field(default_factory=dict)
    """By count: `commands credentials files urls filenames addresses hassh client_versions networks techniques
    campaigns`."""
    verdicts: list[Verdict] = field(default_factory=list)
    places: list[KnownAddress] = field(default_factory=list)
    """Where the address, or the addresses seen with the value, are, and which lists name them."""
    examined: Examined | None = None
    """What the bytes of a file say."""
    similar: list[tuple[str, int]] = field(default_factory=list)
    """`(SHA-256, distance)` of the files that are like it by TLSH."""


_ITEMS = {
    "command": "commands",
    "login": "credentials",
    "file": "files",
    "url": "urls",
    "filename": "filenames",
    "address": "addresses",
    "hassh": "hassh",
    "version": "client_versions",
}
_ITSELF = {
    Kind.ADDRESS: "addresses",
    Kind.FILE: "files",
    Kind.URL: "urls",
    Kind.HASSH: "hassh",
    Kind.COMMAND: "commands",
    Kind.CREDENTIAL: "credentials",
    Kind.CAMPAIGN: "campaigns",
    Kind.TECHNIQUE: "techniques",
}


def find(connection: Connection, value: str, only: Kind | None = None) -> list[Found]:
    """What `value` is, a `Found` for each kind of thing that it was seen as; empty where it was never seen.

    Raises ReadingError. Give it one transaction.
    """
    found = (_found(connection, subject) for subject in subjects_of(connection, value, only))
    return [each for each in found if each is not None]


def _found(connection: Connection, subject: Subject) -> Found | None:
    refs, at_least, has_days = _sessions_of(connection, subject)
    times: list[Row[Any]] = []
    for some in chunks(refs[:LOOKED_AT]):
        times += rows_of(connection, "times", sessions=list(some))
    if not times:
        return None
    times.sort(key=lambda row: (row.first_event_at, row.session_ref), reverse=True)
    newest = [row.session_ref for row in times]
    first, last, exact = _days(
        connection, subject, times, all_seen=not at_least and len(refs) <= LOOKED_AT, has_days=has_days
    )
    found = Found(
        kind=subject.kind,
        value=subject.value,
        first_day=first,
        last_day=last,
        exact_days=exact,
        sensors=sorted({decode_text(row.sensor) for row in times}),
        sessions=Sessions(len(refs), at_least, len(times), _lines(connection, newest[:NEWEST])),
        normal_form=subject.normal_form,
        urls=list(subject.of[:TOP]),
    )
    if subject.kind is not Kind.SESSION:
        _tell_beside(connection, subject, found, newest[:NEIGHBOURS_OF])
    return found


def _sessions_of(connection: Connection, subject: Subject) -> tuple[list[int], bool, bool]:
    """Sessions of a subject, the newest first as far as an index has their order; whether there may be more; and
    whether an index has the first and last day of all."""
    if subject.kind is Kind.SESSION:
        return list(subject.ids), False, False
    if subject.kind in (Kind.TECHNIQUE, Kind.NORMAL_FORM):
        return *_sessions_by_day(connection, subject), True
    kind = _STANDS_FOR.get(subject.kind, subject.kind)
    binds = {"username_id": subject.username_id} if kind is Kind.CREDENTIAL else {}
    refs: dict[int, None] = {}
    at_least = subject.is_cut
    most = COUNTED // max(len(subject.ids), 1) + 1
    for value_id in subject.ids:
        rows = rows_of(connection, f"sessions_of_{kind}", value_id=value_id, most=most, **binds)
        at_least = at_least or len(rows) == most
        refs |= dict.fromkeys(row.session_ref for row in rows[: most - 1])
    unordered: Sequence[Row[Any]] = []
    if subject.kind is Kind.CAMPAIGN:
        unordered = rows_of(connection, "sessions_of_campaign", campaign=subject.value, most=COUNTED + 1)
    elif subject.mark_kind is not None:
        binds = {"mark_kind": int(subject.mark_kind), "value_id": subject.mark_id}
        unordered = rows_of(connection, "sessions_of_mark", most=COUNTED + 1, **binds)
    refs |= dict.fromkeys(row.session_ref for row in unordered)
    return list(refs)[:COUNTED], at_least or len(refs) > COUNTED, not (subject.is_cut or unordered)


def _sessions_by_day(connection: Connection, subject: Subject) -> tuple[list[int], bool]:
    """Its sessions, day by day from its newest one back, and whether there may be more."""
    most_looked_through = LOOKED_THROUGH_FOR_FORM if subject.kind is Kind.NORMAL_FORM else LOOKED_THROUGH
    values = list(subject.sighted or subject.ids)
    days = rows_of(connection, "sighted_days", kind=int(_SIGHTED[subject.kind]), values=values)
    refs: list[int] = []
    looked_through = 0
    for row in days:
        if len(refs) > COUNTED or looked_through >= most_looked_through:
            return refs[:COUNTED], True
        most = COUNTED + 1 - len(refs)
        binds = {"day": row.session_day, "values": list(subject.ids), "most": most}
        refs += [found.session_ref for found in rows_of(connection, f"sessions_of_{subject.kind}", **binds)]
        looked_through += row.sessions
    return refs[:COUNTED], len(refs) > COUNTED


def _days(
    connection: Connection, subject: Subject, times: Sequence[Row[Any]], *, all_seen: bool, has_days: bool
) -> tuple[date, date, bool]:
    """First and last day, and whether they are those of all its sessions."""
    days = [row.session_day for row in times]
    spans = [(min(days), max(days))]
    if not all_seen:
        spans += _spans(connection, subject)
    exact = all_seen or (len(spans) > 1 and has_days)
    return day_of_number(min(span[0] for span in spans)), day_of_number(max(span[1] for span in spans)), exact


def _spans(connection: Connection, subject: Subject) -> list[tuple[int, int]]:
    """The first and last day of each value that a subject stands for, where an index has them."""
    kind = _STANDS_FOR.get(subject.kind, subject.kind)
    rows: list[Row[Any]] = []
    for value_id in subject.sighted or subject.ids:
        if kind is Kind.ADDRESS:
            rows += rows_of(connection, "days_of_address", value_id=value_id)
        elif kind in _SIGHTED:
            rows += rows_of(connection, "sighted", kind=int(_SIGHTED[kind]), value_id=value_id)
    return [(row.first_day, row.last_day) for row in rows if row.first_day is not None]


def _lines(connection: Connection, sessions: list[int]) -> list[SessionLine]:
    rows = {row.session_ref: row for row in rows_of(connection, "sessions", sessions=sessions)}
    return [
        SessionLine(
            sensor=decode_text(row.sensor),
            session_id=decode_text(row.session_id),
            src_ip=decode_text(row.src_ip),
            began_at=iso_us(row.first_event_at),
            duration_seconds=row.duration_us / 1_000_000,
            login_successes=row.login_successes,
            login_failures=row.login_failures,
            commands=row.command_count,
            files=row.files,
            risk_score=row.risk_score,
        )
        for row in (rows[session] for session in sessions if session in rows)
    ]


def _tell_beside(connection: Connection, subject: Subject, found: Found, sessions: list[int]) -> None:
    """Give `found` what was seen with it, what services say of it, and where it is."""
    scope = Scope(connection, period_of("daily", found.last_day), sensor_id=0, top=TOP + 1)
    shasum_id = subject.ids[0] if subject.kind is Kind.FILE else 0
    chosen = [(0, session, shasum_id) for session in sessions]
    items: dict[str, list[Neighbour]] = {name: [] for name in _ITEMS.values()}
    for row in scope.rows("pages/details", {"chosen": chosen}, top=TOP + 1):
        if row.number:  # an upload's url is no place that a file was downloaded from
            items[_ITEMS[row.item]].append(Neighbour(decode_text(row.value), row.number, decode_text(row.other)))
    for name in ("networks", "techniques", "campaigns"):
        items[name] = [_counted(name, row) for row in rows_of(connection, name, sessions=sessions, most=TOP)]
    own = _ITSELF.get(subject.kind)
    found.neighbours = {
        name: [each for each in listed if name != own or each.text != subject.value][:TOP]
        for name, listed in items.items()
    }
    if subject.kind in _VERDICTS_OF:
        rows = rows_of(connection, "verdicts", kind=_VERDICTS_OF[subject.kind], values=list(subject.ids))
        found.verdicts = [_verdict(row) for row in rows]
    addresses = [each.value for each in items["addresses"] if each.value is not None]
    found.places = known_addresses(scope, [subject.value] if subject.kind is Kind.ADDRESS else addresses)
    if subject.kind is Kind.FILE:
        _examine(connection, scope, found, subject.ids[0])


def _counted(name: str, row: Row[Any]) -> Neighbour:
    value = decode_text(row.value)
    called = None
    if name == "techniques":
        called = name_of(value)
    elif name == "campaigns":
        called = decode_text(row.name)
    return Neighbour(value, row.number, name=called)


def _examine(connection: Connection, scope: Scope, found: Found, shasum_id: int) -> None:
    for row in scope.rows("pages/examined", files=[shasum_id]):
        found.examined = examined_of(row)
        if row.tlsh is not None:
            near = neighbours(connection, row.tlsh, apart_from=shasum_id, most=TOP)
            found.similar = [(each.shasum, each.distance) for each in near]


def _verdict(row: Row[Any]) -> Verdict:
    return Verdict(
        service=row.service,
        malicious=None if row.malicious is None else bool(row.malicious),
        label=decode_text(row.label),
        description=decode_text(row.description),
        positives=row.positives,
        total=row.total,
        first_seen=None if row.first_seen is None else iso_us(row.first_seen),
        fetched_at=None if row.fetched_at is None else iso_us(row.fetched_at),
    )


def document_of(value: str, found: Sequence[Found]) -> dict[str, Any]:
    """What was found, as the one JSON document of `find`: `{value, found: [...]}`, each with the fields of `Found`."""
    return {"value": value, "found": [{**asdict(each), **_days_as_text(each)} for each in found]}


def masks_of_passwords(found: Iterable[Found]) -> dict[str, str]:
    """A mask for each password that stands in what was found, for whoever must not show them."""
    return masks_of(password for each in found for password in _passwords_of(each))


def _days_as_text(found: Found) -> dict[str, str]:
    return {"kind": found.kind.value, "first_day": str(found.first_day), "last_day": str(found.last_day)}


def _passwords_of(found: Found) -> Iterable[str]:
    if found.kind is Kind.PASSWORD:
        yield found.value
    if found.kind is Kind.CREDENTIAL:
        yield found.value.partition(":")[2]
    yield from (pair.password for pair in found.neighbours.get("credentials", ()) if pair.password is not None)
