"""The reading process: what it says comes whole or not at all, and its death costs its log alone."""

import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cowrie_assets.cowrie.event import Source
from cowrie_assets.ingest import readers
from cowrie_assets.ingest.framed_messages import TornMessageError, receive, send
from cowrie_assets.ingest.reader_process import ReaderFailedError, ReaderProcess
from cowrie_assets.ingest.reading import ReadTask
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events
from cowrie_assets_tests.loading import load_folder, payloads, write_log

LINES = [events.line(number) for number in range(400)]


@pytest.fixture
def reader() -> Iterator[ReaderProcess]:
    with closing(ReaderProcess()) as opened:
        yield opened


def task(path: Path) -> ReadTask:
    return ReadTask(path, Source("hp-test"), closed=True, max_line_bytes=1 << 20, batch_events=1)


# --------------------------------------------------------------------------------------------------------- its messages


def test_a_message_of_any_size_comes_whole_through_a_narrow_socket() -> None:
    ours, theirs = socket.socketpair()
    message = {"text": "x" * 3_000_000, "rows": list(range(1000))}
    with ours, theirs:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
        sender = threading.Thread(target=send, args=(ours, message))
        sender.start()
        assert receive(theirs)[0] == message
        sender.join()


@pytest.mark.parametrize("damage", ["magic", "body", "end"])
def test_a_torn_message_is_found_out(damage: str) -> None:
    ours, theirs, wire = *socket.socketpair(), socket.socketpair()
    with ours, theirs, wire[0], wire[1]:
        send(wire[0], ["a message"])
        frame = bytearray(wire[1].recv(1000))
        frame[{"magic": 0, "body": 20, "end": 16}[damage]] ^= 1
        ours.sendall(frame if damage != "end" else frame[:-1])
        ours.close()
        with pytest.raises(EOFError if damage == "end" else TornMessageError):
            receive(theirs)


def test_what_the_child_raises_can_be_sent() -> None:
    assert str(pickle.loads(pickle.dumps(ReaderFailedError("it failed")))) == "it failed"


# ------------------------------------------------------------------------------------------------------------ its death


def test_a_killed_child_is_one_sentence_and_the_next_log_gets_a_new_one(reader: ReaderProcess, tmp_path: Path) -> None:
    path = write_log(tmp_path, LINES)
    reading = reader.batches(task(path))
    next(reading)
    assert reader.pid is not None
    os.kill(reader.pid, signal.SIGKILL)
    with pytest.raises(ReaderFailedError, match=r"^the reading process was killed by signal 9 \(out of memory\?\)$"):
        list(reading)
    assert sum(batch.lines for batch in reader.batches(task(path))) == len(LINES)


def test_a_child_that_died_between_two_logs_costs_nothing(reader: ReaderProcess, tmp_path: Path) -> None:
    path = write_log(tmp_path, LINES)
    assert sum(batch.lines for batch in reader.batches(task(path))) == len(LINES)
    assert reader.pid is not None
    os.kill(reader.pid, signal.SIGTERM)
    assert sum(batch.lines for batch in reader.batches(task(path))) == len(LINES)


def test_a_log_whose_reading_fails_is_told_and_the_others_go_on(
    sqlite: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "_WORTH_A_PROCESS", 0)
    wanted = [LINES[:1], LINES[1:-1], LINES[-1:]]
    paths = [write_log(tmp_path / "logs", lines, f"cowrie.json.{n}") for n, lines in enumerate(wanted)]
    batches = ReaderProcess.batches

    def killed(reader: ReaderProcess, chosen: ReadTask) -> Iterator[object]:
        reading = batches(reader, chosen)
        if chosen.path == paths[1]:
            yield next(reading)
            assert reader.pid is not None
            os.kill(reader.pid, signal.SIGKILL)
        yield from reading

    monkeypatch.setattr(ReaderProcess, "batches", killed)
    result = load_folder(sqlite, tmp_path / "logs", batch_events=1)
    assert {LINES[0], LINES[-1]} <= set(payloads(sqlite)) < set(LINES)
    told = "cannot be read: the reading process was killed by signal 9 (out of memory?)"
    assert result.warnings == [f"{paths[1]} {told}"]
    assert result.unread == 1
    monkeypatch.setattr(ReaderProcess, "batches", batches)
    assert load_folder(sqlite, tmp_path / "logs").unread == 0
    assert payloads(sqlite) == sorted(LINES)


def test_a_log_for_which_the_memory_does_not_suffice_is_told_and_the_others_go_on(
    sqlite: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [write_log(tmp_path / "logs", LINES[n : n + 1], f"cowrie.json.{n}") for n in range(3)]
    read = readers.read_batches

    def exhausted(chosen: ReadTask, _ask: Callable[[], None]) -> Iterator[object]:
        if chosen.path == paths[1]:
            raise MemoryError
        yield from read(chosen)

    monkeypatch.setattr(readers, "read_batches", exhausted)
    result = load_folder(sqlite, tmp_path / "logs")
    assert payloads(sqlite) == sorted([LINES[0], LINES[2]])
    assert (result.warnings, result.unread) == ([f"{paths[1]} cannot be read: there is not enough memory"], 1)


# ----------------------------------------------------------------------------------------------------- its surroundings


def test_nothing_is_imported_from_the_current_folder(
    reader: ReaderProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_log(tmp_path, LINES)
    (tmp_path / "orjson.py").write_text("raise SystemExit('executed')")
    (tmp_path / "cowrie_assets.py").write_text("raise SystemExit('executed')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert sum(batch.lines for batch in reader.batches(task(path))) == len(LINES)


_BULK = """
import sys
import cowrie_assets.ingest.readers as readers
import cowrie_assets.ingest.pieces as pieces
readers._WORTH_A_PROCESS = 0
pieces._PIECE_BYTES = 1 << 20
from cowrie_assets.cli import main
main()
"""


def stopped_and_continued(warehouse: Warehouse, url: str, root: Path, times: int) -> None:
    """A bulk load whose two processes are stopped and continued so often, as fast as they take it."""
    settings = {
        "COWRIE_LOG_ROOT": str(root),
        "COWRIE_DATABASE_URL": url,
        "COWRIE_BATCH_EVENTS": "100",
        "PYTHONUNBUFFERED": "1",
    }
    command = [sys.executable, "-c", _BULK, "ingest", "--mode", "bulk"]
    stops = 0
    while stops < times:
        with subprocess.Popen(
            command, env=os.environ | settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as run:
            while run.poll() is None and stops < times:
                children = Path(f"/proc/{run.pid}/task/{run.pid}/children")
                try:
                    pids = [run.pid, *map(int, children.read_text().split())]
                except FileNotFoundError:
                    break
                for number in (signal.SIGSTOP, signal.SIGCONT):
                    for pid in pids:
                        try:
                            os.kill(pid, number)
                        except ProcessLookupError:
                            continue
                    time.sleep(0.001)
                stops += len(pids) > 1
            output, errors = run.communicate()
        assert run.returncode == 0, errors.decode()
        assert b"Warning" not in errors
        assert b"lines of" in output


@pytest.fixture
def long_logs(tmp_path: Path) -> tuple[Path, list[bytes]]:
    """A folder of logs that take some seconds to load, and their lines."""
    lines = [events.line(number, input="x" * (number % 5000)) for number in range(6000)]
    write_log(tmp_path / "logs", lines)
    return tmp_path / "logs", lines


@pytest.mark.parametrize("times", [40, pytest.param(400, marks=pytest.mark.soak)])
@pytest.mark.sqlite_first
def test_a_load_that_is_stopped_and_continued_is_exact(
    database_url: str, long_logs: tuple[Path, list[bytes]], times: int
) -> None:
    root, lines = long_logs
    with Warehouse.open(database_url) as warehouse:
        stopped_and_continued(warehouse, database_url, root, times)
        assert payloads(warehouse) == sorted(lines)
