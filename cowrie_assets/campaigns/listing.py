"""Campaigns as they are told: a list, and one with what is known of it. Reads only."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection

from cowrie_assets.campaigns.marks import MarkKind
from cowrie_assets.clock import US_PER_DAY, iso_us
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.sql import statement

_WEEK = 7 * US_PER_DAY
_EVER = -(1 << 62)
_MOST_VALUES = 10
_MOST_TYPED = 30
_MOST_FOLLOWED = 20


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign and its figures. Times are ISO 8601 in UTC."""

    campaign_id: str
    name: str
    """What is distinctive of it: an attacker's text, printable."""
    sessions: int
    addresses: int
    networks: int
    """/24 or /48."""
    sensors: int
    days: int
    profiles: int
    """How many different things its sessions did."""
    first_seen: str
    last_seen: str
    this_week: int
    """Sessions of the seven days up to the newest session of all campaigns."""
    week_before: int
    oldest: "SessionName"


@dataclass(frozen=True, slots=True)
class SessionName:
    """A session to look at."""

    sensor: str
    session_id: str
    began_at: str
    src_ip: str | None


@dataclass(frozen=True, slots=True)
class Counted:
    """A value, and how many of the campaign's sessions have it."""

    value: str
    sessions: int


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a campaign when others were found."""

    changed_at: str
    campaign_id: str
    became: str | None
    kind: str
    sessions: int


@dataclass(frozen=True, slots=True)
class Told:
    """All that is told of one campaign; of each kind of values what most sessions have."""

    campaign: Campaign
    newest: SessionName
    typed: list[Counted]
    """Normal forms of what the newest session typed, in their order, each with how often."""
    marks: dict[str, list[Counted]]
    """By the name of `MarkKind` in lower case."""
    techniques: list[Counted]
    """Ids of MITRE ATT&CK."""
    hassh: list[Counted]
    source_addresses: list[Counted]
    countries: list[Counted]
    changes: list[Change]


def campaigns(connection: Connection, *, most: int, since_us: int | None = None) -> list[Campaign]:
    """The largest campaigns; those that had a session since a moment (microseconds since 1970-01-01 UTC), if given."""
    return _list(connection, "", most, _EVER if since_us is None else since_us)


def campaign(connection: Connection, campaign_id: str) -> Told | None:
    """All that is told of a campaign, or of what one of this id became; None where there was none."""
    for _ in range(_MOST_FOLLOWED):
        found = _list(connection, campaign_id, 1, _EVER)
        if found:
            return _told(connection, found[0])
        went = [each for each in _changes(connection, campaign_id) if each.campaign_id == campaign_id and each.became]
        if not went:
            return None
        newest = max(each.changed_at for each in went)
        campaign_id = (
            max((each for each in went if each.changed_at == newest), key=lambda each: each.sessions).became or ""
        )
    return None


def document_of(told: Sequence[Campaign] | Told) -> dict[str, Any]:
    """What is told, as a JSON document."""
    return asdict(told) if isinstance(told, Told) else {"campaigns": [asdict(each) for each in told]}


def _list(connection: Connection, campaign_id: str, most: int, since_us: int) -> list[Campaign]:
    newest = connection.execute(statement("campaigns/newest_session")).scalar() or 0
    binds = {
        "campaign": campaign_id,
        "most": most,
        "since": since_us,
        "week": newest - _WEEK,
        "week_before": newest - 2 * _WEEK,
    }
    return [
        Campaign(
            row.campaign,
            decode_text(row.name),
            row.sessions,
            row.addresses,
            row.networks,
            row.sensors,
            row.days,
            row.profiles,
            iso_us(row.first_seen),
            iso_us(row.last_seen),
            row.this_week,
            row.week_before,
            _session(connection, row.oldest_ref),
        )
        for row in connection.execute(statement("campaigns/list"), binds)
    ]


def _told(connection: Connection, found: Campaign) -> Told:
    binds = {"campaign": found.campaign_id, "most": _MOST_VALUES}
    newest = connection.execute(statement("campaigns/newest_of_campaign"), binds).scalar_one()
    typed = connection.execute(
        statement("campaigns/typed_in_session"), {"session_ref": newest, "most": _MOST_TYPED}
    ).all()
    marks: dict[str, list[Counted]] = {}
    for row in connection.execute(statement("campaigns/marks_of_campaign"), binds):
        of_kind = marks.setdefault(MarkKind(row.kind).name.lower(), [])
        of_kind.append(Counted(decode_text(row.value), row.sessions))
    return Told(
        found,
        _session(connection, newest),
        [Counted(decode_text(row.form), row.occurrences) for row in typed],
        marks,
        _values(connection, "campaigns/techniques_of_campaign", binds),
        _values(connection, "campaigns/hassh_of_campaign", binds),
        _values(connection, "campaigns/addresses_of_campaign", binds),
        _values(connection, "campaigns/countries_of_campaign", binds),
        _changes(connection, found.campaign_id),
    )


def _values(connection: Connection, name: str, binds: dict[str, Any]) -> list[Counted]:
    return [
        Counted(decode_text(row.value), row.sessions)
        for row in connection.execute(statement(name, connection.dialect.name), binds)
    ]


def _session(connection: Connection, session_ref: int) -> SessionName:
    row = connection.execute(statement("campaigns/session"), {"session_ref": session_ref}).one()
    return SessionName(
        decode_text(row.sensor), decode_text(row.session_id), iso_us(row.first_event_at), decode_text(row.src_ip)
    )


def _changes(connection: Connection, campaign_id: str) -> list[Change]:
    binds = {"campaign": campaign_id, "most": _MOST_VALUES}
    return [
        Change(iso_us(row.changed_at), row.campaign, row.became or None, row.kind, row.sessions)
        for row in connection.execute(statement("campaigns/changes_of_campaign"), binds)
    ]
