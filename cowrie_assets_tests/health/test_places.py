"""Root, database and report folder: what is gone, full or not to be written is told with what to do."""

import gzip
import lzma
import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from cowrie_assets.health.left_to_do import left_to_do
from cowrie_assets.health.places import report_folder_problems
from cowrie_assets.operations.backfill import backfill
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.health.honeypot import HOUR, NOON, Honeypot, result


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MB, where this user may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this user may mount no disk")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_root_that_moved_away(honeypot: Honeypot) -> None:
    honeypot.write([NOON])
    honeypot.ingest()
    honeypot.logs.rename(honeypot.folder / "elsewhere")
    health = honeypot.look(once=True)
    root = result(health, "log_root_can_be_read")
    assert root.state == "error"
    assert root.summary == (f"The log root '{honeypot.logs}' does not exist: set COWRIE_LOG_ROOT to the logs' folder.")
    assert root.mend
    for name in ("each_sensor_writes", "nothing_lies_unread", "no_log_is_passed_over"):
        assert (result(health, name).judged, result(health, name).state) == (False, "warning")


def test_a_mount_point_without_its_disk_is_an_empty_folder(honeypot: Honeypot) -> None:
    assert honeypot.result("log_root_can_be_read").summary == f"no log was found below {honeypot.logs}"


def test_folders_of_other_machines_are_missed_by_none_but_them(honeypot: Honeypot) -> None:
    """The sensors file is the same on all machines, and the one in the middle may have no logs at all."""
    sensors, paris, oslo = honeypot.folder / "sensors.toml", honeypot.logs / "paris", honeypot.logs / "oslo"
    sensors.write_text(
        "".join(f"[[sensor]]\nname = {each.name!r}\nlogpath = {str(each)!r}\n" for each in (paris, oslo))
    )

    def problems_on(machine: str) -> list[str]:
        honeypot.environment |= {"COWRIE_COLLECTOR": machine, "COWRIE_SENSORS_FILE": str(sensors)}
        return [each.key for each in honeypot.result("log_root_can_be_read").problems]

    honeypot.write([NOON], sensor="paris")
    assert problems_on("paris") == ["folder oslo"]
    honeypot.ingest()
    paris.rename(honeypot.folder / "on another machine")
    honeypot.write([NOON], sensor="oslo")
    assert problems_on("oslo") == []
    assert not any("paris" in warning for warning in honeypot.ingest().load.warnings)
    shutil.rmtree(oslo)
    assert problems_on("oslo") == ["folder oslo"]
    assert problems_on("") == []
    assert honeypot.result("log_root_can_be_read").summary == "no logs lie here: other machines load theirs"


def test_a_database_that_was_replaced_by_a_folder(honeypot: Honeypot) -> None:
    honeypot.write([NOON])
    honeypot.ingest()
    database = honeypot.folder / "warehouse.db"
    for file in honeypot.folder.glob("warehouse.db*"):
        file.unlink()
    database.mkdir()
    health = honeypot.look(once=True)
    found = result(health, "database_can_be_used")
    assert found.state == "error"
    assert found.summary == (
        f"the database {database} is a folder: put the database file back there, or set COWRIE_DATABASE_URL"
    )
    assert result(health, "log_root_can_be_read").state == "ok"
    assert not result(health, "each_sensor_writes").judged


def test_a_database_that_breaks_under_the_look_is_told_as_well(honeypot: Honeypot) -> None:
    honeypot.write([NOON])
    honeypot.ingest()
    with (honeypot.folder / "warehouse.db").open("r+b") as file:
        file.seek(8192)
        file.write(b"\xff" * 200_000)
    found = honeypot.result("database_can_be_used")
    assert found.state == "error"
    assert "restore a backup" in found.summary


def test_no_database_yet_is_no_fault_and_a_look_makes_none(honeypot: Honeypot) -> None:
    honeypot.write([NOON])
    assert honeypot.look(once=True).failing == []
    assert not (honeypot.folder / "warehouse.db").exists()


def test_a_full_report_folder(small_disk: Path) -> None:
    assert report_folder_problems(small_disk / "reports") == []
    assert list(small_disk.iterdir()) == []
    (small_disk / "ballast").write_bytes(bytes(900_000))
    (problem,) = report_folder_problems(small_disk)
    assert problem.sentence == f"no report can be written to {small_disk}: No space left on device, 147.5 kB free"
    assert problem.mend == f"make room in {small_disk}, or set COWRIE_REPORT_DIR to another folder"
    assert [path.name for path in small_disk.iterdir()] == ["ballast"]
    (small_disk / "ballast").unlink()
    assert report_folder_problems(small_disk) == []


def test_a_limit_on_files_is_room_that_is_missing(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from cowrie_assets.health.places import report_folder_problems\n"
        "print(report_folder_problems(Path(sys.argv[1]))[0].sentence)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, tmp_path],
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)),
    )
    assert ran.stdout.startswith(f"no report can be written to {tmp_path}: File too large, ")


def test_reports_that_are_gone(honeypot: Honeypot) -> None:
    honeypot.write([NOON])
    honeypot.ingest()
    reports = honeypot.folder / "reports"
    settings = Settings.from_environment(honeypot.environment)
    with Warehouse.open(settings.database_url) as warehouse:
        backfill(warehouse, settings, first=date(2026, 9, 1), last=date(2026, 9, 1))
    assert honeypot.result("reports_are_up_to_date").state == "ok"
    reports.rename(honeypot.folder / "elsewhere")
    found = honeypot.result("reports_are_up_to_date")
    assert found.state == "error"
    assert found.summary == f"3 reports that were written are not all below {reports}"
    assert "cowrie-assets backfill 2026-08-31 2026-09-01" in found.mend
    honeypot.environment["COWRIE_REPORT_DIR"] = str(honeypot.folder / "elsewhere")
    assert honeypot.result("reports_are_up_to_date").state == "ok"


def test_a_report_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("")
    (problem,) = report_folder_problems(tmp_path / "reports")
    assert problem.sentence == f"no report can be written to {tmp_path / 'reports'}: Not a directory"
    assert problem.mend == f"move the file {tmp_path / 'reports'} away, or set COWRIE_REPORT_DIR to a folder"


def test_what_is_passed_over_is_told(honeypot: Honeypot, monkeypatch: pytest.MonkeyPatch) -> None:
    log = honeypot.write([NOON])
    assert honeypot.result("no_log_is_passed_over").state == "ok"
    os.mkfifo(honeypot.logs / "hp-1" / "cowrie.json.1")
    (honeypot.logs / "hp-1" / "backup.txt").write_bytes(log.read_bytes())
    found = honeypot.result("no_log_is_passed_over")
    assert found.state == "warning"
    assert [row["reason"] for row in found.examples] == [
        f"'{honeypot.logs}/hp-1/cowrie.json.1' is named like a log but is a named pipe.",
        "its name",
    ]
    monkeypatch.setattr("os.access", lambda path, mode: Path(path) != log)
    shut = honeypot.result("no_log_is_passed_over")
    assert shut.state == "error"
    assert shut.summary.startswith(f"1 log cannot be read by this user, such as '{log}'")


def test_what_no_log_can_be_read_of_is_told_at_once_and_nobody_is_sent_to_read_it(honeypot: Honeypot) -> None:
    log = honeypot.write([NOON])
    content = log.read_bytes()
    for _ in range(4):
        content = gzip.compress(content)
    (log.parent / "cowrie.json.1.gz").write_bytes(content)
    (log.parent / "cowrie.json.2.xz").write_bytes(lzma.compress(log.read_bytes(), lzma.FORMAT_ALONE))
    honeypot.ingest()
    honeypot.now += HOUR
    found = honeypot.result("no_log_is_passed_over")
    assert found.state == "error"
    said = "1 log cannot be read, such as '{}': it is compressed {}"
    assert [problem.sentence for problem in found.problems] == [
        said.format(log.parent / "cowrie.json.1.gz", "more than 3 times over: unpack it first"),
        said.format(log.parent / "cowrie.json.2.xz", "with lzma, and no log: unpack or convert it first"),
    ]
    assert honeypot.result("nothing_lies_unread").state == "ok"
    with Warehouse.open(honeypot.database_url) as warehouse:
        settings = Settings.from_environment(honeypot.environment)
        assert left_to_do(warehouse, settings) == [problem.sentence for problem in found.problems]
        assert left_to_do(warehouse, settings, names_unreadable=False) == []


def test_broken_settings_are_told_and_nothing_else_is_judged(honeypot: Honeypot) -> None:
    honeypot.environment["COWRIE_QUIET_SECONDS"] = "soon"
    health = honeypot.look(once=True)
    assert result(health, "settings_can_be_used").state == "error"
    assert "COWRIE_QUIET_SECONDS" in result(health, "settings_can_be_used").summary
    assert [each.name for each in health.results if each.judged] == ["settings_can_be_used"]


def test_a_setting_of_messages_is_looked_at_as_well(honeypot: Honeypot) -> None:
    honeypot.environment["COWRIE_WEBHOOK_URL"] = "gopher://hunter2"
    found = honeypot.result("settings_can_be_used")
    assert found.state == "error"
    assert "COWRIE_WEBHOOK_URL must begin with https://" in found.summary
    assert "hunter2" not in found.summary
