"""The two variants of a report's SQL."""

import re

import pytest
from sqlalchemy import text

from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.periods import period_of
from cowrie_assets.reports.scoped_sql import scoped_source
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.sql import SQL_ROOT, source
from cowrie_assets_tests.reports.test_document import MONDAY

STATEMENTS = sorted(
    path.stem for path in (SQL_ROOT / "reports").glob("*.sql") if ":sensor_id = 0" in path.read_text(encoding="utf-8")
)
STREAMED = {"each_command", "each_file", "each_session"}
"""Statements of windows of any length, which may well be all that there is."""
OF_SIGHTINGS = sorted(
    path.stem for path in (SQL_ROOT / "reports").glob("*.sql") if " sightings " in path.read_text(encoding="utf-8")
)
ALL_OF_REPORTS = sorted(
    path.relative_to(SQL_ROOT / "reports").with_suffix("").as_posix() for path in (SQL_ROOT / "reports").rglob("*.sql")
)
GROWS = re.compile(
    r"(?:session|command|login|file|technique)_facts|events|sightings|session_keys|texts|session_profiles"
)
"""Tables that grow with what is stored."""
_THROUGH_ALL = re.compile(
    r"Seq Scan on (?:events\w*|(?:session|command|login|file)_facts|sightings)"
    r"|sightings_value[^\n]*\n *Index Cond: (?![^\n]*value_id)[^\n]*",
)
"""A table, or the sightings of a kind on all days: of these a value's are looked up, or a day's."""
OF_PAGES = [name for name in ALL_OF_REPORTS if name.startswith("pages/")]
_TABLES = re.compile(r"\b(?:FROM|JOIN) (\w+)(?: AS (\w+))?")
_IDENTITIES = {"least": b"\x01", "greatest": b"\x02"}
"""Of events, bounds within `events_old`."""
_LOADED = (
    "CREATE TABLE events_old PARTITION OF events FOR VALUES FROM ('\\x00000000') TO ('\\x40000000')",
    "INSERT INTO events (event_hash, sensor_id, session_ref, event_type_id, counts_as, event_at, event_day, log_id,"
    " byte_offset, ingested_at, payload) "
    "SELECT CAST('\\x00000000' || LPAD(TO_HEX(n), 24, '0') AS BYTEA), 1, n / 8, 1, n % 4, n, n / 1000, 1, n, 0, '{}'"
    " FROM GENERATE_SERIES(1, 40000) AS n",
    "INSERT INTO session_facts "
    "SELECT n, 1, n / 125, n, n, 0, 0, 0, 0, 0, 0, 1, 8, 1, 0, 1, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0"
    " FROM GENERATE_SERIES(1, 5000) AS n",
    "INSERT INTO command_facts SELECT n / 4, n, 1, 0, 0 FROM GENERATE_SERIES(1, 20000) AS n",
    "INSERT INTO login_facts SELECT n / 4, n, n, 1, 1, 0, 0 FROM GENERATE_SERIES(1, 20000) AS n",
    "INSERT INTO file_facts SELECT n / 4, n, 1, 0, 0, 0, 0, 0, 0, 0 FROM GENERATE_SERIES(1, 20000) AS n",
    "INSERT INTO sightings SELECT n / 500, n % 5 + 1, n, 0 FROM GENERATE_SERIES(1, 20000) AS n",
)
"""40 days that were loaded a moment ago: PostgreSQL has no statistics of them."""


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
    days_and_sensors = source(f"reports/{name}", "sqlite").count("s.session_day >= :start_day")

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


@pytest.mark.parametrize("one_sensor", [False, True])
def test_sqlite_looks_up_what_a_period_has(databases, tmp_path, one_sensor):
    """What a report and its pages cost follows from the period, not from all that was stored before it."""
    through_all = {}
    with Warehouse.open(databases.sqlite.new(tmp_path / "warehouse.db")) as warehouse, warehouse.read() as connection:
        for name in ALL_OF_REPORTS:
            sql = _with_values(scoped_source(name, one_sensor=one_sensor))
            of_alias = {alias or table: table for table, alias in _TABLES.findall(sql)}
            rows = connection.execute(text(f"EXPLAIN QUERY PLAN {sql}"), _binds(sql))
            found = [row[3] for row in rows if _goes_through_all(row[3], of_alias)]
            if found:
                through_all[name] = found

    assert not through_all


@pytest.mark.parametrize("one_sensor", [False, True])
def test_postgresql_looks_up_what_a_day_has_though_it_has_no_statistics(postgres_url, one_sensor):
    """A day's report costs what the day holds, not what was loaded a moment ago."""
    through_all = {}
    with Warehouse.open(postgres_url) as warehouse, warehouse.write() as connection:
        for loaded in _LOADED:
            connection.execute(text(loaded))
        for name in sorted({*STATEMENTS, *OF_SIGHTINGS, *OF_PAGES} - STREAMED):
            sql = _with_values(scoped_source(name, "postgresql", one_sensor=one_sensor))
            plan = "\n".join(connection.execute(text(f"EXPLAIN {sql}"), _binds(sql)).scalars())
            if found := re.findall(_THROUGH_ALL, plan):
                through_all[name] = found

    assert not through_all


def _with_values(sql: str) -> str:
    """SQL with something in the place of its lists: SQLite goes by how long one is."""
    for name, row in (("own_\\w+|parts", "(7, 7)"), ("chosen", "(7, 7, 7)"), ("trivial", "(7)")):
        sql = re.sub(rf"VALUES :({name})", f"VALUES {row}", sql)
    numbers, names = ", ".join(map(str, range(50))), ", ".join(f"'{n}'" for n in range(50))
    return re.sub(r"IN :\w+", f"IN ({numbers})", re.sub(r"IN :(digests|campaigns)", f"IN ({names})", sql))


def _binds(sql: str) -> dict[str, int | bytes]:
    names = re.findall(r"(?<![:\w]):([a-z_]\w*)", sql)
    return {name: _IDENTITIES.get(name, 7) for name in names}


def _goes_through_all(step: str, of_alias: dict[str, str]) -> bool:
    """Whether a step of SQLite's plan reads a table that grows, or all that was ever sighted of a kind."""
    scanned = re.match(r"SCAN (\w+)", step)
    if scanned:
        return bool(GROWS.fullmatch(of_alias.get(scanned[1], "")))
    return step.endswith("sightings_value (kind=?)")
