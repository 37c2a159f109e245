"""A log that is read a second time: its numbers are those of the content as it was read last, and what is read well now
is no dead letter any more."""

import gzip
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from cowrie_assets.cowrie.event import Source
from cowrie_assets.ingest.discovery import log_file
from cowrie_assets.ingest.file_looks import Look
from cowrie_assets.ingest.load import Mode
from cowrie_assets.ingest.planning import plan_log
from cowrie_assets.ingest.reading import ReadTask, read_batches
from cowrie_assets.ingest.rereading import Reading
from cowrie_assets.ingest.step import StepWriter
from cowrie_assets.operations.log_proof import prove_logs
from cowrie_assets.sensor_registry import SensorRegistry
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.checks import run_checks
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import events as stored
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.loading import lines_of, load_folder, payloads, write_log

pytestmark = pytest.mark.sqlite_first

LINES = [events.line(number) for number in range(40)]
MANY = [events.line(number, padding="x" * 1000) for number in range(1500)]
LEDGER = ("ledger_accounts_for_every_line", "dead_letters_are_listed", "ledger_owns_its_events")

both_modes = pytest.mark.parametrize("mode", ["delta", "bulk"])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "logs"


def ledger(warehouse: Warehouse, *names: str) -> list[tuple[Any, ...]]:
    rows = sorted(tables.rows(warehouse, "log_files"), key=lambda row: row["id"])
    names = names or ("lines", "events", "duplicates", "dead_letters", "blank")
    return [tuple(row[name] for name in names) for row in rows]


def letters(warehouse: Warehouse) -> list[tuple[str, str | None]]:
    """Reason and resolution of each dead letter, as they stand in the log."""
    rows = sorted(tables.rows(warehouse, "dead_letter_events"), key=lambda row: row["byte_offset"])
    assert all((row["resolution"] is None) == (row["resolved_at"] is None) for row in rows)
    return [(row["reason"], row["resolution"]) for row in rows]


def is_balanced(warehouse: Warehouse) -> None:
    assert [result for result in run_checks(warehouse, names=LEDGER) if not result.passed] == []


@contextmanager
def overwritten(path: Path, old: bytes) -> Iterator[list[bytes]]:
    """Writes what the block appends over `old`, in place; the size stays."""
    new: list[bytes] = []
    yield new
    content = path.read_bytes()
    assert content.count(old) == 1
    assert len(new[0]) == len(old)
    with path.open("r+b") as log:
        log.seek(content.index(old))
        log.write(new[0])


# ------------------------------------------------------------------------------------------------- what died and lives


@both_modes
def test_a_line_that_was_too_long_is_taken_up_once_the_limit_is_raised(
    warehouse: Warehouse, root: Path, mode: Mode
) -> None:
    write_log(root, [*LINES[:5], events.line(5, padding="x" * 5000), *LINES[6:9]])
    assert lines_of(load_folder(warehouse, root, max_line_bytes=2000)) == (9, 8, 0, 1, 0)
    assert load_folder(warehouse, root, max_line_bytes=2000).unchanged == 1
    assert lines_of(load_folder(warehouse, root, mode, max_line_bytes=9000)) == (9, 1, 8, 0, 0)
    assert ledger(warehouse) == [(9, 9, 0, 0, 0)]
    assert letters(warehouse) == [("too_long", "read well")]
    is_balanced(warehouse)
    assert load_folder(warehouse, root, max_line_bytes=9000).unchanged == 1


def test_a_limit_raised_too_little_leaves_the_line_dead(sqlite: Warehouse, root: Path) -> None:
    write_log(root, [*LINES[:5], events.line(5, padding="x" * 5000)])
    load_folder(sqlite, root, max_line_bytes=2000)
    assert lines_of(load_folder(sqlite, root, max_line_bytes=3000)) == (6, 0, 5, 1, 0)
    assert load_folder(sqlite, root, max_line_bytes=3000).unchanged == 1
    assert ledger(sqlite) == [(6, 5, 0, 1, 0)]
    assert letters(sqlite) == [("too_long", None)]


def test_an_object_over_many_lines_lives_once_the_limit_is_raised(warehouse: Warehouse, root: Path) -> None:
    pretty = LINES[3].replace(b",", b",\n")
    path = write_log(root, [*LINES[:3], pretty], "cowrie.json")
    load_folder(warehouse, root, max_line_bytes=len(pretty) - 10)
    with path.open("ab") as log:
        log.write(LINES[4] + b"\n")
    load_folder(warehouse, root, max_line_bytes=len(pretty) - 10)
    load_folder(warehouse, root)
    assert ledger(warehouse) == [(5, 5, 0, 0, 0)]
    is_balanced(warehouse)


@both_modes
def test_an_event_stays_one_under_a_lower_limit(warehouse: Warehouse, root: Path, mode: Mode) -> None:
    write_log(root, [*LINES[:5], events.line(5, padding="x" * 5000), b"oops", *LINES[6:9]])
    load_folder(warehouse, root, max_line_bytes=9000)
    for batch_events in (1, 1000):
        load_folder(warehouse, root, mode, max_line_bytes=2000)
        assert lines_of(load_folder(warehouse, root, "bulk", max_line_bytes=2000, batch_events=batch_events)) == (
            10,
            0,
            9,
            1,
            0,
        )
        assert ledger(warehouse) == [(10, 9, 0, 1, 0)]
        assert [reason for reason, resolution in letters(warehouse) if resolution is None] == ["invalid_json"]
        is_balanced(warehouse)


def test_what_was_read_well_and_is_spoiled_in_place_stays_stored(warehouse: Warehouse, root: Path) -> None:
    """Between two samples, so that only a whole reading finds it: of the lines some are dead and some are gone."""
    path = write_log(root, MANY)
    load_folder(warehouse, root)
    whole = path.read_bytes()
    begin = 1024 * 1024 + 66 * 1024
    path.write_bytes(whole[:begin] + b"\0" * 50_000 + whole[begin + 50_000 :])
    load_folder(warehouse, root, "bulk")
    assert payloads(warehouse) == sorted(MANY)
    is_balanced(warehouse)
    path.write_bytes(whole)
    load_folder(warehouse, root, "bulk")
    assert ledger(warehouse) == [(1500, 1500, 0, 0, 0)]
    is_balanced(warehouse)


@both_modes
@pytest.mark.parametrize("number", [0, 20], ids=["first line", "later line"])
def test_a_line_mended_by_hand_is_taken_up(warehouse: Warehouse, root: Path, mode: Mode, number: int) -> None:
    torn = LINES[number].replace(b'"eventid":', b'"eventid"#')
    path = write_log(root, [*LINES[:number], torn, *LINES[number + 1 :]])
    assert lines_of(load_folder(warehouse, root)) == (40, 39, 0, 1, 0)
    with overwritten(path, torn) as new:
        new.append(LINES[number])
    assert load_folder(warehouse, root, mode).events == 1
    assert payloads(warehouse) == sorted(LINES)
    assert {resolution for _, resolution in letters(warehouse)} <= {"read well", "replaced"}
    is_balanced(warehouse)


@both_modes
def test_a_hole_that_is_filled_later_loses_nothing(warehouse: Warehouse, root: Path, mode: Mode) -> None:
    """`rsync --inplace` over a slow line: the size is right from the start, a part of it comes last."""
    whole = b"".join(line + b"\n" for line in MANY)
    begin = 1024 * 1024 + 66 * 1024  # between two samples
    path = write_log(root, [])
    path.write_bytes(whole[:begin] + b"\0" * 50_000 + whole[begin + 50_000 :])
    load_folder(warehouse, root)
    path.write_bytes(whole)
    load_folder(warehouse, root, mode)
    assert payloads(warehouse) == sorted(MANY)
    (row,) = ledger(warehouse)
    assert row == (1500, 1500, 0, 0, 0)
    is_balanced(warehouse)


@both_modes
@pytest.mark.parametrize("begin", [0, 5_000], ids=["its head", "its middle"])
@pytest.mark.parametrize("name", ["cowrie.json.2026-08-31.gz", "cowrie.json.1"])
def test_a_hole_that_comes_back_whole_as_another_file_is_resolved_once_no_file_has_it(
    warehouse: Warehouse, root: Path, mode: Mode, begin: int, name: str
) -> None:
    """A name that a rotation gave says whose log it is where the first line does, or where it was only packed."""
    whole = b"".join(line + b"\n" for line in LINES)
    path = write_log(root, [], "cowrie.json.2026-08-31")
    path.write_bytes(whole[:begin] + b"\0" * 2_000 + whole[begin + 2_000 :])
    load_folder(warehouse, root)
    packed = path.with_name(name)
    packed.write_bytes(gzip.compress(whole) if name.endswith(".gz") else whole)
    load_folder(warehouse, root, mode)
    assert payloads(warehouse) == sorted(LINES)
    assert letters(warehouse) == [("invalid_json", None)], "a file has the hole still"
    path.unlink()
    load_folder(warehouse, root, mode)
    load_folder(warehouse, root, "bulk")
    is_told = begin == 0 and not name.endswith(".gz")
    assert letters(warehouse) == [("invalid_json", None if is_told else "replaced")]
    is_balanced(warehouse)


@both_modes
def test_a_log_that_was_read_well_and_is_spoiled_and_mended_has_no_dead_line(
    warehouse: Warehouse, root: Path, mode: Mode
) -> None:
    path = write_log(root, LINES)
    load_folder(warehouse, root)
    spoiled = LINES[20].replace(b'"eventid":', b'"eventid"#')
    with overwritten(path, LINES[20]) as new:
        new.append(spoiled)
    assert lines_of(load_folder(warehouse, root, mode)) == (40, 0, 39, 1, 0)
    assert letters(warehouse) == [("invalid_json", None)]
    is_balanced(warehouse)
    with overwritten(path, spoiled) as new:
        new.append(LINES[20])
    load_folder(warehouse, root, mode)
    assert letters(warehouse) == [("invalid_json", "replaced")]
    assert payloads(warehouse) == sorted(LINES)
    is_balanced(warehouse)


@both_modes
@pytest.mark.parametrize("moved", ["the folder", "the log"])
def test_a_log_that_was_moved_and_is_mended_where_it_lies_keeps_its_sensor(
    warehouse: Warehouse, root: Path, mode: Mode, moved: str
) -> None:
    lines = [events.line(number, sensor="") for number in range(20)]
    torn = lines[7].replace(b'"eventid":', b'"eventid"#')
    path = write_log(root, [*lines[:7], torn, *lines[8:]], sensor="alpha")
    load_folder(warehouse, root)
    today = root / "beta" / path.name
    if moved == "the folder":
        path.parent.rename(today.parent)
    else:
        today.parent.mkdir()
        path.rename(today)
    load_folder(warehouse, root)
    with overwritten(today, torn) as new:
        new.append(lines[7])
    assert load_folder(warehouse, root, mode).events == 1
    assert {row["sensor"] for row in tables.rows(warehouse, "raw_events")} == {"alpha"}
    assert [resolution for _, resolution in letters(warehouse)] == ["replaced"]
    is_balanced(warehouse)


@both_modes
@pytest.mark.parametrize("share", [0.3, 0.999], ids=["early", "at its end"])
def test_an_archive_that_was_cut_and_is_whole_later(warehouse: Warehouse, root: Path, mode: Mode, share: float) -> None:
    whole = gzip.compress(b"".join(line + b"\n" for line in LINES), 0)
    path = write_log(root, [], "cowrie.json.1.gz")
    path.write_bytes(whole[: int(len(whole) * share)])
    load_folder(warehouse, root)
    assert letters(warehouse) == [("damaged_archive", None)]
    is_balanced(warehouse)
    path.write_bytes(whole)
    load_folder(warehouse, root, mode)
    assert payloads(warehouse) == sorted(LINES)
    assert letters(warehouse) == [("damaged_archive", "read well" if share < 0.9 else "no longer in the log")]
    assert ledger(warehouse) == [(40, 40, 0, 0, 0)]
    is_balanced(warehouse)


@both_modes
def test_an_archive_of_which_nothing_could_be_had_and_that_is_whole_later(
    warehouse: Warehouse, root: Path, mode: Mode
) -> None:
    whole = gzip.compress(b"".join(line + b"\n" for line in LINES))
    path = write_log(root, [], "cowrie.json.1.gz")
    path.write_bytes(whole[:10])
    load_folder(warehouse, root)
    assert ledger(warehouse) == [(1, 0, 0, 1, 0)]
    path.write_bytes(whole)
    load_folder(warehouse, root, mode)
    assert ledger(warehouse) == [(0, 0, 0, 0, 0), (40, 40, 0, 0, 0)]
    assert letters(warehouse) == [("damaged_archive", "replaced")]
    is_balanced(warehouse)


def test_what_was_mended_and_breaks_again_is_dead_again(sqlite: Warehouse, root: Path) -> None:
    whole = gzip.compress(b"".join(line + b"\n" for line in LINES), 0)
    path = write_log(root, [], "cowrie.json.1.gz")
    for content in (whole[:-9], whole, whole[:-9], whole[:-9], whole):
        path.write_bytes(content)
        load_folder(sqlite, root, "bulk")
        is_balanced(sqlite)
        unresolved = [reason for reason, resolution in letters(sqlite) if resolution is None]
        assert unresolved == ["damaged_archive"] * (content != whole)


@both_modes
@pytest.mark.parametrize("name", ["cowrie.json", "cowrie.json.1"])
def test_a_hole_in_what_was_read_well_that_is_filled_again(
    warehouse: Warehouse, root: Path, mode: Mode, name: str
) -> None:
    """A log with a dead line of its own is damaged after it was read, differently at each look, then whole again."""
    whole = b"".join(line + b"\n" for line in [*LINES[:3], b"kernel: oops", *LINES[3:6]])
    path = write_log(root, [], name)
    for begin, end in ((0, 0), (100, 300), (100, 500), (0, 250), (100, 300), (0, 0)):
        path.write_bytes(whole[:begin] + b"\0" * (end - begin) + whole[end:])
        load_folder(warehouse, root, mode)
        is_balanced(warehouse)
    assert payloads(warehouse) == sorted(LINES[:6])
    found = tables.rows(warehouse, "dead_letter_events")
    assert [row["reason"] for row in found if row["resolved_at"] is None] == ["invalid_json"]
    assert [row["content"] for row in found if row["resolved_at"] is None] == ["kernel: oops"]


def test_a_limit_that_is_lowered_and_raised_again(warehouse: Warehouse, root: Path) -> None:
    """What was stored stays, and the log's numbers are those of its last reading."""
    write_log(root, [*LINES[:5], events.line(5, padding="x" * 5000), *LINES[6:9]])
    for limit in (9000, 2000, 9000, 100, 9000):
        load_folder(warehouse, root, "bulk", max_line_bytes=limit)
        is_balanced(warehouse)
        assert len(payloads(warehouse)) == 9
    assert {(lines, dead) for lines, _, _, dead, _ in ledger(warehouse)[:1]} == {(9, 0)}


@both_modes
def test_a_hole_that_comes_into_a_log_that_was_read(warehouse: Warehouse, root: Path, mode: Mode) -> None:
    whole = b"".join(line + b"\n" for line in MANY)
    begin = 1024 * 1024 + 66 * 1024  # between two samples
    path = write_log(root, [])
    for content in (whole, whole[:begin] + b"\0" * 50_000 + whole[begin + 50_000 :], whole):
        path.write_bytes(content)
        load_folder(warehouse, root, mode)
        is_balanced(warehouse)
        assert payloads(warehouse) == sorted(MANY)


@both_modes
def test_a_log_that_was_nothing_but_a_hole(warehouse: Warehouse, root: Path, mode: Mode) -> None:
    whole = b"".join(line + b"\n" for line in LINES[:6])
    path = write_log(root, [])
    for end in (len(whole) - 20, len(whole) // 2, 0):
        path.write_bytes(b"\0" * end + whole[end:])
        load_folder(warehouse, root, mode)
        is_balanced(warehouse)
    assert payloads(warehouse) == sorted(LINES[:6])
    assert {resolution for _, resolution in letters(warehouse)} == {"replaced"}


def test_a_log_that_is_mended_after_its_folder_was_renamed(sqlite: Warehouse, root: Path) -> None:
    whole = b"".join(line + b"\n" for line in [*LINES[:6], b"kernel: oops"])
    path = write_log(root, [], sensor="before")
    path.write_bytes(b"#" * 20 + whole[20:])
    load_folder(sqlite, root)
    path.parent.rename(root / "after")
    load_folder(sqlite, root)
    (root / "after" / path.name).write_bytes(whole)
    load_folder(sqlite, root)
    is_balanced(sqlite)
    assert Counter(letters(sqlite)) == {("invalid_json", None): 1, ("invalid_json", "replaced"): 2}


def test_the_dead_lines_of_a_log_that_was_truncated_are_not_resolved(sqlite: Warehouse, root: Path) -> None:
    """Nobody read them well: they are gone."""
    path = write_log(root, [LINES[0], b"kernel: oops"], "cowrie.json.1")
    load_folder(sqlite, root)
    path.write_bytes(b"".join(line + b"\n" for line in LINES[10:20]))
    load_folder(sqlite, root)
    assert letters(sqlite) == [("invalid_json", None)]
    is_balanced(sqlite)


def test_the_same_dead_line_in_two_logs_is_listed_with_each_place(warehouse: Warehouse, root: Path) -> None:
    write_log(root, [b"kernel: oops", LINES[0], b"kernel: oops"], "cowrie.json.1")
    write_log(root, [b"kernel: oops", LINES[1], b"kernel: oops"], "cowrie.json.2")
    result = load_folder(warehouse, root)
    found = {(row["path"], row["line_number"]) for row in tables.rows(warehouse, "dead_letter_events")}
    assert len(found) == result.dead_letters == 4
    load_folder(warehouse, root, "bulk")
    assert len(tables.rows(warehouse, "dead_letter_events")) == 4
    is_balanced(warehouse)


# -------------------------------------------------------------------------------------------------------------- proof


def closed_in_pieces(warehouse: Warehouse, root: Path) -> Path:
    """A log that was read while it was written, and rotated."""
    live = write_log(root, LINES[:10], "cowrie.json")
    load_folder(warehouse, root)
    with live.open("ab") as log:
        log.write(b"".join(line + b"\n" for line in LINES[10:20]))
    load_folder(warehouse, root)
    return live.rename(live.with_name("cowrie.json.2026-08-29"))


def test_a_log_that_was_read_in_pieces_is_proved_once(warehouse: Warehouse, root: Path) -> None:
    closed_in_pieces(warehouse, root)
    write_log(root, LINES[20:30], "cowrie.json.1")
    settings = Settings(log_root=root)
    load_folder(warehouse, root)
    proof = prove_logs(warehouse, settings)
    assert lines_of(proof.load) == (20, 0, 20, 0, 0)
    assert prove_logs(warehouse, settings).load.logs == 0
    (root / "hp-test" / "cowrie.json.1").rename(root / "hp-test" / "cowrie.json.2")
    load_folder(warehouse, root)
    assert prove_logs(warehouse, settings).load.logs == 0


def test_the_proof_stores_what_no_look_at_the_log_could_tell(warehouse: Warehouse, root: Path) -> None:
    """As if an event had been completed in place: it is not stored, and the file is as the ledger knows it."""
    closed_in_pieces(warehouse, root)
    load_folder(warehouse, root)
    with warehouse.write() as connection:
        connection.execute(delete(stored).where(stored.c.byte_offset == 0))
    assert load_folder(warehouse, root).unchanged == 1
    assert prove_logs(warehouse, Settings(log_root=root)).load.events == 1
    assert payloads(warehouse) == sorted(LINES[:20])
    is_balanced(warehouse)


# --------------------------------------------------------------------------------------------------------- accounting


def test_bulk_over_what_is_known_changes_no_row(warehouse: Warehouse, root: Path) -> None:
    write_log(root, [*LINES, b"", b"oops", LINES[3], b"\0" * 600, *LINES[5:7]])
    load_folder(warehouse, root)
    before = ledger(warehouse)
    assert before == [(46, 40, 3, 1, 2)]
    assert lines_of(load_folder(warehouse, root, "bulk", batch_events=7)) == (46, 0, 43, 1, 2)
    assert ledger(warehouse) == before
    is_balanced(warehouse)


def test_an_event_twice_in_a_log_is_one_event_and_one_duplicate_at_every_reading(sqlite: Warehouse, root: Path) -> None:
    write_log(root, [LINES[0], LINES[1], LINES[0], LINES[0]])
    load_folder(sqlite, root)
    for batch_events in (1, 2, 1000):
        load_folder(sqlite, root, "bulk", batch_events=batch_events)
        assert ledger(sqlite) == [(4, 2, 2, 0, 0)]
        is_balanced(sqlite)


def test_a_reading_that_is_cut_off_leaves_the_books_in_balance_and_is_done_again(
    warehouse: Warehouse, root: Path
) -> None:
    path = write_log(root, [*LINES[:5], events.line(5, padding="x" * 5000), *LINES[6:30]])
    load_folder(warehouse, root, max_line_bytes=2000)
    log = log_file(path, SensorRegistry())
    look = Look.now(Settings(max_line_bytes=9000))
    plan = plan_log(warehouse, log, look, skip_unchanged=True)
    assert plan is not None
    assert plan.from_start
    writer, known, reading = StepWriter(warehouse, read_limit=9000), plan.known, Reading()
    task = ReadTask(path, Source("hp-test"), closed=True, max_line_bytes=9000, batch_events=3)
    for _, batch in zip(range(3), read_batches(task), strict=False):
        known, _ = writer.write(plan, known, batch, reading)
        is_balanced(warehouse)
    load_folder(warehouse, root, max_line_bytes=9000)
    assert ledger(warehouse) == [(30, 30, 0, 0, 0)]
    is_balanced(warehouse)
