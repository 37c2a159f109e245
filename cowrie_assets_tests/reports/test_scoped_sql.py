"""The two variants of a report's SQL."""

import re

import pytest
from sqlalchemy import text

from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.periods import period_of
from cowrie_assets.reports.scoped_sql import scoped_source
from cowrie_assets.warehouse.sql import SQL_ROOT, source
from cowrie_assets_tests.reports.test_document import MONDAY

STATEMENTS = sorted(
    path.stem for path in (SQL_ROOT / "reports").glob("*.sql") if ":sensor_id = 0" in path.read_text(encoding="utf-8")
)


def test_there_are_statements():
    assert len(STATEMENTS) > 15


@pytest.mark.parametrize("name", STATEMENTS)
@pytest.mark.parametrize("one_sensor", [False, True])
def test_no_variant_asks_whether_there_is_a_sensor(name, one_sensor):
    written = scoped_source(name, one_sensor=one_sensor)

    assert ":sensor_id = 0" not in written
    if one_sensor:
        assert ":sensor_id" in written


@pytest.mark.parametrize("name", STATEMENTS)
def test_that_of_one_sensor_looks_days_up_beside_the_sensor(name):
    sql = scoped_source(name, one_sensor=True)
    days_and_sensors = source(f"reports/{name}").count("s.session_day >= :start_day")

    assert "s.session_day >= :start_day" not in sql
    assert len(re.findall(r"s\.session_day IN :days AND s\.sensor_id = :sensor_id", sql)) == days_and_sensors


def test_one_that_streams_keeps_the_window():
    sql = scoped_source("each_session", one_sensor=True, streams=True)

    assert "s.session_day >= :start_day AND s.session_day < :end_day AND s.sensor_id = :sensor_id" in sql


@pytest.mark.parametrize("name", ["sessions", "volume", "unique_ips", "credentials", "commands"])
def test_sqlite_looks_both_columns_of_the_index_up(warehouse, name):
    if warehouse.dialect != "sqlite":
        pytest.skip("SQLite's words for a plan; PostgreSQL has both in its Index Cond where the table is large")
    plans: list[str] = []
    with warehouse.read() as connection:
        scope = Scope(connection, period_of("weekly", MONDAY), 7, 10)
        scope.rows(name, **({} if name in ("sessions", "volume", "unique_ips") else {"top": 10})).all()
        sql = scoped_source(name, one_sensor=True).replace(":days", "(1, 2, 3)")
        binds = dict.fromkeys(re.findall(r"(?<![:\w]):([a-z_]\w*)", sql), 7)
        plans = [row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {sql}"), binds)]

    of_sessions = [plan for plan in plans if re.search(r"\b(SEARCH|SCAN) s\b", plan)]
    assert of_sessions
    assert all("session_facts_day (session_day=? AND sensor_id=?)" in plan for plan in of_sessions), plans
