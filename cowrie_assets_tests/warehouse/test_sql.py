"""The SQL files: what is looked up row by row on PostgreSQL too, whatever its statistics say."""

import re

import pytest
from sqlalchemy import text

from cowrie_assets.summaries.touched import TABLES, touch
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.sql import source

_EVENTS = text(
    "INSERT INTO events (event_hash, sensor_id, session_ref, event_type_id, counts_as, event_at, event_day, log_id,"
    " byte_offset, ingested_at, payload) "
    "SELECT CAST('\\x00000000' || LPAD(TO_HEX(n), 24, '0') AS BYTEA), 1, n / 8, 1, n % 4, n, 0, 1, n, 0, '{}'"
    " FROM GENERATE_SERIES(1, 20000) AS n"
)
_PARTITION = text("CREATE TABLE events_old PARTITION OF events FOR VALUES FROM ('\\x00000000') TO ('\\x40000000')")
_TOUCHED = text("INSERT INTO touched_sessions (session_ref) SELECT * FROM GENERATE_SERIES(1, 200)")


@pytest.mark.parametrize("summary", TABLES)
def test_only_postgresql_needs_to_be_told(summary: str) -> None:
    assert "LATERAL" not in source(f"summaries/{summary}", "sqlite")
    told = source(f"summaries/{summary}", "postgresql")
    table = "command_facts" if summary == "session_techniques" else "events"
    assert f"JOIN LATERAL (SELECT * FROM {table} WHERE session_ref = touched_sessions.session_ref" in told
    assert "-- looked up by" not in told


def test_a_statement_that_looks_rows_up_is_never_asked_for_without_its_engine() -> None:
    """It would be SQLite's on PostgreSQL, whose planner read every command for each session."""
    assert source("checks/logins_sum_up") == source("checks/logins_sum_up", "postgresql")
    for name in ("checks/commands_sum_up", "reports/headline"):
        with pytest.raises(ValueError, match="name the dialect"):
            source(name)


def test_a_bind_of_a_look_up_is_none_where_the_look_up_is_a_comment() -> None:
    """SQLAlchemy binds what it finds in a comment too, and SQLite counts only what stands outside of it."""
    assert "looked up by" not in source("reports/headline", "sqlite")
    assert "AND sensor_id = :sensor_id OFFSET 0)" in source("reports/headline", "postgresql")


def test_statements_that_stream_are_planned_for_all_their_rows(postgres_url: str) -> None:
    with Warehouse.open(postgres_url) as warehouse, warehouse.read() as connection:
        assert connection.execute(text("SHOW cursor_tuple_fraction")).scalar_one() == "1"


@pytest.mark.parametrize("analysed", [False, True], ids=["without statistics", "with statistics"])
def test_a_summary_reads_the_touched_sessions_only(postgres_url: str, analysed: bool) -> None:
    with Warehouse.open(postgres_url) as warehouse, warehouse.write() as connection:
        connection.execute(_PARTITION)
        connection.execute(_EVENTS)
        if analysed:
            connection.execute(text("ANALYZE events"))
        touch(connection, 0, whole=True)
        connection.execute(text("DELETE FROM touched_sessions"))
        connection.execute(_TOUCHED)
        for summary in TABLES:
            sql = source(f"summaries/{summary}", "postgresql")
            plan = "\n".join(connection.execute(text(f"EXPLAIN {sql}")).scalars())
            assert "Seq Scan on events" not in plan, plan


def test_a_check_looks_up_what_many_days_have_together(postgres_url: str) -> None:
    """A day costs the same however many texts and commands there are."""
    filled = (
        "INSERT INTO texts (digest, text) SELECT DECODE(LPAD(TO_HEX(n), 32, '0'), 'hex'), 'text ' || n",
        "INSERT INTO session_keys (sensor_id, digest, session_id) SELECT 1, DECODE(LPAD(TO_HEX(n), 32, '0'), 'hex'), n",
        "INSERT INTO commands SELECT n, n, 0, 0, 1",
        "INSERT INTO command_facts SELECT n, n, 1, 0, 0",
    )
    with Warehouse.open(postgres_url) as warehouse, warehouse.write() as connection:
        for each in filled:
            connection.execute(text(f"{each} FROM GENERATE_SERIES(1, 3000) AS n"))
        for check in ("commands_sum_up", "evidence"):
            sql = source(f"checks/{check}", "postgresql").replace(":first_day", "0").replace(":last_day", "9")
            plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {sql}").scalars())
            assert not re.search(r"Seq Scan on (texts|session_keys|commands)\b", plan), plan
