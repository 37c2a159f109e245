"""Checks of written reports: right ones pass, each planted wrong number is found, what is late is passed over."""

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from cowrie_assets.operations.backfill import backfill
from cowrie_assets.reports.checks import DAYS_SUM_UP, SECTIONS_AGREE, check_reports
from cowrie_assets.reports.files import write_reports
from cowrie_assets.reports.periods import parse_period
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse

Written = tuple[Warehouse, Path]


def write(folder: Path, url: str, logs: Path) -> Written:
    """The sample's reports of every day, week and month."""
    warehouse = Warehouse.open(url)
    settings = Settings(log_root=logs, report_dir=folder / "reports")
    backfill(warehouse, settings, first=date(2026, 8, 30), last=date(2026, 9, 4))
    return warehouse, settings.report_dir


@pytest.fixture(scope="module")
def original(sample_logs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a SQLite warehouse and its reports."""
    folder = tmp_path_factory.mktemp("original")
    warehouse, _ = write(folder, f"sqlite:///{folder / 'warehouse.db'}", sample_logs)
    warehouse.close()
    return folder


@pytest.fixture
def written(original: Path, tmp_path: Path) -> Iterator[Written]:
    """A copy of the original for a test to spoil."""
    folder = tmp_path / "copy"
    shutil.copytree(original, folder)
    with Warehouse.open(f"sqlite:///{folder / 'warehouse.db'}") as warehouse:
        yield warehouse, folder / "reports"


def found(written: Written, **limits: object) -> dict[str, int]:
    return {each.name: each.differences for each in check_reports(*written, **limits)}


def edit(report_dir: Path, report: str, **section_and_number: dict[str, object]) -> None:
    path = report_dir / report
    document = json.loads(path.read_text())
    for section, numbers in section_and_number.items():
        document[section] |= numbers
    path.write_text(json.dumps(document))


def test_what_was_written_is_right_on_either_engine(database_url, sample_logs, tmp_path) -> None:
    written = write(tmp_path, database_url, sample_logs)
    assert found(written) == {SECTIONS_AGREE: 0, DAYS_SUM_UP: 0}
    assert len(list(written[1].rglob("*.json"))) == (6 + 2 + 2) * 3
    edit(written[1], "weekly/2026-W36/aggregate.json", commands={"total": 1})
    assert found(written)[DAYS_SUM_UP] == 1
    written[0].close()


@pytest.mark.parametrize(
    ("section", "number", "value"),
    [
        ("sessions", "login_attempts", 1),
        ("sessions", "closed", 10_000),
        ("sessions", "unique_ips", 10_000),
        ("sessions", "with_login_success", 10_000),
        ("sessions", "protocols", {"ssh": 10_000}),
        ("sessions", "p95_commands", -1),
        ("sessions", "avg_commands", 77.7),
        ("sessions", "file_downloads", 99),
        ("files", "uploads", 99),
        ("commands", "total", 1),
        ("commands", "high_risk_total", 10_000),
        ("commands", "top_commands", [{"value": "a", "count": 1}, {"value": "b", "count": 2}]),
        ("credentials", "top_usernames", [{"value": "root", "count": 10_000}]),
        ("credentials", "top_passwords", [{"value": "x", "count": 10_000}]),
        ("credentials", "top_combinations", [{"value": "x:x", "count": 10_000}]),
        ("files", "top_hashes", [{"value": "x", "count": 10_000}]),
        ("files", "top_urls", [{"value": "x", "count": 10_000}]),
        ("sources", "top_ips", [{"value": "x", "count": 10_000}]),
        ("clients", "top_hassh", [{"value": "x", "count": 10_000}]),
        ("clients", "top_versions", [{"value": "b", "count": 1}, {"value": "a", "count": 1}]),
    ],
)
def test_sections_that_disagree_are_found(written, section, number, value) -> None:
    edit(written[1], "weekly/2026-W36/aggregate.json", **{section: {number: value}})
    (agree, _) = check_reports(*written)
    assert agree.differences >= 1
    assert agree.examples[0]["period"] == "2026-W36"


@pytest.mark.parametrize(
    "report", ["daily/2026-08-31/hp-fra-01", "weekly/2026-W36/aggregate", "monthly/2026-09/hp-nyc-02"]
)
def test_a_report_that_is_not_the_sum_of_its_days_is_found(written, report) -> None:
    edit(written[1], f"{report}.json", files={"downloads_failed": 7})
    (_, days) = check_reports(*written)
    (wrong,) = days.examples
    assert (wrong["number"], wrong["in_report"], wrong["in_summaries"]) == ("file_downloads_failed", 7, 0)
    assert report == f"{wrong['report_type']}/{wrong['period']}/{wrong['sensor']}"


def test_only_the_periods_of_the_days_asked_for_are_looked_at(written) -> None:
    edit(written[1], "weekly/2026-W36/aggregate.json", commands={"total": 0})
    assert found(written, end=date(2026, 8, 30))[DAYS_SUM_UP] == 0
    assert found(written, start=date(2026, 9, 6))[DAYS_SUM_UP] == 1
    assert found(written, start=date(2026, 9, 7))[DAYS_SUM_UP] == 0
    assert found(written, report_types=["daily"])[DAYS_SUM_UP] == 0


def test_a_file_that_is_no_report_is_found(written) -> None:
    (written[1] / "daily/2026-08-31/aggregate.json").write_text("[]")
    (written[1] / "daily/2026-08-31/hp-fra-01.json").write_text('{"sessions": {}')
    assert found(written)[SECTIONS_AGREE] == 2


def test_a_late_report_and_one_taken_elsewhere_are_passed_over(written, tmp_path) -> None:
    warehouse, report_dir = written
    edit(report_dir, "daily/2026-08-31/aggregate.json", commands={"total": 0})
    edit(report_dir, "daily/2026-09-01/aggregate.json", commands={"total": 0})
    assert found(written)[DAYS_SUM_UP] == 2
    with warehouse.write() as connection:
        connection.execute(text("UPDATE changed_days SET revision = revision + 1000 WHERE session_day = 20696"))
    write_reports(warehouse, parse_period("daily", "2026-09-01"), tmp_path / "elsewhere")
    assert found(written)[DAYS_SUM_UP] == 0
