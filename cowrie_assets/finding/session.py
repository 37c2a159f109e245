"""One session: its figures, its events in words, its recordings."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from cowrie_assets.clock import from_us, iso_us
from cowrie_assets.cowrie.details import text_of
from cowrie_assets.cowrie.lenient_json import NotJsonError, decode
from cowrie_assets.errors import UserError
from cowrie_assets.finding.readings import session_ids
from cowrie_assets.finding.subjects import rows_of
from cowrie_assets.finding.techniques import Shown, techniques_of_session
from cowrie_assets.printable import shown
from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.pages.sessions import SessionPage, session_pages
from cowrie_assets.reports.pages.subjects import PageKind, Subject
from cowrie_assets.reports.pages.timeline import Entry
from cowrie_assets.reports.periods import period_of
from cowrie_assets.reports.sensors import sensor_id
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.dictionary import digest_of

USUAL_EVENTS = 250
_LAST_FIFTH = 5
_MOST_RECORDINGS = 100
_LONGEST_EVENT = 65_536
_ANY_DAY = date(2020, 1, 1)
"""Pages are asked for beside a period; a session is found whatever it is."""
_FIGURES = (
    *("event_count", "command_count", "high_risk_commands", "login_successes", "login_failures", "file_downloads"),
    *("file_uploads", "tunnel_requests", "risk_score", "src_port", "dst_port"),
)
_TEXTS = ("protocol", "src_ip", "username", "password", "client_version", "hassh")


class SessionError(UserError):
    """A session that is not known, or is more than one; the message says so."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording of a terminal, as an event tells of it. Its content is in a file: see `recordings.folders`."""

    ttylog: str
    """The path that Cowrie gave it, by its own folder."""
    size: int | None
    """Bytes of output."""
    of_other_session: bool
    """Whether Cowrie kept that of a session before, in which the same was typed."""
    log: Path
    """The log in which the event stands."""


@dataclass(frozen=True, slots=True)
class Story:
    """What is known of one session."""

    page: SessionPage
    recordings: tuple[Recording, ...]
    techniques: tuple[Shown, ...]
    campaign: tuple[str, str] | None
    """Id and name of the campaign that it belongs to."""
    terminal: tuple[object, object]
    """Its width and height, as the attacker told them; None where it did not."""

    @property
    def sensor(self) -> str:
        return self.page.subject.key[0]

    @property
    def session_id(self) -> str:
        return self.page.subject.key[1]

    @property
    def events_left(self) -> bool:
        """Whether its raw events are in the archive alone."""
        return not self.page.entries and bool(self.page.figures.event_count)

    @property
    def day(self) -> date:
        """The UTC day that it belongs to."""
        return from_us(self.page.figures.first_event_at).date()


def story_of(connection: Connection, session_id: str, sensor: str | None = None, most: int = USUAL_EVENTS) -> Story:
    """What is known of a session, at most `most` of its events: the first four fifths and the last of them.

    Raises UnknownSensorError, and SessionError where there is none or where sensors have one each and none is named.
    Give it one transaction.
    """
    scope = Scope(connection, period_of("daily", _ANY_DAY), sensor_id=0, top=0)
    last = most // _LAST_FIFTH
    subject = _subject(connection, session_id, sensor)
    pages = session_pages(scope, [subject], first=most - last, last=last)
    if not pages:
        raise SessionError(f"the session {shown(session_id)} is not summarised yet: `cowrie-assets ingest` does that")
    (page,) = pages
    binds = {"session_ref": page.figures.session_ref, "longest": _LONGEST_EVENT, "most": _MOST_RECORDINGS}
    recordings: list[Recording] = []
    terminal: tuple[object, object] = (None, None)
    for row in rows_of(connection, "recordings", **binds):
        fields = _fields(decode_text(row.payload))
        if row.event_type == "cowrie.client.size":
            terminal = (fields.get("width"), fields.get("height"))
        elif ttylog := text_of(fields.get("ttylog")):
            size = fields.get("size")
            is_size = isinstance(size, int) and not isinstance(size, bool)
            log = Path(decode_text(row.log_path))
            recordings.append(Recording(ttylog, size if is_size else None, fields.get("duplicate") is True, log))
    techniques = tuple(techniques_of_session(connection, page.figures.session_ref))
    campaigns = rows_of(connection, "campaigns", sessions=[page.figures.session_ref], most=1)
    campaign = (decode_text(campaigns[0].value), decode_text(campaigns[0].name)) if campaigns else None
    return Story(page, tuple(recordings), techniques, campaign, terminal)


def document_of(story: Story) -> dict[str, Any]:
    """A session as the one JSON document of `session`."""
    page, figures = story.page, story.page.figures
    return {
        "sensor": story.sensor,
        "session_id": story.session_id,
        "first_event_at": iso_us(figures.first_event_at),
        "last_event_at": iso_us(figures.last_event_at),
        "duration_seconds": figures.duration_us / 1_000_000,
        "closed": bool(figures.closed),
        **{name: getattr(page, name) for name in _TEXTS},
        **{name: getattr(figures, name) for name in _FIGURES},
        "events": [_event(entry, _began(story)) for entry in page.entries],
        "events_left_out": page.left_out,
        "events_in_archive": story.events_left,
        "techniques": [asdict(each) for each in story.techniques],
        "campaign": None if story.campaign is None else {"campaign_id": story.campaign[0], "name": story.campaign[1]},
        "recordings": [
            {"ttylog": each.ttylog, "size": each.size, "of_other_session": each.of_other_session}
            for each in story.recordings
        ],
    }


def _began(story: Story) -> int:
    return int(story.page.figures.first_event_at)


def _event(entry: Entry, began: int) -> dict[str, Any]:
    return {
        "place": entry.place,
        "at": iso_us(began + entry.after_us),
        "what": entry.what,
        "values": [{"name": value.name, "text": value.text, "characters": value.characters} for value in entry.values],
    }


def _subject(connection: Connection, session_id: str, sensor: str | None) -> Subject:
    """The one session of this id; else of the id in lower case, as Cowrie writes them."""
    names = {decode_text(row.name): row.id for row in rows_of(connection, "sensors")}
    if sensor is not None:
        names = {sensor: sensor_id(connection, sensor)}
    for spelled in session_ids(session_id):
        digests = {digest_of(str(number), spelled): name for name, number in names.items()}
        found: list[str] = []
        for some in chunks(list(digests)):
            found += [digests[bytes(row.digest)] for row in rows_of(connection, "session_keys", digests=list(some))]
        if len(found) > 1:
            raise SessionError(
                f"the session {shown(spelled)} is one of {_several(sorted(found))}: name one by --sensor"
            )
        if found:
            return Subject(PageKind.SESSION, (found[0], spelled))
    raise SessionError(f"there is no session {shown(session_id)}{'' if sensor is None else f' on {shown(sensor)}'}")


def _several(names: Sequence[str]) -> str:
    return " and one of ".join(map(shown, names[:10]))


def _fields(payload: str) -> dict[str, Any]:
    try:
        fields = decode(payload.encode("utf-8", "surrogatepass")).value
    except NotJsonError:
        return {}
    return fields if isinstance(fields, dict) else {}
