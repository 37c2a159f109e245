"""Checks in runs: a planted wrong row is found and stops what comes after it; what is merely late does not."""

import shlex
from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest
from sqlalchemy import text

from cowrie_assets.cli.app import run as command_line
from cowrie_assets.defs.assets.summaries import SUMMARY_NAMES
from cowrie_assets.operations.day_checks import DAY_CHECKS, SEALED
from cowrie_assets.operations.ingest import load_days
from cowrie_assets.operations.seal import seal
from cowrie_assets.operations.validate import validate
from cowrie_assets.settings import Settings
from cowrie_assets_tests.defs.conftest import Honeypot, event, session_events
from cowrie_assets_tests.loading import ALL_DAYS_WAIT

NOON = datetime(2026, 8, 31, 12, tzinfo=UTC)
DAY = NOON.date()
PLANTED = {
    "ledger_accounts_for_every_line": "UPDATE logs SET lines = lines + 1",
    "ledger_owns_its_events": "UPDATE logs SET events = events + 1, lines = lines + 1",
    "every_day_is_summarised": ALL_DAYS_WAIT,
    "sessions_are_the_same_set": "DELETE FROM session_facts",
    "session_counts_equal_raw": "UPDATE session_facts SET event_count = event_count + 1",
    "sessions_begin_before_they_end": "UPDATE session_facts SET last_event_at = first_event_at - 1",
    "commands_sum_up": "UPDATE command_facts SET occurrences = occurrences + 1",
    "logins_sum_up": "UPDATE login_facts SET attempts = attempts + 1",
    "files_equal_raw": "DELETE FROM file_facts",
    "active_hours_equal_raw": "DELETE FROM active_hours",
    "dead_letters_are_listed": "UPDATE logs SET dead_letters = dead_letters + 1, lines = lines + 1",
    "sightings_equal_facts": "DELETE FROM sightings WHERE kind = 3 AND sensor_id = 0",
}
"""A wrong row for each check."""
_USUAL = {
    "ledger_accounts_for_every_line",
    "every_day_is_summarised",
    "session_counts_equal_raw",
    "sightings_equal_facts",
}
"""One for each command that mends. `operations/test_mending.py` goes through all without Dagster."""


@pytest.fixture
def filled(honeypot: Honeypot) -> Honeypot:
    return fill(honeypot)


@pytest.fixture(scope="module")
def mended(tmp_path_factory: pytest.TempPathFactory) -> Honeypot:
    """One for all wrong rows: whoever plants a row leaves all checks green behind it."""
    return fill(Honeypot(tmp_path_factory.mktemp("mended"), dg.DagsterInstance.ephemeral()))


def fill(honeypot: Honeypot) -> Honeypot:
    download = event(NOON, "aaaaaaaaaaaa", "session.file_download", shasum="ab" * 32, url="http://192.0.2.9/x")
    honeypot.log("cowrie.json", *session_events(NOON, "aaaaaaaaaaaa"), download)
    assert honeypot.run("ingest", "2026-08-31").success
    return honeypot


def plant(honeypot: Honeypot, sql: str) -> None:
    with honeypot.warehouse() as warehouse, warehouse.write() as connection:
        connection.execute(text(sql))


def evaluations(result: dg.ExecuteInProcessResult) -> dict[str, dg.AssetCheckEvaluation]:
    return {each.check_name: each for each in result.get_asset_check_evaluations()}


def test_all_pass_on_right_data_and_each_says_what_it_proves(filled) -> None:
    found = evaluations(filled.execute("validate", {}))
    assert set(found) == {
        *(check.name for check in DAY_CHECKS),
        *("sections_agree", "days_sum_up", "report_files_are_there", "every_report_is_published"),
        *("archive_holds_what_left", "campaigns_equal_recomputation", "indicators_have_evidence"),
        *("services_answer", "backlogs_are_worked_off", "sources_are_fresh"),
    }
    assert all(each.passed for each in found.values())
    assert found["commands_sum_up"].description == "each session's commands sum up to its command count"


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in _USUAL else pytest.mark.soak) for name in sorted(PLANTED)]
)
def test_a_planted_wrong_row_is_found_and_the_printed_command_turns_its_check_green(mended, name, monkeypatch) -> None:
    plant(mended, PLANTED[name])
    result = mended.execute("validate", {})
    found = evaluations(result)[name]
    assert not found.passed
    assert found.metadata["differences"].value == 1
    (row,) = (record.data for record in found.metadata["rows"].records)
    assert row["day"].startswith("2026-08-31")
    assert not any(column.endswith(("_ref", "_id")) for column in row)
    assert result.success == (name == "every_day_is_summarised")
    assert found.metadata["or_materialize"].value
    mend(mended, found, monkeypatch)
    this = mended.definitions.resolve_job_def("validate").get_subset(asset_check_selection={found.asset_check_key})
    again = this.execute_in_process(instance=mended.instance, raise_on_error=False)
    assert again.success
    assert [(each.check_name, each.passed) for each in again.get_asset_check_evaluations()] == [(name, True)]
    settings = Settings(log_root=mended.log_root, report_dir=mended.reports)
    with mended.warehouse() as warehouse:
        assert [each.name for each in validate(warehouse, settings) if not each.passed] == []


def test_a_sealed_day_that_is_not_as_it_was_sealed_is_found_and_mended(filled, monkeypatch) -> None:
    with filled.warehouse() as warehouse:
        seal(warehouse, DAY, DAY)
    assert evaluations(filled.execute("validate", {}))[SEALED.name].passed
    plant(filled, "UPDATE session_facts SET closed = 1 - closed")
    result = filled.execute("validate", {})
    found = evaluations(result)[SEALED.name]
    assert (found.passed, result.success) == (False, False)
    assert "or_materialize" not in found.metadata, "what these pages can do passes sealed days by"
    mend(filled, found, monkeypatch)
    assert evaluations(filled.execute("validate", {}))[SEALED.name].passed
    with filled.warehouse() as warehouse:
        assert seal(warehouse, DAY, DAY).days == [], "it is sealed again"


def mend(honeypot: Honeypot, found: dg.AssetCheckEvaluation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the command that a check prints, through the command line."""
    monkeypatch.setenv("COWRIE_DATABASE_URL", honeypot.url)
    monkeypatch.setenv("COWRIE_LOG_ROOT", str(honeypot.log_root))
    monkeypatch.setenv("COWRIE_REPORT_DIR", str(honeypot.reports))
    command = str(found.metadata["to_mend"].value)
    for each in command.split(" && "):
        program, *arguments = shlex.split(each)
        assert program == "cowrie-assets"
        assert command_line(arguments) == 0


def test_the_text_of_attackers_in_rows_is_bounded_and_printable(honeypot: Honeypot) -> None:
    hostile = "\x1b[2J<b>\n**" + "x" * 5000
    honeypot.log("cowrie.json", *[each | {"session": hostile} for each in session_events(NOON, "a")])
    assert honeypot.run("ingest", "2026-08-31").success
    plant(honeypot, PLANTED["session_counts_equal_raw"])
    rows = evaluations(honeypot.execute("validate", {}))["session_counts_equal_raw"].metadata["rows"]
    assert isinstance(rows, dg.TableMetadataValue)
    assert rows.records[0].data["session"].isprintable()
    assert len(rows.records[0].data["session"]) <= 200


def test_a_wrong_row_stops_the_report_that_would_show_it(filled) -> None:
    plant(filled, "UPDATE logs SET lines = lines + 1")
    result = filled.run("ingest", "2026-08-31")
    assert not result.success
    made = {each.asset_key.to_user_string() for each in result.get_asset_materialization_events()}
    assert made == {"raw_events", *SUMMARY_NAMES}
    (failure,) = (event.step_failure_data for event in result.all_events if event.is_step_failure)
    assert failure.user_failure_data.description.startswith(
        "1 check found differences. ledger_accounts_for_every_line:"
    )
    assert failure.error.cls_name == "Failure", "no stack of Dagster's own"


@pytest.mark.parametrize(
    ("job", "key", "report"),
    [
        pytest.param("ingest", "2026-08-31", "daily/2026-08-31", marks=pytest.mark.soak),
        ("weekly_reports", "2026-08-31", "weekly/2026-W36"),
    ],
)
def test_reports_are_checked_when_written_and_when_all_is_checked(filled, job, key, report, monkeypatch) -> None:
    found = evaluations(filled.run(job, key))
    assert found["sections_agree"].passed
    assert found["days_sum_up"].passed
    path = filled.reports / report / "aggregate.json"
    path.write_text(path.read_text().replace('"total": 1', '"total": 2', 1))
    result = filled.execute("validate", {})
    assert not result.success
    wrong = [each for each in result.get_asset_check_evaluations() if not each.passed]
    assert {(each.asset_key.to_user_string(), each.check_name) for each in wrong} >= {
        (f"{report.partition('/')[0]}_report", "days_sum_up")
    }
    for each in wrong:
        mend(filled, each, monkeypatch)
    assert filled.execute("validate", {}).success
    assert filled.run(job, key).success


def test_a_run_over_a_day_looks_at_that_day(filled) -> None:
    filled.log("cowrie.json", *session_events(NOON + timedelta(days=1), "bbbbbbbbbbbb"))
    plant(filled, "UPDATE command_facts SET occurrences = occurrences + 1")
    assert filled.run("ingest", "2026-09-01").success
    assert not filled.execute("validate", {}).success


def test_materializing_a_day_mends_its_summaries(filled) -> None:
    plant(filled, "UPDATE command_facts SET occurrences = occurrences + 1")
    assert filled.run("ingest", "2026-08-31").success
    assert filled.execute("validate", {}).success


def test_events_that_wait_for_their_summary_are_a_warning(filled) -> None:
    filled.log("cowrie.json", *session_events(NOON + timedelta(hours=1), "bbbbbbbbbbbb"))
    with filled.warehouse() as warehouse:
        load_days(warehouse, Settings(log_root=filled.log_root), days=[NOON.date()])
    result = filled.execute("validate", {})
    found = evaluations(result)
    assert result.success
    assert not found["sessions_are_the_same_set"].passed
    assert found["sessions_are_the_same_set"].severity == dg.AssetCheckSeverity.WARN
    assert not found["every_day_is_summarised"].passed
