"""Exit codes tell the truth, and an error is a sentence that says what to do."""

import gzip
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from cowrie_assets.warehouse import versions
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.cli.conftest import Cowrie

_MAIN = [sys.executable, "-c", "from cowrie_assets.cli import main; main()"]


def _refused(outcome: Any, code: int, *words: str) -> None:
    assert outcome.code == code
    assert "Traceback" not in outcome.err
    for word in words:
        assert word in outcome.err


def test_a_missing_folder(cowrie: Cowrie, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _refused(cowrie("ingest", tmp_path / "nowhere"), 1, "nowhere", "does not exist")
    monkeypatch.setenv("COWRIE_LOG_ROOT", str(tmp_path / "nowhere"))
    _refused(cowrie("ingest"), 1, "nowhere", "does not exist")
    _refused(cowrie("backfill", "2026-08-31", "2026-08-31"), 1, "does not exist")
    monkeypatch.delenv("COWRIE_LOG_ROOT")
    _refused(cowrie("ingest"), 1, "COWRIE_LOG_ROOT")
    _refused(cowrie("backfill", "2026-08-31", "2026-08-31"), 1, "COWRIE_LOG_ROOT")
    _refused(cowrie("ingest", "--prove"), 1, "there is no database at")
    assert not (tmp_path / "warehouse.db").exists(), "nothing is made before there is something to read"


def test_no_logs_and_nothing_readable(cowrie: Cowrie, tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "notes.txt").write_text("not a log")
    _refused(cowrie("ingest", folder), 1, "no Cowrie logs")
    assert not (tmp_path / "warehouse.db").exists()
    os.mkfifo(folder / "cowrie.json")
    _refused(cowrie("ingest", folder), 1, "no Cowrie logs")


def test_an_archive_of_which_nothing_can_be_had_is_told(cowrie: Cowrie, tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / "cowrie.json.1.gz").write_bytes(gzip.compress(b"{}\n")[:12])
    words = ("cowrie.json.1.gz cannot be read: the gzip archive", "1 log could not be read")
    _refused(cowrie("ingest", folder), 1, *words)


def test_a_database_that_is_not_there(cowrie: Cowrie, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    looks = (("status",), ("validate",), ("report", "daily", "2026-08-31"), ("rebuild",), ("dead-letters", "list"))
    for command in looks:
        _refused(cowrie(*command), 1, "there is no database at", "cowrie-assets ingest")
    assert not (tmp_path / "warehouse.db").exists()
    monkeypatch.setenv("COWRIE_DATABASE_URL", "not a url")
    _refused(cowrie("status"), 1, "COWRIE_DATABASE_URL")


def test_a_look_at_a_database_without_tables_makes_none(
    cowrie: Cowrie, monkeypatch: pytest.MonkeyPatch, empty_database_url: str
) -> None:
    Warehouse.connect(empty_database_url).close()
    monkeypatch.setenv("COWRIE_DATABASE_URL", empty_database_url)
    for command in (("status",), ("validate",), ("report", "daily", "2026-08-31"), ("rebuild",), ("reparse",)):
        _refused(cowrie(*command), 1, "has no tables yet", "cowrie-assets ingest")
    with Warehouse.connect(empty_database_url) as warehouse:
        assert versions.current(warehouse) is None


def test_a_password_is_never_printed(cowrie: Cowrie, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COWRIE_DATABASE_URL", "postgresql+psycopg://cowrie:s3cret@127.0.0.1:1/cowrie")
    for command in (("status",), ("ingest",), ("doctor",), ("db", "current")):
        outcome = cowrie(*command)
        assert outcome.code == 1
        assert "cannot be opened" in outcome.out + outcome.err
        assert "s3cret" not in outcome.out + outcome.err


def test_a_setting_that_cannot_be_used(cowrie: Cowrie, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COWRIE_FIRST_DAY", "yesterday")
    _refused(cowrie("ingest"), 1, "COWRIE_FIRST_DAY must be a day")
    doctor = cowrie("doctor")
    assert doctor.code == 1
    assert "COWRIE_FIRST_DAY must be a day" in doctor.out


def test_a_database_that_is_no_database(ingested: Cowrie, tmp_path: Path) -> None:
    (tmp_path / "warehouse.db").write_bytes(b"this is no SQLite file, whatever its name says\n" * 100)
    _refused(ingested("status"), 1, "cannot be opened", "not a database")


def test_an_unknown_sensor(ingested: Cowrie) -> None:
    outcome = ingested("report", "daily", "2026-08-31", "--sensor", "hp\x1b-fra")
    _refused(outcome, 1, "hp-fra-01")
    assert "\x1b" not in outcome.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("report", "daily", "2026-02-30"),
        ("report", "weekly", "2025-W53"),
        ("report", "monthly", "2026-13"),
        ("report", "daily", "2026-W36"),
        ("report", "yearly", "2026"),
        ("report", "daily", "2026-08-31", "--to", "2026-08-30"),
        ("report", "daily", "2026-08-31", "--sensor", "a", "--all-sensors"),
        ("report", "daily", "2026-08-31", "--top", "0"),
        ("backfill", "2026-08-31", "2026-08-30"),
        ("backfill", "2026-08-31"),
        ("validate", "--from", "2026-08-32"),
        ("rebuild", "--from", "2026-09-01", "--to", "2026-08-31"),
        ("ingest", "--mode", "fast"),
        ("dead-letters", "list", "--reason", "bad_luck"),
        ("no-such-command",),
    ],
)
def test_what_is_no_command_line(ingested: Cowrie, arguments: tuple[str, ...]) -> None:
    _refused(ingested(*arguments), 2)


def test_the_reader_of_the_output_may_go_away(ingested_database: Path) -> None:
    environment = os.environ | {"COWRIE_DATABASE_URL": f"sqlite:///{ingested_database}"}
    command = [*_MAIN, "report", "daily", "2026-08-30", "--to", "2026-09-03", "--all-sensors"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(1)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(240) == 1


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Commands hear Ctrl-C, though a shell that starts the tests in the background lets it be ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard")
def test_ctrl_c_ends_a_watch_well(ingested_database: Path) -> None:
    environment = os.environ | {"COWRIE_DATABASE_URL": f"sqlite:///{ingested_database}"}
    with subprocess.Popen(
        [*_MAIN, "status", "--watch", "--format", "json"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=240)
        assert (process.returncode, err) == (0, b"")


def _events(warehouse: Warehouse) -> int:
    with warehouse.read() as connection:
        return int(connection.execute(text("SELECT COUNT(*) FROM events")).scalar_one())


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_ingest_says_so_and_the_next_one_completes_it(
    cowrie: Cowrie, sample_logs: Path, tmp_path: Path, sent: signal.Signals
) -> None:
    url = f"sqlite:///{tmp_path / 'warehouse.db'}"
    slowly = {"COWRIE_LOG_ROOT": str(sample_logs), "COWRIE_DATABASE_URL": url, "COWRIE_BATCH_EVENTS": "1"}
    with (
        Warehouse.open(url) as warehouse,
        subprocess.Popen([*_MAIN, "ingest"], env=os.environ | slowly, stderr=subprocess.PIPE) as process,
    ):
        while process.poll() is None and not _events(warehouse):
            time.sleep(0.001)
        process.send_signal(sent)
        _, err = process.communicate(timeout=240)
        assert process.returncode == 130
        assert (
            err.decode()
            .strip()
            .endswith("Interrupted. What was committed before stays; the next run goes on from there.")
        )
    assert cowrie("ingest").code == 0
    assert cowrie("status", "--format", "json").json["sessions"] == 181
    assert cowrie("validate").code == 0


# ------------------------------------------------------------------------------------------- the whole output or exit 1

_THAT_PRINT = (
    *(("report", "daily", "2026-08-31"), ("status", "--format", "json"), ("validate",), ("ingest",), ("--help",)),
)
_USUAL = {_THAT_PRINT[0], _THAT_PRINT[1], _THAT_PRINT[4]}
"""Others print as these do."""


@pytest.mark.parametrize(
    ("arguments", "unbuffered"),
    [
        pytest.param(arguments, unbuffered, id=" ".join(arguments), marks=() if usual else pytest.mark.soak)
        for number, arguments in enumerate(_THAT_PRINT)
        for unbuffered, usual in (
            ("", arguments in _USUAL and number % 2),
            ("1", arguments in _USUAL and not number % 2),
        )
    ],
)
def test_a_full_disk_is_told(
    ingested_database: Path, sample_logs: Path, tmp_path: Path, arguments: tuple[str, ...], unbuffered: str
) -> None:
    shutil.copy(ingested_database, tmp_path / "warehouse.db")
    environment = os.environ | {
        "COWRIE_DATABASE_URL": f"sqlite:///{tmp_path / 'warehouse.db'}",
        "COWRIE_LOG_ROOT": str(sample_logs),
        "PYTHONUNBUFFERED": unbuffered,
    }
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [*_MAIN, *arguments], env=environment, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert ended.returncode == 1
    assert ended.stderr.endswith("Error: standard output: No space left on device\n")
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(("style", "unbuffered"), [("json", "1"), ("text", "")])
def test_a_disk_that_fills_up_within_a_write_is_told(
    ingested_database: Path, tmp_path: Path, style: str, unbuffered: str
) -> None:
    """The system takes a part of the write, and says how much; only the next one fails."""
    settings = {"COWRIE_DATABASE_URL": f"sqlite:///{ingested_database}", "PYTHONUNBUFFERED": unbuffered}
    limit = 100_001
    report = ("report", "daily", "2026-08-30", "--to", "2026-09-03", "--all-sensors", "--format", style)
    output = tmp_path / "output"
    with output.open("wb") as opened:
        ended = subprocess.run(
            [*_MAIN, *report],
            env=os.environ | settings,
            stdout=opened,
            stderr=subprocess.PIPE,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
            text=True,
            check=False,
        )
    assert output.stat().st_size == limit
    assert (ended.returncode, ended.stderr) == (1, "Error: standard output: File too large\n")


def test_output_that_nobody_holds_is_told_before_anything_is_done(ingested_database: Path) -> None:
    environment = os.environ | {"COWRIE_DATABASE_URL": f"sqlite:///{ingested_database}"}
    ended = subprocess.run(
        [*_MAIN, "status"], env=environment, preexec_fn=lambda: os.close(1), stderr=subprocess.PIPE, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith(b"Error: standard output is closed")


def test_ctrl_c_as_a_connection_is_closed_gives_no_stack(tmp_path: Path) -> None:
    """The pool of connections tells with a stack of whatever interrupts it."""
    program = (
        "import signal, os\nfrom cowrie_assets.warehouse.apsw_dbapi import Connection\n"
        "def close(self, force=True): signal.raise_signal(signal.SIGINT)\n"
        "Connection.close = close\nfrom cowrie_assets.cli import main; main()"
    )
    environment = os.environ | {"COWRIE_DATABASE_URL": f"sqlite:///{tmp_path / 'w.db'}"}
    command = [sys.executable, "-c", program, "db", "upgrade"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, "Interrupted." in ended.stderr) == (130, True)
    assert "Traceback" not in ended.stderr
    assert "Exception" not in ended.stderr
