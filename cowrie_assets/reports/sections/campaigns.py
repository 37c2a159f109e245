"""The `campaigns` section: which sessions of the period belong together (docs/CAMPAIGNS.md), and what became of those
of the period before.

Told is what the sessions of the scope did in the period. What is told of a campaign as a whole is its id, its name and
when its first session on any sensor began, whatever the scope: one that others met before is not new. All of it follows
from sessions and from what campaigns say of these days: who changes that, changes the version of the day
(`campaign_days`), and the report is written anew.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from sqlalchemy import Row

from cowrie_assets.clock import day_number, day_of_number, iso_us
from cowrie_assets.reports.averages import share
from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.history import periods_before
from cowrie_assets.reports.sections.techniques import SampleSession
from cowrie_assets.reports.top_list import TopList
from cowrie_assets.reports.trivial_hashes import trivial_hashes
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.codec import decode_text, encode_text

MOST = 100
"""Campaigns of a list, however many are asked for."""
LEAST_GROWN = 20
"""Sessions of a campaign that grows."""
GROWTH = 2
"""Times its sessions of the period before, above which a campaign grows."""
_VALUES = 5
"""Of each kind that are told of a campaign."""


class CampaignName(TypedDict):
    """A campaign, and what is distinctive of it."""

    campaign_id: str
    name: str
    """What attackers wrote, printable, at most 80 characters."""


class CampaignOfPeriod(CampaignName):
    """A campaign, and what its sessions of the period did."""

    first_seen: str
    """When its first session on any sensor began."""
    last_seen: str
    """The last event of its sessions of the period."""
    sessions: int
    sessions_before: int | None
    """Of the period before; None where there is nothing to compare with."""
    change_percent: float | None
    addresses: int
    networks: int
    """/24 or /48."""
    sensors: int
    countries: list[str]
    """As far as places are known. Of this and of what follows five, what most sessions have first."""
    techniques: list[str]
    hassh: list[str]
    files: list[str]
    """SHA-256; none that is trivial."""
    sample: SampleSession
    """That with the highest risk, then the earliest, then by sensor and session id."""


class GoneCampaign(CampaignName):
    """A campaign of the period before that has no session in this one."""

    first_seen: str
    last_seen: str
    sessions_before: int


class CampaignList(TypedDict):
    """How many campaigns, and those of them with the most sessions."""

    total: int
    items: list[CampaignOfPeriod]


class GoneList(TypedDict):
    """As `CampaignList`."""

    total: int
    items: list[GoneCampaign]


class CampaignsSection(TypedDict):
    """Each campaign with a session in the period is in one of `new`, `growing` and `other`."""

    waiting_days: list[str]
    """Days of the period, or of the one before, whose sessions campaigns have not taken in."""
    total: int
    sessions: int
    """That belong to a campaign."""
    new: CampaignList
    """Their first session on any sensor began in the period."""
    growing: CampaignList
    other: CampaignList
    gone: GoneList


@dataclass(frozen=True, slots=True)
class _Found:
    """The campaigns of a scope, by what became of them, and their details."""

    new: list[Row[Any]]
    growing: list[Row[Any]]
    other: list[Row[Any]]
    gone: list[Row[Any]]


def campaigns_section(scope: Scope) -> CampaignsSection:
    """The section, from `sql/reports/campaigns.sql` and `campaign_details.sql`."""
    before = next(iter(periods_before(scope, 1)), None)
    start = day_number((before or scope.period).start)
    rows = scope.rows("campaigns", start_day=start, period_day=day_number(scope.period.start)).all()
    found = _sorted_out(scope, rows, is_compared=before is not None)
    most = min(scope.top, MOST)
    shown = [row for some in (found.new, found.growing, found.other) for row in some[:most]]
    details, samples = _details(scope, [row.campaign for row in shown])

    def told(some: Sequence[Row[Any]]) -> CampaignList:
        return {
            "total": len(some),
            "items": [
                _campaign(row, details, samples[row.campaign], is_compared=before is not None) for row in some[:most]
            ],
        }

    there = [*found.new, *found.growing, *found.other]
    return {
        "waiting_days": [str(day_of_number(day)) for day in scope.rows("unprofiled_days", start_day=start).scalars()],
        "total": len(there),
        "sessions": sum(row.sessions for row in there),
        "new": told(found.new),
        "growing": told(found.growing),
        "other": told(found.other),
        "gone": {"total": len(found.gone), "items": [_gone(row) for row in found.gone[:most]]},
    }


def has_grown(sessions: int, before: int | None) -> bool:
    """Whether a campaign grows: it was there, and has more than twice as many sessions now, 20 at least."""
    return bool(before) and sessions >= LEAST_GROWN and sessions > GROWTH * (before or 0)


def _sorted_out(scope: Scope, rows: Iterable[Row[Any]], *, is_compared: bool) -> _Found:
    found = _Found([], [], [], [])
    for row in sorted(rows, key=lambda row: (-row.sessions, -row.sessions_before, row.campaign)):
        if not row.sessions:
            found.gone.append(row)
        elif row.first_seen >= scope.period.start_us:
            found.new.append(row)
        elif is_compared and has_grown(row.sessions, row.sessions_before):
            found.growing.append(row)
        else:
            found.other.append(row)
    return found


Details = defaultdict[tuple[str, str], TopList]


def _details(scope: Scope, campaigns: Sequence[str]) -> tuple[Details, dict[str, SampleSession]]:
    details: Details = defaultdict(lambda: TopList(_VALUES))
    samples: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for some in chunks(campaigns):
        trivial = {"trivial": trivial_hashes(scope)}
        stored = [encode_text(each) for each in some]
        for row in scope.rows("campaign_details", trivial, campaigns=stored, most=_VALUES):
            if row.item == "sample":
                samples[row.campaign].append((decode_text(row.sensor), decode_text(row.value)))
            else:
                details[row.campaign, row.item].add(decode_text(row.value), row.sessions)
    least = {campaign: min(tied) for campaign, tied in samples.items()}
    return details, {
        campaign: {"sensor": sensor, "session_id": session_id} for campaign, (sensor, session_id) in least.items()
    }


def _campaign(row: Row[Any], details: Details, sample: SampleSession, *, is_compared: bool) -> CampaignOfPeriod:
    return {
        "campaign_id": row.campaign,
        "name": decode_text(row.name),
        "first_seen": iso_us(row.first_seen),
        "last_seen": iso_us(row.last_seen),
        "sessions": row.sessions,
        "sessions_before": row.sessions_before if is_compared else None,
        "change_percent": share(row.sessions - row.sessions_before, row.sessions_before) if is_compared else None,
        "addresses": row.addresses,
        "networks": row.networks,
        "sensors": row.sensors,
        "countries": details[row.campaign, "countries"].values(),
        "techniques": details[row.campaign, "techniques"].values(),
        "hassh": details[row.campaign, "hassh"].values(),
        "files": details[row.campaign, "files"].values(),
        "sample": sample,
    }


def _gone(row: Row[Any]) -> GoneCampaign:
    return {
        "campaign_id": row.campaign,
        "name": decode_text(row.name),
        "first_seen": iso_us(row.first_seen),
        "last_seen": iso_us(row.last_seen),
        "sessions_before": row.sessions_before,
    }
