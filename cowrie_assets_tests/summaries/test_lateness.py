"""Beside a load, what waits for its summary is told apart from what is wrong: row by row, in one snapshot."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from cowrie_assets.operations.validate import RECOMPUTED, validate
from cowrie_assets.reports.checks import check_reports
from cowrie_assets.reports.files import write_reports
from cowrie_assets.reports.periods import period_of
from cowrie_assets.settings import Settings
from cowrie_assets.summaries import checks
from cowrie_assets.summaries.checks import CHECKS, CheckResult, run_checks
from cowrie_assets.summaries.lateness import Lateness
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events
from cowrie_assets_tests.loading import ALL_DAYS_WAIT, load_lines

pytestmark = pytest.mark.sqlite_first

SET, COUNTS, HOURS = "sessions_are_the_same_set", "session_counts_equal_raw", "active_hours_equal_raw"
DAY = "every_day_is_summarised"
LATE = {SET, COUNTS, HOURS, DAY, RECOMPUTED}
"""What a load shows that brings a new session and more of an old one, in a new hour."""


def login(session: str, minute: int, hour: int = 12) -> bytes:
    return events.line(1, session=session, timestamp=f"2026-08-31T{hour}:{minute:02}:00Z", password=f"{minute}")


@pytest.fixture
def loading(warehouse: Warehouse, tmp_path: Path) -> Warehouse:
    """Two sessions that are summarised, and a load that has just brought more: nothing of that is summarised."""
    load_lines(warehouse, tmp_path, login("aaaaaaaaaaaa", 0), login("bbbbbbbbbbbb", 1))
    refresh(warehouse)
    load_lines(warehouse, tmp_path, login("bbbbbbbbbbbb", 2), login("cccccccccccc", 3, hour=15))
    return warehouse


def states(results: list[CheckResult]) -> dict[str, str]:
    """The checks that find something."""
    return {result.name: result.state for result in results if result.state != "ok"}


def spoil(warehouse: Warehouse, sql: str) -> None:
    with warehouse.write() as connection:
        connection.execute(text(sql))


@pytest.mark.on_both_engines
def test_what_a_load_brought_is_late_and_nothing_is_wrong(loading: Warehouse, tmp_path: Path) -> None:
    results = validate(loading, Settings(log_root=tmp_path, report_dir=tmp_path / "reports"))
    assert states(results) == dict.fromkeys(LATE, "late")
    found = {result.name: result for result in results}
    assert (found[SET].late, found[COUNTS].late, found[RECOMPUTED].wrong) == (1, 1, 0)
    assert "1 row breaks it until events that are loaded are summarised" in found[SET].summary
    refresh(loading)
    assert states(validate(loading, Settings(report_dir=tmp_path / "reports"))) == {}


def test_a_wrong_row_is_told_beside_late_ones_of_the_same_day(loading: Warehouse, tmp_path: Path) -> None:
    of_the_first = "WHERE session_ref = (SELECT id FROM session_keys WHERE session_id = 'aaaaaaaaaaaa')"
    spoil(loading, f"UPDATE session_facts SET event_count = event_count + 1 {of_the_first}")
    found = {result.name: result for result in validate(loading, Settings(report_dir=tmp_path / "reports"))}
    assert states(list(found.values())) == dict.fromkeys(LATE, "late") | dict.fromkeys((COUNTS, RECOMPUTED), "differs")
    assert (found[COUNTS].wrong, found[COUNTS].late) == (1, 1)
    assert found[COUNTS].rows[0]["session"] == "aaaaaaaaaaaa"
    assert found[RECOMPUTED].wrong == 1


def test_a_day_that_is_made_anew_excuses_its_sessions(loading: Warehouse, tmp_path: Path) -> None:
    refresh(loading)
    spoil(loading, ALL_DAYS_WAIT)
    spoil(loading, "UPDATE session_facts SET closed = 1 - closed")
    found = validate(loading, Settings(report_dir=tmp_path / "reports"))
    assert states(found) == {DAY: "late", COUNTS: "late", RECOMPUTED: "late"}
    refresh(loading)
    assert states(validate(loading, Settings(report_dir=tmp_path / "reports"))) == {}


def test_a_report_that_waits_for_a_day_is_late_until_then(warehouse: Warehouse, tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    load_lines(warehouse, tmp_path, login("aaaaaaaaaaaa", 0))
    refresh(warehouse)
    written = write_reports(warehouse, period_of("daily", date(2026, 8, 31)), reports, formats=["json"])
    page = written[0].path
    page.write_text(page.read_text().replace('"total": 1', '"total": 2', 1))

    def found() -> dict[str, str]:
        return states(check_reports(warehouse, report_dir=reports))

    assert set(found().values()) == {"differs"}
    load_lines(warehouse, tmp_path, events.line(1, session="bbbbbbbbbbbb", timestamp="2026-09-01T00:01:00Z"))
    assert set(found().values()) == {"late"}
    refresh(warehouse)
    assert set(found().values()) == {"differs"}


def test_an_hour_that_no_event_has_is_wrong_whatever_is_late(loading: Warehouse) -> None:
    spoil(loading, "UPDATE active_hours SET event_hour = event_hour + 1")
    (hours,) = run_checks(loading, names=[HOURS])
    assert (hours.state, hours.wrong) == ("differs", 1)


def test_a_day_of_events_that_is_not_known_is_wrong(loading: Warehouse) -> None:
    refresh(loading)
    spoil(loading, "DELETE FROM event_days")
    (day,) = run_checks(loading, names=[DAY])
    assert (day.state, day.wrong) == ("differs", 1)


def test_sightings_follow_from_the_sessions_and_are_never_late(loading: Warehouse) -> None:
    spoil(loading, "DELETE FROM sightings")
    assert states(run_checks(loading))["sightings_equal_facts"] == "differs"


def test_a_refresh_that_ends_while_the_checks_run_makes_no_error_of_what_was_late(
    loading: Warehouse, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Warehouse.open(database_url) as other:

        def refreshed_before(*arguments: object) -> CheckResult:
            refresh(other)
            return run(*arguments)  # type: ignore[arg-type]

        run = checks.run_check
        monkeypatch.setattr(checks, "run_check", refreshed_before)
        found = states(run_checks(loading))
    assert found == dict.fromkeys(LATE - {RECOMPUTED}, "late")
    monkeypatch.setattr(checks, "run_check", run)
    assert states(run_checks(loading)) == {}


@pytest.mark.on_both_engines
def test_a_load_that_commits_while_the_checks_run_is_not_seen_by_them(
    warehouse: Warehouse, database_url: str, tmp_path: Path
) -> None:
    load_lines(warehouse, tmp_path, login("aaaaaaaaaaaa", 0))
    refresh(warehouse)
    with Warehouse.open(database_url) as other, warehouse.read() as snapshot:
        lateness = Lateness.of(snapshot)
        load_lines(other, tmp_path, login("aaaaaaaaaaaa", 1))
        assert [checks.run_check(snapshot, check, None, None, lateness).state for check in CHECKS] == ["ok"] * len(
            CHECKS
        )
    assert set(states(run_checks(warehouse))) == {COUNTS, DAY}


def test_what_is_late_is_recorded_as_no_difference(loading: Warehouse) -> None:
    run_checks(loading)
    with loading.read() as connection:
        assert set(connection.execute(text("SELECT differences FROM check_results")).scalars()) == {0}
