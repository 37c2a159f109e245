"""Snowshoes and the long tail: what was planted is found and nothing else, whatever was loaded first."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from benchmarks.planted import SNOWSHOES, Planted, planted, planted_rarities, planted_snowshoes, store
from cowrie_assets import analysis
from cowrie_assets.campaigns.longtail import LEAST_SCORE, LongTail, longtail
from cowrie_assets.campaigns.sequences import unpacked
from cowrie_assets.campaigns.snowshoe import LEAST_ADDRESSES, Snowshoe, snowshoes
from cowrie_assets.campaigns.traits import FORM, traits_of
from cowrie_assets.campaigns.update import update_campaigns
from cowrie_assets.campaigns.window import Window, window_of
from cowrie_assets.clock import US_PER_DAY, day_of_number
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import address_lists, session_facts, tag_facts
from cowrie_assets_tests.campaigns.test_campaigns import DAY, did, put, script

WEEK = Window(day_of_number(DAY), day_of_number(DAY + 6))


def some_planted() -> list[Planted]:
    """A week's sessions: of campaigns of eight addresses, snowshoes and what only looks like one, and of people."""
    return [
        *(
            replace(each, address=f"203.0.113.{number % 8}")
            for number, each in enumerate(planted(600, days=7, first_day=DAY, campaigns=3, seed=3))
        ),
        *planted_snowshoes(3, days=7, first_day=DAY),
        *planted_rarities(8, days=7, first_day=DAY),
    ]


def told(warehouse: Warehouse, window: Window = WEEK) -> tuple[list[Snowshoe], LongTail]:
    with warehouse.read() as connection:
        return snowshoes(connection, window), longtail(connection, window)


def planted_as(warehouse: Warehouse, truth: dict[int, int | None], found: list[Snowshoe]) -> list[int | None]:
    """The campaign that each of what was found was planted as."""
    members: dict[str, list[int | None]] = {}
    with warehouse.read() as connection:
        query = "SELECT session_ref, campaign FROM session_profiles JOIN profiles ON profiles.id = profile"
        for row in connection.execute(text(query)):
            members.setdefault(row.campaign, []).append(truth[row.session_ref])
    return [Counter(members[each.campaign_id]).most_common(1)[0][0] for each in found]


@pytest.mark.sqlite_first
def test_what_was_planted_is_found_whatever_came_first_and_whatever_comes_later(
    warehouse: Warehouse, databases: Any, tmp_path: Path
) -> None:
    """Nothing else is. Days in any order and parts, put together in between, give the same; what later days bring makes
    no session of the week before less rare."""
    sessions = some_planted()
    truth = store(warehouse, iter(sessions))
    update_campaigns(warehouse)
    found, rare = told(warehouse)
    assert sorted(planted_as(warehouse, truth, found), key=str) == [SNOWSHOES, SNOWSHOES + 1, SNOWSHOES + 2]
    assert {each.session.src_ip for each in rare.sessions} == {each.address for each in sessions[-8:]}
    assert rare.total == len(rare.sessions)
    spread, tail = (
        table(WEEK.first, WEEK.last, database=warehouse) for table in (analysis.snowshoes, analysis.longtail)
    )
    assert [*spread["campaign_id"], *spread["light_addresses"]] == [
        *(each.campaign_id for each in found),
        *(each.light_addresses for each in found),
    ]
    assert [*tail["session_id"]] == [each.session.session_id for each in rare.sessions]
    assert str(tail["first_event_at"].dtype) == "datetime64[us, UTC]"
    assert [*tail["traits"]] == ["\n".join(trait.value for trait in each.traits) for each in rare.sessions]
    assert analysis.longtail("1999-01-01", "1999-01-02", database=warehouse).columns.equals(tail.columns)
    random.Random(1).shuffle(sessions)
    with Warehouse.open(databases.sqlite.new(tmp_path / "other.db")) as other:
        for part in range(2):
            put(other, *sessions[part::2])
        assert told(other) == (found, rare)
        assert traits(other) == traits(warehouse)
        put(other, *planted(400, days=2, first_day=DAY + 7, campaigns=3, seed=3, grown=7))
        assert told(other)[1] == rare


def traits(warehouse: Warehouse) -> list[tuple[int, int, int]]:
    """How many sessions have each form on which day; numbers of texts are those of a database."""
    query = f"SELECT value, session_day, sessions FROM trait_days WHERE kind = {FORM} ORDER BY 1, 2"
    with warehouse.read() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_traits_are_those_of_the_sessions(warehouse: Warehouse) -> None:
    """Counted anew from what the sessions have; also where a day changed since."""
    rows = [("id", "w", "id"), ("id",), (), ("wget http://203.0.113.9/a", "id")]
    put(warehouse, *(did(*commands, at=number) for number, commands in enumerate(rows)))
    put(warehouse, *(did(*commands, at=100 + number) for number, commands in enumerate(rows)))
    counted: Counter[tuple[int, ...]] = Counter()
    with warehouse.read() as connection:
        query = (
            "SELECT s.first_event_at, s.profile, q.forms FROM session_profiles AS s"
            " JOIN profiles AS p ON p.id = s.profile LEFT JOIN sequences AS q ON q.id = p.sequence"
        )
        for row in connection.execute(text(query)).all():
            marks = connection.execute(
                text("SELECT kind, value_id FROM profile_marks WHERE profile = :profile"), {"profile": row.profile}
            )
            of_session = traits_of(unpacked(bytes(row.forms or b"")), [(kind, value) for kind, value in marks])
            counted.update((*trait, row.first_event_at // US_PER_DAY) for trait in of_session)
        stored = connection.execute(text("SELECT kind, value, session_day, sessions FROM trait_days")).all()
    assert {tuple(row[:3]): row.sessions for row in stored} == counted
    assert sorted(counted.values()) == [2, 2, 2, 2, 6]


def spread(addresses: int, *commands: str, net: int = 18, times: int = 1) -> Iterator[Planted]:
    """So many addresses of as many networks, each of which comes so often."""
    for number in range(addresses):
        for time in range(times):
            yield did(*commands, at=1_000 * net + 10 * number + time, address=f"198.{net}.{number}.7")


def test_when_a_campaign_is_a_snowshoe(warehouse: Warehouse) -> None:
    """Addresses enough, most of them light ones, in several networks, with something that not everybody does."""
    light, few, heavy = script("zukamo"), script("veripa"), script("lotexa")
    put(
        warehouse,
        *spread(LEAST_ADDRESSES, *light, times=2),
        *spread(LEAST_ADDRESSES - 1, *few, net=19),
        *(did(*heavy, at=2_000 + place, address=f"203.0.113.{place // 3}") for place in range(90)),
    )
    (found,), _ = told(warehouse)
    assert (found.addresses, found.light_addresses, found.networks, found.sessions) == (10, 10, 10, 20)
    assert found.sample.src_ip == "198.18.0.7"
    assert found.reasons == [
        "10 of 10 addresses came at most twice a sensor in 30 days",
        "they lie in 10 networks",
        "20 of 20 sessions typed the same",
    ]
    assert [each.name for each in found.top_networks][:1] == ["198.18.0.0/24"]
    # Three of ten have come before, by another name: seven are light.
    put(warehouse, *(did(at=-86_400 * (1 + place % 9), address=f"198.18.{place % 3}.7") for place in range(9)))
    assert told(warehouse)[0] == []


def test_a_known_scanner_is_no_snowshoe_and_a_visit_to_each_sensor_is_one(warehouse: Warehouse) -> None:
    visits = [
        did(*script("zukamo"), at=100 * number + sensor, address=f"198.18.{number}.7", sensor=sensor)
        for number in range(LEAST_ADDRESSES)
        for sensor in range(4)
    ]
    put(warehouse, *visits)
    (found,), _ = told(warehouse)
    assert (found.light_addresses, found.sessions) == (10, 40)
    with warehouse.read() as connection:
        (of_one,) = snowshoes(connection, Window(WEEK.first, WEEK.last, sensor_id=1))
    assert of_one.sessions == 10
    with warehouse.write() as connection:
        row = {column.name: column.type.python_type() for column in address_lists.columns}
        connection.execute(insert(address_lists), {**row, "id": 1, "name": "s", "kind": "scanner"})
        source = connection.execute(select(session_facts.c.src_ip_id).limit(1)).scalar()
        connection.execute(insert(tag_facts), {"address_id": source, "list_id": 1})
    assert told(warehouse)[0] == []


def test_when_a_session_is_rare(warehouse: Warehouse) -> None:
    """What few ever typed, and few did together; a bot that starts today is none, nor what is one word."""
    usual = [did("uname -a", "id", at=number) for number in range(300)]
    bot = [did(f"fetchbot --stage one {number} --to all", "id", at=1_000 + number) for number in range(5)]
    person = did("vim /etc/nginx/nginx.conf", "id", "grep -n listen /etc/hosts.deny", "stat /etc/exports", at=2_000)
    typo = did("unaem", at=2_001)
    later = did(*person.commands, at=86_400 * 10)
    put(warehouse, *usual, *bot, person, typo, later)
    _, rare = told(warehouse)
    (found,) = rare.sessions
    assert found.session.began_at.endswith("00:33:20.000000Z")
    assert found.score >= LEAST_SCORE
    assert found.reasons == ["3 commands of no other session"]
    assert sorted(each.value for each in found.traits) == sorted({*person.commands} - {"id"})
    assert {each.kind for each in found.traits} == {"command"}
    with warehouse.read() as connection:
        newest = window_of(connection)
        assert (newest.last - newest.first, newest.last) == (timedelta(days=6), day_of_number(DAY + 10))
        (again,) = longtail(connection, newest).sessions
    assert again.reasons[0] == "3 commands of 1 other session"
