"""What is summed up from the events: sessions, commands, logins, files, techniques, and what was seen when. Each is a
table.

The sessions come first: what the others hold belongs to the day on which its session began. The techniques follow from
sessions and commands, the sightings from the other five. Whichever of the six a run is asked for, it brings all of them
up to date, in one transaction a day.
"""

import dagster as dg

from cowrie_assets.defs.columns import column_schema
from cowrie_assets.defs.describe import OWNERS
from cowrie_assets.defs.made_by import code_version
from cowrie_assets.defs.partitions import DAILY
from cowrie_assets.summaries.sightings import SIGHTINGS
from cowrie_assets.summaries.touched import TECHNIQUES

_FROM_EVENTS = (
    "Recomputes every session that has an event on the day, from all its events, whichever day they lie on. "
    "Days that a log brought in beside those of the run are taken in as well."
)
_DESCRIPTIONS = {
    "session_summaries": (
        "One row per session, that is per connection to a sensor: who, how long, what was tried. Keeps the hours in "
        f"which each sensor wrote events as well, in a table of its own, active_hours.\n\n{_FROM_EVENTS}"
    ),
    "command_stats": (
        f"One row per session and command line: how often and when it was typed, how dangerous it is.\n\n{_FROM_EVENTS}"
    ),
    "login_stats": (
        f"One row per session and tried pair of username and password: attempts and successes.\n\n{_FROM_EVENTS}"
    ),
    "files": (
        f"One row per session and file that the attacker fetched or sent, known by its SHA-256.\n\n{_FROM_EVENTS}"
    ),
    TECHNIQUES: (
        "One row per session and rule that maps what it did to a technique of MITRE ATT&CK: the command that shows it "
        "first, when it was seen first and last (docs/TECHNIQUES.md).\n\nFollows from the session's commands and "
        "counts. Where rules change, the days that this concerns are computed again."
    ),
    SIGHTINGS: (
        "One row per day, sensor and value that its sessions brought: files, addresses they came from, commands, "
        "passwords, clients, source networks, techniques. What tells the new from the known.\n\nTakes the values of "
        "the day's sessions from the other summaries. Where a day gains or loses a value, the next day that has it is "
        "marked as changed, and its reports are written anew."
    ),
}
_READS: dict[str, list[str]] = {name: ["raw_events", "session_summaries"] for name in _DESCRIPTIONS} | {
    "session_summaries": ["raw_events"],
    TECHNIQUES: ["session_summaries", "command_stats"],
    SIGHTINGS: ["session_summaries", "command_stats", "login_stats", "files", TECHNIQUES],
}

SUMMARY_NAMES = tuple(_DESCRIPTIONS)


def _summary(name: str) -> dg.AssetSpec:
    return dg.AssetSpec(
        name,
        description=_DESCRIPTIONS[name],
        deps=_READS[name],
        partitions_def=DAILY,
        group_name="summaries",
        owners=OWNERS,
        tags={"layer": "summary"},
        code_version=code_version(name),
        metadata={"dagster/column_schema": column_schema(name)},
    )


SUMMARY_SPECS = [_summary(name) for name in SUMMARY_NAMES]
"""Filled by the step `days`, together with `raw_events`: see `defs/assets/days.py`."""
