"""Whether campaigns that were planted are found, and how fast: `python -m benchmarks.campaigns --sessions 1000000`.

Fills the tables straight with sessions of 60 days, among them those of planted campaigns, snowshoes and rare sessions
(`benchmarks.planted`); then measures the first update over all of them, one behind a new day of 10,000 sessions, one
behind nothing new, and a look at snowshoes and at the long tail. Exit code 1 where the first takes 60 s a million
sessions, the second 5 s, the third 0.5 s, a look 2 s for a week, or where pairs of sessions that are found together or
were planted so differ by more than precision 0.98 and recall 0.90 allow, or snowshoes or rare sessions by more than
precision and recall of 0.90.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import text

from benchmarks.engines import add_engine_options, databases, engines_of
from benchmarks.outcome import Outcome
from benchmarks.planted import Planted, planted, planted_rarities, planted_snowshoes, store
from cowrie_assets.campaigns.longtail import longtail
from cowrie_assets.campaigns.snowshoe import LEAST_ADDRESSES, LEAST_NETWORKS, LEAST_PERCENT, LIGHT_DAYS, snowshoes
from cowrie_assets.campaigns.update import update_campaigns
from cowrie_assets.campaigns.window import Window
from cowrie_assets.clock import US_PER_DAY, day_of_number
from cowrie_assets.summaries.networks import network_of
from cowrie_assets.warehouse.engine import Warehouse

Item = TypeVar("Item")
LEAST_PRECISION, LEAST_RECALL = 0.98, 0.90
MOST_SECONDS_A_MILLION, MOST_SECONDS_A_DAY, MOST_SECONDS_WITHOUT_NEWS = 60, 5, 0.5
LEAST_AGREEMENT, MOST_SECONDS_A_LOOK = 0.90, 2
_NEW_DAY = 10_000
_DAYS = 60
_FIRST_DAY = 20_600
_WEEK = 7
_SNOWSHOES, _RARITIES = 30, 100
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


class Seen:
    """What of the sessions that are planted tells which campaigns are snowshoes, by the words of docs/RARE.md."""

    def __init__(self, first_day: int, end_day: int) -> None:
        """`first_day`: of the window; both as `clock.day_number`."""
        self._first_day, self._end_day = first_day, end_day
        self._visits: dict[str, Counter[int]] = {}
        self._addresses: dict[int, set[str]] = {}

    def of(self, sessions: Iterable[Planted]) -> Iterator[Planted]:
        """The same sessions, each looked at."""
        for each in sessions:
            day = each.at_us // US_PER_DAY
            if self._end_day - LIGHT_DAYS <= day < self._end_day:
                self._visits.setdefault(each.address, Counter())[each.sensor] += 1
            if each.campaign is not None and self._first_day <= day < self._end_day:
                self._addresses.setdefault(each.campaign, set()).add(each.address)
            yield each

    def snowshoes(self) -> set[int]:
        """The planted campaigns that are snowshoes."""
        return {campaign for campaign, addresses in self._addresses.items() if self._is_one(addresses)}

    def _is_one(self, addresses: set[str]) -> bool:
        light = {each for each in addresses if self._visits[each].total() <= 2 * len(self._visits[each])}
        return (
            len(light) >= max(LEAST_ADDRESSES, LEAST_PERCENT * len(addresses) / 100)
            and len(set(map(network_of, light))) >= LEAST_NETWORKS
        )


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
    end_day = _FIRST_DAY + _DAYS + 1
    week = Window(day_of_number(end_day - _WEEK), day_of_number(end_day - 1))
    seen = Seen(end_day - _WEEK, end_day)
    spread = planted_snowshoes(_SNOWSHOES, days=_WEEK, first_day=end_day - _WEEK - 1)
    of_campaigns = planted(sessions, days=_DAYS, first_day=_FIRST_DAY, campaigns=campaigns)
    truth = store(warehouse, seen.of(chain(of_campaigns, spread)))
    rare = store(warehouse, planted_rarities(_RARITIES, days=_WEEK - 1, first_day=end_day - _WEEK))
    truth |= rare
    warehouse.checkpoint()
    began = time.perf_counter()
    update_campaigns(warehouse)
    bound = MOST_SECONDS_A_MILLION * max(1, sessions / 1_000_000)
    outcome.add("first update", engine, time.perf_counter() - began, "s", bound=bound)
    _compare(warehouse, truth, engine, "", outcome)
    day = planted(_NEW_DAY, days=1, first_day=_FIRST_DAY + _DAYS, campaigns=campaigns, grown=_DAYS)
    truth |= store(warehouse, seen.of(day))
    began = time.perf_counter()
    update_campaigns(warehouse)
    outcome.add("a new day", engine, time.perf_counter() - began, "s", bound=MOST_SECONDS_A_DAY)
    _compare(warehouse, truth, engine, " with the new day", outcome)
    began = time.perf_counter()
    update_campaigns(warehouse)
    outcome.add("nothing new", engine, time.perf_counter() - began, "s", bound=MOST_SECONDS_WITHOUT_NEWS)
    _look(warehouse, engine, week, (truth, seen.snowshoes(), rare.keys()), outcome)
    with warehouse.read() as connection:
        for table in ("campaign_facts", "sequences", "profiles", "session_profiles", "trait_days", "commands"):
            count = connection.execute(text(f"SELECT COUNT(*) FROM {table}")).scalar_one()
            outcome.add(f"rows of {table}", engine, count)


def _look(
    warehouse: Warehouse,
    engine: str,
    week: Window,
    planted_as: tuple[Mapping[int, int | None], set[int], Iterable[int]],
    outcome: Outcome,
) -> None:
    """Compares what is found of snowshoes and rare sessions with what was planted, and tells what a look takes."""
    truth, spread, rare = planted_as
    with warehouse.read() as connection:
        found, took = _timed(lambda: snowshoes(connection, week))
        outcome.add("snowshoes of a week", engine, took, "s", bound=MOST_SECONDS_A_LOOK)
        of_campaign: dict[str, Counter[int | None]] = {}
        for ref, campaign in members(warehouse).items():
            of_campaign.setdefault(campaign, Counter())[truth[ref]] += 1
        as_planted = {of_campaign[each.campaign_id].most_common(1)[0][0] for each in found}
        _agree("snowshoes", engine, (as_planted, spread, len(found)), outcome)
        tail, took = _timed(lambda: longtail(connection, week))
        outcome.add("long tail of a week", engine, took, "s", bound=MOST_SECONDS_A_LOOK)
        keys = {row.id: row.session_id for row in connection.execute(text("SELECT id, session_id FROM session_keys"))}
        ids = {each.session.session_id for each in tail.sessions}
        _agree("rare sessions", engine, (ids, {keys[ref] for ref in rare}, tail.total), outcome)
        days = Window(day_of_number(_FIRST_DAY), week.last)
        outcome.add("snowshoes of 61 days", engine, _timed(lambda: snowshoes(connection, days))[1], "s")
        outcome.add("long tail of 61 days", engine, _timed(lambda: longtail(connection, days))[1], "s")


def _agree(what: str, engine: str, sets: tuple[set[Any], set[Any], int], outcome: Outcome) -> None:
    found, wanted, count = sets
    right = len(found & wanted)
    outcome.add(f"precision of {what}", engine, right / max(1, count), bound=LEAST_AGREEMENT, at_least=True)
    outcome.add(f"recall of {what}", engine, right / max(1, len(wanted)), bound=LEAST_AGREEMENT, at_least=True)
    outcome.add(f"planted {what}", engine, len(wanted))


def _timed(work: Callable[[], Item]) -> tuple[Item, float]:
    began = time.perf_counter()
    return work(), time.perf_counter() - began


def _compare(warehouse: Warehouse, truth: Mapping[int, int | None], engine: str, when: str, outcome: Outcome) -> None:
    found = agreement(truth, members(warehouse))
    outcome.add(f"precision of pairs{when}", engine, found.precision, bound=LEAST_PRECISION, at_least=True)
    outcome.add(f"recall of pairs{when}", engine, found.recall, bound=LEAST_RECALL, at_least=True)
    outcome.add(f"mean recall of a campaign{when}", engine, found.mean_recall)


if __name__ == "__main__":
    main()
