"""Which days hold anything: told by looks into indexes, whatever stands there."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, text

from cowrie_assets.clock import day_of_number
from cowrie_assets.summaries.pending import days_with_data
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import active_hours, session_facts, sightings
from cowrie_assets.warehouse.sql import statement
from cowrie_assets_tests.databases import ENGINES

DAYS = [-800, -2, -1, 0, 1, 20_000, 20_001, 30_000]


@pytest.fixture(scope="module", params=ENGINES)
def empty(request, databases, tmp_path_factory):
    with Warehouse.open(databases.new(request.param, tmp_path_factory.mktemp("days"))) as warehouse:
        yield warehouse


@pytest.fixture
def warehouse(empty):
    yield empty
    with empty.write() as connection:
        for table in (session_facts, sightings, active_hours):
            connection.execute(delete(table))


def place(warehouse, what: str, day: int) -> None:
    with warehouse.write() as connection:
        if what == "sighting":
            connection.execute(sightings.insert(), {"session_day": day, "kind": 1, "value_id": 5, "sensor_id": 0})
        elif what == "hour":
            hours = [{"event_hour": day * 24 + hour, "sensor_id": 1} for hour in (0, 11, 23)]
            connection.execute(active_hours.insert(), hours)
        else:
            numbers = {column.name: 0 for column in session_facts.columns if not column.nullable}
            row = {**numbers, "session_ref": 1_000_000 + day, "session_day": day}
            connection.execute(session_facts.insert(), row)


@pytest.mark.parametrize("what", ["session", "sighting", "hour"])
def test_each_day_that_anything_stands_on_once(warehouse, what):
    for day in DAYS:
        place(warehouse, what, day)
    place(warehouse, "hour", DAYS[-1] + 2)

    assert days_with_data(warehouse) == [day_of_number(day) for day in [*DAYS, DAYS[-1] + 2]]


@pytest.mark.parametrize("what", ["session", "sighting", "hour"])
@pytest.mark.parametrize("first", [-801, -800, -1, 2, 20_001, 30_001])
def test_days_within_bounds(warehouse, what, first):
    for day in DAYS:
        place(warehouse, what, day)
    for last in (first, first + 1, first + 900):
        wanted = [day_of_number(day) for day in DAYS if first <= day <= last]
        assert days_with_data(warehouse, day_of_number(first), day_of_number(last)) == wanted


def test_none(warehouse):
    assert days_with_data(warehouse) == []
    assert days_with_data(warehouse, day_of_number(0), day_of_number(0) + timedelta(days=5)) == []


def test_sqlite_scans_no_table(warehouse):
    if warehouse.dialect != "sqlite":
        pytest.skip("SQLite's words for a plan")
    query = text(f"EXPLAIN QUERY PLAN {statement('summaries/days_with_data').text}")
    with warehouse.read() as connection:
        plan = [row[3] for row in connection.execute(query, {"first_day": 1, "last_day": 2})]

    tables = ("events", "session_facts", "sightings", "active_hours")
    assert not [step for step in plan if step.startswith("SCAN") and step.split()[1] in tables]
