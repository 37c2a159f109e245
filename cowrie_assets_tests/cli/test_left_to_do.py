"""Whoever works by the command line is told of logs that nobody read and of reports that are late."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from cowrie_assets_tests import events
from cowrie_assets_tests.cli.conftest import Cowrie
from cowrie_assets_tests.loading import write_log

COMMANDS = (["status"], ["validate", "--from", "2026-08-30", "--to", "2026-08-30"], ["report", "daily", "2026-08-31"])


@pytest.fixture
def logs(tmp_path: Path, sample_logs: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The sample in a folder of the test's own."""
    folder = tmp_path / "logs"
    shutil.copytree(sample_logs, folder)
    return folder


def _notes(err: str) -> list[str]:
    return [line for line in err.splitlines() if line.startswith("Note: ")]


def test_logs_that_were_found_and_not_read(cowrie: Cowrie, logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COWRIE_LOG_ROOT", str(logs))
    assert _notes(cowrie("ingest").err) == []
    new = write_log(logs, [events.line(1)], name="cowrie.json.2026-08-29")
    with (logs / "hp-fra-01" / "cowrie.json").open("ab") as live:
        live.write(events.line(2) + b"\n")
    grown = len(events.line(2)) + 1
    wanted = [
        f"Note: 1 log was never read, {new.stat().st_size} B: `cowrie-assets ingest`",
        f"Note: 1 log has changed since it was read, {grown} B: `cowrie-assets ingest`",
    ]
    for command in COMMANDS:
        assert _notes(cowrie(*command).err) == wanted, command
    assert _notes(cowrie("ingest").err) == []
    for command in COMMANDS:
        assert _notes(cowrie(*command).err) == [], command


def test_logs_that_are_gone(cowrie: Cowrie, logs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COWRIE_LOG_ROOT", str(logs))
    cowrie("ingest")
    logs.rename(logs.with_name("away"))
    for command in COMMANDS:
        found = cowrie(*command)
        note = f"Note: The log root '{logs}' does not exist: set COWRIE_LOG_ROOT to the logs' folder."
        assert (found.code, _notes(found.err)) == (0, [note]), command


def test_reports_that_are_late_and_the_command_that_writes_them(ingested: Cowrie, tmp_path: Path) -> None:
    assert _notes(ingested("status").err) == []
    assert ingested("backfill", "2026-08-31", "2026-09-03").code == 0
    (note,) = _notes(ingested("status").err)
    assert re.fullmatch(
        r"Note: \d reports? w\w+ never written: `cowrie-assets backfill 2026-08-\d\d 2026-08-\d\d`", note
    )
    path = write_log(tmp_path / "late", [events.line(1, sensor="hp-fra-01", timestamp="2026-08-31T12:00:00Z")])
    ingested("ingest", path.parent)
    notes = _notes(ingested("status").err)
    assert re.match(r"Note: \d reports are out of date: `", notes[0])
    assert len(notes) == 2
    for note in notes:
        assert ingested(*shlex.split(note.split("`")[1])[1:]).code == 0
    assert _notes(ingested("status").err) == []


def test_nothing_is_said_of_reports_where_nobody_wants_any(ingested: Cowrie) -> None:
    assert _notes(ingested("ingest").err) == []


def test_an_empty_log_is_counted_alike_by_ingest_and_by_status(cowrie: Cowrie) -> None:
    assert "1,300 lines of 9 logs (1 more is empty), " in cowrie("ingest").out
    status = cowrie("status", "--format", "json").json
    assert status["logs"] == 9
    assert cowrie("ingest").out == "Nothing new: 9 logs are unchanged, 1 is empty.\n"
