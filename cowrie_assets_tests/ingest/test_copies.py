"""Copies of what is damaged or dead: each content is counted once, and what is wrong with it is told each time."""

import gzip
import lzma
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cowrie_assets.ingest.load import Mode
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.loading import lines_of, load_folder, payloads, write_log

LINES = [events.line(number) for number in range(40)]
MANY = [events.line(number, padding=os.urandom(300).hex()) for number in range(400)]
COUNTS = ("lines", "events", "duplicates", "dead_letters", "blank")


def _in_ledger(warehouse: Warehouse) -> tuple[int, ...]:
    rows = tables.rows(warehouse, "log_files")
    return tuple(sum(row[name] for row in rows) for name in COUNTS)


def _dead(warehouse: Warehouse) -> int:
    return sum(row["resolved_at"] is None for row in tables.rows(warehouse, "dead_letter_events"))


def _cut(share: float = 0.6, lines: list[bytes] = LINES) -> bytes:
    whole = gzip.compress(b"".join(line + b"\n" for line in lines), 0)
    return whole[: int(len(whole) * share)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with two archives of which nothing can be had, and two logs with a broken line each."""
    root = tmp_path / "logs"
    nothing = lzma.compress(b"".join(line + b"\n" for line in LINES))[:30]
    for number in (8, 9):
        write_log(root, [], f"cowrie.json.{number}.xz").write_bytes(nothing)
    for number in (1, 2):
        write_log(root, [*LINES[number * 2 : number * 2 + 2], b"{broken"], f"cowrie.json.{number}")
    return root


@pytest.mark.parametrize("mode", ["delta", "bulk"])
def test_what_ingest_counts_is_what_the_ledger_and_the_list_hold(warehouse: Warehouse, root: Path, mode: Mode) -> None:
    first = load_folder(warehouse, root, mode)
    assert lines_of(first) == _in_ledger(warehouse) == (7, 4, 0, 3, 0)
    assert _dead(warehouse) == 3
    again = load_folder(warehouse, root, mode)
    assert lines_of(again) == ((0, 0, 0, 0, 0) if mode == "delta" else (7, 0, 4, 3, 0))
    assert _in_ledger(warehouse) == (7, 4, 0, 3, 0)


@pytest.mark.parametrize("mode", ["delta", "bulk"])
def test_an_archive_of_which_nothing_can_be_had_is_unread(sqlite: Warehouse, root: Path, mode: Mode) -> None:
    result = load_folder(sqlite, root, mode)
    assert result.unread == 2
    first, second = result.warnings
    assert first.startswith(f"{root}/hp-test/cowrie.json.9.xz cannot be read: the xz archive ends at byte 30 before")
    assert second.startswith(f"{root}/hp-test/cowrie.json.8.xz cannot be read: it is a copy of a damaged archive, ")


@pytest.mark.parametrize("batch_events", [7, 1000])
def test_a_damaged_archive_is_told_with_its_path(sqlite: Warehouse, tmp_path: Path, batch_events: int) -> None:
    path = write_log(tmp_path / "logs", [], "cowrie.json.1.gz")
    path.write_bytes(_cut())
    result = load_folder(sqlite, tmp_path / "logs", batch_events=batch_events)
    assert result.unread == 0
    (warning,) = result.warnings
    assert warning.startswith(f"{path}: the gzip archive ends at byte ")
    assert warning.endswith("what could be had of it is stored, and it is read again when it changes")
    assert load_folder(sqlite, tmp_path / "logs").warnings == []


@pytest.mark.parametrize("give", [shutil.copy, os.rename], ids=["copy", "new name"])
def test_a_copy_or_a_new_name_of_a_damaged_archive_that_was_read_is_not_read_again(
    sqlite: Warehouse, tmp_path: Path, give: Callable[[Path, Path], object]
) -> None:
    root = tmp_path / "logs"
    path = write_log(root, [], "cowrie.json.1.gz")
    path.write_bytes(_cut())
    load_folder(sqlite, root)
    before = _in_ledger(sqlite)
    give(path, path.with_name("cowrie.json.2.gz"))
    result = load_folder(sqlite, root)
    assert (result.logs, *lines_of(result)) == (1, 0, 0, 0, 0, 0)
    assert _in_ledger(sqlite) == before


def test_a_mended_archive_is_read_though_size_and_samples_are_those_of_the_damaged_one(
    sqlite: Warehouse, tmp_path: Path
) -> None:
    root = tmp_path / "logs"
    whole = gzip.compress(b"".join(line + b"\n" for line in MANY), 0)
    path = write_log(root, [], "cowrie.json.1.gz")
    place = len(whole) // 2 + 5000
    path.write_bytes(whole[:place] + b"\0" * 64 + whole[place + 64 :])
    load_folder(sqlite, root)
    assert [row["status"] for row in tables.rows(sqlite, "log_files")] == ["damaged"]
    path.with_name("cowrie.json.2.gz").write_bytes(whole)
    load_folder(sqlite, root)
    assert payloads(sqlite) == sorted(MANY)
    assert _dead(sqlite) == 0


def test_in_bulk_a_copy_of_what_this_load_read_is_not_read_again(sqlite: Warehouse, tmp_path: Path) -> None:
    root = tmp_path / "logs"
    path = write_log(root, LINES)
    shutil.copy(path, path.with_name("cowrie.json.2"))
    assert lines_of(load_folder(sqlite, root, "bulk")) == (40, 40, 0, 0, 0)
    assert lines_of(load_folder(sqlite, root, "bulk")) == (40, 0, 40, 0, 0), "an earlier load proves nothing in bulk"


def test_in_bulk_the_last_line_of_a_rotated_copy_of_a_live_log_counts(sqlite: Warehouse, tmp_path: Path) -> None:
    root = tmp_path / "logs"
    path = write_log(root, LINES, "cowrie.json")
    path.write_bytes(path.read_bytes()[:-1])
    shutil.copy(path, path.with_name("cowrie.json.1"))
    load_folder(sqlite, root, "bulk")
    assert payloads(sqlite) == sorted(LINES)
