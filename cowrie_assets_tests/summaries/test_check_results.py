"""What checks found is kept by name and days; where it cannot be, the check still tells it."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select, text

from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.validate import validate
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.check_results import record_results
from cowrie_assets.summaries.checks import CHECKS, run_checks
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import check_results
from cowrie_assets_tests import events
from cowrie_assets_tests.loading import write_log

EVER = (-(2**31), 2**31 - 1)
FRI, SAT = date(2026, 8, 28), date(2026, 8, 29)
BY_NAME = {check.name for check in CHECKS}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    write_log(tmp_path / "logs", [events.line(number) for number in range(20)])
    return Settings(log_root=tmp_path / "logs", report_dir=tmp_path / "reports")


@pytest.fixture
def filled(warehouse: Warehouse, settings: Settings) -> Warehouse:
    ingest(warehouse, settings)
    return warehouse


def recorded(warehouse: Warehouse) -> dict[tuple[str, int, int], int]:
    """`{(name, first day, last day): differences}`."""
    with warehouse.read() as connection:
        rows = connection.execute(select(check_results)).all()
    return {(row.name, row.first_day, row.last_day): row.differences for row in rows}


def test_each_check_is_recorded_with_its_days_and_what_it_found(filled: Warehouse) -> None:
    run_checks(filled)
    assert recorded(filled) == {(name, *EVER): 0 for name in BY_NAME}
    with filled.write() as connection:
        connection.execute(text("DELETE FROM active_hours"))
    run_checks(filled, FRI, SAT, ["active_hours_equal_raw"])
    assert recorded(filled) == {
        **{(name, *EVER): 0 for name in BY_NAME},
        ("active_hours_equal_raw", 20693, 20694): 2,
    }
    run_checks(filled, names=["active_hours_equal_raw"])
    assert recorded(filled)["active_hours_equal_raw", *EVER] == 2


@pytest.mark.parametrize("ended", [((3, 10), (0, 20)), ((0, 20), (3, 10))], ids=["", "of two at once"])
def test_the_newest_result_stands(warehouse: Warehouse, ended: tuple[tuple[int, int], ...]) -> None:
    for differences, checked_at in ended:
        record_results(warehouse, {"logins_sum_up": differences}, FRI, None, checked_at=checked_at)
    with warehouse.read() as connection:
        (row,) = connection.execute(select(check_results)).all()
    assert tuple(row) == ("logins_sum_up", 20693, EVER[1], 0, 20)


def test_validate_records_what_it_checks_besides(filled: Warehouse, settings: Settings) -> None:
    results = validate(filled, settings, start=SAT)
    assert recorded(filled) == {(result.name, 20694, EVER[1]): result.differences for result in results}
    assert {result.name for result in results} > BY_NAME


def test_a_check_tells_what_it_found_though_nothing_can_be_written(
    filled: Warehouse, caplog: pytest.LogCaptureFixture
) -> None:
    """And says once that it is not kept, however often it tries."""
    run_checks(filled)
    with filled.write() as connection:
        connection.execute(text("DELETE FROM active_hours"))
        connection.execute(text("DROP TABLE check_results"))
    failed = [result.name for result in run_checks(filled) if not result.passed]
    assert failed == ["active_hours_equal_raw"]
    run_checks(filled)
    assert caplog.text.count("not recorded") == 1


def test_a_locked_database_holds_up_no_check(settings: Settings, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'locked.db'}"
    with Warehouse.open(url) as other, Warehouse.open(url, longest_wait=0.01) as warehouse:
        ingest(other, settings)
        with other.write():
            assert {result.name for result in run_checks(warehouse)} == BY_NAME
        assert recorded(warehouse) == {}
