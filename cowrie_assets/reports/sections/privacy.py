"""The `privacy` section: of which of the period's days passwords and addresses were hashed or dropped."""

from typing import Literal, TypedDict

from cowrie_assets.clock import day_of_number
from cowrie_assets.cowrie.privacy import Personal, Way
from cowrie_assets.reports.figures import Scope


class TreatedDays(TypedDict):
    """The days of the period on which values of a kind are no longer as they were written."""

    mode: Literal["hash", "drop", "mixed"]
    """`mixed` where some days were hashed and others dropped."""
    days: int
    first_day: str
    last_day: str


class PrivacySection(TypedDict):
    """None of a kind that stands as it was written on all days."""

    passwords: TreatedDays | None
    """User names and passwords."""
    addresses: TreatedDays | None
    """Source addresses."""


def privacy_section(scope: Scope) -> PrivacySection:
    """The section; it is the same for all sensors."""
    found: dict[Personal, TreatedDays] = {}
    for row in scope.rows("privacy"):
        first, last = str(day_of_number(row.first_day)), str(day_of_number(row.last_day))
        before = found.get(Personal(row.kind))
        found[Personal(row.kind)] = {
            "mode": "mixed" if before else "hash" if row.way == Way.HASH else "drop",
            "days": row.days + (before["days"] if before else 0),
            "first_day": min(first, before["first_day"]) if before else first,
            "last_day": max(last, before["last_day"]) if before else last,
        }
    return {"passwords": found.get(Personal.PASSWORDS), "addresses": found.get(Personal.ADDRESSES)}
