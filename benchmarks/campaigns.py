"""Whether campaigns that were planted are found, and how fast: `python -m benchmarks.campaigns --sessions 1000000`.

Fills the tables straight with sessions of 60 days, among them those of planted campaigns (`benchmarks.planted`); then
measures the first update over all of them, and one behind a new day of 10,000 sessions. Exit code 1 where the first
takes 60 s a million sessions, the second 5 s, or where pairs of sessions that are found together or were planted so
differ by more than precision 0.98 and recall 0.90 allow.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import text

from benchmarks.engines import add_engine_options, databases, engines_of
from benchmarks.outcome import Outcome
from benchmarks.planted import planted, store
from cowrie_assets.campaigns.update import update_campaigns
from cowrie_assets.warehouse.engine import Warehouse

LEAST_PRECISION, LEAST_RECALL = 0.98, 0.90
MOST_SECONDS_A_MILLION, MOST_SECONDS_A_DAY = 60, 5
_NEW_DAY = 10_000
_DAYS = 60
_FIRST_DAY = 20_600
_MEMBERS = """
SELECT s.session_ref, p.campaign
FROM session_profiles AS s
JOIN profiles AS p ON p.id = s.profile
WHERE p.campaign IS NOT NULL
"""


class Agreement(NamedTuple):
    """How well what was found agrees with what was planted, by pairs of sessions."""

    precision: float
    """Of the pairs that were found together, so many were planted together."""
    recall: float
    """Of the pairs that were planted together, so many were found together."""
    mean_recall: float
    """The same of each planted campaign, large or small, on average."""


def agreement(truth: Mapping[int, int | None], found: Mapping[int, str]) -> Agreement:
    """Compares, by session, the campaigns that were planted (None: none) with those that were found."""
    together = Counter(
        (campaign, found[ref]) for ref, campaign in truth.items() if campaign is not None and ref in found
    )
    planted_pairs = {
        campaign: _pairs([count]) for campaign, count in Counter(truth.values()).items() if campaign is not None
    }
    right: Counter[int] = Counter()
    for (campaign, _), count in together.items():
        right[campaign] += _pairs([count])
    all_right = sum(right.values())
    recalls = [right[campaign] / pairs for campaign, pairs in planted_pairs.items() if pairs]
    return Agreement(
        all_right / max(1, _pairs(Counter(found.values()).values())),
        all_right / max(1, sum(planted_pairs.values())),
        sum(recalls) / max(1, len(recalls)),
    )


def members(warehouse: Warehouse) -> dict[int, str]:
    """The campaign of each session (`session_keys.id`) that belongs to one."""
    with warehouse.read() as connection:
        return {row.session_ref: row.campaign for row in connection.execute(text(_MEMBERS))}


def _pairs(counts: Iterable[int]) -> int:
    return sum(count * (count - 1) // 2 for count in counts)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--sessions", type=int, default=1_000_000)
    parser.add_argument("--campaigns", type=int, default=200)
    add_engine_options(parser)
    given = parser.parse_args()
    outcome = Outcome(
        f"{given.sessions:,} sessions with {given.campaigns:,} planted campaigns; then a new day of {_NEW_DAY:,}"
    )
    with databases() as made:
        for engine in engines_of(given.engine):
            with made.new(engine) as database, Warehouse.open(database.url) as warehouse:
                _measure(warehouse, engine, given.sessions, given.campaigns, outcome)
    sys.exit(outcome.finish(given.json))


def _measure(warehouse: Warehouse, engine: str, sessions: int, campaigns: int, outcome: Outcome) -> None:
    truth = store(warehouse, planted(sessions, days=_DAYS, first_day=_FIRST_DAY, campaigns=campaigns))
    warehouse.checkpoint()
    began = time.perf_counter()
    update_campaigns(warehouse)
    bound = MOST_SECONDS_A_MILLION * max(1, sessions / 1_000_000)
    outcome.add("first update", engine, time.perf_counter() - began, "s", bound=bound)
    _compare(warehouse, truth, engine, "", outcome)
    day = planted(_NEW_DAY, days=1, first_day=_FIRST_DAY + _DAYS, campaigns=campaigns, grown=_DAYS)
    truth |= store(warehouse, day)
    began = time.perf_counter()
    update_campaigns(warehouse)
    outcome.add("a new day", engine, time.perf_counter() - began, "s", bound=MOST_SECONDS_A_DAY)
    _compare(warehouse, truth, engine, " with the new day", outcome)
    began = time.perf_counter()
    update_campaigns(warehouse)
    outcome.add("nothing new", engine, time.perf_counter() - began, "s")
    with warehouse.read() as connection:
        for table in ("campaign_facts", "sequences", "profiles", "session_profiles", "commands"):
            count = connection.execute(text(f"SELECT COUNT(*) FROM {table}")).scalar_one()
            outcome.add(f"rows of {table}", engine, count)


def _compare(warehouse: Warehouse, truth: Mapping[int, int | None], engine: str, when: str, outcome: Outcome) -> None:
    found = agreement(truth, members(warehouse))
    outcome.add(f"precision of pairs{when}", engine, found.precision, bound=LEAST_PRECISION, at_least=True)
    outcome.add(f"recall of pairs{when}", engine, found.recall, bound=LEAST_RECALL, at_least=True)
    outcome.add(f"mean recall of a campaign{when}", engine, found.mean_recall)


if __name__ == "__main__":
    main()
