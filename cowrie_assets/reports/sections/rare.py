"""The sections `snowshoe` and `longtail`: campaigns that are spread thin, and sessions that are rare in what they did
(docs/RARE.md), both judged over the days of the period.

They rest on sessions outside the period, too: how often an address came in 30 days, what was ever done before. So a
report that shows others is known by a digest of what is told (`reports.rare_versions`).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import TypedDict

from sqlalchemy import Connection

from cowrie_assets.campaigns.longtail import LongTail, RareSession, longtails
from cowrie_assets.campaigns.snowshoe import Place, Snowshoe, snowshoes_by_sensor
from cowrie_assets.campaigns.window import Window
from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.periods import Period
from cowrie_assets.reports.sections.campaigns import MOST, CampaignName
from cowrie_assets.reports.sections.techniques import SampleSession


class AddressesIn(TypedDict):
    """A network, operator or country, and how many of the addresses are there."""

    value: str
    addresses: int


class SpreadCampaign(CampaignName):
    """A campaign that is a snowshoe in the period. Its figures are of all sensors."""

    score: int
    """0 to 100."""
    reasons: list[str]
    sessions: int
    addresses: int
    light_addresses: int
    networks: int
    """/24 or /48, of the light addresses."""
    first_seen: str
    """When its first session of the period began."""
    last_seen: str
    top_networks: list[AddressesIn]
    """Of this and of what follows five, by addresses, then by value."""
    top_systems: list[AddressesIn]
    """`AS64496 name`, as far as it is known."""
    top_countries: list[AddressesIn]
    sample: SampleSession
    """The first of the period."""


class SnowshoeSection(TypedDict):
    """The snowshoes that came to the scope's sensors."""

    total: int
    items: list[SpreadCampaign]
    """By score, descending, then by light addresses and id."""


class RareDeed(TypedDict):
    """What a session did that three sessions at most had done by the end of the period."""

    kind: str
    """`command` (its normal form), `ssh_key`, `host`, `wallet`, `endpoint` or `file`."""
    value: str
    """What an attacker wrote."""
    sessions: int


class TailSession(TypedDict):
    """A session that is rare in what it did."""

    sensor: str
    session_id: str
    src_ip: str | None
    first_event_at: str
    score: int
    """Bits, and what is new besides."""
    reasons: list[str]
    alike: int
    """Sessions of the period that did the same, on any sensor: this one is their first."""
    campaign_id: str | None
    rare_traits: int
    traits: list[RareDeed]
    """The rarest five."""


class LongtailSection(TypedDict):
    """The rare sessions of the scope's sensors."""

    total: int
    items: list[TailSession]
    """By score, descending, then by time, sensor and session id."""


class RareSections(TypedDict):
    """Both."""

    snowshoe: SnowshoeSection
    longtail: LongtailSection


@dataclass(frozen=True, slots=True)
class Rare:
    """What is told of a period, of all sensors (0) and of each (`sensors.id`) of which anything is."""

    of_sensors: dict[int, RareSections]

    def of(self, sensor: int) -> RareSections:
        """What is told of a sensor."""
        return self.of_sensors.get(sensor) or _sections((0, []), None)


def rare_sections(scope: Scope) -> RareSections:
    """The sections of a scope, at most 100 items each; they are worked out once for all reports of a period."""
    found = scope.memo.once(("rare", scope.period), lambda: rare_of(scope.connection, scope.period)).of(scope.sensor_id)
    most = min(scope.top, MOST)
    return {
        "snowshoe": {**found["snowshoe"], "items": found["snowshoe"]["items"][:most]},
        "longtail": {**found["longtail"], "items": found["longtail"]["items"][:most]},
    }


def rare_of(connection: Connection, period: Period) -> Rare:
    """What is told of a period."""
    window = Window(period.start, period.end - timedelta(days=1))
    spread, tails = snowshoes_by_sensor(connection, window, MOST), longtails(connection, window, MOST)
    return Rare(
        {
            sensor: _sections(spread.get(sensor, (0, [])), tails.get(sensor))
            for sensor in sorted(spread.keys() | tails.keys())
        }
    )


def _sections(spread: tuple[int, list[Snowshoe]], tail: LongTail | None) -> RareSections:
    total, found = spread
    return {
        "snowshoe": {"total": total, "items": list(map(_spread, found))},
        "longtail": {
            "total": tail.total if tail else 0,
            "items": list(map(_rare, tail.sessions)) if tail else [],
        },
    }


def _spread(found: Snowshoe) -> SpreadCampaign:
    return {
        "campaign_id": found.campaign_id,
        "name": found.name,
        "score": found.score,
        "reasons": found.reasons,
        "sessions": found.sessions,
        "addresses": found.addresses,
        "light_addresses": found.light_addresses,
        "networks": found.networks,
        "first_seen": found.first_seen,
        "last_seen": found.last_seen,
        "top_networks": _top(found.top_networks),
        "top_systems": _top(found.top_systems),
        "top_countries": _top(found.top_countries),
        "sample": {"sensor": found.sample.sensor, "session_id": found.sample.session_id},
    }


def _top(places: list[Place]) -> list[AddressesIn]:
    return [{"value": place.name, "addresses": place.addresses} for place in places]


def _rare(found: RareSession) -> TailSession:
    return {
        "sensor": found.session.sensor,
        "session_id": found.session.session_id,
        "src_ip": found.session.src_ip,
        "first_event_at": found.session.began_at,
        "score": found.score,
        "reasons": found.reasons,
        "alike": found.sessions,
        "campaign_id": found.campaign_id,
        "rare_traits": found.rare_traits,
        "traits": [{"kind": each.kind, "value": each.value, "sessions": each.sessions} for each in found.traits],
    }
