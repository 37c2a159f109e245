"""Which files are logs, whose they are, and in which order they come."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from cowrie_assets.ingest.discovery import Discovery, DiscoveryError, LogFile, discover, log_file
from cowrie_assets.settings import Sensor, SensorRegistry

NOBODY = SensorRegistry()
IN_ORDER = [
    "cowrie.json.2017_11_4",
    "cowrie-2020-05-23.json",
    "cowrie.json-20210102.gz",
    "cowrie.2025-09-01.json.bz2",
    "cowrie.json.2026-08-28",
    "cowrie.json.2026-08-28.gz",
    "cowrie.json.2026-08-29.zst",
    "cowrie.json.30.gz",
    "cowrie.json.2.bz2",
    "cowrie.json.1",
    "cowrie.json.1.gz",
    "cowrie.json.gz",
    "cowrie.json",
]
NO_LOGS = [
    *(
        "cowrie.log",
        "cowrie.json.bak",
        "cowrie.json.gz.tmp",
        "cowrie.json~",
        "xcowrie.json",
        "COWRIE.JSON",
        "cowrie.json.1.xz",
    ),
    *("cowrie.json.2026-08", "lastlog.txt", "cowrie.json\n", ".cowrie.json.swp", "cowrie.json.1.gz.gz"),
]


def lay(folder: Path, *names: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"{}\n")


def names(found: Discovery) -> list[str]:
    return [log.path.name for log in found.logs]


def test_every_name_cowrie_and_logrotate_give_oldest_first(tmp_path: Path):
    lay(tmp_path / "hp-1", *reversed(IN_ORDER), *NO_LOGS)
    found = discover(tmp_path, NOBODY)
    assert names(found) == IN_ORDER
    assert found.warnings == ()
    assert [log.path.name for log in found.logs if log.live] == ["cowrie.json"]
    assert {log.sensor for log in found.logs} == {"hp-1"}


def test_logs_in_the_root_and_at_any_depth_folder_by_folder(tmp_path: Path):
    lay(tmp_path, "cowrie.json")
    lay(tmp_path / "b" / "var" / "log", "cowrie.json", "cowrie.json.1")
    lay(tmp_path / "a", "cowrie.json")
    found = discover(tmp_path, NOBODY)
    assert [str(log.path.relative_to(tmp_path)) for log in found.logs] == [
        *("cowrie.json", "a/cowrie.json", "b/var/log/cowrie.json.1", "b/var/log/cowrie.json"),
    ]
    assert [log.sensor for log in found.logs] == [tmp_path.name, "a", "log", "log"]


def test_the_sensors_file_names_folders_also_outside_the_root(tmp_path: Path):
    root, outside = tmp_path / "root", tmp_path / "elsewhere"
    lay(root / "c0ffee", "cowrie.json")
    lay(root / "logs", "cowrie.json")
    lay(outside, "cowrie.json.1")
    registry = SensorRegistry(
        (
            Sensor("berlin", aliases=("c0ffee",)),
            Sensor("paris", logpath=root / "logs"),
            Sensor("rome", logpath=outside),
            Sensor("oslo", logpath=tmp_path / "missing"),
        )
    )
    found = discover(root, registry)
    assert [(log.path, log.sensor) for log in found.logs] == [
        (outside / "cowrie.json.1", "rome"),
        (root / "c0ffee" / "cowrie.json", "berlin"),
        (root / "logs" / "cowrie.json", "paris"),
    ]
    (warning,) = found.warnings
    assert "missing" in warning
    assert "oslo" in warning


def test_a_file_is_listed_once_by_the_folder_it_lies_in(tmp_path: Path):
    lay(tmp_path / "hp-1", "cowrie.json")
    (tmp_path / "a").symlink_to(tmp_path / "hp-1")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "cowrie.json").symlink_to(tmp_path / "hp-1" / "cowrie.json")
    assert discover(tmp_path, NOBODY).logs == (LogFile(tmp_path / "hp-1" / "cowrie.json", "hp-1", live=True),)


def test_links_that_lead_outside_are_followed_and_circles_are_not(tmp_path: Path):
    outside = tmp_path / "outside"
    lay(outside, "cowrie.json")
    root = tmp_path / "root"
    (root / "deep").mkdir(parents=True)
    (root / "hp-1").symlink_to(outside)
    (root / "deep" / "up").symlink_to(root)
    (root / "cowrie.json").symlink_to(root / "cowrie.json")
    (root / "cowrie.json.1").symlink_to(root / "nowhere")
    found = discover(root, NOBODY)
    assert found.logs == (LogFile(root / "hp-1" / "cowrie.json", "hp-1", live=True),)
    assert len(found.warnings) == 2


def test_what_is_named_like_a_log_and_is_none_is_passed_over_with_a_warning(tmp_path: Path):
    lay(tmp_path, "cowrie.json.1")
    (tmp_path / "cowrie.json.2").mkdir()
    lay(tmp_path / "cowrie.json.2", "cowrie.json")
    os.mkfifo(tmp_path / "cowrie.json.3")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "cowrie.json.4"))
        found = discover(tmp_path, NOBODY)
    assert names(found) == ["cowrie.json.1"]
    assert [next(kind for kind in ("folder", "pipe", "socket") if kind in warning) for warning in found.warnings] == [
        *("folder", "pipe", "socket"),
    ]


def test_unreadable_files_and_folders_are_passed_over_with_a_warning(tmp_path: Path):
    """In a process that gives up being root, whom no mode keeps out."""
    root = tmp_path / "logs"
    lay(root / "open", "cowrie.json", "cowrie.json.1")
    lay(root / "shut", "cowrie.json")
    (root / "open" / "cowrie.json.1").chmod(0)
    (root / "shut").chmod(0)
    script = (
        "import os, sys; from pathlib import Path\n"
        "from cowrie_assets.ingest.discovery import discover\n"
        "from cowrie_assets.settings import SensorRegistry\n"
        "if os.geteuid() == 0: os.chdir(sys.argv[1]); os.setgroups([]); os.setuid(65534)\n"
        "found = discover(Path('.'), SensorRegistry())\n"
        "print([str(log.path) for log in found.logs]); print(*found.warnings, sep='\\n')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(root)], cwd=root, capture_output=True, text=True, check=True
    )
    (root / "shut").chmod(0o700)
    listed, *warnings = done.stdout.splitlines()
    assert listed == "['open/cowrie.json']"
    assert len(warnings) == 2
    assert all("cannot be read: Permission denied" in warning for warning in warnings)


def test_names_of_any_bytes(tmp_path: Path):
    folder = tmp_path / os.fsdecode(b"hp-\xff\n")
    lay(folder, "cowrie.json")
    os.mkfifo(folder / "cowrie.json.1")
    found = discover(tmp_path, NOBODY)
    assert [log.sensor for log in found.logs] == [os.fsdecode(b"hp-\xff\n")]
    (warning,) = found.warnings
    assert warning.encode("utf-8").isascii()
    assert "\n" not in warning


def test_a_root_that_cannot_be_searched_is_an_error_that_says_what_to_do(tmp_path: Path):
    lay(tmp_path, "cowrie.json")
    with pytest.raises(DiscoveryError, match="does not exist: set COWRIE_LOG_ROOT"):
        discover(tmp_path / "missing", NOBODY)
    with pytest.raises(DiscoveryError, match="is no folder"):
        discover(tmp_path / "cowrie.json", NOBODY)


def test_a_named_file_is_a_log_whatever_its_name(tmp_path: Path):
    assert log_file(tmp_path / "export.txt", NOBODY) == LogFile(tmp_path / "export.txt", tmp_path.name, live=False)
    assert log_file(tmp_path / "cowrie.json", NOBODY).live
