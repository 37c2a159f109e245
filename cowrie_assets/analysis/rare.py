"""Snowshoes and the long tail as tables: of a range of days as a whole, for no day has rows of its own."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from cowrie_assets.analysis.tables import TABLES, Column, Span, Table, Type, days_of
from cowrie_assets.campaigns.listing import SessionName
from cowrie_assets.campaigns.longtail import longtail
from cowrie_assets.campaigns.snowshoe import snowshoes
from cowrie_assets.campaigns.window import Window
from cowrie_assets.clock import to_us
from cowrie_assets.reports.sensors import sensor_id
from cowrie_assets.warehouse.codec import encode_text

_SAMPLE = (
    Column("sensor", Type.CATEGORY, "the sensor of its first session of these days"),
    Column("session_id", Type.TEXT, "that session"),
    Column("src_ip", Type.TEXT, "where that came from"),
)
_REASONS = Column("reasons", Type.TEXT, "what the score is made of; separated by semicolons")
_CAMPAIGN = Column("campaign_id", Type.TEXT, "its campaign")
SNOWSHOES = Table(
    "snowshoes",
    (
        _CAMPAIGN,
        Column("name", Type.TEXT, "what is distinctive of it"),
        Column("score", Type.INTEGER, "0 to 100"),
        Column("sessions", Type.INTEGER, "of these days"),
        Column("addresses", Type.INTEGER, "that they came from"),
        Column("light_addresses", Type.INTEGER, "those of them that came at most twice a sensor"),
        Column("networks", Type.INTEGER, "of the light addresses, /24 or /48"),
        Column("first_seen", Type.TIME, "when its first session of these days began"),
        Column("last_seen", Type.TIME, "when its last session of these days began"),
        Column("top_networks", Type.TEXT, "those with most addresses; separated by semicolons"),
        Column("top_systems", Type.TEXT, "autonomous systems with most addresses; separated by semicolons"),
        Column("top_countries", Type.TEXT, "countries with most addresses, ISO 3166; separated by semicolons"),
        *_SAMPLE,
        _REASONS,
    ),
)
LONGTAIL = Table(
    "longtail",
    (
        *_SAMPLE,
        Column("first_event_at", Type.TIME, "time of its first event"),
        Column("score", Type.INTEGER, "bits that its rare traits say, and what is new besides"),
        Column("sessions", Type.INTEGER, "of these days that did the same"),
        Column("rare_traits", Type.INTEGER, "how many of what it did at most three sessions did"),
        Column("traits", Type.TEXT, "the rarest of these; separated by line feeds"),
        _CAMPAIGN,
        _REASONS,
    ),
)
_SEPARATED = "; "
Rows = Iterator[tuple[Any, ...]]


def _snowshoe_rows(connection: Connection, window: Window) -> Rows:
    for each in snowshoes(connection, window):
        places = (each.top_networks, each.top_systems, each.top_countries)
        yield (
            *(each.campaign_id, encode_text(each.name), each.score, each.sessions, each.addresses),
            *(each.light_addresses, each.networks, _us(each.first_seen), _us(each.last_seen)),
            *(encode_text(_SEPARATED.join(place.name for place in some)) for some in places),
            *_named(each.sample),
            _SEPARATED.join(each.reasons),
        )


def _longtail_rows(connection: Connection, window: Window) -> Rows:
    for each in longtail(connection, window).sessions:
        yield (
            *_named(each.session),
            *(_us(each.session.began_at), each.score, each.sessions, each.rare_traits),
            encode_text("\n".join(trait.value for trait in each.traits)),
            each.campaign_id,
            _SEPARATED.join(each.reasons),
        )


_ROWS: dict[str, Callable[[Connection, Window], Rows]] = {"snowshoes": _snowshoe_rows, "longtail": _longtail_rows}
RARE_TABLES = {table.name: table for table in (SNOWSHOES, LONGTAIL)}
"""By name."""


def rare_rows(connection: Connection, table: Table, span: Span) -> Rows:
    """The rows of one of `RARE_TABLES`; none where there is no session. Raises UnknownSensorError."""
    sensor = sensor_id(connection, span.sensor)
    days = days_of(connection, TABLES["sessions"], span)
    if days:
        yield from _ROWS[table.name](connection, Window(span.first or days[0], span.last or days[-1], sensor))


def _named(session: SessionName) -> tuple[str | None, ...]:
    return tuple(
        None if each is None else encode_text(each) for each in (session.sensor, session.session_id, session.src_ip)
    )


def _us(iso: str) -> int:
    return to_us(datetime.fromisoformat(iso))
