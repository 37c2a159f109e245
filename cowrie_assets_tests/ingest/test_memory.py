"""Memory is bounded by bytes, whatever is typed: batches by what they keep, never by the count of their lines alone."""

import gzip
import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import event

from cowrie_assets.cowrie.event import Source
from cowrie_assets.cowrie.framing import Blank, Framer
from cowrie_assets.ingest import reading
from cowrie_assets.ingest.batch import Batch
from cowrie_assets.ingest.batch_builder import LONG_TEXT
from cowrie_assets.ingest.letters import DeadLetter
from cowrie_assets.ingest.reading import ReadTask, read_batches
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events
from cowrie_assets_tests.loading import load_lines, write_log

MIB = 1024 * 1024


def task(path: Path) -> ReadTask:
    return ReadTask(path, Source("hp-test"), closed=True, max_line_bytes=64 * MIB, batch_events=20_000)


def kept(batch: Batch) -> int:
    """Characters of the payloads and dead letters of a batch."""
    payloads = (payload for table in batch.tables for payload in table.column("payload"))
    return sum(map(len, payloads)) + sum(len(letter.content) for letter in batch.dead_letters)


@pytest.mark.parametrize("dead", [False, True], ids=["events", "dead lines"])
def test_a_batch_of_long_lines_is_bounded_by_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dead: bool) -> None:
    monkeypatch.setattr(reading, "_MOST_KEPT_BYTES", MIB)
    size = 120_000
    lines = [b"x" * size if dead else events.line(3, input=f"{number:06}{'x' * size}") for number in range(60)]
    batches = list(read_batches(task(write_log(tmp_path, lines))))
    assert sum(batch.lines for batch in batches) == 60
    assert max(map(kept, batches)) < MIB + 3 * size


def test_a_million_dead_lines_are_few_items_up_to_the_insert(tmp_path: Path) -> None:
    batches = list(read_batches(task(write_log(tmp_path, [b'"'] * 1_000_000))))
    assert sum(batch.dead for batch in batches) == 1_000_000
    assert sum(len(batch.dead_lines) + len(batch.dead_letters) for batch in batches) < 100
    letters = [letter for batch in batches for letter in batch.letters()]
    assert [letters[0], letters[-1]] == [
        DeadLetter(1, 0, "invalid_json", '"', 1),
        DeadLetter(1_000_000, 1_999_998, "invalid_json", '"', 1),
    ]


def test_objects_on_one_line_never_stand_in_memory_at_once() -> None:
    framer = Framer()
    found = [len(framer.feed(b"{}" * 65_536)) for _ in range(8)]
    assert sum(found) > 450_000
    assert max(found) < 150_000


def test_sixty_million_newlines_are_few_items(tmp_path: Path) -> None:
    path = tmp_path / "cowrie.json.1.gz"
    path.write_bytes(gzip.compress(b"\n" * 60_000_000, compresslevel=1))
    batches = list(read_batches(task(path)))
    assert sum(batch.blank for batch in batches) == 60_000_000
    assert len(batches) == 1
    framer = Framer()
    items = [item for _ in range(100) for item in framer.feed(b" \r\n" * 10_000)]
    assert len(items) <= 100
    assert sum(item.lines for item in items if type(item) is Blank) == 1_000_000
    assert (framer.safe_offset, framer.safe_line) == (3_000_000, 1_000_001)


_LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_DATA, (int(sys.argv.pop(1)),) * 2)
from cowrie_assets.cli import main
main()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the limit holds for the heap alone")
@pytest.mark.parametrize(
    "hostile",
    [
        *("lines of 120 kB", "a wide character", "lines of no object"),
        pytest.param("a bomb of blanks", marks=pytest.mark.soak),  # test_content.py has bombs, without a process each
    ],
)
def test_a_load_needs_little_memory(tmp_path: Path, hostile: str) -> None:
    """Every process of it may hold 512 MiB."""
    folder = tmp_path / "logs" / "hp-test"
    folder.mkdir(parents=True)
    path = folder / "cowrie.json.1"
    if hostile == "lines of 120 kB":
        path.write_bytes(b"".join(events.line(3, input=f"{number:06}{'x' * 120_000}") + b"\n" for number in range(600)))
    elif hostile == "a bomb of blanks":
        blanks = gzip.compress(b" " * 100_000_000, compresslevel=1)
        folder.joinpath("cowrie.json.1.gz").write_bytes(blanks * 7 + gzip.compress(events.line(3) + b"\n"))
    elif hostile == "a wide character":
        path.write_bytes(events.line(3, input="\U0001f600" + "x" * 20_000_000) + b"\n")
    else:
        path.write_bytes(b'{"a":\n' * 50_000 + events.line(3) + b"\n")
    settings = {"COWRIE_LOG_ROOT": str(tmp_path / "logs"), "COWRIE_DATABASE_URL": f"sqlite:///{tmp_path}/w.db"}
    command = [sys.executable, "-c", _LIMITED, str(512 * MIB), "ingest", "--mode", "bulk"]
    run = subprocess.run(command, env=os.environ | settings, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_what_statements_were_given_last_is_let_go(sqlite: Warehouse, tmp_path: Path) -> None:
    """SQLite's statements keep it: 60 MB in an event would be as much in each."""
    closed: list[object] = []
    event.listen(sqlite._engine, "close", lambda *given: closed.append(given))
    load_lines(sqlite, tmp_path, events.line(3))
    assert not closed
    loaded = load_lines(sqlite, tmp_path, events.line(4, input="x" * LONG_TEXT), events.line(5))
    assert loaded.events == 2
    assert closed


def test_an_archive_may_end_in_blanks_or_a_line_of_any_length(tmp_path: Path) -> None:
    """A checkpoint is made behind the last event though its bytes are long gone."""
    for byte in (b" ", b"x"):
        path = tmp_path / "cowrie.json.1.gz"
        path.write_bytes(gzip.compress(events.line(3) + b"\n" + byte * 90_000_000, compresslevel=1))
        (batch,) = read_batches(task(path))
        assert batch.events == 1
