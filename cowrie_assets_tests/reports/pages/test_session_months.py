"""Pages of sessions look for events in the months in which these were written, and miss none."""

import re
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, text

from cowrie_assets.clock import US_PER_DAY
from cowrie_assets.reports.figures import Scope
from cowrie_assets.reports.pages.sessions import SessionPage, session_pages
from cowrie_assets.reports.pages.subjects import PageKind, Subject
from cowrie_assets.reports.periods import parse_period
from cowrie_assets.sensor_registry import Sensor, SensorRegistry
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events
from cowrie_assets_tests.loading import load_lines

AHEAD = SensorRegistry((Sensor("ahead", clock_offset_us=40 * US_PER_DAY),))
"""The clock of this sensor is ahead by more than a month."""


def written(sensor: str, *times: str) -> list[bytes]:
    """A session's events at these times as written."""
    return [
        events.line(number, session=f"{sensor}{times[0]}", sensor=sensor, timestamp=f"{time}Z")
        for number, time in enumerate(times)
    ]


def pages(warehouse: Warehouse, *keys: tuple[str, str]) -> tuple[list[SessionPage], set[str]]:
    """Pages, and on PostgreSQL the partitions that the plan of their events names."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "FROM events AS e" in statement:
            asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with warehouse.read() as connection:
            subjects = [Subject(PageKind.SESSION, key) for key in keys]
            found = session_pages(Scope(connection, parse_period("monthly", "2025-03"), 0, top=0), subjects)
            plan: list[str] = []
            if connection.dialect.name == "postgresql":
                ((statement, parameters),) = asked
                plan = [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)]
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return found, set(re.findall(r"\bevents_(\d{4}_\d\d)\b", "\n".join(plan)))


def test_the_months_of_the_sessions_are_looked_into_and_no_other(warehouse: Warehouse, tmp_path: Path) -> None:
    months = [f"2025-{month:02}-15T12:00:00" for month in range(1, 9)]
    here, there = ("2025-02-28T23:59:50", "2025-03-01T00:00:10"), ("2025-05-20T12:00:00", "2025-05-21T12:00:00")
    lines = [line for month in months for line in written("hp-test", month)]
    lines += [*written("hp-test", *here), *written("ahead", *there)]
    load_lines(warehouse, tmp_path / "logs", *lines, registry=AHEAD)
    refresh(warehouse)
    is_postgresql = warehouse.dialect == "postgresql"
    (page,), looked_into = pages(warehouse, ("hp-test", f"hp-test{here[0]}"))
    assert len(page.entries) == 2
    assert looked_into == ({"2025_02", "2025_03"} if is_postgresql else set())
    (page,), looked_into = pages(warehouse, ("ahead", f"ahead{there[0]}"))
    assert len(page.entries) == 2
    assert looked_into == ({"2025_05"} if is_postgresql else set())
    with warehouse.write() as connection:
        connection.execute(text("UPDATE log_origins SET reader = 0"))
    (page,), looked_into = pages(warehouse, ("ahead", f"ahead{there[0]}"))
    assert len(page.entries) == 2
    assert not is_postgresql or len(looked_into) > 7, "what nobody knows the clock of may be anywhere"
