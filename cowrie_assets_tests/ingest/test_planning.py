"""The ledger: a row for each content that was read, found again under any name, and never believed where in doubt."""

import bz2
import gzip
import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from cowrie_assets.ingest.discovery import log_file
from cowrie_assets.ingest.file_looks import Look
from cowrie_assets.ingest.ledger import Plan
from cowrie_assets.ingest.planning import plan_log
from cowrie_assets.sensor_registry import SensorRegistry
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.checks import run_checks
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import log_paths
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.loading import load_folder, write_log

LINES = [events.line(number) for number in range(40)]
MANY = [events.line(number, padding="x" * 400) for number in range(1500)]
"""A log of a megabyte: it has samples between its head and its end."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "logs"


def ledger(warehouse: Warehouse) -> list[dict[str, Any]]:
    return sorted(tables.rows(warehouse, "log_files"), key=lambda row: row["id"])


def plan(warehouse: Warehouse, path: Path, *, skip_unchanged: bool = True, quiet_seconds: int = 600) -> Plan | None:
    log = log_file(path, SensorRegistry())
    look = Look.now(Settings(quiet_seconds=quiet_seconds))
    return plan_log(warehouse, log, look, skip_unchanged=skip_unchanged)


def test_a_row_accounts_for_its_log(warehouse: Warehouse, root: Path) -> None:
    naive = events.line(20, timestamp="2026-08-29T12:00:00")
    lines = [*LINES[:10], b"", b"kernel: oops", LINES[0], naive, LINES[11][:-1] + b',"bad":"\xff"}', b"\x00 \x00"]
    path = write_log(root, lines)
    load_folder(warehouse, root)
    (row,) = ledger(warehouse)
    counts = ("lines", "events", "duplicates", "dead_letters", "blank", "invalid_utf8", "naive_timestamps")
    assert {name: row[name] for name in counts} == {
        **{"lines": 16, "events": 12, "duplicates": 1, "dead_letters": 1, "blank": 2},
        **{"invalid_utf8": 1, "naive_timestamps": 1},
    }
    assert (row["sensor"], row["path"], row["generation"]) == ("hp-test", str(path), 1)
    assert (row["compression"], row["bytes_read"], row["status"]) == ("plain", path.stat().st_size, "closed")
    assert row["first_event_at"] == "2026-08-28T23:50:00.000000Z"
    assert row["last_event_at"] == "2026-08-29T12:00:00.000000Z"


def test_the_sum_over_many_steps_is_that_of_one(sqlite: Warehouse, root: Path, tmp_path: Path) -> None:
    write_log(root, [*LINES, b"", b"oops", *LINES[:5]])
    load_folder(sqlite, root)
    with Warehouse.open(f"sqlite:///{tmp_path / 'other.db'}") as other:
        load_folder(other, root, batch_events=1)
        found = [{**row, "last_ingested_at": None} for warehouse in (sqlite, other) for row in ledger(warehouse)]
    assert found[0] == found[1]


def test_an_unchanged_log_has_no_plan(sqlite: Warehouse, root: Path) -> None:
    path = write_log(root, LINES)
    assert plan(sqlite, path) is not None
    load_folder(sqlite, root)
    assert plan(sqlite, path) is None
    bulk = plan(sqlite, path, skip_unchanged=False)
    assert bulk is not None
    assert bulk.known is not None
    assert bulk.known.bytes_read == path.stat().st_size


@pytest.mark.parametrize("change", ["size", "time", "inode", "content"])
def test_a_changed_file_is_looked_at_again(sqlite: Warehouse, root: Path, change: str) -> None:
    path = write_log(root, LINES)
    load_folder(sqlite, root)
    before = path.stat()
    if change == "size":
        path.write_bytes(path.read_bytes() + b"\n")
    elif change == "content":
        path.write_bytes(path.read_bytes().replace(b"uname -a", b"uname -b"))
    elif change == "inode":
        shutil.copyfile(path, root / "copy")
        (root / "copy").rename(path)
    if change == "time":
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    else:
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    again = plan(sqlite, path)
    assert again is not None
    assert (again.known is None) == (change == "content")


@pytest.mark.parametrize("where", ["first line", "first block", "middle", "end"])
def test_where_the_content_is_not_what_it_was_the_log_is_read_from_its_start(
    sqlite: Warehouse, root: Path, where: str
) -> None:
    """A log rewritten in place, all lines changed from somewhere on."""
    begin = {"first line": 0, "first block": 60, "middle": 700, "end": 1490}[where]
    write_log(root, MANY, "cowrie.json")
    load_folder(sqlite, root)
    rewritten = [*MANY[:begin], *(line.replace(b'"hp-test"', b'"hp-TEST"') for line in MANY[begin:])]
    write_log(root, [*rewritten, LINES[0]], "cowrie.json")
    result = load_folder(sqlite, root)
    assert (result.lines, result.duplicates) == (1501, begin)
    assert [row["generation"] for row in ledger(sqlite)] == [1, 2]


def test_each_content_at_a_path_is_a_generation(sqlite: Warehouse, root: Path) -> None:
    for number in range(3):
        write_log(root, LINES[number * 10 : number * 10 + 10], "cowrie.json")
        load_folder(sqlite, root)
    rows = ledger(sqlite)
    assert [row["generation"] for row in rows] == [1, 2, 3]
    assert len({row["fingerprint"] for row in rows}) == 3
    write_log(root, LINES[:10], "cowrie.json")
    assert load_folder(sqlite, root).lines == 0, "the first content is back"
    assert len(ledger(sqlite)) == 3


@pytest.mark.parametrize(
    ("suffix", "compress", "compression"), [(".gz", gzip.compress, "gzip"), (".bz2", bz2.compress, "bzip2")]
)
def test_a_compressed_log_is_the_one_it_was_made_of(
    sqlite: Warehouse, root: Path, suffix: str, compress: Any, compression: str
) -> None:
    path = write_log(root, MANY, "cowrie.json.1")
    load_folder(sqlite, root)
    path.with_name("cowrie.json.2" + suffix).write_bytes(compress(path.read_bytes()))
    path.unlink()
    assert load_folder(sqlite, root).lines == 0
    (row,) = ledger(sqlite)
    assert row["path"].endswith("cowrie.json.2" + suffix), "where it lies now"
    assert load_folder(sqlite, root).unchanged == 1
    (root / "hp-test" / "cowrie.json.3").write_bytes(b"".join(line + b"\n" for line in MANY))
    assert load_folder(sqlite, root).lines == 0, "unpacked again"
    assert load_folder(sqlite, root, "bulk").events == 0


def test_a_compressed_log_that_was_read_first_is_known_when_it_is_unpacked(sqlite: Warehouse, root: Path) -> None:
    packed = write_log(root, [], "cowrie.json.1.gz")
    packed.write_bytes(gzip.compress(b"".join(line + b"\n" for line in MANY)))
    load_folder(sqlite, root)
    assert ledger(sqlite)[0]["compression"] == "gzip"
    write_log(root, MANY, "cowrie.json.2")
    assert load_folder(sqlite, root).lines == 0


def test_the_path_follows_a_renamed_log_and_stays_with_a_copied_one(sqlite: Warehouse, root: Path) -> None:
    live = write_log(root, LINES, "cowrie.json")
    load_folder(sqlite, root)
    copy = live.with_name("cowrie.json.1")
    shutil.copyfile(live, copy)
    load_folder(sqlite, root)
    assert [row["path"] for row in ledger(sqlite)] == [str(live)]
    live.unlink()
    os.utime(copy)
    load_folder(sqlite, root)
    assert [row["path"] for row in ledger(sqlite)] == [str(copy)]


def test_a_path_of_any_bytes_is_known_again(warehouse: Warehouse, root: Path) -> None:
    path = write_log(root, LINES, "cowrie.json.1", sensor=os.fsdecode(b"hp-\xff\xfe\n\xe2\x80\xae"))
    load_folder(warehouse, root)
    assert load_folder(warehouse, root).unchanged == 1
    (row,) = ledger(warehouse)
    assert os.fsencode(row["path"]) == os.fsencode(path)
    shutil.copyfile(path, path.with_name("cowrie.json.2"))
    assert load_folder(warehouse, root).lines == 0
    assert [found["path"] for found in ledger(warehouse)] == [row["path"]]


def test_a_live_log_is_open_until_it_is_quiet(sqlite: Warehouse, root: Path) -> None:
    live = write_log(root, LINES, "cowrie.json")
    load_folder(sqlite, root)
    assert [row["status"] for row in ledger(sqlite)] == ["open"]
    then = time.time() - 1000
    os.utime(live, (then, then))
    load_folder(sqlite, root)
    assert [row["status"] for row in ledger(sqlite)] == ["closed"]


def test_a_quiet_live_log_with_an_unfinished_line_is_opened_again_though_unchanged(
    sqlite: Warehouse, root: Path
) -> None:
    live = write_log(root, LINES[:3], "cowrie.json")
    live.write_bytes(live.read_bytes().rstrip(b"\n"))
    then = time.time() - 300
    os.utime(live, (then, then))
    load_folder(sqlite, root)
    assert plan(sqlite, live) is None
    closing = plan(sqlite, live, quiet_seconds=100)
    assert closing is not None
    assert closing.closed
    load_folder(sqlite, root, quiet_seconds=100)
    assert plan(sqlite, live, quiet_seconds=100) is None
    assert [row["events"] for row in ledger(sqlite)] == [3]


def test_nothing_is_pending_of_a_log_in_utf16(sqlite: Warehouse, root: Path) -> None:
    """Its offsets are those of its UTF-8, not of the file."""
    path = write_log(root, LINES[:3])
    path.write_bytes(path.read_bytes().decode().encode("utf-16"))
    load_folder(sqlite, root)
    with sqlite.read() as connection:
        assert connection.execute(select(log_paths.c.pending_bytes)).scalars().all() == [0]


def test_logs_that_begin_alike_are_told_apart(sqlite: Warehouse, root: Path) -> None:
    """A copy that was cut, and one that went on otherwise."""
    write_log(root, LINES[:20], "cowrie.json.1")
    write_log(root, LINES[:10], "cowrie.json.2")
    write_log(root, [*LINES[:20], *LINES[30:]], "cowrie.json.3")
    write_log(root, [*LINES[:5], *LINES[25:30]], "cowrie.json.4")
    load_folder(sqlite, root)
    assert len(tables.rows(sqlite, "raw_events")) == 35
    assert [
        result for result in run_checks(sqlite, names=["ledger_accounts_for_every_line"]) if not result.passed
    ] == []
    assert load_folder(sqlite, root).unchanged == 4


def test_a_log_that_cannot_be_opened_has_no_plan_but_an_error(sqlite: Warehouse, root: Path) -> None:
    with pytest.raises(FileNotFoundError):
        plan(sqlite, root / "hp-test" / "cowrie.json")
    (root / "hp-test" / "cowrie.json.1").mkdir(parents=True)
    with pytest.raises(OSError, match="no regular file"):
        plan(sqlite, root / "hp-test" / "cowrie.json.1")
