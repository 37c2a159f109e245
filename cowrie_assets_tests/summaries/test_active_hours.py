"""The hours in which a sensor wrote an event, of a session or of none."""

from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import text

from cowrie_assets.summaries.checks import run_checks
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events
from cowrie_assets_tests.loading import load_lines

SUNDAY = date(2026, 8, 30)


def written(sensor: str, moment: str) -> bytes:
    return events.line(0, sensor=sensor, session=f"{sensor} {moment}", timestamp=moment)


def hours(warehouse: Warehouse) -> set[tuple[str, str]]:
    query = text("SELECT sensors.name, h.event_hour FROM active_hours AS h JOIN sensors ON sensors.id = h.sensor_id")
    with warehouse.read() as connection:
        found = connection.execute(query).all()
    return {(name, datetime.fromtimestamp(hour * 3600, UTC).strftime("%Y-%m-%dT%H")) for name, hour in found}


def test_hours_are_whole_hours_of_utc_by_sensor(warehouse: Warehouse, tmp_path: Path) -> None:
    lines = [
        written("hp-1", "2026-08-30T00:00:00.000000Z"),
        written("hp-1", "2026-08-30T00:59:59.999999Z"),
        written("hp-1", "2026-08-31T00:00:00+02:00"),
        events.line(9, sensor="hp-2", session=None, timestamp="2026-08-30T05:00:00Z"),
        written("hp-2", "1969-12-31T23:59:59.999999Z"),
        written("hp-2", "1970-01-01T00:00:00Z"),
    ]
    load_lines(warehouse, tmp_path, *lines)
    refresh(warehouse)
    assert hours(warehouse) == {
        ("hp-1", "2026-08-30T00"),
        ("hp-1", "2026-08-30T22"),
        ("hp-2", "2026-08-30T05"),
        ("hp-2", "1969-12-31T23"),
        ("hp-2", "1970-01-01T00"),
    }
    assert [result for result in run_checks(warehouse) if not result.passed] == []


def test_what_comes_later_adds_its_hours_and_what_is_known_adds_none(warehouse: Warehouse, tmp_path: Path) -> None:
    load_lines(warehouse, tmp_path, written("hp-1", "2026-08-30T07:00:00Z"))
    assert refresh(warehouse).days == [SUNDAY]
    load_lines(warehouse, tmp_path, written("hp-1", "2026-08-30T07:30:00Z"), written("hp-1", "2026-08-30T03:00:00Z"))
    refresh(warehouse)
    assert hours(warehouse) == {("hp-1", "2026-08-30T07"), ("hp-1", "2026-08-30T03")}
    again = refresh(warehouse, days=[SUNDAY], whole=True)
    assert (again.rows_removed, again.rows_written) == (0, 0)
