"""Dead letters and damaged archives: each costs itself alone, and is kept once."""

import gzip
import shutil
from pathlib import Path

import pytest

from cowrie_assets.summaries.checks import run_checks
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.loading import lines_of, load_folder, payloads, write_log

LINES = [events.line(number) for number in range(40)]
DEAD: dict[str, bytes] = {
    "invalid_json": b'{"eventid":"x","timestamp":"2026-08-29T12:00:00Z","number":NaN}',
    "not_an_object": b'"a string"',
    "missing_eventid": b'{"timestamp":"2026-08-29T12:00:00Z"}',
    "bad_timestamp": b'{"eventid":"x","timestamp":"9999-12-31T23:59:59-05:00"}',
    "too_long": b'{"eventid":"x","timestamp":"2026-08-29T12:00:00Z","input":"' + b"x" * 70_000 + b'"}',
    "too_deep": b'{"eventid":"x","timestamp":"2026-08-29T12:00:00Z","a":' + b"[" * 300 + b"]" * 300 + b"}",
    "undecodable": b'{"eventid":"x\xff',
}


def dead_letters(warehouse: Warehouse) -> list[tuple[str, str, int, int]]:
    return sorted(
        (row["reason"], row["content"], row["line_number"], row["content_bytes"])
        for row in tables.rows(warehouse, "dead_letter_events")
    )


def test_each_dead_letter_costs_itself_alone_and_is_kept_once(warehouse: Warehouse, tmp_path: Path) -> None:
    root = tmp_path / "logs"
    lines = [line for number, dead in enumerate(DEAD.values()) for line in (LINES[number], dead)] + [LINES[39]]
    path = write_log(root, lines)
    limit = {"max_line_bytes": 65_536}
    assert lines_of(load_folder(warehouse, root, **limit)) == (len(lines), len(DEAD) + 1, 0, len(DEAD), 0)
    found = dead_letters(warehouse)
    assert [(reason, line, length) for reason, _, line, length in found] == sorted(
        (reason, lines.index(dead) + 1, len(dead)) for reason, dead in DEAD.items()
    )
    contents = {reason: content for reason, content, _, _ in found}
    assert contents["undecodable"] == '{"eventid":"x\ufffd'
    assert contents["not_an_object"] == '"a string"'
    assert contents["too_long"].encode() == DEAD["too_long"]
    shutil.copy(path, path.with_name("cowrie.json.2"))
    for mode in ("delta", "bulk"):
        load_folder(warehouse, root, mode, **limit)  # type: ignore[arg-type]
        assert dead_letters(warehouse) == found
    assert payloads(warehouse) == sorted([*LINES[: len(DEAD)], LINES[39]])
    assert run_checks(warehouse, names=["ledger_accounts_for_every_line"])[0].passed


@pytest.mark.parametrize("batch_events", [1, 1000])
@pytest.mark.parametrize("lost", [0, 1, 100], ids=["no line", "the last newline", "half a line"])
def test_a_damaged_archive_gives_what_it_has_and_a_dead_letter(
    sqlite: Warehouse, tmp_path: Path, batch_events: int, lost: int
) -> None:
    root = tmp_path / "logs"
    whole = gzip.compress(b"".join(line + b"\n" for line in LINES), 0)
    path = write_log(root, [], "cowrie.json.1.gz")
    path.write_bytes(whole[: -8 - lost])
    events_left = 39 if lost == 100 else 40
    assert lines_of(load_folder(sqlite, root, batch_events=batch_events)) == (events_left + 1, events_left, 0, 1, 0)
    assert [row["reason"] for row in tables.rows(sqlite, "dead_letter_events")] == ["damaged_archive"]
    (log,) = tables.rows(sqlite, "log_files")
    assert (log["status"], log["lines"], log["dead_letters"]) == ("damaged", events_left + 1, 1)
    assert lines_of(load_folder(sqlite, root, "bulk")) == (events_left + 1, 0, events_left, 1, 0)
    (again,) = tables.rows(sqlite, "log_files")
    assert {**again, "last_ingested_at": None} == {**log, "last_ingested_at": None}
    assert len(tables.rows(sqlite, "dead_letter_events")) == 1


@pytest.mark.parametrize("head", [b"", b"garbage", b"\x00" * 500], ids=["cut off", "garbage", "zeros"])
def test_an_archive_of_which_nothing_can_be_had_is_a_dead_letter(
    sqlite: Warehouse, tmp_path: Path, head: bytes
) -> None:
    root = tmp_path / "logs"
    write_log(root, [], "cowrie.json.1.gz").write_bytes(gzip.compress(b"x")[:10] + b"\xff" + head)
    assert lines_of(load_folder(sqlite, root)) == (1, 0, 0, 1, 0)
    assert [row["reason"] for row in tables.rows(sqlite, "dead_letter_events")] == ["damaged_archive"]
    assert [(row["status"], row["lines"]) for row in tables.rows(sqlite, "log_files")] == [("damaged", 1)]
    assert load_folder(sqlite, root).unchanged == 1
    load_folder(sqlite, root, "bulk")
    assert len(tables.rows(sqlite, "dead_letter_events")) == len(tables.rows(sqlite, "log_files")) == 1


@pytest.mark.parametrize("share", [0.5, 0.999], ids=["half", "all but its end"])
def test_an_archive_that_was_looked_at_while_it_was_written_is_whole_in_the_end(
    sqlite: Warehouse, tmp_path: Path, share: float
) -> None:
    root = tmp_path / "logs"
    whole = gzip.compress(b"".join(line + b"\n" for line in LINES), 0)
    path = write_log(root, [], "cowrie.json.1.gz")
    path.write_bytes(whole[: int(len(whole) * share)])
    load_folder(sqlite, root)
    assert [row["status"] for row in tables.rows(sqlite, "log_files")] == ["damaged"]
    path.write_bytes(whole)
    load_folder(sqlite, root)
    assert payloads(sqlite) == sorted(LINES)
    assert [row["status"] for row in tables.rows(sqlite, "log_files")] == ["closed"]


# --------------------------------------------------------------------------------------- between one load and the next
