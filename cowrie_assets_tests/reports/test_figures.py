"""Rows of a section: few are read at once, many stream, and the document is the same."""

from typing import Any

import pytest
from sqlalchemy import Engine, event

from cowrie_assets.reports import figures
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.reports.facts import Facts, Session
from cowrie_assets_tests.reports.test_document import MONDAY, report


@pytest.fixture
def streamed() -> Any:
    """The statements that stream."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: Any) -> None:
        if context.execution_options.get("yield_per"):
            found.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield found
    event.remove(Engine, "before_cursor_execute", note)


def test_on_postgresql_few_events_are_read_at_once_and_many_stream(
    warehouse: Warehouse, streamed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Facts(warehouse).store([Session(MONDAY, "hp-1"), Session(MONDAY, "hp-1"), Session(MONDAY, "hp-2")])
    with warehouse.read() as connection:
        total = connection.exec_driver_sql("SELECT SUM(event_count) FROM session_facts").scalar_one()
    monkeypatch.setattr(figures, "_FEW", total)
    at_once = report(warehouse)
    is_postgresql = warehouse.dialect == "postgresql"
    assert bool(streamed) is not is_postgresql
    monkeypatch.setattr(figures, "_FEW", total - 1)
    assert report(warehouse) == at_once
    assert streamed
    streamed.clear()
    report(warehouse, sensor="hp-2")
    assert bool(streamed) is not is_postgresql, "a sensor's own events count"
