"""Dead letters that become events: stored once, at their place, the ledger in balance however often logs are read."""

import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.rebuild import rebuild
from cowrie_assets.operations.reparse import reparse
from cowrie_assets.operations.replay import EditedError, ReplayResult, edited_contents, join_torn_events, replay
from cowrie_assets.operations.seal import remove_raw_events, seal
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.pending import days_with_data
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.loading import write_log, wrong_rows

pytestmark = pytest.mark.sqlite_first

LINES = [events.line(number) for number in range(9)]
LATE = events.line(7)
BAD = LATE.replace(b"2026-08-28T23:57:00.000007Z", b"yesterday")
"""The event 7 with a time that is none."""
_COUNTS = ("lines", "events", "duplicates", "dead_letters", "blank", "archived")


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(log_root=tmp_path / "logs", database_url=database_url, report_dir=tmp_path / "reports")


@pytest.fixture
def log(settings: Settings) -> Path:
    """Eight events, one of them dead, and junk."""
    assert settings.log_root is not None
    return write_log(settings.log_root, [*LINES[:7], BAD, LINES[8], b"kernel: oops"])


def ledger(warehouse: Warehouse) -> list[tuple[int, ...]]:
    """The counts of each log, in the order of their paths."""
    rows = sorted(tables.rows(warehouse, "log_files"), key=lambda row: str(row["path"]))
    return [tuple(row[name] for name in _COUNTS) for row in rows]


def letters(warehouse: Warehouse) -> list[dict[str, Any]]:
    return sorted(tables.rows(warehouse, "dead_letter_events"), key=lambda row: int(row["id"]))


def is_sound(warehouse: Warehouse, settings: Settings) -> None:
    assert wrong_rows(warehouse, settings) == []


def lasts(warehouse: Warehouse, settings: Settings, *, of: int) -> None:
    """Asserts that the books are in order, and stay as they are when logs are read again, events derived anew and dead
    letters replayed once more: `of` letters are events."""
    is_sound(warehouse, settings)
    contents, books, listed = tables.contents(warehouse), ledger(warehouse), letters(warehouse)
    assert sum(row["replayed_as"] is not None for row in listed) == of
    for again in (
        lambda: replay(warehouse, settings),
        lambda: ingest(warehouse, settings, mode="bulk"),
        lambda: reparse(warehouse, settings),
    ):
        again()
        is_sound(warehouse, settings)
        assert (tables.contents(warehouse), ledger(warehouse), letters(warehouse)) == (contents, books, listed)


def edit(warehouse: Warehouse, settings: Settings, old: str, new: str, **options: Any) -> ReplayResult:
    (letter,) = (row for row in letters(warehouse) if old in row["content"])
    return replay(warehouse, settings, edited={letter["id"]: letter["content"].replace(old, new)}, **options)


def test_an_edited_content_is_an_event_and_the_original_is_kept(
    warehouse: Warehouse, settings: Settings, log: Path
) -> None:
    ingest(warehouse, settings)
    assert ledger(warehouse) == [(10, 8, 0, 2, 0, 0)]
    assert edit(warehouse, settings, "yesterday", "tomorrow").left == {"bad_timestamp": 1}
    planned = edit(warehouse, settings, "yesterday", "2026-08-28T23:57:00.000007Z", dry_run=True)
    assert (planned.edited, planned.new, ledger(warehouse)) == (1, 0, [(10, 8, 0, 2, 0, 0)])
    done = edit(warehouse, settings, "yesterday", "2026-08-28T23:57:00.000007Z")
    assert (done.edited, done.new, done.replayed, done.left) == (1, 1, 0, {})
    assert ledger(warehouse) == [(10, 9, 0, 1, 0, 0)]
    letter = letters(warehouse)[0]
    assert letter["content"] == BAD.decode()
    assert letter["resolution"] == "replayed as edited"
    stored = {row["event_hash"]: row["payload"] for row in tables.rows(warehouse, "raw_events")}
    assert stored[letter["replayed_as"]] == LATE.decode()
    assert replay(warehouse, settings, edited={letter["id"]: "{}"}).left == {"it is resolved": 1}
    lasts(warehouse, settings, of=1)
    log.write_bytes(b"".join(line + b"\n" for line in [*LINES, b"kernel: oops"]))  # somebody mends the log as well
    ingest(warehouse, settings)
    is_sound(warehouse, settings)
    assert len(tables.rows(warehouse, "raw_events")) == 9


def test_what_todays_reader_takes_is_replayed_though_the_log_is_gone(
    warehouse: Warehouse, settings: Settings, log: Path
) -> None:
    before = replace(settings, max_line_bytes=170)
    ingest(warehouse, before)
    long = [row for row in letters(warehouse) if row["reason"] == "too_long" and "yesterday" not in row["content"]]
    assert long
    log.unlink()
    assert replay(warehouse, settings, dry_run=True).replayed == len(long)
    done = replay(warehouse, settings, ids=[row["id"] for row in long[:1]])
    assert (done.replayed, done.new) == (1, 1)
    done = replay(warehouse, settings)
    assert (done.replayed, done.new) == (len(long) - 1, len(long) - 1)
    assert done.left == {"bad_timestamp": 1, "invalid_json": 1}
    assert sorted(row["payload"].encode() for row in tables.rows(warehouse, "raw_events")) == sorted(
        [*LINES[:7], LINES[8]]
    )
    is_sound(warehouse, settings)
    write_log(log.parents[1], [*LINES[:7], BAD, LINES[8], b"kernel: oops"])  # and now the log comes back
    ingest(warehouse, settings)
    assert ledger(warehouse) == [(10, 8, 0, 2, 0, 0)]
    lasts(warehouse, settings, of=len(long))


def test_an_event_that_another_line_has_is_a_duplicate(warehouse: Warehouse, settings: Settings, log: Path) -> None:
    write_log(log.parents[1], [LATE], "cowrie.json.2")
    ingest(warehouse, settings)
    done = edit(warehouse, settings, "yesterday", "2026-08-28T23:57:00.000007Z")
    assert (done.edited, done.new) == (1, 0)
    assert ledger(warehouse) == [(10, 8, 1, 1, 0, 0), (1, 1, 0, 0, 0, 0)]
    lasts(warehouse, settings, of=1)


def test_a_letter_whose_event_is_lost_is_dead_again(warehouse: Warehouse, settings: Settings, log: Path) -> None:
    ingest(warehouse, settings)
    edit(warehouse, settings, "yesterday", "2026-08-28T23:57:00.000007Z")
    with warehouse.write() as connection:
        connection.execute(text("DELETE FROM events WHERE event_hash = (SELECT MAX(replayed_as) FROM dead_letters)"))
    ingest(warehouse, settings, mode="bulk")
    rebuild(warehouse)
    is_sound(warehouse, settings)
    assert ledger(warehouse) == [(10, 8, 0, 2, 0, 0)]
    edit(warehouse, settings, "yesterday", "2026-08-28T23:57:00.000007Z")
    lasts(warehouse, settings, of=1)


def test_a_log_whose_row_is_lost_takes_its_replayed_events_over(
    warehouse: Warehouse, settings: Settings, log: Path
) -> None:
    ingest(warehouse, settings)
    edit(warehouse, settings, "yesterday", "2026-08-28T23:57:00.000007Z")
    with warehouse.write() as connection:
        connection.execute(text("DELETE FROM logs"))
    ingest(warehouse, settings, mode="bulk")
    assert ledger(warehouse) == [(10, 9, 0, 1, 0, 0)]
    lasts(warehouse, settings, of=1)


def test_an_event_of_a_sealed_day_is_late(warehouse: Warehouse, settings: Settings, log: Path) -> None:
    ingest(warehouse, settings)
    first = days_with_data(warehouse)[0]
    seal(warehouse, first, first)
    done = edit(warehouse, settings, "yesterday", "2026-08-28T23:57:00.000007Z")
    assert (done.edited, done.new, done.archived) == (1, 0, 1)
    assert len(tables.rows(warehouse, "late_events")) == 1
    assert ledger(warehouse)[0][-3:] == (1, 0, 1)
    lasts(warehouse, settings, of=1)


def test_raw_events_that_leave_take_no_letter_with_them(warehouse: Warehouse, settings: Settings, log: Path) -> None:
    ingest(warehouse, settings)
    edit(warehouse, settings, "yesterday", "2026-08-28T23:57:00.000007Z")
    first = days_with_data(warehouse)[0]
    seal(warehouse, first, first)
    remove_raw_events(warehouse, first)
    assert ledger(warehouse) == [(10, 0, 0, 1, 0, 9)]
    lasts(warehouse, settings, of=1)


def test_a_letter_follows_its_event_to_another_identity(
    warehouse: Warehouse, settings: Settings, tmp_path: Path
) -> None:
    """An event that names no sensor is that of its folder, and the folder is renamed."""
    root = tmp_path / "logs"
    nameless = [line.replace(b'"sensor":"hp-test",', b"") for line in (*LINES[:7], BAD)]
    write_log(root, nameless, sensor="before")
    ingest(warehouse, settings)
    edit(warehouse, settings, "yesterday", "2026-08-28T23:57:00.000007Z")
    (root / "before").rename(root / "after")
    ingest(warehouse, settings)
    reparse(warehouse, settings)
    ingest(warehouse, settings)
    assert {row["sensor"] for row in tables.rows(warehouse, "session_summaries")} == {"after"}
    (letter,) = letters(warehouse)
    assert letter["replayed_as"] in {row["event_hash"] for row in tables.rows(warehouse, "raw_events")}
    assert ledger(warehouse) == [(8, 8, 0, 0, 0, 0)]
    lasts(warehouse, settings, of=1)


# ----------------------------------------------------------------------------------------------------- torn at midnight


def torn(root: Path, at: int, *, packed: bool = False, sensor: str = "hp-test") -> bytes:
    """Two logs, the event 3 torn over them."""
    whole = events.line(3, input="cd  /tmp")
    first, second = whole[:at], whole[at:]
    content = b"".join(line + b"\n" for line in LINES[:3]) + first
    folder = root / "hp-test"
    folder.mkdir(parents=True, exist_ok=True)
    if packed:
        (folder / "cowrie.json.2026-08-28.gz").write_bytes(gzip.compress(content))
    else:
        (folder / "cowrie.json.2026-08-28").write_bytes(content)
    write_log(root, [second, *LINES[4:]], "cowrie.json.2026-08-29", sensor=sensor)
    return whole


@pytest.mark.parametrize(("behind", "packed"), [(b'"cd ', False), (b'"event', True)])
def test_halves_of_an_event_in_two_logs_are_joined(
    warehouse: Warehouse, settings: Settings, behind: bytes, packed: bool
) -> None:
    assert settings.log_root is not None
    whole = events.line(3, input="cd  /tmp")
    torn(settings.log_root, whole.index(behind) + len(behind), packed=packed)
    ingest(warehouse, settings)
    assert ledger(warehouse) == [(3, 3, 0, 0, 0, 0), (6, 5, 0, 1, 0, 0)]
    dry = replay(warehouse, settings, dry_run=True)
    assert (dry.joined, dry.letters, dry.left) == (1, 1, {}), "one letter is one"
    assert join_torn_events(warehouse, settings) == 1
    assert ledger(warehouse) == [(3, 3, 0, 0, 0, 0), (6, 6, 0, 0, 0, 0)], "as many lines as newlines"
    assert whole.decode() in [row["payload"] for row in tables.rows(warehouse, "raw_events")]
    (letter,) = letters(warehouse)
    assert letter["resolution"] == "joined with the half in the log before"
    lasts(warehouse, settings, of=1)
    assert join_torn_events(warehouse, settings) == 0


@pytest.mark.parametrize("other", ["another folder", "gone", "another content"])
def test_what_is_no_half_of_it_is_not_joined(warehouse: Warehouse, settings: Settings, other: str) -> None:
    assert settings.log_root is not None
    torn(settings.log_root, 40, sensor="hp-two" if other == "another folder" else "hp-test")
    ingest(warehouse, settings)
    before = settings.log_root / "hp-test" / "cowrie.json.2026-08-28"
    if other == "gone":
        before.unlink()
    elif other == "another content":
        before.write_bytes(before.read_bytes().replace(LINES[0][:40], LINES[0][:40].upper()))
    assert replay(warehouse, settings).joined == 0
    assert ledger(warehouse)[-1] == (6, 5, 0, 1, 0, 0)
    is_sound(warehouse, settings)


# ------------------------------------------------------------------------------------------------------ edited contents


def test_edited_contents_are_read_from_what_export_writes() -> None:
    lines = [json.dumps({"id": 7, "content": "a", "reason": "x"}).encode(), b"\n", b'{"id": 8, "content": "b"}']
    assert edited_contents(lines) == {7: "a", 8: "b"}
    for line, told in {
        b"{": "line 1 is no JSON",
        b"[]": "line 1 has not both",
        b'{"id": "7", "content": "a"}': "line 1 has not both",
        b'{"id": 7, "content": "a"}\n{"id": 7, "content": "b"}': "line 2 is the second one of dead letter 7",
    }.items():
        with pytest.raises(EditedError, match=told):
            edited_contents(line.split(b"\n"))
