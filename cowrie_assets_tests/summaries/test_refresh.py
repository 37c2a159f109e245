"""A refresh makes the summaries what the events say: of whichever day, in any order, however often."""

import random
import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cowrie_assets import second_opinion
from cowrie_assets.clock import day_number, day_of_number
from cowrie_assets.operations.validate import check_recomputed
from cowrie_assets.summaries.checks import run_checks
from cowrie_assets.summaries.pending import pending_days
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.examples import examples
from cowrie_assets_tests.loading import load_lines, snapshot

pytestmark = pytest.mark.sqlite_first

THU, FRI, SAT = date(2026, 8, 27), date(2026, 8, 28), date(2026, 8, 29)
ACROSS_MIDNIGHT = [
    events.line(0, session="aaaaaaaaaaaa", timestamp="2026-08-28T23:58:00.000000Z"),
    events.line(2, session="aaaaaaaaaaaa", timestamp="2026-08-28T23:59:59.999999Z"),
    events.line(3, session="aaaaaaaaaaaa", timestamp="2026-08-29T00:00:00.000000Z"),
    events.line(6, session="aaaaaaaaaaaa", timestamp="2026-08-29T00:01:00.000000Z"),
    events.line(10, session="aaaaaaaaaaaa", timestamp="2026-08-29T00:02:00.000000Z"),
]


def is_right(warehouse: Warehouse, *lines: bytes) -> None:
    truth = second_opinion.distinct_events(("hp-test", line) for line in lines)
    assert tables.session_rows(warehouse) == second_opinion.session_rows(truth)
    assert tables.command_rows(warehouse) == second_opinion.command_rows(truth)
    assert tables.login_rows(warehouse) == second_opinion.login_rows(truth)
    assert tables.file_rows(warehouse) == second_opinion.file_rows(truth)


def is_proven(warehouse: Warehouse) -> None:
    assert [result for result in [*run_checks(warehouse), check_recomputed(warehouse)] if not result.passed] == []


def versions(warehouse: Warehouse) -> dict[date, int]:
    """Of each day a number that is another one once it was marked as changed."""
    with warehouse.read() as connection:
        rows = connection.execute(text("SELECT session_day, version FROM changed_days"))
        return {day_of_number(day): version for day, version in rows}


def marked_since(before: dict[date, int], warehouse: Warehouse) -> set[date]:
    return {day for day, version in versions(warehouse).items() if version != before.get(day)}


@pytest.mark.parametrize("order", [(FRI, SAT), (SAT, FRI)])
@pytest.mark.parametrize("whole", [False, True], ids=["new", "whole"])
def test_a_session_over_midnight_is_right_after_either_day(
    warehouse: Warehouse, tmp_path: Path, order: tuple[date, ...], whole: bool
) -> None:
    load_lines(warehouse, tmp_path, *ACROSS_MIDNIGHT)
    for done, day in enumerate(order, 1):
        refresh(warehouse, days=[day], whole=whole)
        is_right(warehouse, *ACROSS_MIDNIGHT)
        assert pending_days(warehouse) == sorted(order[done:])
    assert set(versions(warehouse)) == {FRI}
    refresh(warehouse)
    is_right(warehouse, *ACROSS_MIDNIGHT)
    is_proven(warehouse)


@pytest.mark.parametrize("first", [0, 1])
def test_the_halves_of_a_session_arrive_one_after_the_other(warehouse: Warehouse, tmp_path: Path, first: int) -> None:
    halves = [ACROSS_MIDNIGHT[:2], ACROSS_MIDNIGHT[2:]]
    load_lines(warehouse, tmp_path, *halves[first])
    refresh(warehouse)
    is_right(warehouse, *halves[first])
    load_lines(warehouse, tmp_path, *halves[1 - first])
    before = versions(warehouse)
    refresh(warehouse)
    is_right(warehouse, *ACROSS_MIDNIGHT)
    assert marked_since(before, warehouse) == ({FRI, SAT} if first == 1 else {FRI})
    is_proven(warehouse)


def test_a_late_event_of_an_old_day_costs_and_marks_that_day_alone(warehouse: Warehouse, tmp_path: Path) -> None:
    lines = [*map(events.line, range(30)), events.line(4, session="cccccccccccc", timestamp="2020-02-01T12:00:00Z")]
    load_lines(warehouse, tmp_path, *lines)
    refresh(warehouse)
    before = versions(warehouse)
    late = events.line(4, session="bbbbbbbbbbbb", timestamp="2020-02-29T12:00:00Z", input="typed on no other day")
    load_lines(warehouse, tmp_path, late)
    assert pending_days(warehouse) == [date(2020, 2, 29)]
    result = refresh(warehouse)
    assert (result.days, result.sessions) == ([date(2020, 2, 29)], 1)
    assert marked_since(before, warehouse) == {date(2020, 2, 29)}
    is_right(warehouse, *lines, late)


def test_a_session_that_turns_out_to_begin_earlier_marks_both_days(warehouse: Warehouse, tmp_path: Path) -> None:
    load_lines(warehouse, tmp_path, *ACROSS_MIDNIGHT)
    refresh(warehouse)
    before = versions(warehouse)
    earlier = events.line(1, session="aaaaaaaaaaaa", timestamp="2026-08-27T23:00:00Z")
    load_lines(warehouse, tmp_path, earlier)
    refresh(warehouse)
    assert marked_since(before, warehouse) == {THU, FRI}
    is_right(warehouse, *ACROSS_MIDNIGHT, earlier)
    assert [row["first_event_at"][:10] for row in tables.rows(warehouse, "session_summaries")] == ["2026-08-27"]


def test_an_event_of_the_next_day_marks_the_day_that_its_session_began(warehouse: Warehouse, tmp_path: Path) -> None:
    load_lines(warehouse, tmp_path, *ACROSS_MIDNIGHT)
    refresh(warehouse)
    before = versions(warehouse)
    load_lines(
        warehouse, tmp_path, events.line(3, session="aaaaaaaaaaaa", timestamp="2026-08-29T00:00:30Z", message="again")
    )
    result = refresh(warehouse)
    assert result.days == [SAT]
    assert marked_since(before, warehouse) == {FRI}, "its reports count it on the day that it began"


@pytest.mark.parametrize("whole", [False, True], ids=["pending", "whole"])
def test_a_refresh_without_news_writes_nothing_and_marks_nothing(
    warehouse: Warehouse, tmp_path: Path, whole: bool
) -> None:
    load_lines(warehouse, tmp_path, *(events.line(number) for number in range(30)))
    refresh(warehouse)
    before = snapshot(warehouse)
    result = refresh(warehouse, days=[FRI, SAT] if whole else None, whole=whole)
    assert (result.rows_removed, result.rows_written) == (0, 0)
    assert snapshot(warehouse) == before
    load_lines(warehouse, tmp_path, *(events.line(number) for number in range(30)))
    assert pending_days(warehouse) == [], "duplicates are no news"


def test_events_of_no_session_are_taken_in_and_make_none(warehouse: Warehouse, tmp_path: Path) -> None:
    load_lines(warehouse, tmp_path, events.line(9, session=None), events.line(3, session=""))
    result = refresh(warehouse)
    assert (result.days, result.sessions, result.rows_written) == ([FRI], 0, 1), "the hour in which they were written"
    assert pending_days(warehouse) == []
    assert tables.rows(warehouse, "session_summaries") == tables.rows(warehouse, "command_stats") == []
    is_proven(warehouse)


def refuse(warehouse: Warehouse, day: date) -> None:
    """Let the database refuse sessions of a day."""
    with warehouse.write() as connection:
        if warehouse.dialect == "postgresql":
            sql = f"ALTER TABLE session_facts ADD CONSTRAINT refused CHECK (session_day <> {day_number(day)})"
        else:
            sql = (
                f"CREATE TRIGGER refused BEFORE INSERT ON session_facts WHEN NEW.session_day = {day_number(day)}"
                " BEGIN SELECT RAISE(ABORT, 'refused'); END"
            )
        connection.execute(text(sql))


def allow(warehouse: Warehouse) -> None:
    with warehouse.write() as connection:
        if warehouse.dialect == "postgresql":
            connection.execute(text("ALTER TABLE session_facts DROP CONSTRAINT refused"))
        else:
            connection.execute(text("DROP TRIGGER refused"))


@pytest.mark.on_both_engines
def test_a_failure_on_a_later_day_keeps_the_earlier_ones(warehouse: Warehouse, tmp_path: Path) -> None:
    days = [THU, FRI, SAT]
    lines = [events.line(0, session=f"{day:%Y%m%d}0000", timestamp=f"{day}T12:00:00Z") for day in days]
    load_lines(warehouse, tmp_path, *lines)
    refuse(warehouse, FRI)
    with pytest.raises(DBAPIError, match="refused"):
        refresh(warehouse)
    is_right(warehouse, lines[0])
    assert pending_days(warehouse) == [FRI, SAT]
    assert set(versions(warehouse)) == {THU}
    refresh(warehouse, days=[SAT])
    assert pending_days(warehouse) == [FRI]
    allow(warehouse)
    assert refresh(warehouse).days == [FRI]
    is_right(warehouse, *lines)
    is_proven(warehouse)


LINES = [events.line(number, **({"session": "ffffffff"} if number % 3 == 2 else {})) for number in range(66)]
"""Sessions of two events each, and one that goes on over all the hour and midnight."""


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[tuple[str, object], ...]]]:
    """What one clean load of `LINES` gives."""
    folder = tmp_path_factory.mktemp("clean")
    with Warehouse.open(f"sqlite:///{folder / 'warehouse.db'}") as warehouse:
        load_lines(warehouse, folder, *LINES)
        refresh(warehouse)
        return tables.contents(warehouse)


def load_in_pieces(warehouse: Warehouse, folder: Path, chance: random.Random) -> None:
    """All of `LINES`, some of them twice, in any order, over several loads with a refresh of some days after each."""
    lines = [*LINES, *chance.sample(LINES, 10)]
    chance.shuffle(lines)
    while lines:
        piece, lines = lines[: (cut := chance.randint(1, 30))], lines[cut:]
        load_lines(warehouse, folder, *piece, batch_events=chance.choice([1, 7, 1000]))
        pending = pending_days(warehouse)
        refresh(
            warehouse,
            days=chance.choice([None, chance.sample(pending, len(pending) // 2), pending[::-1]]),
            whole=chance.random() < 0.3,
        )
    refresh(warehouse)


@examples(6)
@given(seed=st.integers(0, 2**32))
def test_any_split_and_order_of_the_events_ends_with_the_same_rows(clean: object, seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder, Warehouse.open(f"sqlite:///{folder}/warehouse.db") as warehouse:
        load_in_pieces(warehouse, Path(folder), random.Random(seed))
        assert tables.contents(warehouse) == clean
        is_proven(warehouse)


@pytest.mark.on_both_engines
def test_splits_and_orders_end_with_the_same_rows_on_each_engine(
    warehouse: Warehouse, tmp_path: Path, clean: object
) -> None:
    load_in_pieces(warehouse, tmp_path, random.Random(5))
    assert tables.contents(warehouse) == clean
    is_proven(warehouse)
