"""Validation of what changed since it was found right."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from cowrie_assets.cli.app import run
from cowrie_assets.clock import day_of_number
from cowrie_assets.operations import proofs
from cowrie_assets.operations.backfill import backfill
from cowrie_assets.operations.day_checks import SEALED
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.seal import remove_raw_events, seal
from cowrie_assets.operations.validate import RECOMPUTED, validate
from cowrie_assets.reports.files import write_reports
from cowrie_assets.reports.periods import period_of
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.checks import CheckResult
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import check_results
from cowrie_assets_tests import events
from cowrie_assets_tests.databases import ENGINES, Databases
from cowrie_assets_tests.loading import write_log
from cowrie_assets_tests.originals import Original
from cowrie_assets_tests.summaries.test_checks import plant

FIRST, LAST = date(2026, 8, 28), date(2026, 8, 29)
LINES = [events.line(number) for number in range(44)]
_COUNTS = "session_counts_equal_raw"


@pytest.fixture(scope="module", params=ENGINES)
def original(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Original:
    """15 sessions over two days with their reports, all found right."""

    def fill(warehouse: Warehouse, settings: Settings) -> None:
        backfill(warehouse, settings, first=FIRST, last=LAST)
        assert {each.state for each in validate(warehouse, settings)} == {"ok"}

    return Original.made(databases, request.param, tmp_path_factory.mktemp("original"), LINES, fill)


@pytest.fixture
def settings(original: Original, tmp_path: Path) -> Iterator[Settings]:
    with original.put_back(tmp_path) as chosen:
        yield chosen


@pytest.fixture
def proved(settings: Settings) -> Iterator[Warehouse]:
    with Warehouse.open(settings.database_url) as warehouse:
        yield warehouse


def changed(warehouse: Warehouse, settings: Settings) -> list[CheckResult]:
    return validate(warehouse, settings, changed=True)


def days_looked_at(warehouse: Warehouse, check: str) -> list[tuple[date, date]]:
    """The windows of a check's results that are kept, but that over everything; they are forgotten then."""
    with warehouse.write() as connection:
        rows = connection.execute(select(check_results).where(check_results.c.name == check)).all()
        connection.execute(delete(check_results))
    return sorted(
        (day_of_number(row.first_day), day_of_number(row.last_day)) for row in rows if row.first_day > -(2**31)
    )


@pytest.mark.sqlite_first
def test_nothing_is_looked_at_that_was_found_right(proved: Warehouse, settings: Settings) -> None:
    assert changed(proved, settings) == []


@pytest.mark.sqlite_first
def test_what_was_never_proved_is_looked_at(warehouse: Warehouse, tmp_path: Path) -> None:
    settings = Settings(log_root=tmp_path / "logs", report_dir=tmp_path / "reports")
    write_log(tmp_path / "logs", LINES)
    backfill(warehouse, settings, first=FIRST, last=LAST)
    with warehouse.read() as connection:
        left = proofs.unproved(connection, proofs.versions(connection))
    assert left.days == (FIRST, LAST)
    assert left.stretches == [(FIRST, LAST)]
    assert {period.label for period in left.periods} == {"2026-08-28", "2026-08-29", "2026-W35", "2026-08"}

    assert {each.state for each in changed(warehouse, settings)} == {"ok"}
    assert days_looked_at(warehouse, _COUNTS) == [(FIRST, LAST)]
    assert changed(warehouse, settings) == []


@pytest.mark.sqlite_first
def test_a_late_event_has_its_day_looked_at(proved: Warehouse, settings: Settings) -> None:
    days_looked_at(proved, _COUNTS)
    assert settings.log_root is not None
    write_log(settings.log_root, [events.line(100)], name="cowrie.json.2")
    loaded = ingest(proved, settings).load
    assert len(loaded.days) == 1
    (day,) = loaded.days

    assert {each.state for each in changed(proved, settings)} == {"ok"}
    assert days_looked_at(proved, _COUNTS) == [(day, day)]
    assert changed(proved, settings) == []


@pytest.mark.sqlite_first
def test_a_report_that_was_written_since_is_looked_at_without_its_days(proved: Warehouse, settings: Settings) -> None:
    days_looked_at(proved, _COUNTS)
    day = period_of("daily", FIRST)
    write_reports(proved, day, settings.report_dir)
    with proved.read() as connection:
        left = proofs.unproved(connection, proofs.versions(connection))
    assert (left.days, left.periods) == ((), (day,))

    assert [each.name for each in changed(proved, settings)] == [
        "sections_agree",
        "days_sum_up",
        "report_files_are_there",
        "report_files_are_current",
    ]
    assert days_looked_at(proved, "days_sum_up") == [(FIRST, FIRST)]
    assert changed(proved, settings) == []


@pytest.mark.sqlite_first
def test_what_is_spoiled_by_other_hands_shows_where_everything_is_looked_at(
    proved: Warehouse, settings: Settings
) -> None:
    plant(
        proved, "UPDATE session_facts SET closed = 2 WHERE session_day = (SELECT MAX(session_day) FROM session_facts)"
    )
    assert changed(proved, settings) == []
    assert {_COUNTS, RECOMPUTED} <= {each.name for each in validate(proved, settings) if each.state == "differs"}

    assert {_COUNTS, RECOMPUTED} <= {each.name for each in changed(proved, settings) if each.state == "differs"}
    assert days_looked_at(proved, _COUNTS) == [(LAST, LAST)]
    assert changed(proved, settings) != [], "what is wrong is not found right by looking again"


def test_a_day_that_lost_all_it_had_is_looked_at_once(proved: Warehouse, settings: Settings) -> None:
    gone = ("day", "2020-01-01")
    proofs.record(proved, {gone: "events-1"}, (), proved_at=1)
    with proved.read() as connection:
        assert proofs.unproved(connection, proofs.versions(connection)).days == (date(2020, 1, 1),)
    assert {each.state for each in changed(proved, settings)} == {"ok"}
    assert changed(proved, settings) == []


@pytest.mark.sqlite_first
def test_the_command_line(
    proved: Warehouse, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in (("LOG_ROOT", settings.log_root), ("REPORT_DIR", settings.report_dir)):
        monkeypatch.setenv(f"COWRIE_{name}", str(value))
    monkeypatch.setenv("COWRIE_DATABASE_URL", settings.database_url)
    assert run(["validate", "--changed"]) == 0
    assert "nothing changed" in capsys.readouterr().out
    assert run(["validate", "--changed", "--from", "2026-08-28"]) == 2


@pytest.mark.sqlite_first
def test_a_sealed_day_is_proved_anew_when_its_raw_events_leave(proved: Warehouse, settings: Settings) -> None:
    """Sealing changes nothing of it; a seal that does not hold leaves the day unproved, and it is looked at again."""
    seal(proved, FIRST, FIRST)
    assert changed(proved, settings) == []
    remove_raw_events(proved, FIRST)
    days_looked_at(proved, SEALED.name)
    assert {each.state for each in changed(proved, settings)} == {"ok"}
    assert days_looked_at(proved, SEALED.name)[0][0] == FIRST
    assert changed(proved, settings) == []
    plant(proved, "UPDATE session_facts SET dst_port = dst_port + 1")
    assert changed(proved, settings) == [], "what other hands spoil shows where everything is looked at"
    for _ in range(2):
        found = {each.name: each.days for each in validate(proved, settings) if each.state == "differs"}
        assert found[SEALED.name] == (FIRST,)
        assert SEALED.name in {each.name for each in changed(proved, settings) if each.state == "differs"}
