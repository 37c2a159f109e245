"""Status files say what is so: in both older tools' keys, beside other writers, after a kill, and on a full disk."""

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cowrie_assets.activity import stage, subscribed
from cowrie_assets.clock import iso_us, now_us
from cowrie_assets.errors import UserError
from cowrie_assets.operations.backfill import backfill
from cowrie_assets.progress import Progress, silent
from cowrie_assets.settings import Settings
from cowrie_assets.telemetry.status_document import KEYS, state_of
from cowrie_assets.telemetry.status_files import StatusFiles, read_documents
from cowrie_assets.telemetry.watching import watched
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.vitals import Vitals
from cowrie_assets_tests.loading import load_lines

_HELD = """
import sys
from pathlib import Path
from cowrie_assets.activity import stage, subscribed
from cowrie_assets.telemetry.status_files import StatusFiles
files = StatusFiles(Path(sys.argv[1]), 0.01)
with subscribed(files):
    for number in range(int(sys.argv[3])):
        with stage(sys.argv[2]) as phase:
            phase.note(events_read=number)
            if number == 0:
                print("begun", flush=True)
                sys.stdin.readline()
"""


@contextmanager
def _elsewhere(folder: Path, phase: str, times: int = 1) -> Iterator[subprocess.Popen[str]]:
    """Another process in a phase, until it is sent a line; it then goes through it some times more."""
    command = [sys.executable, "-c", _HELD, str(folder), phase, str(times)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        yield process


def _read(folder: Path, name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((folder / name).read_bytes())
    return document


@pytest.mark.sqlite_first
def test_the_work_of_days_is_told_in_both_forms(database_url: str, sample_settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "made" / "status"
    with watched(Settings(status_dir=folder)), Warehouse.open(database_url) as warehouse:
        done = backfill(warehouse, sample_settings, first=date(2026, 8, 31), last=date(2026, 8, 31))
        size = warehouse.size_bytes
    assert sorted(entry.name for entry in folder.iterdir()) == [
        *(".lock", "cowrie_assets.prom", "delta_ingest.json", "refresh_summaries.json", "reporting.json", "status.json")
    ]
    modes = {entry.name: stat.S_IMODE(entry.stat().st_mode) & 0o027 for entry in [folder, *folder.iterdir()]}
    assert {name for name, others in modes.items() if others} == {"cowrie_assets.prom"}
    load = _read(folder, "delta_ingest.json")
    assert load.keys() == KEYS
    assert (load["version"], load["state"], load["error"], load["pid"]) == (2, "finished", None, os.getpid())
    metrics = load["metrics"]
    assert metrics["events_inserted"] == metrics["events_read"] == done.load.events > 0
    assert (metrics["duplicates_skipped"], metrics["events_invalid"]) == (0, 0)
    assert metrics["batches_committed"] > 0
    assert metrics["duration_seconds"] > 0
    assert load["files"] == {
        "total": done.load.logs,
        "processed": done.load.logs,
        "current": metrics["last_source"],
    }
    assert load["checkpoint"]["offset"] == metrics["last_offset"] == Path(metrics["last_source"]).stat().st_size
    assert load["checkpoint"]["ingest_id"] == load["ingest_id"]
    assert load["dead_letter"] == {"total": 0, "last_reason": None, "last_source": None, "last_updated": None}
    assert (load["progress"]["percent"], load["progress"]["eta_seconds"]) == (100.0, 0.0)
    assert load["memory"]["peak_bytes"] >= load["memory"]["rss_bytes"] > 1_000_000
    assert load["database"]["transactions"] > 0
    assert load["database"]["waiting_sessions"] > 0
    reports = _read(folder, "reporting.json")
    assert (reports["metrics"]["first_day"], reports["metrics"]["last_day"]) == ("2026-08-01", "2026-09-06")
    assert (reports["metrics"]["report_type"], reports["metrics"]["periods_written"]) == ("monthly", 3)
    assert reports["metrics"]["files_written"] == len(done.reports)
    assert (reports["database"]["pending_days"], reports["database"]["waiting_sessions"]) == (0, 0)
    assert reports["database"]["size_bytes"] == pytest.approx(size, rel=0.5)
    assert reports["database"]["cache_hits"] > 0
    every = _read(folder, "status.json")
    assert set(every["phases"]) == {"delta_ingest", "refresh_summaries", "reporting"}
    assert every["phases"]["reporting"] == reports == {key: every[key] for key in KEYS}


def test_what_the_server_says_of_its_cache_is_not_what_the_process_counts() -> None:
    assert Vitals(cache_hits=1).figures("sqlite").keys() - Vitals().figures("postgresql").keys() == {
        *("cache_hits", "cache_misses")
    }


def test_what_died_in_a_load_is_told_with_its_reason(sample_settings: Settings, tmp_path: Path) -> None:
    status = Settings(status_dir=tmp_path / "status")
    with watched(status), Warehouse.open(sample_settings.database_url) as warehouse:
        load_lines(warehouse, tmp_path / "logs", b"[1]", b"\x1b[2J broken")
    letter = _read(tmp_path / "status", "delta_ingest.json")["dead_letter"]
    assert (letter["total"], letter["last_source"]) == (2, str(tmp_path / "logs/hp-test/cowrie.json.1"))
    assert letter["last_reason"]
    assert letter["last_updated"]


def test_a_run_that_was_killed_is_told_from_one_that_runs(tmp_path: Path) -> None:
    with _elsewhere(tmp_path, "bulk_ingest") as process:
        (runs,) = read_documents(tmp_path)
        assert (runs["state"], runs["pid"]) == ("running", process.pid)
        process.kill()
        process.wait()
    assert _read(tmp_path, "bulk_ingest.json")["state"] == "running"  # nobody was there to say otherwise
    (killed,) = read_documents(tmp_path)
    assert killed["state"] == "killed"
    with subscribed(StatusFiles(tmp_path)), stage("reporting"):
        pass
    assert _read(tmp_path, "bulk_ingest.json")["state"] == "killed"
    assert _read(tmp_path, "status.json")["phases"]["bulk_ingest"]["state"] == "killed"


def test_a_run_that_this_machine_does_not_see_is_believed_for_a_minute(tmp_path: Path) -> None:
    with subscribed(StatusFiles(tmp_path)), stage("enrichment"):
        document = _read(tmp_path, "enrichment.json") | {"hostname": "elsewhere", "pid": 2**22 + 1}
    written = document | {"last_updated": iso_us(now_us())}
    assert state_of(written, now_us()) == "running"
    assert state_of(written, now_us() + 61_000_000) == "silent"
    reused = _read(tmp_path, "enrichment.json") | {
        "state": "running",
        "process": document["process"] | {"started": "x"},
    }
    assert state_of(reused, now_us()) == "killed"  # another process has its number now


def test_of_two_runs_the_newer_has_the_file_while_it_runs(tmp_path: Path) -> None:
    older = StatusFiles(tmp_path, 0.01)
    with subscribed(older), stage("delta_ingest") as first:
        first.note(events_read=1)
        with _elsewhere(tmp_path, "delta_ingest") as process:
            time.sleep(0.2)
            assert _read(tmp_path, "delta_ingest.json")["pid"] == process.pid
            process.communicate("\n")
        _until(lambda: _read(tmp_path, "delta_ingest.json")["pid"] == os.getpid())
        assert _read(tmp_path, "delta_ingest.json")["state"] == "running"
    older.close()


def test_several_processes_leave_whole_files(tmp_path: Path) -> None:
    names = ["delta_ingest", "reporting", "enrichment"]
    with (
        _elsewhere(tmp_path, names[0], 40) as first,
        _elsewhere(tmp_path, names[1], 40) as second,
        _elsewhere(tmp_path, names[2], 40) as third,
    ):
        for process in (first, second, third):
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        while any(process.poll() is None for process in (first, second, third)):
            assert set(_read(tmp_path, "status.json")["phases"]) == set(names)
        assert not any(process.returncode for process in (first, second, third))
    documents = {document["phase"]: document for document in read_documents(tmp_path)}
    assert {name: (each["state"], each["metrics"]["events_read"]) for name, each in documents.items()} == dict.fromkeys(
        names, ("finished", 39)
    )


def test_thousands_of_messages_cost_no_write_and_what_lasts_is_written_again(tmp_path: Path) -> None:
    files = StatusFiles(tmp_path, 3600)
    with subscribed(files), stage("delta_ingest") as phase:
        tell = phase.telling(silent)
        for number in range(5000):
            tell(Progress("load", number, 5000, "bytes"))
        assert _read(tmp_path, "delta_ingest.json")["progress"]["current"] == 0
    files.close()
    often = StatusFiles(tmp_path, 0.01)
    with subscribed(often), stage("delta_ingest") as phase:
        tell = phase.telling(silent)
        tell(Progress("load", 4999, 5000, "bytes"))
        _until(lambda: _read(tmp_path, "delta_ingest.json")["progress"]["percent"] == 99.9)
        tell(Progress("summarise", 5000, 5000, "days", "\x1b[2J"))
        _until(lambda: _read(tmp_path, "delta_ingest.json")["progress"]["step"] == "summarise")
        _until(lambda: _read(tmp_path, "delta_ingest.json")["progress"]["percent"] == 99.9)
        assert _read(tmp_path, "delta_ingest.json")["details"]["message"] == "\\x1b[2J"
    often.close()


def test_how_a_phase_failed(tmp_path: Path) -> None:
    class LostError(UserError):
        pass

    for error, told in ((LostError("the disk\n is gone"), "the disk\\n is gone"), (ValueError("secret"), "ValueError")):
        with subscribed(StatusFiles(tmp_path)), pytest.raises(type(error)), stage("reporting"):
            raise error
        document = _read(tmp_path, "reporting.json")
        assert (document["state"], document["error"]) == ("failed", told)


def test_where_no_status_can_be_written_the_work_is_done(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "status").write_text("a file")
    with subscribed(StatusFiles(tmp_path / "status")):
        for _ in range(3):
            with stage("reporting"):
                pass
    assert [record.message for record in caplog.records] == [
        f"no status is written: {tmp_path / 'status'}: File exists"
    ]
    assert read_documents(tmp_path / "status") == []
    (tmp_path / "other").mkdir()
    for name, content in (("reporting.json", b"{"), ("enrichment.json", b"[]"), ("x.json", b"{}")):
        (tmp_path / "other" / name).write_bytes(content)
    assert read_documents(tmp_path / "other") == []
    with subscribed(StatusFiles(tmp_path / "other")), stage("reporting"):
        pass
    assert [document["state"] for document in read_documents(tmp_path / "other")] == ["finished"]


def test_a_stopped_process_that_has_the_lock_holds_up_no_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cowrie_assets.telemetry.status_files._SECONDS_FOR_LOCK", 0.05)
    hold = "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX); print(); sys.stdin.read()"
    command = [sys.executable, "-c", hold, str(tmp_path / ".lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGSTOP)
        with subscribed(StatusFiles(tmp_path)), stage("reporting"):
            pass
        assert read_documents(tmp_path) == []
        process.kill()


def _until(holds: Any) -> None:
    ends_at = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < ends_at
        time.sleep(0.01)
