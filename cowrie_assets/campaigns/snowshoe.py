"""Snowshoes: campaigns that spread over many addresses, each of which hardly ever comes (docs/RARE.md). Reads only.

The weight lies on many shoes, so that none sinks in: no limit on attempts by an address finds them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from math import log2
from typing import Any

from sqlalchemy import Connection, Row

from cowrie_assets.amounts import counted
from cowrie_assets.campaigns.listing import SessionName
from cowrie_assets.campaigns.window import Window
from cowrie_assets.clock import iso_us
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.sql import statement

LEAST_ADDRESSES = 10
"""So many light addresses are a snowshoe."""
LIGHT_SESSIONS = 2
"""So many sessions a sensor has a light address at most, on average of the sensors that it came to."""
LIGHT_DAYS = 30
"""In so many days up to the window's end, or in the window where that is longer."""
LEAST_PERCENT = 80
"""Of the addresses so many are light."""
LEAST_NETWORKS = 3
"""/24 or /48, of the light addresses."""
_FOR_LIGHT, _FOR_MANY, _FOR_SPREAD, _FOR_ALIKE = 40, 20, 20, 20
_DOUBLINGS = 5
"""As many addresses as count: the least, doubled so often."""
_MOST_PLACES = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A network, country or autonomous system, and how many of the addresses are there."""

    name: str
    addresses: int


@dataclass(frozen=True, slots=True)
class Snowshoe:
    """A campaign that is one in a window; its figures are of the window, times ISO 8601 in UTC."""

    campaign_id: str
    name: str
    """The campaign's: an attacker's text, printable."""
    score: int
    """0 to 100."""
    reasons: list[str]
    sessions: int
    addresses: int
    light_addresses: int
    networks: int
    """/24 or /48, of the light addresses."""
    first_seen: str
    """When its first session of the window began."""
    last_seen: str
    top_networks: list[Place]
    top_systems: list[Place]
    """Autonomous systems, `AS64496 name`, of the addresses for which one is known."""
    top_countries: list[Place]
    """ISO 3166-1."""
    sample: SessionName
    """The first of the window; of several at one moment the least by sensor and session id."""


def snowshoes(connection: Connection, window: Window, most: int | None = None) -> list[Snowshoe]:
    """The snowshoes of a window, by score, descending, then by light addresses and id; `most` of them, if given."""
    return [_told(connection, row, window.binds) for row in _ranked(connection, window)[:most]]


def snowshoes_by_sensor(connection: Connection, window: Window, most: int) -> dict[int, tuple[int, list[Snowshoe]]]:
    """How many snowshoes a window has, and `most` of them: of all sensors (0), and of each (`sensors.id`) that one of
    their sessions came to. What is told of one is of all sensors: by itself a sensor may have a single address of it.
    """
    ranked = _ranked(connection, window)
    places: defaultdict[int, list[int]] = defaultdict(list)
    came_to = statement("rare/sensors_of_campaign", connection.dialect.name)
    for place, row in enumerate(ranked):
        of_campaign = {**window.binds, "campaign": row.campaign}
        for sensor in (0, *connection.execute(came_to, of_campaign).scalars()):
            places[sensor].append(place)
    shown = {place for some in places.values() for place in some[:most]}
    told = {place: _told(connection, ranked[place], window.binds) for place in sorted(shown)}
    return {sensor: (len(some), [told[place] for place in some[:most]]) for sensor, some in places.items()}


def _ranked(connection: Connection, window: Window) -> list[Row[Any]]:
    binds = window.binds
    limits = {
        "least_addresses": LEAST_ADDRESSES,
        "least_networks": LEAST_NETWORKS,
        "least_percent": LEAST_PERCENT,
        "light_sessions": LIGHT_SESSIONS,
        "light_since": min(binds["start_day"], binds["end_day"] - LIGHT_DAYS),
    }
    found = connection.execute(statement("rare/snowshoes", connection.dialect.name), {**binds, **limits}).all()
    return sorted(found, key=lambda row: (-_score(row), -row.light, row.campaign))


def document_of(found: Sequence[Snowshoe], window: Window) -> dict[str, Any]:
    """What is told, as a JSON document."""
    return {**window.document, "snowshoes": [asdict(each) for each in found]}


def _score(row: Row[Any]) -> int:
    score: float = (
        _FOR_LIGHT * row.light / row.addresses
        + _FOR_MANY * min(1.0, log2(row.light / LEAST_ADDRESSES) / _DOUBLINGS)
        + _FOR_SPREAD * row.networks / row.light
        + _FOR_ALIKE * row.alike / row.sessions
    )
    return round(score)


def _told(connection: Connection, row: Row[Any], binds: dict[str, Any]) -> Snowshoe:
    of_campaign = {**binds, "campaign": row.campaign}
    places = connection.execute(statement("rare/places", connection.dialect.name), of_campaign).all()
    return Snowshoe(
        row.campaign,
        decode_text(row.name),
        _score(row),
        _reasons(row),
        row.sessions,
        row.addresses,
        row.light,
        row.networks,
        iso_us(row.first_at),
        iso_us(row.last_at),
        _top((decode_text(place.network), place.addresses) for place in places),
        _top((_system(place), place.addresses) for place in places if place.asn is not None),
        _top((place.country, place.addresses) for place in places if place.country is not None),
        _sample(connection, {**of_campaign, "moment": row.first_at}),
    )


def _reasons(row: Row[Any]) -> list[str]:
    """What the score is made of, in words."""
    addresses, sessions = counted(row.addresses, "address", "addresses"), counted(row.sessions, "session")
    return [
        f"{row.light:,} of {addresses} came at most twice a sensor in {LIGHT_DAYS} days",
        f"they lie in {counted(row.networks, 'network')}",
        f"{row.alike:,} of {sessions} typed the same",
    ]


def _system(place: Row[Any]) -> str:
    return f"AS{place.asn} {decode_text(place.as_name) or ''}".rstrip()


def _top(counts: Iterable[tuple[str, int]]) -> list[Place]:
    total: Counter[str] = Counter()
    for name, addresses in counts:
        total[name] += addresses
    return [
        Place(name, addresses)
        for name, addresses in sorted(total.items(), key=lambda each: (-each[1], each[0]))[:_MOST_PLACES]
    ]


def _sample(connection: Connection, binds: dict[str, Any]) -> SessionName:
    rows: Sequence[Row[Any]] = connection.execute(statement("rare/sessions_at"), binds).all()
    found = [(decode_text(row.sensor), decode_text(row.session_id), decode_text(row.src_ip)) for row in rows]
    sensor, session_id, address = min(found, key=lambda each: each[:2])
    return SessionName(sensor, session_id, iso_us(binds["moment"]), address)
