"""Checks of reports, written and built: right ones pass, each planted wrong number is found, late is not wrong."""

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from cowrie_assets.clock import now_us
from cowrie_assets.health.reports import report_problems
from cowrie_assets.health.watch import Watch
from cowrie_assets.operations.backfill import backfill
from cowrie_assets.operations.validate import validate
from cowrie_assets.reports.checks import (
    DAYS_SUM_UP,
    FILES_ARE_CURRENT,
    FILES_ARE_THERE,
    SECTIONS_AGREE,
    check_reports,
    check_written_reports,
)
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


@pytest.fixture(scope="module")
def left(original: Path) -> Iterator[tuple[Written, dict[Path, bytes]]]:
    """The original, and what its documents hold."""
    report_dir = original / "reports"
    with Warehouse.open(f"sqlite:///{original / 'warehouse.db'}") as warehouse:
        yield (warehouse, report_dir), {path: path.read_bytes() for path in report_dir.rglob("*.json")}


@pytest.fixture
def put_back(left: tuple[Written, dict[Path, bytes]]) -> Iterator[Written]:
    """The original for a test that spoils nothing but documents: they are put back."""
    (warehouse, report_dir), documents = left
    yield warehouse, report_dir
    for path, content in documents.items():
        if path.read_bytes() != content:
            path.write_bytes(content)


DAILY_ALONE = {"report_types": ["daily"]}
WEEKLY_ALONE = {"report_types": ["weekly"]}
ALL: dict[str, object] = {}


def looking_at(some: dict[str, object]) -> pytest.MarkDecorator:
    """A test looks only at the reports its fault is in; in the soak it looks at all, and finds as much."""
    return pytest.mark.parametrize(
        "limits", [pytest.param(some, id="concerned"), pytest.param(ALL, id="all", marks=pytest.mark.soak)]
    )


def found(written: Written, **limits: object) -> dict[str, int]:
    return {each.name: each.differences for each in check_written_reports(*written, **limits)}


def built(written: Written, **limits: object) -> dict[str, int]:
    warehouse, report_dir = written
    return {each.name: each.differences for each in check_reports(warehouse, report_dir=report_dir, **limits)}


def edit(report_dir: Path, report: str, **section_and_number: dict[str, object]) -> None:
    path = report_dir / report
    document = json.loads(path.read_text())
    for section, numbers in section_and_number.items():
        document[section] |= numbers
    path.write_text(json.dumps(document))


@pytest.mark.sqlite_first
def test_what_was_written_is_right_on_either_engine(database_url, sample_logs, tmp_path) -> None:
    written = write(tmp_path, database_url, sample_logs)
    assert found(written) == {SECTIONS_AGREE: 0, DAYS_SUM_UP: 0, FILES_ARE_THERE: 0}
    assert built(written) == {SECTIONS_AGREE: 0, DAYS_SUM_UP: 0, FILES_ARE_THERE: 0, FILES_ARE_CURRENT: 0}
    assert [each.name for each in check_reports(written[0])] == [SECTIONS_AGREE, DAYS_SUM_UP]
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
@looking_at(WEEKLY_ALONE)
def test_sections_that_disagree_are_found(put_back, section, number, value, limits) -> None:
    edit(put_back[1], "weekly/2026-W36/aggregate.json", **{section: {number: value}})
    (agree, *_) = check_written_reports(*put_back, **limits)
    assert agree.differences >= 1
    assert agree.rows[0]["period"] == "2026-W36"


@pytest.mark.parametrize(
    "report", ["daily/2026-08-31/hp-fra-01", "weekly/2026-W36/aggregate", "monthly/2026-09/hp-nyc-02"]
)
def test_a_report_that_is_not_the_sum_of_its_days_is_found(put_back, report) -> None:
    edit(put_back[1], f"{report}.json", files={"downloads_failed": 7})
    (_, days, _) = check_written_reports(*put_back)
    (wrong,) = days.rows
    assert (wrong["number"], wrong["in_report"], wrong["in_summaries"]) == ("file_downloads_failed", 7, 0)
    assert report == f"{wrong['report_type']}/{wrong['period']}/{wrong['sensor']}"


@pytest.mark.parametrize(("look", "check"), [(found, DAYS_SUM_UP), (built, FILES_ARE_CURRENT)])
def test_only_the_periods_of_the_days_asked_for_are_looked_at(put_back, look, check) -> None:
    edit(put_back[1], "weekly/2026-W36/aggregate.json", commands={"total": 0})
    assert look(put_back, end=date(2026, 8, 30))[check] == 0
    assert look(put_back, start=date(2026, 9, 6))[check] == 1
    assert look(put_back, start=date(2026, 9, 7))[check] == 0


def test_only_the_types_asked_for_are_looked_at(put_back) -> None:
    edit(put_back[1], "weekly/2026-W36/aggregate.json", commands={"total": 0})
    assert found(put_back, report_types=["daily", "monthly"])[DAYS_SUM_UP] == 0


@looking_at(DAILY_ALONE)
@pytest.mark.parametrize(("look", "check"), [(found, SECTIONS_AGREE), (built, FILES_ARE_CURRENT)])
def test_a_file_that_is_no_report_is_found(put_back, look, check, limits) -> None:
    (put_back[1] / "daily/2026-08-31/aggregate.json").write_text("[]")
    (put_back[1] / "daily/2026-08-31/hp-fra-01.json").write_text('{"sessions": {}')
    assert look(put_back, **limits)[check] == 2


def test_a_late_report_and_one_taken_elsewhere_are_passed_over(written, tmp_path) -> None:
    warehouse, report_dir = written
    edit(report_dir, "daily/2026-08-31/aggregate.json", commands={"total": 0})
    edit(report_dir, "daily/2026-09-01/aggregate.json", commands={"total": 0})
    assert found(written)[DAYS_SUM_UP] == 2
    with warehouse.write() as connection:
        connection.execute(text("UPDATE changed_days SET version = version + 1000 WHERE session_day = 20696"))
    write_reports(warehouse, parse_period("daily", "2026-09-01"), tmp_path / "elsewhere")
    assert found(written)[DAYS_SUM_UP] == 0


def test_files_that_are_gone_are_told_alike_by_the_checks_and_by_doctor_and_once(written) -> None:
    """Of a late report too, and of a sensor of which no file is left."""
    warehouse, report_dir = written
    with warehouse.write() as connection:
        connection.execute(text("UPDATE changed_days SET version = version + 1000 WHERE session_day = 20696"))
    (report_dir / "daily/2026-08-31/aggregate.json").unlink()
    for path in (report_dir / "daily/2026-09-02").glob("hp-fra-01.*"):
        path.unlink()
    gone = {"daily 2026-08-31", "daily 2026-09-02"}
    with warehouse.read() as connection:
        problems = report_problems(connection, report_dir, Watch.once(now_us()))
    told = {problem.key: [f"{row['report']} {row['period']}" for row in problem.rows] for problem in problems}
    assert set(told["gone"]) == gone
    assert told["late"] and not gone & set(told["late"])
    for results in (check_reports(warehouse, report_dir=report_dir), check_written_reports(warehouse, report_dir)):
        (result,) = (each for each in results if each.name == FILES_ARE_THERE)
        assert {f"{row['report_type']} {row['period']}" for row in result.rows} == gone


def plant(warehouse: Warehouse, sql: str) -> None:
    with warehouse.write() as connection:
        assert connection.execute(text(sql)).rowcount > 0


ONE_SESSION = (
    "session_ref = (SELECT session_ref FROM session_facts WHERE command_count > 0 ORDER BY session_ref LIMIT 1)"
)


def test_a_command_that_its_session_does_not_count_is_found(written) -> None:
    plant(written[0], f"UPDATE command_facts SET occurrences = occurrences + 1000 WHERE {ONE_SESSION}")
    agree, days, *_ = check_reports(*written[:1], report_dir=written[1])
    assert {each["broken"] for each in agree.rows} == {
        "avg_commands = commands.total / total",
        "volume sums up to the totals",
    }
    assert {each["number"] for each in days.rows} == {"commands"}
    assert {(each["report_type"], each["sensor"] == "aggregate") for each in days.rows} == {
        (report_type, aggregate) for report_type in ("daily", "weekly", "monthly") for aggregate in (True, False)
    }


@looking_at(DAILY_ALONE)
@pytest.mark.parametrize(
    "sql",
    [
        f"UPDATE login_facts SET attempts = attempts + 10000 WHERE {ONE_SESSION}",
        f"UPDATE session_facts SET command_count = command_count + 1 WHERE {ONE_SESSION}",
        f"DELETE FROM command_facts WHERE {ONE_SESSION}",
        "UPDATE file_facts SET downloads = downloads + 10000",
        "UPDATE session_facts SET file_uploads = -1",
    ],
)
def test_a_wrong_row_that_makes_sections_disagree_is_found(written, sql, limits) -> None:
    plant(written[0], sql)
    assert built(written, **limits)[SECTIONS_AGREE] > 0


@looking_at(DAILY_ALONE | {"end": date(2026, 8, 31)})
@pytest.mark.parametrize(
    "spoil",
    [
        lambda document: document["sessions"].update(avg_duration_seconds=0.01),
        lambda document: document["credentials"]["top_passwords"].pop(0),
        lambda document: document["clients"].update(top_hassh=[]),
        lambda document: document.update(sensor="aggregat"),
        lambda document: document.pop("sources"),
        lambda document: document.update(note="all is well"),
        lambda document: document.update(generated_at=None, period="2026-09-01"),
    ],
)
def test_a_file_that_was_tampered_with_is_found(put_back, spoil, limits) -> None:
    path = put_back[1] / "daily/2026-08-31/hp-fra-01.json"
    document = json.loads(path.read_text())
    spoil(document)
    path.write_text(json.dumps(document))
    assert built(put_back, **limits) == {SECTIONS_AGREE: 0, DAYS_SUM_UP: 0, FILES_ARE_THERE: 0, FILES_ARE_CURRENT: 1}


def test_a_tampered_file_is_named_with_the_sections_that_differ(put_back) -> None:
    edit(put_back[1], "monthly/2026-08/aggregate.json", sessions={"closed": 0}, sources={"top_ips": []})
    (*_, files) = check_reports(put_back[0], report_dir=put_back[1])
    where = {"report_type": "monthly", "period": "2026-08", "sensor": "aggregate"}
    assert files.rows == ({**where, "differing": "sessions, sources"},)


@looking_at(WEEKLY_ALONE)
def test_an_outdated_file_is_found_though_its_report_was_written_since_elsewhere(written, limits, tmp_path) -> None:
    warehouse, _ = written
    plant(warehouse, f"UPDATE session_facts SET closed = 1 - closed WHERE {ONE_SESSION}")
    plant(warehouse, "UPDATE changed_days SET version = version + 1000")
    assert built(written, **limits)[FILES_ARE_CURRENT] == 0
    write_reports(warehouse, parse_period("weekly", "2026-W35"), tmp_path / "elsewhere")
    assert built(written, **limits)[FILES_ARE_CURRENT] == 2


def test_a_file_written_with_another_number_of_items_or_after_the_snapshot_is_right(written) -> None:
    warehouse, report_dir = written
    week, month = parse_period("weekly", "2026-W36"), parse_period("monthly", "2026-08")
    write_reports(warehouse, week, report_dir, top=3)
    write_reports(warehouse, month, report_dir, top=50)
    edit(report_dir, "daily/2026-08-31/aggregate.json", commands={"total": 0})
    path = report_dir / "daily/2026-08-31/aggregate.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"generated_at": "9999-01-01T00:00:00.000000Z"}))
    assert built(written)[FILES_ARE_CURRENT] == 0


@looking_at(WEEKLY_ALONE)
@pytest.mark.parametrize(
    ("spoil", "wrong"),
    [
        (lambda document: document["new"]["passwords"].update(total=0), 1),
        (lambda document: document["changes"]["figures"]["sessions"].update(previous=7), 1),
        (lambda document: document["changes"]["previous"].update(period="2026-W01"), 1),
        (lambda document: document["volume"]["items"][0].update(sessions=0), 1),
        (lambda document: document["sources"]["top_ips"][0].update(previous_rank=10**30), 1),
        (lambda document: document["new"].update(look_back_days=10**30), 1),
        (lambda document: document["changes"]["previous"].update(complete=False), 0),
        (lambda document: document["operations"].update(logs=0), 0),
        (lambda document: document["enrichments"]["files"].update(judged=10**6), 1),
        (lambda document: document["alerts"].clear(), 0),
        (lambda document: document["legacy"].clear(), 0),
        (lambda document: document.pop("operations"), 1),
        (lambda document: document.pop("legacy"), 1),
    ],
)
def test_what_follows_from_the_data_is_compared_and_circumstances_are_not(put_back, spoil, wrong, limits) -> None:
    path = put_back[1] / "weekly/2026-W36/aggregate.json"
    document = json.loads(path.read_text())
    spoil(document)
    path.write_text(json.dumps(document))
    assert built(put_back, **limits)[FILES_ARE_CURRENT] == wrong


@looking_at(DAILY_ALONE)
def test_a_file_that_looks_back_a_while_is_right(written, limits) -> None:
    warehouse, report_dir = written
    write_reports(warehouse, parse_period("daily", "2026-09-02"), report_dir, look_back_days=1)
    path = report_dir / "daily/2026-09-02/aggregate.json"
    assert json.loads(path.read_text())["new"]["look_back_days"] == 1
    assert built(written, **limits)[FILES_ARE_CURRENT] == 0


@looking_at(DAILY_ALONE)
def test_the_report_of_a_day_without_sessions_is_looked_at(written, limits) -> None:
    warehouse, report_dir = written
    write_reports(warehouse, parse_period("daily", "2026-10-01"), report_dir)
    assert built(written, **limits)[FILES_ARE_CURRENT] == 0
    edit(report_dir, "daily/2026-10-01/aggregate.json", sessions={"total": 1})
    assert built(written, **limits)[FILES_ARE_CURRENT] == 1


def test_validate_tells_of_a_tampered_report_and_changes_nothing(written, sample_logs) -> None:
    warehouse, report_dir = written
    settings = Settings(log_root=sample_logs, report_dir=report_dir)
    assert all(each.passed for each in validate(warehouse, settings))
    edit(report_dir, "daily/2026-08-31/aggregate.json", commands={"total": 0})
    before = {path: path.read_bytes() for path in report_dir.rglob("*.json")}
    assert [each.name for each in validate(warehouse, settings) if not each.passed] == [FILES_ARE_CURRENT]
    assert {path: path.read_bytes() for path in report_dir.rglob("*.json")} == before
