"""What a day's load and refresh ask of tables that grow is looked up, row for row: PostgreSQL's planner would read them
whole for thousands of rows, and that takes longer each day."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy import event as sqlalchemy_event

from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.summaries.touched import KEYED, TABLES, Rows, touch
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.sql import source
from cowrie_assets_tests.events import line
from cowrie_assets_tests.loading import load_lines

_DAY = 20693
_GROWING = re.compile(r"Scan .*\bon (session_facts|commands|addresses|texts)\b")
_OTHER_JOINS = re.compile(r"(Hash|Merge)( \w+)? Join|Seq Scan on (?!touched)\w+|SCAN stored")
"""None of them can do without reading a table, or an index, whole."""


@pytest.mark.parametrize("summary", TABLES)
def test_rows_of_touched_sessions_are_looked_up(warehouse: Warehouse, tmp_path: Path, summary: str) -> None:
    load_lines(warehouse, tmp_path, *map(line, range(40)))
    refresh(warehouse)
    with warehouse.write() as connection:
        touch(connection, _DAY, whole=True)
        rows = Rows(TABLES[summary], warehouse.dialect)
        assert rows.any_stored(connection)
        if warehouse.dialect == "postgresql":
            for way in (
                "seqscan",
                "nestloop",
                "bitmapscan",
            ):  # the ways that it must not take, or must in spite of this
                connection.execute(text(f"SET LOCAL enable_{way} = off"))
        explain = "EXPLAIN QUERY PLAN " if warehouse.dialect == "sqlite" else "EXPLAIN "
        plan = [str(row[-1]) for row in connection.exec_driver_sql(explain + rows.stored)]
    assert not [step for step in plan if _OTHER_JOINS.search(step)], plan
    looks = [step for step in plan if re.search(r"Index Cond: \(.*session_ref = |SEARCH stored USING", step)]
    assert len(looks) == (2 if summary in KEYED else 1), plan


@pytest.fixture
def postgresql(postgres_url: str) -> Iterator[Warehouse]:
    with Warehouse.open(postgres_url) as opened:
        yield opened


_TEMPORARY = {
    "changed": "src_ip_id BIGINT",
    "fresh_commands": "command_id BIGINT",
    "taken_steps": "step BIGINT",
    "touched_sessions": "session_ref BIGINT PRIMARY KEY, is_long SMALLINT, is_new SMALLINT",
}


@pytest.mark.parametrize(
    "name",
    [
        *("addresses_of_changed", "addresses_waiting", "leave_sealed", "sessions_of_day", "sessions_waiting"),
        *("unscored_commands", "unscored_commands_of_days"),
    ],
)
def test_what_is_known_is_looked_up(postgresql: Warehouse, name: str) -> None:
    """The scores of commands were gone through for each command that was typed: 45 million comparisons a day."""
    sql = source(f"summaries/{name}", "postgresql").replace(":days", "(20693)").replace(":long_session", "2000")
    with postgresql.write() as connection:
        for table, columns in _TEMPORARY.items():
            connection.execute(text(f"CREATE TEMPORARY TABLE {table} ({columns})"))
        plan = _plan(connection, sql.replace(":day", str(_DAY)), ())
    steps = [place for place, step in enumerate(plan) if _GROWING.search(step)]
    assert steps, plan
    assert not [plan[place] for place in steps if "Index Cond:" not in plan[place + 1]], plan


def test_numbers_of_texts_and_sessions_are_looked_up(postgresql: Warehouse, tmp_path: Path) -> None:
    asked = []

    def note(_connection, _cursor, statement, parameters, _context, _many) -> None:
        if re.search(r"FROM (texts|session_keys)\b", statement):
            asked.append((statement, parameters))

    sqlalchemy_event.listen(postgresql._engine, "before_cursor_execute", note)
    load_lines(postgresql, tmp_path, *map(line, range(40)))
    sqlalchemy_event.remove(postgresql._engine, "before_cursor_execute", note)
    assert len({statement for statement, _ in asked}) == 2
    with postgresql.read() as connection:
        for statement, parameters in asked:
            plan = _plan(connection, statement, parameters)
            assert not [step for step in plan if _OTHER_JOINS.search(step)], plan
            assert [step for step in plan if re.search(r"Index Cond: \(digest = given", step)], plan


def _plan(connection: Connection, sql: str, parameters: Any) -> list[str]:
    """On PostgreSQL with what a planner would rather do than look rows up, and without what it would have to."""
    if connection.dialect.name == "sqlite":
        return [str(row[-1]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]
    for way in ("seqscan", "nestloop", "bitmapscan"):
        connection.execute(text(f"SET LOCAL enable_{way} = off"))
    return [str(row[-1]) for row in connection.exec_driver_sql(f"EXPLAIN {sql}", parameters)]
