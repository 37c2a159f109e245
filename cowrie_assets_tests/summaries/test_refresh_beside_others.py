"""Refreshes beside loads and refreshes of other days, on PostgreSQL: nothing is missed, nothing waits in vain."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from cowrie_assets.clock import day_number
from cowrie_assets.summaries.pending import pending_days
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.summaries.rules import remap
from cowrie_assets.warehouse import conflicts, write_lock
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.errors import WarehouseBusyError
from cowrie_assets.warehouse.write_scope import of_days
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.databases import Databases
from cowrie_assets_tests.loading import is_proven, load_lines

THU, FRI, SAT, SUN = (date(2026, 8, day) for day in (27, 28, 29, 30))


@pytest.fixture
def url(databases: Databases) -> Iterator[str]:
    url = databases.postgres.new()
    yield url
    databases.postgres.drop(url)


@pytest.fixture
def warehouse(url: str) -> Iterator[Warehouse]:
    with Warehouse.open(url) as warehouse:
        yield warehouse


@pytest.fixture
def other(url: str) -> Iterator[Warehouse]:
    with Warehouse.open(url) as other:
        yield other


def typed(session: str, day: date, number: int = 0, hour: int = 12, **fields: Any) -> bytes:
    """A command of a session."""
    moment = f"{day}T{hour:02}:00:{number % 60:02}Z"
    return events.line(3, session=session, timestamp=moment, **{"input": f"run {number}", **fields})


def before(warehouse: Warehouse, statement: str, act: Callable[[], object]) -> None:
    """Let `act` happen just before a connection of `warehouse` executes `statement` for the first time."""
    waiting = [act]

    def listen(_connection: Any, _cursor: Any, sql: str, *_: Any) -> None:
        if statement in sql and waiting:
            waiting.pop()()

    event.listen(warehouse._engine, "before_cursor_execute", listen)


@pytest.mark.parametrize(
    "moment",
    ["INSERT INTO touched_sessions", "CREATE TEMPORARY TABLE fresh", "INSERT INTO active_hours", "DELETE FROM waiting"],
)
def test_what_is_loaded_while_a_day_is_refreshed_waits_on(
    warehouse: Warehouse, other: Warehouse, tmp_path: Path, moment: str
) -> None:
    load_lines(warehouse, tmp_path, typed("aaaaaaaaaaaa", FRI, 1))
    more = [typed("aaaaaaaaaaaa", FRI, 2, 13), typed("bbbbbbbbbbbb", FRI, 3)]
    before(warehouse, moment, lambda: load_lines(other, tmp_path, *more))
    refresh(warehouse, days=[FRI])
    assert pending_days(warehouse) == [FRI]
    refresh(warehouse)
    assert pending_days(warehouse) == []
    is_proven(warehouse)
    assert sum(row["occurrences"] for row in tables.rows(warehouse, "command_stats")) == 3


def test_days_without_a_common_session_go_side_by_side_and_others_wait(
    warehouse: Warehouse, other: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write_lock, "LONGEST_WAIT", 0.3)
    over_midnight = [typed("aaaaaaaaaaaa", FRI, 1, 23), typed("aaaaaaaaaaaa", SAT, 2, 0)]
    load_lines(warehouse, tmp_path, *over_midnight, typed("bbbbbbbbbbbb", SUN, 3))
    remap(warehouse)  # who comes first puts in the rules, and is alone for that
    with other.write(of_days([day_number(FRI)])):
        assert refresh(warehouse, days=[SUN]).sessions == 1
        with pytest.raises(WarehouseBusyError):
            refresh(warehouse, days=[SAT])
    assert pending_days(warehouse) == [FRI, SAT]
    refresh(warehouse)
    is_proven(warehouse)


def test_a_session_that_reaches_another_day_while_it_is_computed_takes_that_day_too(
    warehouse: Warehouse, other: Warehouse, tmp_path: Path
) -> None:
    load_lines(warehouse, tmp_path, typed("aaaaaaaaaaaa", FRI, 1))
    far = typed("aaaaaaaaaaaa", SUN, 2)
    before(warehouse, "CREATE TEMPORARY TABLE fresh", lambda: load_lines(other, tmp_path, far))
    refresh(warehouse, days=[FRI])
    assert pending_days(warehouse) == [SUN]
    assert refresh(warehouse).rows_written == 1, "the hour: the session was computed with all its events"
    is_proven(warehouse)


def test_a_refresh_does_not_wait_for_another_that_brings_the_same_new_address(
    warehouse: Warehouse, other: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both are new: the address to the warehouse, and its network."""
    monkeypatch.setattr(conflicts, "ATTEMPTS", 1)
    for session, day in (("aaaaaaaaaaaa", THU), ("bbbbbbbbbbbb", SUN)):
        connects = {"eventid": "cowrie.session.connect", "src_ip": "198.51.100.7"}
        load_lines(warehouse, tmp_path, typed(session, day, 1, **connects))

    def refresh_the_other_day() -> None:
        with other._engine.connect() as connection:
            connection.exec_driver_sql("SET lock_timeout = '2s'")
            connection.commit()
        refresh(other, days=[SUN])

    before(warehouse, "SELECT DISTINCT session_day FROM gained_sightings", refresh_the_other_day)
    refresh(warehouse, days=[THU])
    assert pending_days(warehouse) == []
    is_proven(warehouse)


def test_of_two_days_that_bring_the_same_value_at_once_the_later_one_is_marked(
    warehouse: Warehouse, other: Warehouse, tmp_path: Path
) -> None:
    """The first one to settle does not see the other's value, the second one does."""
    load_lines(warehouse, tmp_path, typed("aaaaaaaaaaaa", THU, 1, input="same"))
    load_lines(warehouse, tmp_path, typed("bbbbbbbbbbbb", SUN, 1, input="same"))
    versions: list[int] = []

    def refresh_the_later_day() -> None:
        refresh(other, days=[SUN])
        versions.append(version(other, SUN))

    before(warehouse, "SELECT DISTINCT session_day FROM gained_sightings", refresh_the_later_day)
    refresh(warehouse, days=[THU])
    assert versions != [version(warehouse, SUN)], "what its report calls new is known since Thursday"


def version(warehouse: Warehouse, day: date) -> int:
    with warehouse.read() as connection:
        found = connection.exec_driver_sql(f"SELECT version FROM changed_days WHERE session_day = {day_number(day)}")
        return int(found.scalar_one())


def test_loads_and_refreshes_at_random_end_as_one_clean_load(url: str, tmp_path: Path) -> None:
    chance = random.Random(7)
    days, sessions = (THU, FRI, SAT, SUN), [f"{number:012x}" for number in range(6)]
    lines = [
        typed(chance.choice(sessions), chance.choice(days), number, chance.choice((0, 23)), input=f"{number % 5}")
        for number in range(120)
    ]

    def load_some(loader: int) -> None:
        with Warehouse.open(url) as warehouse:
            mine = lines[loader::2]
            for begin in range(0, len(mine), 10):
                load_lines(warehouse, tmp_path / f"logs {loader}", *mine[begin : begin + 10])

    def refresh_some(seed: int) -> None:
        own = random.Random(seed)
        with Warehouse.open(url) as warehouse:
            for _ in range(12):
                pending = pending_days(warehouse)
                refresh(warehouse, days=own.sample(pending, len(pending) // 2 + len(pending) % 2))

    with ThreadPoolExecutor(5) as pool:
        work = [
            *(pool.submit(load_some, loader) for loader in range(2)),
            *(pool.submit(refresh_some, n) for n in range(3)),
        ]
        for each in work:
            each.result()
    with Warehouse.open(url) as warehouse, Warehouse.open(f"sqlite:///{tmp_path / 'clean.db'}") as clean:
        refresh(warehouse)
        load_lines(clean, tmp_path / "all", *lines)
        refresh(clean)
        assert tables.contents(warehouse) == tables.contents(clean)
        is_proven(warehouse)
