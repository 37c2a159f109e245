"""The asset `raw_event_archive`: days that are old enough are sealed, archived, and leave the warehouse."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from cowrie_assets.archives.places import FolderPlace
from cowrie_assets.defs.reconcile import reconcile
from cowrie_assets.defs.schedules import schedules_of
from cowrie_assets.operations.archive import archive, prune
from cowrie_assets.operations.seal import seal
from cowrie_assets.settings import Settings
from cowrie_assets_tests import tables
from cowrie_assets_tests.defs.conftest import Honeypot, session_events

DAYS = ("2026-08-28", "2026-08-29")


@pytest.fixture
def archiving(honeypot: Honeypot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Honeypot]:
    """Two days of a session each, and policies."""
    for number, day in enumerate(DAYS):
        moment = datetime.fromisoformat(f"{day}T10:00:00").replace(tzinfo=UTC)
        honeypot.log(f"cowrie.json.{day}", *session_events(moment, f"{number:012x}"))
    assert honeypot.run("ingest", *DAYS).success
    monkeypatch.setenv("COWRIE_ARCHIVE_URL", str(tmp_path / "archive"))
    monkeypatch.setenv("COWRIE_ARCHIVE_AFTER_DAYS", "1")
    yield honeypot


def night(honeypot: Honeypot) -> tuple[list[str], dict[str, dict[str, object]]]:
    """Let the schedule look, and run what it asks for: the tags of the runs, and what is shown with each partition."""
    repository = honeypot.definitions.get_repository_def()
    context = dg.build_schedule_context(
        scheduled_execution_time=datetime(2026, 12, 1, 5, 30, tzinfo=UTC),
        repository_def=repository,
        resources=honeypot.resources,
    )
    asked, figures = [], {}
    for request in repository.get_schedule_def("archive_old_days").evaluate_tick(context).run_requests or ():
        result = honeypot.execute("archive_days", dict(request.tags))
        assert result.success
        asked.append(
            " to ".join(value for name, value in sorted(request.tags.items(), reverse=True) if "partition" in name)
        )
        for made in result.asset_materializations_for_node("raw_event_archive"):
            figures[made.partition] = {name: value.value for name, value in made.metadata.items()}
    return asked, figures


def test_days_that_are_old_enough_go_to_the_archive_and_leave(
    archiving: Honeypot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, figures = night(archiving)
    assert asked == ["2026-08-28 to 2026-08-29"]
    assert {
        key: (each["dagster/partition_row_count"], each["left_the_warehouse"]) for key, each in figures.items()
    } == {
        DAYS[0]: (4, 0),
        DAYS[1]: (4, 0),
    }
    assert len(list((tmp_path / "archive").rglob("*.parquet"))) == 2
    assert night(archiving) == ([], {})
    monkeypatch.setenv("COWRIE_PRUNE_AFTER_DAYS", "2")
    _, figures = night(archiving)
    assert [each["left_the_warehouse"] for each in figures.values()] == [1, 1]
    with archiving.warehouse() as warehouse:
        assert tables.rows(warehouse, "raw_events") == []
        assert len(tables.rows(warehouse, "session_summaries")) == 2
    assert night(archiving) == ([], {})
    check = archiving.execute("validate", {}).get_asset_check_evaluations()
    (found,) = [each for each in check if each.check_name == "archive_holds_what_left"]
    assert (found.passed, found.description) == (
        True,
        "the archive has the raw events of each day that left the database; "
        "2 days rest, 2026-08-28 to 2026-08-29, on it",
    )


def test_what_the_command_line_took_out_is_shown_once(archiving: Honeypot, tmp_path: Path) -> None:
    place, last = FolderPlace(tmp_path / "archive"), date.fromisoformat(DAYS[1])
    settings = Settings(log_root=archiving.log_root, report_dir=archiving.reports)
    with archiving.warehouse() as warehouse:
        seal(warehouse, None, last)
        archive(warehouse, place, None, last + timedelta(days=1))
        prune(warehouse, place, None, last)
        reconcile(archiving.instance, warehouse, settings)
        assert archiving.instance.get_materialized_partitions(dg.AssetKey("raw_event_archive")) == {DAYS[0]}
        assert reconcile(archiving.instance, warehouse, settings).partitions == 0
        assert archiving.run("archive_days", *DAYS).success
        assert reconcile(archiving.instance, warehouse, settings).partitions == 0
        prune(warehouse, place, None, last + timedelta(days=1))
        assert reconcile(archiving.instance, warehouse, settings).partitions > 0
        assert archiving.instance.get_materialized_partitions(dg.AssetKey("raw_event_archive")) == set(DAYS)


def test_the_schedule_runs_only_where_days_shall_be_archived() -> None:
    def status(environment: dict[str, str]) -> dg.DefaultScheduleStatus:
        (schedule,) = [each for each in schedules_of(environment) if each.name == "archive_old_days"]
        return schedule.default_status

    assert status({}) == dg.DefaultScheduleStatus.STOPPED
    assert status({"COWRIE_ARCHIVE_AFTER_DAYS": "90"}) == dg.DefaultScheduleStatus.RUNNING


def test_what_is_old_enough_is_dropped_by_a_job(archiving: Honeypot, monkeypatch: pytest.MonkeyPatch) -> None:
    def is_on(environment: dict[str, str]) -> bool:
        (schedule,) = [each for each in schedules_of(environment) if each.name == "treat_old_days"]
        return schedule.default_status == dg.DefaultScheduleStatus.RUNNING

    assert (is_on({}), is_on({"COWRIE_PRIVACY_ADDRESSES_DAYS": "90"})) == (False, True)
    assert not archiving.execute("privacy", {}).success
    for name, value in (("PASSWORDS_DAYS", "1"), ("MODE", "drop")):
        monkeypatch.setenv(f"COWRIE_PRIVACY_{name}", value)
    assert archiving.execute("privacy", {}).success
    with archiving.warehouse() as warehouse:
        assert {row["password"] for row in tables.rows(warehouse, "login_stats")} == {"dropped"}
        assert "dropped" not in {row["src_ip"] for row in tables.rows(warehouse, "session_summaries")}
    report = archiving.report("daily", DAYS[0])
    assert report["privacy"] == {
        "passwords": {"mode": "drop", "days": 1, "first_day": DAYS[0], "last_day": DAYS[0]},
        "addresses": None,
    }
