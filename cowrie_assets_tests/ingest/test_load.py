"""Loading logs: those that cannot be read or hold nothing, and reading in a process of its own."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from cowrie_assets import second_opinion
from cowrie_assets.ingest import readers
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.loading import is_proven, lines_of, load_folder, load_lines, payloads, write_log

LINES = [events.line(number) for number in range(40)]


def test_a_log_that_cannot_be_read_is_told_and_the_others_go_on(sqlite: Warehouse, tmp_path: Path) -> None:
    from cowrie_assets.ingest.load import load
    from cowrie_assets.operations.logs import find_logs

    settings = Settings(log_root=tmp_path / "logs")
    paths = [write_log(tmp_path / "logs", LINES[n : n + 1], f"cowrie.json.{n}") for n in range(3)]
    found = find_logs(settings).logs
    paths[1].unlink()
    result = load(sqlite, settings, logs=found)
    assert payloads(sqlite) == sorted([LINES[0], LINES[2]])
    assert result.warnings == [f"{paths[1]} cannot be read: No such file or directory"]


def test_an_empty_log_is_nothing(sqlite: Warehouse, tmp_path: Path) -> None:
    write_log(tmp_path / "logs", [], "cowrie.json")
    write_log(tmp_path / "logs", [], "cowrie.json.1")
    assert lines_of(load_folder(sqlite, tmp_path / "logs")) == (0, 0, 0, 0, 0)
    assert tables.rows(sqlite, "log_files") == []


# ----------------------------------------------------------------------------------------------------- ways of reading


@pytest.mark.parametrize("mode", ["delta", "bulk"])
@pytest.mark.parametrize("compressed", [False, True], ids=["plain", "gzip"])
def test_a_process_of_its_own_reads_the_same(
    sqlite: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: Any, compressed: bool
) -> None:
    monkeypatch.setattr(readers, "_WORTH_A_PROCESS", 0)
    root = tmp_path / "logs"
    hostile = [events.line(3, input=text) for text in events.HOSTILE.values()]
    for number in range(3):
        path = write_log(
            root, [*LINES[number * 10 : number * 10 + 20], b"kernel: oops", *hostile], f"cowrie.json.{number}"
        )
        if compressed:
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
            path.unlink()
    result = load_folder(sqlite, root, mode, batch_events=7)
    assert (result.events, result.dead_letters) == (len(LINES) + len(hostile), 3)
    refresh(sqlite)
    assert payloads(sqlite) == sorted([*LINES, *hostile])
    truth = second_opinion.distinct_events(("hp-test", line) for line in [*LINES, *hostile])
    assert tables.session_rows(sqlite) == second_opinion.session_rows(truth)
    is_proven(sqlite)


def test_a_log_that_vanishes_is_told_by_the_reading_process_too(
    sqlite: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cowrie_assets.cowrie.event import Source
    from cowrie_assets.ingest.reader_process import ReaderProcess
    from cowrie_assets.ingest.reading import ReadTask

    path = write_log(tmp_path, LINES[:3])
    reader = ReaderProcess()

    def task(name: Path) -> ReadTask:
        return ReadTask(name, Source("hp-test"), closed=True, max_line_bytes=1000, batch_events=1)

    try:
        with pytest.raises(FileNotFoundError):
            list(reader.batches(task(tmp_path / "gone")))
        assert sum(batch.lines for batch in reader.batches(task(path))) == 3
        batches = reader.batches(task(path))
        next(batches)
        batches.close()
        assert sum(batch.lines for batch in reader.batches(task(path))) == 3
    finally:
        reader.close()


def test_json_of_the_payload_is_what_was_written(warehouse: Warehouse, tmp_path: Path) -> None:
    spaced = json.dumps(events.event(3), indent=None, separators=(", ", " : ")).encode()
    load_lines(warehouse, tmp_path, b"  " + spaced + b" \r")
    assert payloads(warehouse) == [spaced]
