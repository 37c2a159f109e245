"""Loading, from a log's bytes to rows: hostile content, every dead letter, what happens to a log between two loads."""

import gzip
import json
import os
import random
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from cowrie_assets.ingest import load as load_module
from cowrie_assets.operations.evidence import check_evidence
from cowrie_assets.settings import SensorRegistry, Settings, read_sensors_file
from cowrie_assets.summaries.checks import run_checks
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events, oracle, tables
from cowrie_assets_tests.loading import load_folder, load_lines, write_log

LINES = [events.line(number) for number in range(40)]


@pytest.fixture
def sqlite(tmp_path: Path):
    with Warehouse.open(f"sqlite:///{tmp_path / 'warehouse.db'}") as warehouse:
        yield warehouse


def payloads(warehouse: Warehouse) -> list[bytes]:
    return sorted(row["payload"].encode("utf-8", "surrogatepass") for row in tables.rows(warehouse, "raw_events"))


def is_proven(warehouse: Warehouse, registry: SensorRegistry = SensorRegistry()) -> None:  # noqa: B008
    results = [*run_checks(warehouse), check_evidence(warehouse, registry)]
    assert [result for result in results if not result.passed] == []


def lines_of(result: load_module.LoadResult) -> tuple[int, int, int, int, int]:
    assert result.lines == result.events + result.duplicates + result.dead_letters + result.blank
    return result.lines, result.events, result.duplicates, result.dead_letters, result.blank


# ---------------------------------------------------------------------------------------------- what attackers write

HOSTILE = {
    "NUL": "a\x00b",
    "lone surrogates": "\ud800 \udfff\ud800",
    "what stands for a NUL": "\U00100000\U0010fffd\U0010d800",
    "controls": "\x1b[2J\x7f\x85\r\n\t",
    "right to left": "\u202egnp.exe\u2028\u2029",
    "SQL": "'; DROP TABLE events; -- %s :day {} \\",
    "nothing": "",
    "60 kB": "é" * 30_000,
}


def test_whatever_is_typed_comes_back_from_every_view(warehouse: Warehouse, tmp_path: Path) -> None:
    """Each text as session, user, password, command, destination, address and protocol of a session of its own."""
    texts = {text or "0123abcd": text for text in HOSTILE.values()}
    lines = [
        line
        for session, text in texts.items()
        for line in (
            events.line(2, session=session, username=text, password=text),
            events.line(3, session=session, input=text),
            events.line(7, session=session, filename="x", destfile=text, src_ip=text or None, protocol=text),
        )
    ]
    assert lines_of(load_lines(warehouse, tmp_path, *lines)) == (len(lines), len(lines), 0, 0, 0)
    refresh(warehouse)
    assert payloads(warehouse) == sorted(lines)
    assert set(tables.login_rows(warehouse)) == {("hp-test", session, text, text) for session, text in texts.items()}
    assert set(tables.command_rows(warehouse)) == {("hp-test", session, text) for session, text in texts.items()}
    sessions = {row["session_id"]: row for row in tables.rows(warehouse, "session_summaries")}
    files = {row["session_id"]: row["destfile"] for row in tables.rows(warehouse, "files")}
    for session, text in texts.items():
        row = sessions[session]
        assert (row["username"], row["password"]) == (text, text)
        assert (row["src_ip"], row["protocol"], files[session]) == (text or None,) * 3
    is_proven(warehouse)


def test_a_raw_nul_and_raw_controls_within_strings_survive(warehouse: Warehouse, tmp_path: Path) -> None:
    line = events.line(3, input="MARK").replace(b"MARK", b"a\x00b\x01\x7f\xc2\x85\xe2\x80\xa8c")
    assert load_lines(warehouse, tmp_path, line).events == 1
    refresh(warehouse)
    assert payloads(warehouse) == [line]
    assert [row["command"] for row in tables.rows(warehouse, "command_stats")] == ["a\x00b\x01\x7f\x85\u2028c"]
    is_proven(warehouse)


def test_names_of_any_length_break_no_index(warehouse: Warehouse, tmp_path: Path) -> None:
    """Of letters in no order: what repeats itself is compressed before it is found too long."""
    chance = random.Random(3)
    long = "".join(chance.choices("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", k=60_000))
    line = events.line(3, input=long, session=long, sensor=long, eventid=long)
    assert load_lines(warehouse, tmp_path, line, events.line(3, input=long, session=long)).events == 2
    assert load_lines(warehouse, tmp_path, line).duplicates == 1
    refresh(warehouse)
    assert {row["sensor"] for row in tables.rows(warehouse, "raw_events")} == {long, "hp-test"}
    assert {row["event_type"] for row in tables.rows(warehouse, "raw_events")} == {long, "cowrie.command.input"}
    is_proven(warehouse)


def test_numbers_beyond_any_column_stay_in_the_evidence(warehouse: Warehouse, tmp_path: Path) -> None:
    lines = [
        events.line(0, src_port=10**30, dst_port=-1, counter=2**63),
        events.line(10, duration_ms=10**30),
        events.line(7, size=2**63),
        events.line(3, input=10**40),
    ]
    assert load_lines(warehouse, tmp_path, *lines).events == 4
    refresh(warehouse)
    assert payloads(warehouse) == sorted(lines)
    is_proven(warehouse)


@pytest.mark.parametrize("year", ["0002-01-01", "1969-12-31", "2105-12-31", "9998-12-31"])
def test_an_event_of_any_year_is_stored_to_the_microsecond(warehouse: Warehouse, tmp_path: Path, year: str) -> None:
    timestamp = f"{year}T23:59:59.999999Z"
    assert load_lines(warehouse, tmp_path, events.line(0, timestamp=timestamp)).events == 1
    refresh(warehouse)
    (event,), (session,) = tables.rows(warehouse, "raw_events"), tables.rows(warehouse, "session_summaries")
    assert (event["event_timestamp"], event["event_date"]) == (timestamp, year)
    assert (session["first_event_at"], session["last_event_at"]) == (timestamp, timestamp)
    is_proven(warehouse)


# ----------------------------------------------------------------------------------------------- who wrote it, and when


@pytest.fixture
def sensors(tmp_path: Path) -> SensorRegistry:
    (tmp_path / "sensors.toml").write_text(
        '[[sensor]]\nname = "hp-1"\naliases = ["0badc0ffee", "hp-test"]\nclock_offset = "+02:00"\n'
        '[[sensor]]\nname = "hp-2"\nlogpath = "elsewhere"\n'
    )
    return read_sensors_file(tmp_path / "sensors.toml")


def test_aliases_and_clock_offsets_are_applied_once(
    warehouse: Warehouse, tmp_path: Path, sensors: SensorRegistry
) -> None:
    root = tmp_path / "logs"
    midnight = {"timestamp": "2026-08-29T01:30:00.5Z", "session": "aaaaaaaa"}
    write_log(root, [events.line(0, **midnight), events.line(3, **midnight | {"sensor": "0badc0ffee"})])
    write_log(root, [events.line(0, **midnight | {"sensor": ""})], sensor="0badc0ffee")
    write_log(tmp_path, [events.line(0, **midnight | {"sensor": None})], sensor="elsewhere")
    load_folder(warehouse, root, registry=sensors)
    refresh(warehouse)
    found = {(row["sensor"], row["event_timestamp"], row["event_date"]) for row in tables.rows(warehouse, "raw_events")}
    assert found == {
        ("hp-1", "2026-08-28T23:30:00.500000Z", "2026-08-28"),
        ("hp-2", "2026-08-29T01:30:00.500000Z", "2026-08-29"),
    }
    sessions = tables.rows(warehouse, "session_summaries")
    assert {(row["sensor"], row["event_count"]) for row in sessions} == {("hp-1", 3), ("hp-2", 1)}
    load_folder(warehouse, root, "bulk", registry=sensors)
    assert len(tables.rows(warehouse, "raw_events")) == 4
    is_proven(warehouse, sensors)


def test_an_event_stays_one_where_an_offset_is_configured_later(
    warehouse: Warehouse, tmp_path: Path, sensors: SensorRegistry
) -> None:
    load_lines(warehouse, tmp_path / "logs", events.line(0, sensor="hp-1"))
    again = load_lines(warehouse, tmp_path / "logs", LINES[1], events.line(0, sensor="hp-1"), registry=sensors)
    assert (again.events, again.duplicates) == (1, 1)


def test_the_ids_of_2015_count_as_those_of_today(warehouse: Warehouse, tmp_path: Path) -> None:
    load_lines(
        *(warehouse, tmp_path),
        events.line(0, eventid="KIPP0001"),
        events.line(1, eventid="KIPP0003", session="000000000000"),
        events.line(2, eventid="COW0002", session="000000000000"),
        events.line(6, eventid="COW0007", session="000000000000"),
        events.line(10, eventid="COW0011", session="000000000000"),
    )
    refresh(warehouse)
    (row,) = tables.rows(warehouse, "session_summaries")
    assert (row["event_count"], row["login_failures"], row["login_successes"]) == (5, 1, 1)
    assert (row["file_downloads"], row["closed"], row["duration_seconds"]) == (1, 1, 1.5)
    is_proven(warehouse)


# ---------------------------------------------------------------------------------------------------- dead letters

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
    assert load_folder(sqlite, root, "bulk").dead_letters == 0
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


def test_a_log_that_cannot_be_read_is_told_and_the_others_go_on(sqlite: Warehouse, tmp_path: Path) -> None:
    from cowrie_assets.ingest.load import load
    from cowrie_assets.operations.ingest import find_logs

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
    monkeypatch.setattr(load_module, "_WORTH_A_PROCESS", 0)
    root = tmp_path / "logs"
    hostile = [events.line(3, input=text) for text in HOSTILE.values()]
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
    truth = oracle.distinct_events(("hp-test", line) for line in [*LINES, *hostile])
    assert tables.session_rows(sqlite) == oracle.session_rows(truth)
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


def big_log(root: Path, size: int) -> None:
    """A log of `size` bytes that takes none on disk: two events, and between them the hole that copytruncate leaves."""
    path = write_log(root, LINES[:1], "cowrie.json")
    with path.open("r+b") as log:
        log.truncate(size)
        log.seek(0, os.SEEK_END)
        log.write(LINES[1] + b"\n")


def unchanged_seconds(warehouse: Warehouse, root: Path) -> float:
    """The least time that a load takes which finds nothing new."""
    times = []
    for _ in range(7):
        begin = time.perf_counter()
        assert load_folder(warehouse, root).unchanged == 1
        times.append(time.perf_counter() - begin)
    return min(times)


def test_an_unchanged_log_of_a_gigabyte_costs_next_to_nothing(sqlite: Warehouse, tmp_path: Path) -> None:
    big_log(tmp_path / "logs", 1_000_000_000)
    assert load_folder(sqlite, tmp_path / "logs").events == 2
    assert unchanged_seconds(sqlite, tmp_path / "logs") < 0.05


def test_json_of_the_payload_is_what_was_written(warehouse: Warehouse, tmp_path: Path) -> None:
    spaced = json.dumps(events.event(3), indent=None, separators=(", ", " : ")).encode()
    load_lines(warehouse, tmp_path, b"  " + spaced + b" \r")
    assert payloads(warehouse) == [spaced]
