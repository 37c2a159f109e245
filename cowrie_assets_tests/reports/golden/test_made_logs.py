"""Whole documents of logs made for it: ties, one session, more places than values, years that end, periods to come."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from cowrie_assets.operations.ingest import load_days
from cowrie_assets.operations.validate import validate
from cowrie_assets.reports.periods import PeriodError, parse_period
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.warehouse.schema import session_facts
from cowrie_assets_tests.reports.golden.conftest import Load
from cowrie_assets_tests.reports.golden.evidence import read_logs, session_of, write_logs
from cowrie_assets_tests.reports.golden.loaded import ENGINES, Corpus, Loaded, build
from cowrie_assets_tests.reports.golden.made_logs import MADE, NAMES, NOW, one


@pytest.fixture(scope="module")
def made(load: Load, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Loaded]:
    """Each of the made logs on each engine."""
    found = {}
    for name, events in MADE.items():
        root = tmp_path_factory.mktemp(name)
        write_logs(root, events())
        corpus = Corpus(root, read_logs(root))
        found |= {(name, engine): load(engine, corpus) for engine in ENGINES}
    return found


def is_as_recounted(
    loaded: Loaded, report_type: str, labels: Sequence[str], now: datetime = NOW, **options: Any
) -> None:
    for label in labels:
        sensors = loaded.corpus.evidence.sensors
        for sensor in (None, *sensors) if len(sensors) > 1 else (None,):
            assert loaded.disagreements(report_type, label, sensor, now, **options) == {}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("top", [3, 12, 1000])
def test_ties_go_by_code_point(made: dict[tuple[str, str], Loaded], engine: str, top: int) -> None:
    loaded = made["tied", engine]
    document = loaded.built("daily", "2026-08-30", None, NOW, top=top)
    by_code_point = sorted(NAMES, key=lambda name: [ord(letter) for letter in name])[:top]
    for section, name in (("credentials", "top_passwords"), ("commands", "top_commands"), ("clients", "top_versions")):
        assert [item["value"] for item in document[section][name]] == by_code_point
    is_as_recounted(loaded, "daily", ["2026-08-29", "2026-08-30", "2026-09-01"], top=top)
    is_as_recounted(loaded, "weekly", ["2026-W35", "2026-W36"], top=top)
    is_as_recounted(loaded, "monthly", ["2026-08"], top=top)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.sqlite_first
def test_one_session(made: dict[tuple[str, str], Loaded], engine: str) -> None:
    loaded = made["one", engine]
    is_as_recounted(loaded, "daily", ["2026-08-30", "2026-08-31", "2026-09-01"])
    is_as_recounted(loaded, "weekly", ["2026-W35", "2026-W36", "2026-W37"])
    is_as_recounted(loaded, "monthly", ["2026-07", "2026-08", "2026-09"])


@pytest.mark.parametrize("engine", ENGINES)
def test_what_lies_on_a_border(made: dict[tuple[str, str], Loaded], engine: str) -> None:
    loaded = made["borders", engine]
    is_as_recounted(loaded, "daily", ["2026-08-30", "2026-08-31", "2026-09-01", "2026-09-02", "2026-09-03"])
    is_as_recounted(loaded, "weekly", ["2026-W35", "2026-W36", "2026-W37"])
    is_as_recounted(loaded, "monthly", ["2026-08", "2026-09"])


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.sqlite_first
def test_week_53_and_the_end_of_a_year(made: dict[tuple[str, str], Loaded], engine: str) -> None:
    loaded = made["around_new_year", engine]
    weeks = {label: loaded.built("weekly", label, None, NOW) for label in ("2026-W52", "2026-W53", "2027-W01")}
    assert [week["sessions"]["total"] for week in weeks.values()] == [1, 4, 1]
    assert (weeks["2026-W53"]["start"], weeks["2026-W53"]["end"]) == ("2026-12-28T00:00:00Z", "2027-01-04T00:00:00Z")
    is_as_recounted(loaded, "weekly", list(weeks))
    is_as_recounted(loaded, "monthly", ["2026-12", "2027-01", "2027-02"])
    is_as_recounted(
        loaded, "daily", ["2026-12-27", "2026-12-28", "2026-12-31", "2027-01-01", "2027-01-03", "2027-01-04"]
    )
    with pytest.raises(PeriodError, match="2025-W53"):
        parse_period("weekly", "2025-W53")


@pytest.mark.parametrize(
    ("report_type", "label", "complete"),
    [
        *(("daily", "2026-08-30", True), ("daily", "2026-08-31", False), ("daily", "2026-09-01", False)),
        *(("weekly", "2026-W35", True), ("weekly", "2026-W36", False), ("weekly", "2027-W01", False)),
        *(("monthly", "2026-07", True), ("monthly", "2026-08", False), ("monthly", "2030-01", False)),
    ],
)
@pytest.mark.parametrize("engine", ENGINES)
def test_periods_that_run_and_that_are_to_come(
    made: dict[tuple[str, str], Loaded], engine: str, report_type: str, label: str, complete: bool
) -> None:
    """Seen on the 31st at 13:00, an hour behind the only session."""
    loaded, now = made["one", engine], datetime(2026, 8, 31, 13, tzinfo=UTC)
    document = loaded.built(report_type, label, None, now)
    assert document["complete"] is complete
    assert document["sessions"]["total"] == (label in ("2026-08-31", "2026-W36", "2026-08"))
    is_as_recounted(loaded, report_type, [label], now)


def test_a_day_that_is_loaded_and_not_summarised(load: Load, tmp_path: Path) -> None:
    """It is missing itself, and the periods beside it may lack what its sessions brought before and after midnight."""
    write_logs(tmp_path / "first", session_of("2026-08-20", 1, []))
    write_logs(tmp_path / "then", session_of("2026-08-31", 2, []))
    loaded = load("sqlite", Corpus(tmp_path / "first", read_logs(tmp_path / "first")))
    load_days(loaded.warehouse, Settings(log_root=tmp_path / "then"), days=[date(2026, 8, 31)])
    periods = {
        ("daily", "2026-08-29"): (True, []),
        ("daily", "2026-08-30"): (False, []),
        ("daily", "2026-08-31"): (False, ["2026-08-31"]),
        ("daily", "2026-09-01"): (False, []),
        ("weekly", "2026-W34"): (True, []),
        ("weekly", "2026-W36"): (False, ["2026-08-31"]),
        ("monthly", "2026-08"): (False, ["2026-08-31"]),
        ("monthly", "2026-09"): (False, []),
        ("monthly", "2026-10"): (True, []),
    }
    documents = {period: loaded.built(*period, None, NOW) for period in periods}
    found = {period: (each["complete"], each["operations"]["missing_days"]) for period, each in documents.items()}
    assert found == periods
    refresh(loaded.warehouse)
    document = build(loaded.warehouse, "daily", "2026-08-31", None, NOW)
    assert (document["complete"], document["operations"]["missing_days"]) == (True, [])


def test_what_was_proved_of_a_period(load: Load, tmp_path: Path) -> None:
    write_logs(tmp_path / "logs", one())
    loaded = load("sqlite", Corpus(tmp_path / "logs", read_logs(tmp_path / "logs")))
    settings = Settings(report_dir=tmp_path / "reports")
    results = validate(loaded.warehouse, settings)
    checks = build(loaded.warehouse, "daily", "2026-08-31", None, NOW)["operations"]["checks"]
    assert (checks["passed"], checks["failed"]) == (len(results), [])
    with loaded.warehouse.write() as connection:
        connection.execute(update(session_facts).values(command_count=7))
    day = date(2026, 8, 31)
    failed = [each.name for each in validate(loaded.warehouse, settings, start=day, end=day) if not each.passed]
    for label, names in (("2026-08-31", sorted(failed)), ("2026-08-30", [])):
        checks = build(loaded.warehouse, "daily", label, None, NOW)["operations"]["checks"]
        assert (checks["passed"], checks["failed"]) == (len(results) - len(names), names)
    assert failed
