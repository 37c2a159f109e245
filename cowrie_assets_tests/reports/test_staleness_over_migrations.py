"""Which reports show the data as it is outlives the change from numbers that rise to versions of days, both ways."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from cowrie_assets.reports.files import write_reports
from cowrie_assets.reports.periods import REPORT_TYPES, period_of
from cowrie_assets.reports.staleness import stale_periods
from cowrie_assets.warehouse import versions
from cowrie_assets.warehouse.day_versions import renew
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import changed_days
from cowrie_assets_tests.reports.facts import Facts, Session
from cowrie_assets_tests.reports.test_document import LATER, MONDAY

DAYS = [MONDAY - timedelta(days=days) for days in (40, 8, 7, 1, 0)]


def stale(warehouse: Warehouse) -> set[str]:
    with warehouse.read() as connection:
        return {period.label for kind in REPORT_TYPES for period in stale_periods(connection, kind, now=LATER)}


def test_reports_that_are_current_stay_so_up_and_down(warehouse: Warehouse, tmp_path: Path) -> None:
    Facts(warehouse).store([Session(day) for day in DAYS])
    for kind in REPORT_TYPES:
        for period in {period_of(kind, day) for day in DAYS}:
            write_reports(warehouse, period, tmp_path, formats=["json"], now_us=LATER)
    assert stale(warehouse) == set()
    with warehouse.write() as connection:
        renew(connection, changed_days, [(MONDAY - timedelta(days=7)).toordinal() - 719_163])
    due = stale(warehouse)
    assert {"2026-08-24", "2026-08-31"} <= due
    assert "2026-08-23" not in due
    versions.downgrade(warehouse, "0007")
    versions.upgrade(warehouse)
    assert stale(warehouse) == due
    with warehouse.read() as connection:
        assert len(connection.execute(text("SELECT identity FROM warehouse_identity")).scalars().all()) == 1
