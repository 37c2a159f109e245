"""Which files are logs, whose they are, and in which order they come."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from cowrie_assets.ingest.discovery import Discovery, DiscoveryError, LogFile, discover, log_file
from cowrie_assets.sensor_registry import Sensor, SensorRegistry

NOBODY = SensorRegistry()
IN_ORDER = [
    "cowrie.json.2017_11_4",
    "cowrie-2020-05-23.json",
    "cowrie.json-20210102.gz",
    "cowrie.2025-09-01.json.bz2",
    "cowrie.json.2026-08-28",
    "cowrie.json.2026-08-28.gz",
    "cowrie.json.2026-08-29.zst",
    "cowrie.json-1788048000.gz",
    "cowrie.json.2026-08-31.2.gz",
    "cowrie.json.2026-08-31.1",
    "cowrie-20260831.json",
    "cowrie-20260831.json.xz",
    "cowrie.json-2026083114",
    "cowrie.json.30.gz",
    "cowrie.json.2.bz2",
    "COWRIE.JSON.1",
    "cowrie.json.1",
    "cowrie.json.1.gz",
    "cowrie.json.1.gz.1.gz",
    "cowrie.json.1.xz",
    "cowrie.json.bak",
    "cowrie.json.gz",
    "cowrie.json.old",
    "Cowrie-hp01.json",
    "cowrie.json",
    "cowrie.json\n",
    "cowrie.jsonl",
    "cowrie2.json",
    "hp-fra-01_cowrie.ndjson",
    "json_cowrie.log",
]
LIVE = set(IN_ORDER[IN_ORDER.index("Cowrie-hp01.json") :])
NO_LOGS = [
    *("cowrie.log", "lastlog.txt", "audit.json", "cowrie.json.gz.tmp", "cowrie.json.part", "cowrie.json~"),
    *(".cowrie.json.Xy12ab", ".cowrie.json.swp", "#cowrie.json#", "cowrie.json.filepart", "cowrie.json.1.gz.sha256"),
    *("cowrie_json.db", "cowrie_json.sqlite3-wal", "cowrie-json.py", "cowrie.json.lock"),
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
    assert {log.path.name for log in found.logs if log.live} == LIVE
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
    assert [sensor.name for sensor in found.missing] == ["oslo"]
    assert not found.warnings


def test_a_file_is_listed_once_by_the_folder_it_lies_in(tmp_path: Path):
    lay(tmp_path / "hp-1", "cowrie.json")
    (tmp_path / "a").symlink_to(tmp_path / "hp-1")
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "cowrie.json").symlink_to(tmp_path / "hp-1" / "cowrie.json")
    assert discover(tmp_path, NOBODY).logs == (LogFile(tmp_path / "hp-1" / "cowrie.json", "hp-1", live=True),)


def linked(tmp_path: Path) -> Path:
    """A root with links out of it, to a folder above, in a circle, and nowhere; and with links within it."""
    outside = tmp_path / "outside"
    lay(outside / "deeper", "cowrie.json")
    lay(tmp_path, "shadow")
    root = tmp_path / "root"
    lay(root / "hp-2", "current.txt")
    lay(root / "hp-3", "cowrie.json.1")
    (root / "hp-1").symlink_to(outside / "deeper")
    (root / "hp-2" / "up").symlink_to("..")
    (root / "hp-2" / "cowrie.json").symlink_to("current.txt")
    (root / "hp-2" / "again").symlink_to(root / "hp-3")
    (root / "hp-3" / "cowrie.json").symlink_to("../../shadow")
    (root / "cowrie.json").symlink_to(root / "cowrie.json")
    (root / "cowrie.json.1").symlink_to(root / "nowhere")
    return root


def test_links_are_followed_within_the_folders_of_the_logs_and_no_further(tmp_path: Path):
    root = linked(tmp_path)
    found = discover(root, NOBODY)
    assert [str(log.path.relative_to(root)) for log in found.logs] == ["hp-2/cowrie.json", "hp-3/cowrie.json.1"]
    warnings = sorted(found.warnings)
    assert len(warnings) == 5
    assert sum("cannot be read" in warning for warning in warnings) == 2
    assert sum("folder above it" in warning and "'up'" not in warning for warning in warnings) == 1
    assert sum("leads out of the logs' folders" in warning for warning in warnings) == 2
    assert any(repr(str(tmp_path / "shadow")) in warning for warning in warnings)


def test_a_setting_lets_links_lead_outside(tmp_path: Path):
    root = linked(tmp_path)
    found = discover(root, NOBODY, follow_links=True)
    assert [(str(log.path.relative_to(root)), log.sensor) for log in found.logs] == [
        *(("hp-1/cowrie.json", "hp-1"), ("hp-2/cowrie.json", "hp-2")),
        *(("hp-3/cowrie.json.1", "hp-3"), ("hp-3/cowrie.json", "hp-3")),
    ]
    assert len(found.warnings) == 2


def test_a_link_into_a_configured_folder_and_a_root_that_is_a_link_are_fine(tmp_path: Path):
    root = linked(tmp_path)
    registry = SensorRegistry((Sensor("rome", logpath=tmp_path / "outside" / "deeper"),))
    (tmp_path / "link").symlink_to(root)
    found = discover(tmp_path / "link", registry)
    assert [log.sensor for log in found.logs] == ["hp-2", "hp-3", "rome"]
    assert not any("deeper" in warning for warning in found.warnings)


def test_globs_replace_the_names_that_logs_have_by_default(tmp_path: Path):
    lay(tmp_path, "cowrie.json", "honeypot.log", "honeypot.log.1", "honeypot.log.tmp", ".honeypot.log.swp", "kept.tmp")
    assert names(discover(tmp_path, NOBODY, globs=["HONEYPOT.log*"])) == ["honeypot.log.1", "honeypot.log"]
    assert names(discover(tmp_path, NOBODY, globs=["*.tmp"])) == ["honeypot.log.tmp", "kept.tmp"]


def test_nothing_is_opened_and_a_file_costs_no_call_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for number in range(20):
        lay(tmp_path / f"hp-{number}", *(f"cowrie.json.{each}" for each in range(50)))
    registry = SensorRegistry(tuple(Sensor(f"s{number}", logpath=tmp_path / f"hp-{number}") for number in range(20)))
    calls = 0
    stat, resolve = os.stat, Path.resolve

    def counted(*given, **named):
        nonlocal calls
        calls += 1
        return stat(*given, **named)

    def counted_resolve(*given, **named):
        nonlocal calls
        calls += 1
        return resolve(*given, **named)

    opened = []
    sys.addaudithook(lambda name, given: opened.append(given[0]) if name == "open" else None)
    monkeypatch.setattr(os, "stat", counted)
    monkeypatch.setattr(Path, "resolve", counted_resolve)
    assert len(discover(tmp_path, registry).logs) == 1000
    monkeypatch.undo()
    assert not any(str(path).startswith(str(tmp_path)) for path in opened)
    assert calls < 20 * 10, "by folder and by sensor, never by both or by file"


@pytest.mark.timeout(20)
def test_what_is_named_like_a_log_and_is_none_is_passed_over_with_a_warning(tmp_path: Path):
    lay(tmp_path, "cowrie.json.1")
    os.mkfifo(tmp_path / "cowrie.json.3")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "cowrie.json.4"))
        found = discover(tmp_path, NOBODY)
    assert names(found) == ["cowrie.json.1"]
    assert [next(kind for kind in ("pipe", "socket") if kind in warning) for warning in found.warnings] == [
        *("pipe", "socket"),
    ]


def test_an_unreadable_folder_is_passed_over_with_a_warning(tmp_path: Path):
    """In a process that gives up being root, whom no mode keeps out."""
    root = tmp_path / "logs"
    lay(root / "open", "cowrie.json")
    lay(root / "shut", "cowrie.json")
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
    (warning,) = warnings
    assert "cannot be read: Permission denied" in warning


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
