"""A log that is truncated, refilled or replaced while it is read: no event is stored that was never written."""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cowrie_assets.backoff import Backoff
from cowrie_assets.cowrie.event import Source
from cowrie_assets.ingest.content import LogContent
from cowrie_assets.ingest.fingerprint import checkpoint_of_file, first_line_fingerprint
from cowrie_assets.ingest.load import load
from cowrie_assets.ingest.reading import Planned, ReadTask, read_batches
from cowrie_assets.ingest.witness import BrokenContentError, Witness
from cowrie_assets.operations.logs import find_logs
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events
from cowrie_assets_tests.ingest import rewriting_writer
from cowrie_assets_tests.loading import is_proven, lines_of, load_folder, payloads, write_log

OLD = b"".join(events.line(3, input=f"old {number}") + b"\n" for number in range(200))
NEW = b"".join(events.line(3, input=f"new {number:03} and longer") + b"\n" for number in range(200))


def planned(path: Path, offset: int = 0) -> Planned:
    status = path.stat()
    with LogContent(path) as opened:
        content = b"".join(opened.blocks())
    return Planned(
        device=status.st_dev,
        inode=status.st_ino,
        size=status.st_size,
        mtime_ns=status.st_mtime_ns,
        fingerprint=first_line_fingerprint(content[:4096], closed=True),
        offset=offset,
        checkpoint=checkpoint_of_file(lambda at, length: content[at : at + length], offset) if offset else b"",
    )


def task(path: Path, plan: Planned | None = None, **changes: object) -> ReadTask:
    chosen: dict[str, object] = {
        "path": path,
        "source": Source("hp-test"),
        "closed": True,
        "max_line_bytes": 1 << 20,
        "batch_events": 1,
        "planned": plan or planned(path),
        **changes,
    }
    return ReadTask(**chosen)  # type: ignore[arg-type]


def inputs(path: Path, change: Callable[[], object], **changes: object) -> list[str]:
    """What is read of a log before and after `change`, which comes behind the first batch."""
    reading = read_batches(task(path, **changes))
    batches = [next(reading)]
    change()
    try:
        batches += reading
    except BrokenContentError:
        pass
    else:
        raise AssertionError("the change was not seen")
    payloads = (payload for batch in batches for table in batch.tables for payload in table.column("payload"))
    return [json.loads(payload)["input"] for payload in payloads]


# ------------------------------------------------------------------------------------------ between two reads of blocks


def refill(path: Path, content: bytes) -> None:
    with path.open("r+b") as opened:
        opened.truncate(0)
        opened.write(content)


@pytest.mark.parametrize("closed", [True, False])
@pytest.mark.parametrize(
    "content",
    [NEW, NEW[: len(OLD)], OLD.replace(b"old", b"odd"), OLD[:900], b""],
    ids=["longer", "as long", "each line as long", "shorter", "empty"],
)
def test_a_log_that_is_refilled_between_two_blocks_gives_nothing_of_the_mixture(
    tmp_path: Path, content: bytes, closed: bool
) -> None:
    path = write_log(tmp_path, OLD.splitlines())
    found = inputs(path, lambda: refill(path, content), closed=closed)
    assert found == [f"old {number}" for number in range(len(found))]


def test_the_bytes_of_a_line_that_two_batches_touch_are_proven_with_the_second(tmp_path: Path) -> None:
    """The first block ends within a line, and only this line is another when the second is read."""
    path = write_log(tmp_path, OLD.splitlines())
    cut = OLD.rindex(b"\n", 0, 512) + 1
    changed = OLD[:cut] + OLD[cut:].replace(b"cowrie.command", b"COWRIE.COMMAND")
    assert OLD[:512] != changed[:512]
    found = inputs(path, lambda: refill(path, changed))
    assert found == [f"old {number}" for number in range(len(found))]


def test_an_archive_that_is_rewritten_while_it_is_read_is_broken(tmp_path: Path) -> None:
    path = tmp_path / "cowrie.json.1.gz"
    path.write_bytes(gzip.compress(OLD * 200, compresslevel=0))
    found = inputs(path, lambda: refill(path, gzip.compress(NEW * 200, compresslevel=0)), batch_events=10)
    assert found[:200] == [f"old {number}" for number in range(min(200, len(found)))]


def test_a_log_in_utf16_that_is_refilled_is_broken(tmp_path: Path) -> None:
    path = tmp_path / "cowrie.json"
    path.write_bytes((OLD * 20).decode().encode("utf-16"))
    found = inputs(path, lambda: refill(path, (NEW * 20).decode().encode("utf-16")))
    assert found == [f"old {number}" for number in range(len(found))]


def test_what_is_appended_while_it_is_read_breaks_nothing(tmp_path: Path) -> None:
    path = write_log(tmp_path, OLD.splitlines(), "cowrie.json")
    reading = read_batches(task(path, closed=False))
    lines = next(reading).lines
    with path.open("ab") as opened:
        opened.write(NEW)
    assert lines + sum(batch.lines for batch in reading) == 400


# ------------------------------------------------------------------------------------------------ between plan and read


@pytest.mark.parametrize("offset", [0, OLD.index(b"\n", 2000) + 1])
@pytest.mark.parametrize("compress", [bytes, gzip.compress])
def test_a_path_that_was_replaced_since_the_plan_is_broken(
    tmp_path: Path, offset: int, compress: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "cowrie.json"
    path.write_bytes(compress(OLD))
    plan = planned(path, offset)
    other = tmp_path / "other"
    other.write_bytes(compress(NEW))
    other.rename(path)
    with pytest.raises(BrokenContentError):
        next(read_batches(task(path, plan, start=offset)))


@pytest.mark.parametrize("offset", [0, OLD.index(b"\n", 2000) + 1])
@pytest.mark.parametrize("content", [NEW, b"", OLD[:1500]])
def test_a_log_that_was_refilled_since_the_plan_is_broken(tmp_path: Path, offset: int, content: bytes) -> None:
    path = write_log(tmp_path, OLD.splitlines())
    plan = planned(path, offset)
    refill(path, content)
    with pytest.raises(BrokenContentError):
        next(read_batches(task(path, plan, start=offset)))


# ------------------------------------------------------------------------------------------------------ the proof alone


def test_a_file_at_rest_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"content")
    with path.open("rb") as opened:
        monkeypatch.setattr("cowrie_assets.ingest.witness._RACY_NS", -(10**18))
        witness = Witness(opened.fileno())
        witness.saw(0, b"nonsense that is not compared")
        witness.prove()
        refill(path, b"another content")
        with pytest.raises(BrokenContentError):
            witness.prove()


def test_a_file_that_changed_just_now_is_compared_though_its_times_are_the_same(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"content")
    with path.open("rb") as opened:
        witness = Witness(opened.fileno())
        witness.saw(0, b"con")
        witness.saw(3, b"tent")
        witness.prove()
        witness.saw(0, b"old")
        with pytest.raises(BrokenContentError):
            witness.prove()


# ---------------------------------------------------------------------------------------------------------------- loads


def test_a_log_that_is_never_at_rest_is_left_for_the_next_load(
    sqlite: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reading finds it broken each time; the other log goes on."""
    broken = write_log(tmp_path / "logs", OLD.splitlines(), "cowrie.json")
    whole = write_log(tmp_path / "logs", [events.line(1)], "cowrie.json.1")
    monkeypatch.setattr("cowrie_assets.ingest.load._WRITER_OF_LOG", Backoff(first=0.0, longest=0.0))
    readings = 0

    def read(chosen: ReadTask, _ask: Callable[[], None]) -> Iterator[object]:
        nonlocal readings
        if chosen.path == broken:
            readings += 1
            raise BrokenContentError
        yield from read_batches(chosen)

    monkeypatch.setattr("cowrie_assets.ingest.readers.read_batches", read)
    result = load_folder(sqlite, tmp_path / "logs")
    assert payloads(sqlite) == whole.read_bytes().splitlines()
    assert result.warnings == [f"{broken} is being rewritten while it is read; left for the next load"]
    assert (result.unread, readings) == (1, 21), "once beside other small logs, then alone"


def torture(warehouse: Warehouse, root: Path, rounds: int, seed: int) -> None:
    """Load `rounds` times while a process truncates and refills the live log, then once more when it has ended."""
    path = write_log(root, [], "cowrie.json")
    command = [sys.executable, rewriting_writer.__file__, str(path), str(seed)]
    chosen = Settings(log_root=root, batch_events=17)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        try:
            assert writer.stdout is not None
            writer.stdout.readline()
            for number in range(rounds):
                load(warehouse, chosen, logs=find_logs(chosen).logs, mode="bulk" if number % 2 else "delta")
                assert writer.poll() is None
        finally:
            writer.communicate()
    os.utime(path, (0, 0))
    last = load(warehouse, chosen, logs=find_logs(chosen).logs)
    assert last.warnings == []
    stored = payloads(warehouse)
    invented = [payload for payload in stored if payload != rewriting_writer.line(json.loads(payload)["number"])]
    assert invented == []
    assert set(path.read_bytes().splitlines()) <= set(stored)
    refresh(warehouse)
    is_proven(warehouse)


@pytest.mark.sqlite_first
def test_only_what_was_written_is_stored_while_a_log_is_truncated_and_refilled(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    torture(warehouse, tmp_path / "logs", 20, 1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 12))
def test_only_what_was_written_is_stored_a_thousand_times(warehouse: Warehouse, tmp_path: Path, seed: int) -> None:
    torture(warehouse, tmp_path / "logs", 100, seed)


def test_lines_are_accounted_for_where_a_reading_began_anew(sqlite: Warehouse, tmp_path: Path) -> None:
    """A refilled log is another content: both are read, each is counted once."""
    path = write_log(tmp_path / "logs", OLD.splitlines(), "cowrie.json")
    assert lines_of(load_folder(sqlite, tmp_path / "logs")) == (200, 200, 0, 0, 0)
    refill(path, NEW)
    assert lines_of(load_folder(sqlite, tmp_path / "logs")) == (200, 200, 0, 0, 0)
    assert payloads(sqlite) == sorted([*OLD.splitlines(), *NEW.splitlines()])
