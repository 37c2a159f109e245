"""A second program counts sessions from their JSON: it agrees on sound ones, and sees what the SQL cannot."""

import ast
from pathlib import Path

import pytest
from sqlalchemy import text

from cowrie_assets import second_opinion
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.rebuild import rebuild
from cowrie_assets.operations.sampling import NAME, check_sample
from cowrie_assets.operations.validate import RECOMPUTED, check_recomputed, validate
from cowrie_assets.sensor_registry import Sensor, SensorRegistry
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events
from cowrie_assets_tests.events import HOSTILE
from cowrie_assets_tests.loading import write_log

pytestmark = pytest.mark.sqlite_first
HOUR_US = 3_600_000_000


@pytest.fixture
def filled(warehouse: Warehouse, tmp_path: Path) -> Warehouse:
    """Plain sessions, hostile ones, events of 2015, sessions named in other ways; under a clock offset."""
    lines = [events.line(number) for number in range(44)]
    lines += [events.line(3, session=f"h{place}", input=typed) for place, typed in enumerate(HOSTILE.values())]
    lines += [events.line(1, session=f"h{place}", username=typed) for place, typed in enumerate(HOSTILE.values())]
    lines += [
        events.line(1, session="old", eventid="KIPP0003", password=123456),
        events.line(1, session="old", eventid="COW0002", username=None),
        events.line(3, session="old", input=["a", "list"]),
        events.line(6, session="old", shasum=f" {'AB' * 32} ", realm="x"),
        events.line(6, session="old", shasum="no digest"),
        events.line(7, session=None, sid=77),
        events.line(8, session="", message="New connection: [session: 0123456789ab]", src_ip=["x"]),
        events.line(0, session="early", timestamp="2026-08-29 01:02:03,5"),
    ]
    write_log(tmp_path / "logs", lines)
    registry = SensorRegistry((Sensor("hp-test", clock_offset_us=2 * HOUR_US),))
    ingest(warehouse, Settings(log_root=tmp_path / "logs", registry=registry))
    return warehouse


def change(warehouse: Warehouse, sql: str) -> None:
    with warehouse.write() as connection:
        connection.execute(text(sql))


def test_sound_sessions_are_counted_alike(filled: Warehouse) -> None:
    assert check_sample(filled, 1_000).passed


@pytest.mark.parametrize(
    ("sql", "cause"),
    [
        ("UPDATE session_facts SET event_count = event_count + 1", "event_count is"),
        ("UPDATE session_facts SET closed = 1 - closed", "closed is"),
        ("UPDATE session_facts SET first_event_at = first_event_at + 1", "does not begin and end"),
        ("UPDATE session_facts SET src_ip_id = 1", "src_ip is none"),
        ("UPDATE command_facts SET occurrences = occurrences + 1", "commands is another"),
        ("UPDATE login_facts SET attempts = attempts + 1", "logins is another"),
        ("DELETE FROM file_facts", "files is another"),
        ("DELETE FROM events", "no event of it is stored"),
    ],
)
def test_a_wrong_row_is_seen(filled: Warehouse, sql: str, cause: str) -> None:
    change(filled, sql)
    found = check_sample(filled, 1_000, examples=100)
    assert found.state == "differs"
    assert any(cause in row["cause"] and row["session"] for row in found.rows)


def test_what_the_sql_cannot_see_is_seen(filled: Warehouse, tmp_path: Path) -> None:
    """Commands that were taken for none as they were read: summaries made anew equal those that stand."""
    change(filled, "UPDATE events SET counts_as = 0 WHERE counts_as = 1")
    rebuild(filled)
    assert check_recomputed(filled).passed
    found = {each.name: each.state for each in validate(filled, Settings(report_dir=tmp_path / "reports"), sample=500)}
    assert (found[RECOMPUTED], found[NAME]) == ("ok", "differs")


def test_it_draws_as_many_as_it_is_asked_for(filled: Warehouse) -> None:
    change(filled, "UPDATE session_facts SET event_count = event_count + 1")
    assert check_sample(filled, 5).differences == 5


def test_it_shares_nothing_with_the_project() -> None:
    tree = ast.parse(Path(second_opinion.__file__).read_text())
    whole = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported = whole | {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported == {"json", "re", "collections", "collections.abc", "datetime", "typing"}
