"""What happens to a log between two loads: it grows, is renamed, copied, cut, replaced, or does not change."""

import gzip
import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.logs import find_logs
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.checks import run_checks
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events
from cowrie_assets_tests.loading import lines_of, load_folder, payloads, write_log
from cowrie_assets_tests.work import calls

LINES = [events.line(number) for number in range(40)]


class LiveLog:
    """A sensor's `cowrie.json`, and loads of its folder."""

    def __init__(self, warehouse: Warehouse, root: Path) -> None:
        self.root = root
        self.path = write_log(root, [], "cowrie.json")
        self._warehouse = warehouse

    def append(self, *lines: bytes, end: bytes = b"\n") -> None:
        with self.path.open("ab") as log:
            log.write(b"\n".join(lines) + end)

    def load(self, **settings: Any) -> tuple[int, int, int, int, int]:
        return lines_of(load_folder(self._warehouse, self.root, **settings))

    def age(self, seconds: float) -> None:
        """As if nothing was written for so long."""
        then = time.time() - seconds
        os.utime(self.path, (then, then))

    def is_loaded(self, *lines: bytes) -> None:
        assert payloads(self._warehouse) == sorted(lines)
        assert run_checks(self._warehouse, names=["ledger_accounts_for_every_line", "ledger_owns_its_events"])[0].passed


@pytest.fixture
def live(sqlite: Warehouse, tmp_path: Path) -> LiveLog:
    return LiveLog(sqlite, tmp_path / "logs")


def test_only_what_is_new_is_read(live: LiveLog) -> None:
    live.append(*LINES[:10])
    assert live.load() == (10, 10, 0, 0, 0)
    assert live.load() == (0, 0, 0, 0, 0)
    live.append(*LINES[10:13])
    assert live.load() == (3, 3, 0, 0, 0)
    live.is_loaded(*LINES[:13])


def test_half_a_line_is_no_line_yet(live: LiveLog) -> None:
    live.append(*LINES[:2], LINES[2][:50], end=b"")
    assert live.load() == (2, 2, 0, 0, 0)
    assert live.load() == (0, 0, 0, 0, 0)
    live.append(LINES[2][50:], LINES[3])
    assert live.load() == (2, 2, 0, 0, 0)
    live.is_loaded(*LINES[:4])


def test_a_whole_object_without_its_newline_counts_once_the_log_is_quiet(live: LiveLog) -> None:
    live.append(*LINES[:3], end=b"")
    assert live.load(quiet_seconds=100) == (2, 2, 0, 0, 0)
    live.age(200)
    assert live.load(quiet_seconds=100) == (1, 1, 0, 0, 0)
    assert live.load(quiet_seconds=100) == (0, 0, 0, 0, 0)
    live.is_loaded(*LINES[:3])
    live.append(b"", LINES[3])
    assert live.load() == (1, 1, 0, 0, 0), "the newline that comes late is no blank line"
    live.is_loaded(*LINES[:4])


def test_half_a_line_at_the_end_of_a_quiet_log_stays_pending(live: LiveLog) -> None:
    live.append(*LINES[:2], LINES[2][:50], end=b"")
    live.age(200)
    assert live.load(quiet_seconds=100) == (2, 2, 0, 0, 0)
    live.append(LINES[2][50:], LINES[3])
    assert live.load() == (2, 2, 0, 0, 0)
    live.is_loaded(*LINES[:4])


@pytest.mark.parametrize("how", ["rename", "copy", "hard link", "gzip", "move"])
def test_a_log_under_another_name_is_not_read_again(live: LiveLog, how: str) -> None:
    live.append(*LINES[:10])
    live.load()
    rotated = live.path.with_name("cowrie.json.2026-08-29")
    match how:
        case "rename":
            live.path.rename(rotated)
        case "copy":
            shutil.copyfile(live.path, rotated)
        case "hard link":
            os.link(live.path, rotated)
        case "gzip":
            rotated.with_name(rotated.name + ".gz").write_bytes(gzip.compress(live.path.read_bytes()))
            live.path.unlink()
        case "move":
            (live.root / "hp-other").mkdir()
            live.path.rename(live.root / "hp-other" / "cowrie.json.1")
    assert live.load() == (0, 0, 0, 0, 0)
    live.is_loaded(*LINES[:10])


def test_what_was_written_between_the_last_load_and_the_rotation_is_read(live: LiveLog) -> None:
    live.append(*LINES[:5])
    live.load()
    live.append(*LINES[5:8])
    live.path.rename(live.path.with_name("cowrie.json.2026-08-29"))
    live.append(*LINES[8:12])
    assert live.load() == (7, 7, 0, 0, 0)
    live.is_loaded(*LINES[:12])


@pytest.mark.parametrize("grown", [2, 30], ids=["shorter than before", "grown past the old offset"])
def test_copytruncate(live: LiveLog, grown: int) -> None:
    live.append(*LINES[:8])
    live.load()
    shutil.copyfile(live.path, live.path.with_name("cowrie.json.1"))
    live.path.write_bytes(b"")
    live.append(*LINES[8 : 8 + grown])
    assert live.load() == (grown, grown, 0, 0, 0)
    live.is_loaded(*LINES[: 8 + grown])


def test_the_hole_that_copytruncate_leaves_is_no_event_and_no_dead_letter(live: LiveLog) -> None:
    live.append(*LINES[:8])
    live.load()
    shutil.copyfile(live.path, live.path.with_name("cowrie.json.1"))
    live.path.write_bytes(b"")
    live.append(b"\x00" * 198_589 + LINES[8], LINES[9])
    assert live.load() == (2, 2, 0, 0, 0)
    live.is_loaded(*LINES[:10])


@pytest.mark.parametrize("kept", [1, 4])
@pytest.mark.parametrize("grown", [1, 30], ids=["shorter than before", "grown past the old offset"])
def test_a_truncation_that_keeps_the_head(live: LiveLog, kept: int, grown: int) -> None:
    live.append(*LINES[:8])
    live.load()
    live.path.write_bytes(b"".join(line + b"\n" for line in LINES[:kept]))
    live.append(*LINES[8 : 8 + grown])
    lines, new, duplicates, dead, _ = live.load()
    assert (lines, new, duplicates, dead) == (kept + grown, grown, kept, 0)
    live.is_loaded(*LINES[: 8 + grown])


def test_a_log_replaced_at_once_by_another_is_read_from_its_start(live: LiveLog) -> None:
    live.append(*LINES[:8])
    live.load()
    fresh = live.path.with_name("fresh")
    fresh.write_bytes(b"".join(line + b"\n" for line in LINES[4:20]))
    fresh.rename(live.path)
    assert live.load() == (16, 12, 4, 0, 0)
    live.is_loaded(*LINES[:20])


def big_log(root: Path, size: int) -> None:
    """A log of `size` bytes that takes none on disk: two events, and between them the hole that copytruncate leaves."""
    path = write_log(root, LINES[:1], "cowrie.json")
    with path.open("r+b") as log:
        log.truncate(size)
        log.seek(0, os.SEEK_END)
        log.write(LINES[1] + b"\n")


@pytest.mark.parametrize("large", [100_000_000, pytest.param(1_000_000_000, marks=pytest.mark.soak)])
def test_an_unchanged_large_log_costs_what_one_of_a_megabyte_costs(
    sqlite: Warehouse, tmp_path: Path, large: int
) -> None:
    """Reads of a file are calls: no more than the few samples of a larger grid."""
    cost = {}
    for size in (1_000_000, large):
        root = tmp_path / str(size)
        big_log(root, size)
        load_folder(sqlite, root)
        cost[size] = calls(lambda root=root: load_folder(sqlite, root))
        assert load_folder(sqlite, root).unchanged == 1
    assert cost[large] < 2 * cost[1_000_000]


def test_logs_that_a_rotation_moved_before_they_were_opened_are_found_again(live: LiveLog, sqlite: Warehouse) -> None:
    live.append(*LINES[:5])
    settings = Settings(log_root=live.root)
    found = find_logs(settings)
    live.path.rename(live.path.with_name("cowrie.json.1"))
    result = ingest(sqlite, settings, found=found).load
    assert (result.events, result.unread) == (5, 0)
    live.is_loaded(*LINES[:5])
