"""Two processes read a log's pieces, and the logs behind it, by turns: what is loaded is what one reading gives."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest

from cowrie_assets.cowrie.event import Source
from cowrie_assets.ingest import pieces, reader_process, readers, small_logs
from cowrie_assets.ingest.batch import Batch
from cowrie_assets.ingest.fingerprint import first_line_fingerprint
from cowrie_assets.ingest.load import Mode
from cowrie_assets.ingest.pieces import split
from cowrie_assets.ingest.reader_process import ReaderProcess
from cowrie_assets.ingest.readers import Readers
from cowrie_assets.ingest.reading import Planned, ReadTask, read_batches
from cowrie_assets.ingest.witness import BrokenContentError
from cowrie_assets.operations.evidence import check_evidence
from cowrie_assets.sensor_registry import SensorRegistry
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.loading import load_folder, payloads, write_log

LINES = [events.line(number, input="x" * (number % 300)) for number in range(600)]
PIECE = 10_000


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "_PIECE_BYTES", PIECE)
    monkeypatch.setattr(pieces, "_SHORTEST_REST", PIECE // 2)
    monkeypatch.setattr(readers, "_WORTH_A_PROCESS", 0)
    monkeypatch.setattr(readers, "_WORTH_SENDING", 0)
    monkeypatch.setattr(small_logs, "SMALL_FILE", 0)


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[ReadTask]:
    """What was read ahead."""
    found: list[ReadTask] = []
    read_ahead = ReaderProcess.read_ahead

    def noted(process: ReaderProcess, task: ReadTask) -> None:
        found.append(task)
        read_ahead(process, task)

    monkeypatch.setattr(ReaderProcess, "read_ahead", noted)
    return found


def task(path: Path, *, closed: bool = True) -> ReadTask:
    status = path.stat()
    fingerprint = first_line_fingerprint(path.read_bytes()[:4096], closed=closed)
    planned = Planned(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, fingerprint)
    return ReadTask(path, Source("hp-test"), closed, max_line_bytes=1 << 20, batch_events=20, planned=planned)


def in_pieces(whole: ReadTask) -> Iterator[tuple[ReadTask, list[Batch]]]:
    """The pieces of a log with their batches, as long as one ends where the next begins."""
    piece, rest = split(whole)
    while True:
        batches = list(read_batches(piece))
        yield piece, batches
        if rest is None or piece.stop is None or batches[-1].end != piece.stop.offset:
            return
        piece, rest = split(rest)


def told(batches: list[Batch]) -> tuple[object, ...]:
    letters = [letter for batch in batches for letter in batch.letters()]
    sums = tuple(sum(getattr(batch, name) for batch in batches) for name in ("lines", "events", "blank", "dead"))
    return sums, letters, batches[-1].end, batches[-1].end_line, batches[-1].checkpoint, batches[-1].unterminated


SPREAD = [b'{"eventid":"x",', b'"list":[' + b"1," * PIECE, b"1]}"]
CONTENTS = {
    "events": LINES,
    "blank and dead lines": list(chain.from_iterable((line, b"", b"dead", b" \r") for line in LINES)),
    "objects over lines": list(chain.from_iterable((line.replace(b",", b",\n", 1)).split(b"\n") for line in LINES)),
    "an object over a piece": [*LINES[:50], *SPREAD, *LINES[50:]],
    "no newline for long": [*LINES[:50], b"x" * 40_000, *LINES[50:]],
}


@pytest.mark.parametrize("name", CONTENTS)
@pytest.mark.parametrize("closed", [True, False])
def test_pieces_make_the_log(tmp_path: Path, name: str, closed: bool) -> None:
    path = write_log(tmp_path, CONTENTS[name])
    with path.open("ab") as file:
        file.write(b'{"eventid":')
    whole = task(path, closed=closed)
    read = list(in_pieces(whole))
    assert len(read) > 1
    assert told([batch for _, batches in read for batch in batches]) == told(list(read_batches(whole)))


def test_a_piece_that_ends_within_an_object_is_read_to_the_log_s_end(tmp_path: Path) -> None:
    path = write_log(tmp_path, [*SPREAD, *LINES])
    ((piece, batches),) = in_pieces(task(path))
    assert piece.stop is not None
    assert batches[-1].end == path.stat().st_size


def test_what_is_short_compressed_or_without_newlines_is_one_piece(tmp_path: Path) -> None:
    for lines in (LINES[:20], [b"x" * 3 * 1024 * 1024]):
        whole = task(write_log(tmp_path, lines))
        assert split(whole) == (whole, None)
    gone = task(write_log(tmp_path, LINES))
    gone.path.unlink()
    assert split(gone) == (gone, None)


def test_a_piece_behind_which_other_bytes_stand_than_were_seen_is_broken(tmp_path: Path) -> None:
    path = write_log(tmp_path, LINES)
    piece, _ = split(task(path))
    assert piece.stop is not None
    wrong = replace(piece, stop=replace(piece.stop, checkpoint=b"another"))
    with pytest.raises(BrokenContentError):
        list(read_batches(wrong))


# ---------------------------------------------------------------------------------------------------------- whole loads


def write_logs(root: Path) -> list[bytes]:
    """Logs of several pieces, of one, and with an object over two pieces; their events."""
    for number in range(3):
        write_log(root, LINES[number * 200 : (number + 1) * 200], f"cowrie.json.2026-08-{number + 1:02}")
    write_log(root, LINES[:30], "cowrie.json.2026-08-04", "hp-other")
    write_log(root, CONTENTS["an object over a piece"], "cowrie.json.2026-08-05", "hp-other")
    return LINES


@pytest.mark.parametrize("mode", ["delta", "bulk"])
def test_a_load_by_two_processes_is_the_load_by_none(
    sqlite: Warehouse,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    begun: list[ReadTask],
    mode: Mode,
) -> None:
    write_logs(tmp_path / "logs")
    by_two = load_folder(sqlite, tmp_path / "logs", mode, batch_events=20)
    assert len(begun) > 10
    assert by_two.warnings == []
    monkeypatch.setattr(readers, "_WORTH_A_PROCESS", 1 << 40)
    with Warehouse.open(f"sqlite:///{tmp_path / 'other.db'}") as other:
        by_none = load_folder(other, tmp_path / "logs", mode, batch_events=20)
        assert tables.contents(sqlite) == tables.contents(other)
        ledgers = [
            [{name: row[name] for name in ("path", "bytes_read", "lines", "events", "dead_letters")} for row in found]
            for found in (tables.rows(sqlite, "log_files"), tables.rows(other, "log_files"))
        ]
        assert ledgers[0] == ledgers[1]
    assert (by_two.lines, by_two.events, by_two.logs) == (by_none.lines, by_none.events, by_none.logs)
    assert check_evidence(sqlite, SensorRegistry()).passed


def test_copies_are_read_ahead_a_few_times_only(sqlite: Warehouse, tmp_path: Path, begun: list[ReadTask]) -> None:
    for number in range(20):
        write_log(tmp_path / "logs", LINES[:30], f"cowrie.json.2026-08-{number + 1:02}")
    load_folder(sqlite, tmp_path / "logs", "bulk")
    assert payloads(sqlite) == sorted(LINES[:30])
    assert len(begun) <= 2 * readers._MOST_IN_VAIN


def test_a_log_that_is_rewritten_before_its_turn_is_read_anew(
    sqlite: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_log(tmp_path / "logs", LINES[:10], "cowrie.json.2026-08-01")
    second = write_log(tmp_path / "logs", LINES[10:20], "cowrie.json.2026-08-02")
    read_ahead = ReaderProcess.read_ahead

    def rewritten(process: ReaderProcess, ahead: ReadTask) -> None:
        read_ahead(process, ahead)
        child = process._child
        assert child is not None
        answer = child.answer()  # the batch is made
        monkeypatch.setattr(child, "answer", chain([answer], iter(child.answer, ())).__next__)
        second.write_bytes(b"".join(line + b"\n" for line in LINES[20:40]))

    monkeypatch.setattr(ReaderProcess, "read_ahead", rewritten)
    result = load_folder(sqlite, tmp_path / "logs", "bulk")
    assert result.warnings == []
    assert payloads(sqlite) == sorted(LINES[:10] + LINES[20:40])


def test_a_process_that_dies_ahead_of_its_turn_costs_nothing(
    sqlite: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_logs(tmp_path / "logs")
    read_ahead = ReaderProcess.read_ahead

    def killed(process: ReaderProcess, ahead: ReadTask) -> None:
        read_ahead(process, ahead)
        assert process._child is not None
        process._child.process.kill()

    monkeypatch.setattr(ReaderProcess, "read_ahead", killed)
    result = load_folder(sqlite, tmp_path / "logs", "bulk")
    assert result.warnings == []
    assert set(LINES) <= set(payloads(sqlite))


def test_a_process_asks_before_it_takes_much_memory(tmp_path: Path) -> None:
    """What is read ahead waits for its turn before a line of 60 MB: two never hold one at once."""
    long = events.line(1, input="x" * 3_000_000)
    asked: list[None] = []
    path = write_log(tmp_path, [long, *LINES])
    with closing(ReaderProcess(lambda: asked.append(None))) as process:
        whole = replace(task(path), max_line_bytes=4_000_000)
        process.read_ahead(whole)
        child = process._child
        assert child is not None
        assert isinstance(child.answer(), reader_process._LongContent)
        assert asked == []
        process.close()
        assert sum(batch.events for batch in process.batches(whole)) == 601
        assert asked == [None]


def test_where_something_long_is_read_no_other_process_is_left(
    sqlite: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rooms: list[list[int | None]] = []
    make_room = Readers._make_room

    def noted(chosen: Readers) -> None:
        make_room(chosen)
        rooms.append([process.pid for process in chosen._idle])

    monkeypatch.setattr(Readers, "_make_room", noted)
    long = events.line(1, input="x" * 3_000_000)
    for number, lines in enumerate((LINES[:10], LINES[10:20], [long], LINES[20:30], [long])):
        write_log(tmp_path / "logs", lines, f"cowrie.json.2026-08-{number + 1:02}")
    load_folder(sqlite, tmp_path / "logs", "bulk")
    assert payloads(sqlite) == sorted([long, *LINES[:30]])
    assert rooms
    assert all(room == [None] for room in rooms)
