"""What a check finds is named for people, and the command that it prints mends it: every check, on both engines.

The rows are planted in a warehouse that was really loaded, the commands run through the real command line, and in the
end all tables hold what they held before.
"""

import json
import re
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain, repeat
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest
from sqlalchemy import Column, LargeBinary, String, text, update

from cowrie_assets.cli.app import run
from cowrie_assets.ingest import reader_process
from cowrie_assets.operations.backfill import backfill
from cowrie_assets.operations.evidence import NAME as EVIDENCE
from cowrie_assets.operations.names_check import NAME as NAMES
from cowrie_assets.operations.repair import RepairResult, repair
from cowrie_assets.operations.validate import RECOMPUTED, validate
from cowrie_assets.reports.checks import FILES_ARE_CURRENT, FILES_ARE_THERE, PROMISES, check_written_reports
from cowrie_assets.reports.periods import REPORT_TYPES
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.checks import CHECKS, CheckResult
from cowrie_assets.summaries.found_rows import cause
from cowrie_assets.summaries.pending import days_with_data
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import metadata
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.databases import ENGINES, Databases
from cowrie_assets_tests.loading import Snapshot, restore, snapshot, write_log, wrong_rows
from cowrie_assets_tests.operations.proved_columns import MENDED, NOT_PROVED, OF_SEALED_DAYS, TOLD
from cowrie_assets_tests.originals import Original
from cowrie_assets_tests.summaries.test_checks import IN_EVIDENCE, IN_SUMMARIES, plant

pytestmark = pytest.mark.sqlite_first

_A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_OF_A_DAY = {"every_day_is_summarised"}
"""Of these a row is a day."""
_OF_A_REPORT = {*PROMISES, FILES_ARE_CURRENT, FILES_ARE_THERE}


def _fewest(plants: dict[str, tuple[str, set[str]]]) -> list[str]:
    """The first wrong row of each check, so that each is mended once."""
    seen: set[str] = set()
    return [wrong for wrong, (_, names) in plants.items() if not names <= seen and not seen.update(names)]


_ALL = IN_SUMMARIES | IN_EVIDENCE
_FURTHER = (
    *("an orphan command", "a lost command that rules match", "lies on another day"),
    *("an event counted that is not there", "events of an unknown log", "a lost dead letter"),
    *("another payload", "a payload that is no event", "another identity", "another time", "another text"),
    "a text that is not there",
    *("an event of another session", "an event of a day that nobody knows", "a lost session"),
)
"""What is mended in ways of its own."""
_PLANTED = {wrong: _ALL[wrong] for wrong in dict.fromkeys((*_fewest(_ALL), *_FURTHER))}


@pytest.fixture(scope="module", params=ENGINES)
def original(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Original:
    """15 sessions over two days, their reports written, all right."""

    def fill(warehouse: Warehouse, settings: Settings) -> None:
        backfill(warehouse, settings, first=date(2026, 8, 28), last=date(2026, 8, 29))
        assert failing(warehouse, settings) == []

    lines = [events.line(number) for number in range(44)]
    lines = [*lines[:20], b"", b"kernel: oops", *lines[20:], lines[3]]
    return Original.made(databases, request.param, tmp_path_factory.mktemp("original"), lines, fill)


@pytest.fixture
def settings(original: Original, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Those that the command line reads from the environment."""
    with original.put_back(tmp_path) as chosen:
        monkeypatch.setenv("COWRIE_LOG_ROOT", str(chosen.log_root))
        monkeypatch.setenv("COWRIE_REPORT_DIR", str(chosen.report_dir))
        monkeypatch.setenv("COWRIE_DATABASE_URL", chosen.database_url)
        yield chosen


@pytest.fixture
def filled(settings: Settings) -> Iterator[Warehouse]:
    with Warehouse.open(settings.database_url) as warehouse:
        yield warehouse


def failing(warehouse: Warehouse, settings: Settings) -> list[CheckResult]:
    return [result for result in validate(warehouse, settings) if not result.passed]


def mend(results: Iterable[CheckResult]) -> None:
    """Copy what is printed into a shell, in its order, each command once."""
    printed = dict.fromkeys(command for result in results for command in (result.mend or "").split(" && "))
    for command in printed:
        program, *arguments = shlex.split(command)
        assert program == "cowrie-assets"
        assert run(arguments) == 0, command


def is_named(check: str, row: dict[str, Any]) -> bool:
    """Whether a row says where it is in words that the logs, the tables' views and the reports know."""
    if check in _OF_A_REPORT:
        return {"report_type", "period", "sensor"} <= row.keys()
    if check == NAMES:
        return {"table", "problem"} <= row.keys()
    if not _A_DAY.match(row["day"] or ""):
        return False
    if check in _OF_A_DAY:
        return "problem" in row
    of_log, of_value = row.get("log"), row.get("kind") or row.get("problem") or row.get("cause")
    return row["sensor"] is not None and any((row.get("session"), of_log, of_value))


def test_what_each_check_finds_is_named_and_repaired(filled: Warehouse, settings: Settings) -> None:
    right, contents = snapshot(filled), tables.contents(filled)
    looks = chain([failing], repeat(wrong_rows))
    for look, (wrong, (sql, names)) in zip(looks, _PLANTED.items(), strict=False):
        for each in sql.split("; "):
            plant(filled, each)
        found = look(filled, settings)
        assert {result.name for result in found} >= names, wrong
        for result in found:
            unnamed = [row for row in result.rows if not is_named(result.name, row)]
            assert unnamed == ([] if "orphan" not in wrong else unnamed), (wrong, result.name)
            assert not any(name.endswith(("_ref", "_id")) for row in result.rows for name in row) or "orphan" in wrong
            assert all(map(cause, result.rows)), (wrong, result.name)
        repaired = repair(filled, settings, found)
        assert (repaired.failed, repaired.left) == ([], []), wrong
        assert [(wrong, each.name, each.rows) for each in wrong_rows(filled, settings)] == []
        assert tables.contents(filled) == contents, wrong
        restore(filled, right)
    assert repair(filled, settings, failing(filled, settings)) == RepairResult()


def test_a_repair_writes_the_reports_that_stand_and_no_other(filled: Warehouse, settings: Settings) -> None:
    weekly = settings.report_dir / "weekly"
    for kind in ("daily", "monthly"):
        rmtree(settings.report_dir / kind)
    plant(filled, "DELETE FROM reports WHERE report_type <> 'weekly'")
    week = weekly / "2026-W35"
    document = json.loads((week / "aggregate.json").read_bytes())
    document["sessions"]["total"] += 1
    (week / "aggregate.json").write_text(json.dumps(document))
    assert repair(filled, settings, failing(filled, settings)).failed == []
    assert failing(filled, settings) == []
    assert [each.name for each in settings.report_dir.iterdir() if each.name in REPORT_TYPES] == ["weekly"]


@pytest.mark.parametrize("wrong", ["a session is missing", "a lost dead letter", "another payload"])
def test_the_printed_commands_do_the_same(filled: Warehouse, settings: Settings, wrong: str) -> None:
    contents = tables.contents(filled)
    plant(filled, _ALL[wrong][0])
    mend(failing(filled, settings))
    assert failing(filled, settings) == []
    assert tables.contents(filled) == contents


def test_a_repair_touches_only_the_days_that_differ(filled: Warehouse, settings: Settings) -> None:
    first, last = days_with_data(filled)[0], days_with_data(filled)[-1]
    of_last = "session_day = (SELECT MAX(session_day) FROM session_facts)"
    plant(filled, f"UPDATE session_facts SET risk_score = 101 WHERE {of_last}")
    assert first < last
    found = [result for result in failing(filled, settings) if result.name == RECOMPUTED]
    assert {row["cause"] for row in found[0].rows} >= {"risk_score is 101, not 0"}
    assert repair(filled, settings, found).done == [f"cowrie-assets rebuild --from {last} --to {last}"]


def test_what_cannot_be_repaired_is_told(
    filled: Warehouse,
    settings: Settings,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("COWRIE_STATUS_DIR", str(tmp_path / "status"))
    plant(filled, IN_EVIDENCE["another payload"][0])
    for log in settings.log_root.rglob("cowrie.json*"):
        log.unlink()
    assert run(["validate", "--repair", "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["repair"]["done"] == ["cowrie-assets reparse --from 2026-08-28 --to 2026-08-28"]
    assert [each.partition(":")[0] for each in told["repair"]["failed"]] == ["cowrie-assets ingest"]
    (differs,) = (each for each in told["checks"] if each["state"] == "differs")
    assert differs["name"] == EVIDENCE
    assert differs["rows"][0]["cause"] == "differs in command, event_hash"
    assert json.loads((tmp_path / "status" / "repair.json").read_bytes())["state"] == "finished"
    assert not (tmp_path / "status" / "reparse.json").exists()  # it is a part of that phase


@pytest.mark.parametrize("other", ["works", "fails"])
def test_two_processes_find_what_one_finds(
    filled: Warehouse, settings: Settings, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    plant(filled, "UPDATE session_facts SET risk_score = 101")
    plant(filled, IN_EVIDENCE["another payload"][0])
    plant(filled, IN_EVIDENCE["a lost dead letter"][0])
    alone = validate(filled, settings, workers=1)
    if other == "fails":
        monkeypatch.setattr(reader_process.sys, "executable", "/bin/false")
    assert validate(filled, settings, workers=3) == alone
    assert sum(not result.passed for result in alone) >= 3


def test_the_first_differences_are_as_many_as_asked_for(filled: Warehouse, settings: Settings) -> None:
    plant(filled, "UPDATE session_facts SET risk_score = 101")
    (few,) = (each for each in validate(filled, settings, examples=3) if each.name == RECOMPUTED)
    (many,) = (each for each in validate(filled, settings, examples=50) if each.name == RECOMPUTED)
    assert (len(few.rows), len(many.rows)) == (3, many.differences)
    assert few.differences == many.differences


def test_every_check_has_a_wrong_row_here() -> None:
    planted = {name for _, names in _PLANTED.values() for name in names}
    assert planted | _OF_A_REPORT == {
        *(check.name for check in CHECKS),
        *PROMISES,
        FILES_ARE_CURRENT,
        FILES_ARE_THERE,
        RECOMPUTED,
        EVIDENCE,
    }


def test_each_column_is_proved_or_its_reason_is_known() -> None:
    """Whoever adds a column says what becomes of a wrong value in it."""
    told = Counter(
        f"{table}.{column}"
        for tables_of in (MENDED, TOLD, OF_SEALED_DAYS)
        for table, columns in tables_of.items()
        for column in columns.split()
    )
    told.update(name for name in NOT_PROVED if "." in name)
    whole = [metadata.tables[name] for name in NOT_PROVED if "." not in name]
    told.update(f"{table.name}.{column.name}" for table in whole for column in table.c)
    assert told == Counter(f"{table}.{column.name}" for table, each in metadata.tables.items() for column in each.c)


_FEW = {
    "dead_letters": "content",
    "event_types": "name",
    "events": "counts_as log_id",
    "log_origins": "clock_offset_us",
    "sensors": "name",
    "session_keys": "sensor_id",
    "technique_rules": "technique_id",
    "commands": "normalized_id",
    "texts": "digest",
}


@pytest.mark.parametrize(
    "table",
    [*(pytest.param({each: columns}, id=f"{each}.{columns}") for each, columns in _FEW.items())]
    + [pytest.param({each: columns}, id=each, marks=pytest.mark.soak) for each, columns in MENDED.items()],
)
def test_a_wrong_value_in_a_column_is_found_and_mended(
    filled: Warehouse, settings: Settings, table: dict[str, str]
) -> None:
    right, contents = snapshot(filled), tables.contents(filled)
    for name, columns in table.items():
        for column in columns.split():
            spoil(filled, right, name, column)
            found = wrong_rows(filled, settings)
            assert found, (name, column)
            repaired = repair(filled, settings, found)
            assert (repaired.failed, repaired.left) == ([], []), (name, column)
            assert [(name, column, each.name, each.rows) for each in wrong_rows(filled, settings)] == []
            assert tables.contents(filled) == contents, (name, column)
            restore(filled, right)


@pytest.mark.soak
def test_a_wrong_value_that_nothing_mends_is_told(filled: Warehouse, settings: Settings) -> None:
    right = snapshot(filled)
    for name, columns in TOLD.items():
        for column in columns.split():
            spoil(filled, right, name, column)
            assert wrong_rows(filled, settings), (name, column)
            restore(filled, right)


_NAMED_BY = {
    "sensors": "session_facts.sensor_id",
    "session_keys": "technique_facts.session_ref",
    "technique_rules": "technique_facts.rule_number",
}
"""Tables whose rows others name, by a number, and where that number stands."""


@pytest.mark.parametrize("table", _NAMED_BY)
def test_a_lost_row_that_others_name_ends_no_check_and_is_mended(
    filled: Warehouse, settings: Settings, table: str
) -> None:
    """The reports of its days cannot be made until it is there again."""
    contents = tables.contents(filled)
    naming, _, column = _NAMED_BY[table].partition(".")
    with filled.write() as connection:
        lost = f"DELETE FROM {table} WHERE id = (SELECT MIN({column}) FROM {naming})"
        assert connection.execute(text(lost)).rowcount == 1
    found = failing(filled, settings)
    assert any("cannot be made" in row.get("problem", "") for result in found for row in result.rows)
    repaired = repair(filled, settings, found)
    assert (repaired.failed, repaired.left, wrong_rows(filled, settings)) == ([], [], [])
    assert tables.contents(filled) == contents


def test_where_all_sessions_are_lost_they_are_told_and_mended(filled: Warehouse, settings: Settings) -> None:
    contents = tables.contents(filled)
    plant(filled, "DELETE FROM session_facts")
    repaired = repair(filled, settings, failing(filled, settings))
    assert (repaired.failed, repaired.left) == ([], [])
    assert tables.contents(filled) == contents


def spoil(warehouse: Warehouse, rows: Snapshot, name: str, column: str) -> None:
    """Put another value into a column of a row of a table, one that has a value there if any has."""
    table = metadata.tables[name]
    row = next((each for each in rows[name] if getattr(each, column) is not None), rows[name][0])
    same = [each.is_not_distinct_from(getattr(row, each.name)) for each in table.columns]
    other = _other(getattr(row, column), table.columns[column])
    with warehouse.write() as connection:
        assert connection.execute(update(table).where(*same).values({column: other})).rowcount == 1


def _other(value: Any, column: Column[Any]) -> str | bytes | int:
    if isinstance(value, str) or (value is None and isinstance(column.type, String)):
        return f"{value or ''}x"
    if isinstance(value, bytes) or isinstance(column.type, LargeBinary):
        return bytes([*value[:-1], value[-1] ^ 1]) if value else b"x"
    is_free = column.primary_key or column.table.name != "events"
    return (value or 0) + (7001 if is_free and (column.primary_key or column.name.endswith(("_id", "_ref"))) else 1)


@pytest.mark.parametrize(
    "kind", ["weekly", *(pytest.param(kind, marks=pytest.mark.soak) for kind in ("daily", "monthly"))]
)
def test_a_report_that_was_changed_by_hand_is_written_anew(filled: Warehouse, settings: Settings, kind: str) -> None:
    page = sorted((settings.report_dir / kind).glob("*/aggregate.json"))[0]
    right = json.loads(page.read_text())
    page.write_text(json.dumps(right | {"sessions": right["sessions"] | {"total": right["sessions"]["total"] + 1}}))
    found = failing(filled, settings)
    assert [result.name for result in found] == [FILES_ARE_CURRENT]
    wrong = [result for result in check_written_reports(filled, settings.report_dir) if not result.passed]
    assert {result.name for result in wrong} == set(PROMISES)
    for result in (*found, *wrong):
        assert (result.rows[0]["report_type"], result.rows[0]["period"]) == (kind, right["period"])
    mend(wrong)
    assert failing(filled, settings) == []
    assert all(result.passed for result in check_written_reports(filled, settings.report_dir))
    assert json.loads(page.read_text())["sessions"] == right["sessions"]


@pytest.mark.parametrize(
    "gone",
    [
        *("*/*/*", "weekly/*/aggregate.html"),
        *(pytest.param(gone, marks=pytest.mark.soak) for gone in ("daily/*/aggregate.json", "monthly/*/hp-*.*")),
    ],
)
def test_report_files_that_are_gone_are_written_anew(filled: Warehouse, settings: Settings, gone: str) -> None:
    there = {path for path in settings.report_dir.rglob("*") if path.is_file()}
    for path in settings.report_dir.glob(gone):
        if path.is_file():
            path.unlink()
    found = failing(filled, settings)
    (wrong,) = (result for result in check_written_reports(filled, settings.report_dir) if not result.passed)
    assert [result.name for result in found] == [wrong.name] == [FILES_ARE_THERE]
    assert sorted(row["gone"] for row in wrong.rows) == sorted(row["gone"] for row in found[0].rows)
    assert all(not Path(row["gone"]).exists() for row in wrong.rows)
    mend(found)
    assert failing(filled, settings) == []
    assert {path for path in settings.report_dir.rglob("*") if path.is_file()} == there


def test_reports_in_one_format_are_all_there(filled: Warehouse, settings: Settings) -> None:
    for path in settings.report_dir.rglob("*"):
        if path.suffix in (".html", ".txt"):
            path.unlink()
    assert failing(filled, settings) == []


def test_a_spoiled_event_whose_log_is_gone_stays_and_is_told(filled: Warehouse, settings: Settings) -> None:
    plant(filled, IN_EVIDENCE["another payload"][0])
    for log in settings.log_root.rglob("cowrie.json*"):
        log.unlink()
    stored = tables.rows(filled, "raw_events")
    found = failing(filled, settings)
    assert run(shlex.split((found[0].mend or "").split(" && ")[0])[1:]) == 0
    kept = tables.rows(filled, "raw_events")
    assert [row["payload"] for row in kept] == [row["payload"] for row in stored]
    assert [result.name for result in failing(filled, settings)] == [EVIDENCE]


def test_a_line_that_was_changed_in_its_log_takes_no_stored_event_out(filled: Warehouse, settings: Settings) -> None:
    (log,) = (settings.log_root / "hp-test").glob("cowrie.json*")
    before = {row["payload"] for row in tables.rows(filled, "raw_events")}
    log.write_bytes(log.read_bytes().replace(b"uname -a", b"uname -b"))
    assert run(["ingest", "--mode", "bulk"]) == 0
    assert before < {row["payload"] for row in tables.rows(filled, "raw_events")}


def test_logs_that_the_ledger_lost_take_their_own_events_over(filled: Warehouse, settings: Settings) -> None:
    others = [events.line(number, sensor="hp-two") for number in range(6)]
    write_log(settings.log_root, [b"kernel: oops", *others], sensor="a-folder-before")
    assert run(["ingest"]) == 0
    contents, letters = tables.contents(filled), tables.rows(filled, "dead_letter_events")
    plant(filled, "DELETE FROM logs")
    mend(failing(filled, settings))
    assert failing(filled, settings) == []
    assert tables.contents(filled) == contents
    assert sorted(row["events"] for row in tables.rows(filled, "log_files")) == [6, 44]
    assert len(tables.rows(filled, "dead_letter_events")) == len(letters) == 2


def test_a_dead_letter_that_no_reading_listed_is_taken_out(filled: Warehouse, settings: Settings) -> None:
    contents = tables.contents(filled)
    columns = "id, log_id, line_number, byte_offset, reason, content, content_bytes, created_at, resolved_at, digest"
    plant(
        filled,
        f"INSERT INTO dead_letters ({columns}) SELECT 9000, id, 7, 901, 'invalid_json', 'x', 1, 1, 1, NULL FROM logs",
    )
    found = wrong_rows(filled, settings)
    assert [(each.name, each.rows[0]["table"]) for each in found] == [(NAMES, "dead_letters")]
    assert repair(filled, settings, found).failed == []
    assert wrong_rows(filled, settings) == []
    assert tables.contents(filled) == contents


def test_a_path_that_no_shell_takes_is_left_out(filled: Warehouse, settings: Settings) -> None:
    with filled.write() as connection:
        connection.execute(text("UPDATE logs SET path = :path, lines = lines + 1"), {"path": "/logs/\x1b[2J\n; reboot"})
    lines = failing(filled, settings)[0]
    assert lines.mend == "cowrie-assets ingest --mode bulk"


def test_days_far_apart_are_commands_of_their_own(filled: Warehouse, settings: Settings) -> None:
    first, last = days_with_data(filled)[0], days_with_data(filled)[-1]
    plant(filled, "INSERT INTO active_hours VALUES (0, 1)")
    plant(filled, "DELETE FROM active_hours WHERE event_hour > 0")
    (hours,) = [result for result in failing(filled, settings) if result.name == "active_hours_equal_raw"]
    assert hours.mend == (
        f"cowrie-assets rebuild --from 1970-01-01 --to 1970-01-01 && cowrie-assets rebuild --from {first} --to {last}"
    )
    assert hours.days == (date(1970, 1, 1), first, last)
