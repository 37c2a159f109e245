"""A wrong row of each kind, planted in the tables, is found by its checks and by no other; what can be mended is."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from cowrie_assets.operations.evidence import NAME as EVIDENCE
from cowrie_assets.operations.evidence import check_evidence
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.rebuild import rebuild, rebuild_plan
from cowrie_assets.operations.validate import RECOMPUTED, check_recomputed
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.checks import CHECKS, CheckResult, run_checks
from cowrie_assets.summaries.pending import days_with_data, pending_days
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import session_facts
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.loading import restore, snapshot, write_log

LINES, OWNED = "ledger_accounts_for_every_line", "ledger_owns_its_events"
LISTED = "dead_letters_are_listed"
DAY, SAME_SET = "every_day_is_summarised", "sessions_are_the_same_set"
COUNTS, ORDER = "session_counts_equal_raw", "sessions_begin_before_they_end"
COMMANDS, LOGINS, FILES = "commands_sum_up", "logins_sum_up", "files_equal_raw"
TECHNIQUES = "techniques_equal_facts"
HOURS, SIGHTED = "active_hours_equal_raw", "sightings_equal_facts"

# The events are numbered 0 to 43, a minute apart; session n holds the events 3n to 3n + 2. Two of them by their place
# in time, for their ids follow from how a load groups them:
_TYPED = "event_at = (SELECT event_at FROM events ORDER BY event_at LIMIT 1 OFFSET 3)"
_CLOSING = "event_at = (SELECT event_at FROM events ORDER BY event_at LIMIT 1 OFFSET 10)"
_SESSION = f"(SELECT session_ref FROM events WHERE {_TYPED})"
"""Has a command that is not its middle event; event 3 is `uname -a`."""
_QUIET_SESSION = f"(SELECT session_ref FROM events WHERE {_CLOSING})"
"""Has neither a command nor a login."""
_SESSION_COLUMNS = ", ".join(column.name for column in session_facts.columns)
_COMMAND = f"(SELECT command_id FROM events WHERE {_TYPED})"

IN_SUMMARIES: dict[str, tuple[str, set[str]]] = {
    "a session is missing": (
        f"DELETE FROM session_facts WHERE session_ref = {_SESSION}",
        {SAME_SET, COMMANDS, SIGHTED, TECHNIQUES, RECOMPUTED, DAY},
    ),
    "a session without events": (
        f"INSERT INTO session_facts ({_SESSION_COLUMNS}) SELECT 999, {_SESSION_COLUMNS.partition(', ')[2]}"
        f" FROM session_facts WHERE session_ref = {_QUIET_SESSION}",
        {SAME_SET, RECOMPUTED, DAY},
    ),
    "a session counted twice": (
        f"UPDATE session_facts SET event_count = 2 * event_count WHERE session_ref = {_SESSION}",
        {COUNTS, RECOMPUTED},
    ),
    "a command too many": (
        f"UPDATE session_facts SET command_count = command_count + 1 WHERE session_ref = {_SESSION}",
        {COUNTS, COMMANDS, RECOMPUTED},
    ),
    "a dangerous command too many": (
        f"UPDATE session_facts SET high_risk_commands = high_risk_commands + 1 WHERE session_ref = {_SESSION}",
        {COMMANDS, RECOMPUTED},
    ),
    "a login too many": (
        "UPDATE session_facts SET login_failures = login_failures + 1 WHERE session_ref = 1",
        {COUNTS, LOGINS, RECOMPUTED},
    ),
    "a failed login taken for a success": (
        "UPDATE session_facts SET login_failures = login_failures - 1, login_successes = login_successes + 1"
        " WHERE session_ref = 1",
        {COUNTS, LOGINS, RECOMPUTED},
    ),
    "an upload too many": (
        "UPDATE session_facts SET file_uploads = 7 WHERE session_ref = 1",
        {COUNTS, TECHNIQUES, RECOMPUTED},
    ),
    "never closed": ("UPDATE session_facts SET closed = 0 WHERE closed = 1", {COUNTS, RECOMPUTED}),
    "ends before it begins": (
        "UPDATE session_facts SET last_event_at = first_event_at - 1 WHERE session_ref = 1",
        {COUNTS, ORDER, TECHNIQUES, RECOMPUTED},
    ),
    "a negative duration": ("UPDATE session_facts SET duration_us = -1 WHERE session_ref = 1", {ORDER, RECOMPUTED}),
    "begins a day early": (
        "UPDATE session_facts SET first_event_at = first_event_at - 86400000000 WHERE session_ref = 1",
        {COUNTS, ORDER, TECHNIQUES, RECOMPUTED},
    ),
    "lies on another day": (
        "UPDATE session_facts SET session_day = session_day + 9 WHERE session_ref = 1",
        {ORDER, SIGHTED, RECOMPUTED, DAY},
    ),
    "another address": ("UPDATE session_facts SET src_ip_id = NULL WHERE src_ip_id IS NOT NULL", {SIGHTED, RECOMPUTED}),
    "another user": ("UPDATE session_facts SET username_id = password_id WHERE username_id IS NOT NULL", {RECOMPUTED}),
    "another risk": ("UPDATE session_facts SET risk_score = 99 WHERE session_ref = 1", {RECOMPUTED}),
    "a lost command that rules match": (
        "DELETE FROM commands WHERE command_id = (SELECT MIN(command_id) FROM command_techniques)",
        {SIGHTED, RECOMPUTED},
    ),
    "an orphan command": ("INSERT INTO command_facts VALUES (999, 1, 1, 0, 0)", {COMMANDS}),
    "an orphan login": ("INSERT INTO login_facts VALUES (999, 1, 1, 1, 0, 0, 0)", {LOGINS}),
    "an orphan file": (
        "INSERT INTO file_facts (session_ref, shasum_id, downloads, uploads, first_seen, updated_at)"
        " VALUES (999, 1, 1, 0, 0, 0)",
        {FILES},
    ),
    "a command of another session": (
        f"UPDATE command_facts SET session_ref = {_QUIET_SESSION} WHERE session_ref = {_SESSION}",
        {COMMANDS, TECHNIQUES, RECOMPUTED},
    ),
    "a command is missing": (
        f"DELETE FROM command_facts WHERE session_ref = {_SESSION}",
        {COMMANDS, SIGHTED, TECHNIQUES, RECOMPUTED},
    ),
    "a command counted twice": (
        f"UPDATE command_facts SET occurrences = 2 WHERE command_id = {_COMMAND} AND session_ref = {_SESSION}",
        {COMMANDS, RECOMPUTED},
    ),
    "another command": (
        f"UPDATE command_facts SET command_id = 1 WHERE command_id = {_COMMAND} AND session_ref = {_SESSION}",
        {SIGHTED, TECHNIQUES, RECOMPUTED},
    ),
    "a login counted twice": ("UPDATE login_facts SET attempts = attempts + 1", {LOGINS, RECOMPUTED}),
    "a success too few": ("UPDATE login_facts SET successes = 0", {LOGINS, RECOMPUTED}),
    "a file is missing": ("DELETE FROM file_facts", {FILES, SIGHTED, RECOMPUTED}),
    "a file counted twice": ("UPDATE file_facts SET downloads = downloads + 1", {FILES, RECOMPUTED}),
    "another file": ("UPDATE file_facts SET shasum_id = 1 WHERE downloads > 0", {FILES, SIGHTED, RECOMPUTED}),
    "a technique is missing": ("DELETE FROM technique_facts", {TECHNIQUES, SIGHTED, RECOMPUTED}),
    "another technique": (
        f"UPDATE technique_facts SET rule_number = 99 WHERE session_ref = {_SESSION}",
        {TECHNIQUES, SIGHTED, RECOMPUTED},
    ),
    "a technique by another command": ("UPDATE technique_facts SET evidence_id = 1", {TECHNIQUES, RECOMPUTED}),
    "a technique at another time": ("UPDATE technique_facts SET last_seen = last_seen + 1", {TECHNIQUES, RECOMPUTED}),
    "an orphan technique": ("INSERT INTO technique_facts VALUES (999, 1, NULL, 0, 0)", {TECHNIQUES}),
    "a value not seen": ("DELETE FROM sightings WHERE kind = 3", {SIGHTED, RECOMPUTED}),
    "a value seen by no sensor": (
        "INSERT INTO sightings SELECT session_day, kind, value_id + 99, sensor_id FROM sightings WHERE kind = 4",
        {SIGHTED, RECOMPUTED},
    ),
    "a value seen on a day without events": ("INSERT INTO sightings VALUES (7, 4, 1, 1)", {SIGHTED, RECOMPUTED}),
    "an address in another network": ("UPDATE addresses SET network_id = 1", {SIGHTED, RECOMPUTED}),
    "an address that nobody looked at": ("DELETE FROM addresses", {SIGHTED, RECOMPUTED}),
    "an hour missing": ("DELETE FROM active_hours", {HOURS, RECOMPUTED}),
    "an hour too many": ("UPDATE active_hours SET event_hour = event_hour + 2", {HOURS, RECOMPUTED}),
    "an hour of a day without events": ("INSERT INTO active_hours VALUES (-7, 1)", {HOURS, RECOMPUTED}),
    "a day that waits": ("INSERT INTO waiting_sessions (event_day, session_ref, step) VALUES (20693, 0, 1)", {DAY}),
    "a day of events that is not known": ("DELETE FROM event_days", {DAY}),
    "a day without events": ("INSERT INTO event_days VALUES (7, 1)", {DAY}),
    "a day with another number of sessions": ("UPDATE changed_days SET sessions = sessions + 1", {DAY}),
    "a day without sessions": ("INSERT INTO changed_days VALUES (7, 1, 1)", {DAY}),
}
"""What is wrong, the SQL that makes it so, the checks that must tell it. `rebuild` mends all of these."""

IN_EVIDENCE: dict[str, tuple[str, set[str]]] = {
    "lines that became nothing": ("UPDATE logs SET lines = lines + 1", {LINES}),
    "fewer duplicates than none": ("UPDATE logs SET duplicates = -1, blank = blank + 2", {LINES}),
    "an event counted that is not there": ("UPDATE logs SET events = events + 1, lines = lines + 1", {OWNED}),
    "events of an unknown log": ("DELETE FROM logs", {OWNED, LISTED}),
    "a lost dead letter": ("DELETE FROM dead_letters", {LISTED}),
    "a dead letter resolved while its line counts as dead": (
        "UPDATE dead_letters SET resolved_at = 1, resolution = 'read well'",
        {LISTED},
    ),
    "another payload": (
        f"UPDATE events SET payload = REPLACE(payload, 'uname -a', 'uname -b') WHERE {_TYPED}",
        {EVIDENCE},
    ),
    "a payload that is no event": (f"UPDATE events SET payload = '[]' WHERE {_TYPED}", {EVIDENCE}),
    "another identity": (
        f"UPDATE events SET event_hash = (SELECT event_hash FROM logs_spoiled) WHERE {_CLOSING}",
        {EVIDENCE},
    ),
    "another time": (f"UPDATE events SET event_at = event_at + 1 WHERE {_CLOSING}", {EVIDENCE}),
    "another text": (f"UPDATE texts SET text = 'uname -b' WHERE id = {_COMMAND}", {EVIDENCE}),
    "a text that is not there": (f"UPDATE events SET destfile_id = 987654321 WHERE {_CLOSING}", {EVIDENCE}),
    "another sensor": ("UPDATE sensors SET name = 'hp-other'", {EVIDENCE}),
    "another event type": (
        f"UPDATE events SET event_type_id = (SELECT MAX(id) FROM event_types) WHERE {_TYPED}",
        {EVIDENCE},
    ),
    "a command that does not count": (
        f"UPDATE events SET counts_as = 0 WHERE {_TYPED}",
        {EVIDENCE, COUNTS, RECOMPUTED},
    ),
    "an event of another session": (
        f"UPDATE events SET session_ref = 1 WHERE {_CLOSING}",
        {EVIDENCE, COUNTS, RECOMPUTED},
    ),
    "an event of no session": (
        f"UPDATE events SET session_ref = NULL WHERE {_CLOSING}",
        {EVIDENCE, COUNTS, RECOMPUTED},
    ),
    "an event of a day that nobody knows": (
        f"UPDATE events SET event_day = event_day + 9 WHERE {_CLOSING}",
        {DAY, EVIDENCE, RECOMPUTED},
    ),
    "a lost event": (f"DELETE FROM events WHERE {_CLOSING}", {OWNED, COUNTS, RECOMPUTED}),
    "a lost session": (
        f"DELETE FROM events WHERE session_ref = {_SESSION}",
        {OWNED, SAME_SET, RECOMPUTED},
    ),
}
"""As above; what was loaded is no more what the logs say, and no rebuild of the summaries can mend that."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    lines = [events.line(number) for number in range(44)]
    write_log(tmp_path / "logs", [*lines[:20], b"", b"kernel: oops", *lines[20:], lines[3]])
    return Settings(log_root=tmp_path / "logs", report_dir=tmp_path / "reports")


@pytest.fixture
def filled(warehouse: Warehouse, settings: Settings) -> Warehouse:
    """15 sessions over two days, all right, with a duplicate, a blank line and a dead letter in the ledger."""
    ingest(warehouse, settings)
    assert failing(warehouse, settings) == set()
    return warehouse


def all_checks(
    warehouse: Warehouse, settings: Settings, first: date | None = None, last: date | None = None
) -> list[CheckResult]:
    return [
        *run_checks(warehouse, first, last),
        check_recomputed(warehouse, first, last),
        check_evidence(warehouse, settings.registry, first, last),
    ]


def failing(warehouse: Warehouse, settings: Settings) -> set[str]:
    """The checks that fail; each shows a row that is wrong."""
    failed = [result for result in all_checks(warehouse, settings) if not result.passed]
    assert all(result.differences and result.rows and "break" in result.summary for result in failed)
    return {result.name for result in failed}


def plant(warehouse: Warehouse, sql: str) -> None:
    with warehouse.write() as connection:
        if "logs_spoiled" in sql:
            identity = bytes(connection.execute(text(f"SELECT event_hash FROM events WHERE {_CLOSING}")).scalar_one())
            spoiled = identity[:-1] + bytes([identity[-1] ^ 1])
            connection.execute(text(f"UPDATE events SET event_hash = :spoiled WHERE {_CLOSING}"), {"spoiled": spoiled})
        else:
            connection.execute(text(sql))


@pytest.mark.sqlite_first
@pytest.mark.parametrize("plants", [IN_SUMMARIES, IN_EVIDENCE], ids=["summaries", "evidence"])
def test_each_wrong_row_fails_its_checks_and_no_other(
    filled: Warehouse, settings: Settings, plants: dict[str, tuple[str, set[str]]]
) -> None:
    right = snapshot(filled)
    found = {}
    for wrong, (sql, _) in plants.items():
        plant(filled, sql)
        found[wrong] = failing(filled, settings)
        restore(filled, right)
    assert found == {wrong: names for wrong, (_, names) in plants.items()}


def test_every_check_is_failed_by_some_wrong_row() -> None:
    names = {name for plants in (IN_SUMMARIES, IN_EVIDENCE) for _, failed in plants.values() for name in failed}
    assert names == {*(check.name for check in CHECKS), RECOMPUTED, EVIDENCE}


def test_a_rebuild_mends_every_wrong_summary(filled: Warehouse, settings: Settings) -> None:
    contents = tables.contents(filled)
    for sql, _ in IN_SUMMARIES.values():
        plant(filled, sql)
    assert rebuild_plan(filled)
    rebuild(filled)
    assert failing(filled, settings) == set()
    assert tables.contents(filled) == contents
    again = rebuild(filled)
    assert (again.refresh.rows_removed, again.refresh.rows_written, again.orphans_removed) == (0, 0, 0)
    assert rebuild_plan(filled) == []


@pytest.mark.parametrize("lost", ["id = 11", pytest.param("id > 30", marks=pytest.mark.sqlite_first)])
@pytest.mark.parametrize("rebuilt", [False, True], ids=["", "rebuilt"])
@pytest.mark.sqlite_first
def test_a_bulk_load_of_the_logs_brings_lost_events_back(
    filled: Warehouse, settings: Settings, lost: str, rebuilt: bool
) -> None:
    contents, ledger = tables.contents(filled), tables.rows(filled, "log_files")
    plant(filled, f"DELETE FROM events WHERE {lost}")
    if rebuilt:
        rebuild(filled)
        assert failing(filled, settings) == {OWNED}
    assert ingest(filled, settings).load.events == 0, "the ledger says that all is read"
    ingest(filled, settings, mode="bulk")
    assert pending_days(filled) == []
    assert failing(filled, settings) == set()
    assert tables.contents(filled) == contents
    assert _without_times(tables.rows(filled, "log_files")) == _without_times(ledger)


def _without_times(ledger: list[dict[str, object]]) -> list[dict[str, object]]:
    return [{name: value for name, value in row.items() if name != "last_ingested_at"} for row in ledger]


@pytest.mark.sqlite_first
def test_checks_of_some_days_leave_the_others_alone(filled: Warehouse, settings: Settings) -> None:
    days = days_with_data(filled)
    assert len(days) == 2
    plant(
        filled, "UPDATE session_facts SET closed = 2 WHERE session_day = (SELECT MAX(session_day) FROM session_facts)"
    )
    failed = {
        day: {result.name for result in all_checks(filled, settings, day, day) if not result.passed} for day in days
    }
    assert failed == {days[0]: set(), days[1]: {COUNTS, RECOMPUTED}}


@pytest.mark.sqlite_first
def test_only_the_named_checks_run(filled: Warehouse) -> None:
    assert [result.name for result in run_checks(filled, names=[COUNTS, LINES])] == [LINES, COUNTS]
