"""Databases of each version of cowrieprocessor's schema, made by hand and counted, before and after the logs."""

import json
import random
from collections.abc import Iterator
from contextlib import closing
from itertools import product
from pathlib import Path
from typing import Any
from uuid import uuid4

import apsw
import pytest

from cowrie_assets.cli.app import run as run_command
from cowrie_assets.cowrieprocessor import importing, reading
from cowrie_assets.cowrieprocessor.importing import ImportResult, import_database
from cowrie_assets.cowrieprocessor.source import Source, SourceError
from cowrie_assets.ingest.step import StepWriter
from cowrie_assets.operations.reparse import reparse
from cowrie_assets.operations.replay import replay
from cowrie_assets.sensor_registry import Sensor, SensorRegistry
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.warehouse import apsw_dbapi
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import tables
from cowrie_assets_tests.cowrieprocessor.conftest import MakeOlder, Named
from cowrie_assets_tests.cowrieprocessor.older import (
    VERSIONS,
    Older,
    defanged,
    harmless,
    neutralized,
    stripped,
)
from cowrie_assets_tests.events import event, line
from cowrie_assets_tests.loading import is_proven, load_folder, write_log

LOG = "/srv/logs/hp-test/cowrie.json"
COMMANDS = (3, 4, 5)
"""Numbers of the events, of each eleven, that hold an `input`."""


def import_it(warehouse: Warehouse, place: str, *, anew: bool = False, **settings: Any) -> ImportResult:
    with Source.open(place) as source:
        return import_database(warehouse, Settings(**settings), source, anew=anew)


def typed(number: int) -> dict[str, Any]:
    """The event of that number, with a message as Cowrie writes it."""
    made = event(number)
    return {**made, "message": f"CMD: {made['input']}"} if "input" in made else made


def stored(number: int) -> dict[str, Any]:
    """How that tool stores the event of that number."""
    made = typed(number)
    if "input" not in made:
        return made
    return (defanged, harmless, neutralized)[number % 3](made)


def stored_events(warehouse: Warehouse) -> list[dict[str, Any]]:
    return sorted((json.loads(row["payload"]) for row in tables.rows(warehouse, "raw_events")), key=json.dumps)


def accounts(result: ImportResult) -> dict[str, tuple[int, ...]]:
    """Rows, events, duplicates and dead letters by table; asserts that the lines are their sum."""
    found = {}
    for stretch, each in result.stretches.items():
        assert each.lines == each.events + each.duplicates + each.dead_letters + each.archived
        assert sum(each.dead_by_reason.values()) == each.dead_letters
        found[stretch] = (each.rows, each.events, each.duplicates, each.dead_letters)
    return found


def fill(older: Older) -> list[dict[str, Any]]:
    """Put in what each kind of row holds; gives the events that come out."""
    older.events(map(stored, range(33)), LOG)
    older.events(map(stored, range(22)), f"{LOG}.1")  # a rotated log was read again
    lost = {**neutralized(typed(36)), "message": "CMD: something else"}
    broken = {"_dead_letter": True, "_reason": "json_parsing_failed", "_malformed_content": '{"eventid": "cowrie.log'}
    held = {"_dead_letter": True, "_malformed_content": json.dumps(typed(33))}
    older.events([lost, broken, held, ["no", "object"], {"eventid": "cowrie.x"}], f"{LOG}.2")
    older.events([{**typed(34), "username": "unknown"}], LOG, inode=LOG)  # a repaired row
    pretty = "\n".join(json.dumps(typed(number), indent=2) for number in (35, 37))
    older.dead_letters(
        [
            {"malformed_content": pretty},
            {"malformed_content": str([typed(38)]), "original_offset": 3},
            {"malformed_content": json.dumps(typed(1))},
            {"malformed_content": '{"eventid": "cowrie.login.fai'},
            stored(47),  # what a delta load found invalid: the event itself
        ],
        LOG,
    )
    return [typed(number) for number in (*range(34), 35, 37, 38, 47)]


FILLED = {"raw_events": (61, 34, 22, 5), "dead_letter_events": (5, 4, 1, 1)}


@pytest.mark.sqlite_first
@pytest.mark.parametrize("version", VERSIONS)
def test_every_row_of_every_version_is_accounted_for(
    make_older: MakeOlder, reference: Named, version: int, tmp_path: Path
) -> None:
    older = make_older(version)
    written = fill(older)
    with Warehouse.open(f"sqlite:///{tmp_path / 'warehouse.db'}") as warehouse:
        result = import_it(warehouse, reference(older))
        assert accounts(result) == FILLED
        assert result.stretches["raw_events"].dead_by_reason == {
            "not_original": 2,
            "invalid_json": 1,
            "not_an_object": 1,
            "bad_timestamp": 1,
        }
        assert stored_events(warehouse) == sorted(written, key=json.dumps)
        assert {row["sensor"] for row in tables.rows(warehouse, "raw_events")} == {"hp-test"}
        is_proven(warehouse)
        assert replay(warehouse, Settings()).letters == 0, "what is not original is no evidence, though it is JSON"
        again = import_it(warehouse, reference(older))
        assert accounts(again) == dict.fromkeys(FILLED, (0, 0, 0, 0))
        assert [each.passed_over for each in again.stretches.values()] == [61, 5]


def test_the_logs_store_nothing_twice(
    make_older: MakeOlder, reference: Named, warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = make_older(17)
    written = fill(older)
    write_log(tmp_path, [json.dumps(each).encode() for each in written])
    monkeypatch.setattr(importing, "_FEW_ROWS", 0)  # a process of its own reads them
    assert accounts(import_it(warehouse, reference(older))) == FILLED
    imported = tables.contents(warehouse)
    loaded = load_folder(warehouse, tmp_path)
    assert (loaded.events, loaded.duplicates) == (0, len(written))
    refresh(warehouse)
    assert tables.contents(warehouse) == imported
    is_proven(warehouse)


@pytest.mark.sqlite_first
@pytest.mark.parametrize("first", ["the logs", "the database"])
@pytest.mark.parametrize("folder", ["hp-test", "another"])
def test_what_lost_its_control_characters_is_the_event_of_the_log(
    warehouse: Warehouse, tmp_path: Path, first: str, folder: str
) -> None:
    older = Older(str(tmp_path / "older.sqlite")).make()
    written = [typed(number) for number in range(30)]
    for each in written[::4]:
        del each["sensor"]
    lines = [json.dumps(each).encode() for each in written]
    older.events(map(stripped, written), f"/srv/logs/{folder}/cowrie.json")
    write_log(tmp_path / "logs", lines, sensor=folder)
    steps = [lambda: import_it(warehouse, older.place), lambda: load_folder(warehouse, tmp_path / "logs")]
    for step in steps if first == "the database" else reversed(steps):
        step()
    refresh(warehouse)
    assert stored_events(warehouse) == sorted(written, key=json.dumps)
    is_proven(warehouse)
    import_it(warehouse, older.place, anew=True)
    assert stored_events(warehouse) == sorted(written, key=json.dumps)
    is_proven(warehouse)


@pytest.mark.sqlite_first
def test_an_import_that_was_stopped_goes_on(
    make_older: MakeOlder, reference: Named, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    older = make_older(9)
    fill(older)
    older.events([event(number, sensor="hp-2") for number in range(60, 70)], "/srv/logs/hp-2/cowrie.json")
    with Warehouse.open(f"sqlite:///{tmp_path / 'whole.db'}") as whole:
        expected = accounts(import_it(whole, reference(older)))
        contents = tables.contents(whole)
    draw = random.Random(7)
    write_parts = StepWriter.write_parts

    class StoppedError(Exception):
        pass

    def stops(self: StepWriter, parts: Any) -> Any:
        if draw.random() < 0.3:
            raise StoppedError
        done = write_parts(self, parts)
        if draw.random() < 0.3:
            raise StoppedError
        return done

    monkeypatch.setattr(StepWriter, "write_parts", stops)
    for _ in range(100):
        try:
            import_it(warehouse, reference(older), batch_events=7)
        except StoppedError:
            continue
        break
    monkeypatch.undo()
    refresh(warehouse)
    assert tables.contents(warehouse) == contents
    ledger = tables.rows(warehouse, "log_files")
    assert sum(row["lines"] for row in ledger) == sum(
        events + more + dead for _, events, more, dead in expected.values()
    )
    assert {row["status"] for row in ledger} == {"closed"}
    is_proven(warehouse)


@pytest.mark.sqlite_first
def test_what_that_tool_stores_later_is_brought_in_and_what_it_changed_is_looked_at_again(
    make_older: MakeOlder, reference: Named, warehouse: Warehouse
) -> None:
    older = make_older(17)
    older.events(map(stored, range(11)), LOG)
    import_it(warehouse, reference(older))
    older.events(map(stored, range(11, 15)), LOG, inode="4712")
    assert accounts(import_it(warehouse, reference(older)))["raw_events"] == (4, 4, 0, 0)
    older.run(["DELETE FROM raw_events WHERE id BETWEEN 3 AND 4"])
    older.events([stored(20)], LOG, inode="4713")
    result = import_it(warehouse, reference(older))
    assert (result.stretches["raw_events"].rows, result.stretches["raw_events"].events) == (14, 1)
    assert stored_events(warehouse) == sorted((typed(number) for number in (*range(15), 20)), key=json.dumps)
    is_proven(warehouse)


def test_events_that_name_no_sensor_are_of_the_folder_of_their_log(warehouse: Warehouse, tmp_path: Path) -> None:
    older = Older(str(tmp_path / "older.sqlite")).make()
    nameless = [{key: each for key, each in event(number).items() if key != "sensor"} for number in range(4)]
    older.events(nameless, "/srv/one/cowrie.json")
    older.events(nameless, "two/cowrie.json")
    older.events(nameless, "cowrie.json")
    import_it(warehouse, older.place)
    assert {row["sensor"] for row in tables.rows(warehouse, "raw_events")} == {"one", "two", "/"}
    is_proven(warehouse)


def test_what_was_imported_follows_the_settings(tmp_path: Path) -> None:
    older = Older(str(tmp_path / "older.sqlite")).make()
    fill(older)
    registry = SensorRegistry((Sensor("renamed", aliases=("hp-test",), clock_offset_us=3_600_000_000),))
    with Warehouse.open(f"sqlite:///{tmp_path / 'w.db'}") as warehouse:
        import_it(warehouse, older.place)
        reparse(warehouse, Settings(registry=registry))
        assert {row["sensor"] for row in tables.rows(warehouse, "session_summaries")} == {"renamed"}
        again = import_it(warehouse, older.place, registry=registry)  # what is in doubt is looked at again
        assert again.stretches["raw_events"].events == 0
        is_proven(warehouse, registry)
        with Warehouse.open(f"sqlite:///{tmp_path / 'clean.db'}") as clean:
            import_it(clean, older.place, registry=registry)
            assert tables.contents(warehouse) == tables.contents(clean)


def test_what_is_hostile_in_a_row_costs_that_row_alone(warehouse: Warehouse, tmp_path: Path) -> None:
    older = Older(str(tmp_path / "older.sqlite"), 17).make()
    deep = '{"eventid":"x","timestamp":"2026-01-01T00:00:00Z","a":' + "[" * 5000 + "]" * 5000 + "}"
    surrogate = defanged(event(3, input="ls")) | {"message": "\ud800"}
    older.events(
        [
            '{"a":1},{"b":',
            "2}",
            "",
            "null",
            deep,
            "{" * 3000,
            json.dumps(surrogate),
            '{"eventid":"x","_dead_letter":true}',
        ],
        "/srv/logs/../\x1b[2J'; DROP TABLE events; --/cowrie.json",
    )
    older.events([line(number).decode() for number in range(11)], LOG)
    older.events(["{}" * 3_000_000], "/x/y")
    older.dead_letters([{"malformed_content": "{'a': " * 10_000}, {"malformed_content": ""}, {}], LOG)
    result = import_it(warehouse, older.place, max_line_bytes=1_000_000)
    accounts(result)
    assert (result.stretches["raw_events"].rows, result.stretches["raw_events"].events) == (20, 12)
    assert result.stretches["raw_events"].dead_by_reason["too_long"] == 1
    assert result.stretches["dead_letter_events"].rows == 3
    is_proven(warehouse)


def test_the_source_is_never_written(tmp_path: Path) -> None:
    older = Older(str(tmp_path / "source" / "older.sqlite"), 12)
    Path(older.place).parent.mkdir()
    older.make()
    older.run(["PRAGMA journal_mode=WAL"])
    older.events(map(stored, range(5)), LOG)
    Path(older.place).chmod(0o400)
    before = Path(older.place).read_bytes()
    Path(older.place).parent.chmod(0o500)
    try:
        with Warehouse.open(f"sqlite:///{tmp_path / 'warehouse.db'}") as warehouse:
            assert import_it(warehouse, older.place).stretches["raw_events"].events == 5
    finally:
        Path(older.place).parent.chmod(0o700)
    assert Path(older.place).read_bytes() == before


def _foreign(folder: Path) -> Iterator[tuple[str, str]]:
    first = Older(str(folder / "first.sqlite"))
    first.run(["CREATE TABLE sessions (a)", "CREATE TABLE commands (a)", "CREATE TABLE files (a)"])
    yield first.place, "of the first tool"
    newer = Older(str(folder / "newer.sqlite"), 18).make()
    yield newer.place, "version 18"
    none = Older(str(folder / "none.sqlite")).make()
    none.run(["UPDATE schema_state SET value = 'x'"])
    yield none.place, "no version"
    yield str(folder / "nowhere.sqlite"), "there is no database"
    (folder / "text.sqlite").write_text("no database at all")
    yield str(folder / "text.sqlite"), "cannot be opened"
    Warehouse.open(f"sqlite:///{folder / 'ours.db'}").close()
    yield str(folder / "ours.db"), "no table schema_state"
    yield "postgresql://user:hunter2@127.0.0.1:1/x", "a reference to the URL"
    yield "mysql://user:hunter2@host/x", "no URL of a database"
    yield "env:NOT_SET_ANYWHERE", "NOT_SET_ANYWHERE"


def test_what_cannot_be_imported_is_refused_with_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNREACHABLE", "postgresql://user:hunter2@127.0.0.1:1/x?connect_timeout=1")
    for place, sentence in [*_foreign(tmp_path), ("env:UNREACHABLE", "cannot be opened")]:
        with pytest.raises(SourceError) as refused:
            Source.open(place)
        assert sentence in str(refused.value)
        assert "hunter2" not in str(refused.value)


def test_two_imports_at_once_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    older = Older(str(tmp_path / "older.sqlite")).make()
    older.events(map(stored, range(20)), LOG)
    with Warehouse.open(f"sqlite:///{tmp_path / 'warehouse.db'}") as warehouse:
        contents = reading.contents
        others = iter([True])

        def another_is_faster(*arguments: Any) -> Any:
            if next(others, False):
                import_it(warehouse, older.place)
            return contents(*arguments)

        monkeypatch.setattr(reading, "contents", another_is_faster)
        with pytest.raises(importing.ImportBusyError):
            import_it(warehouse, older.place, batch_events=5)
        monkeypatch.undo()
        assert len(stored_events(warehouse)) == 20
        is_proven(warehouse)


_ODD = (b"\xff", 1, "yesterday", "2026-13-45", "", -5, 2**63 - 1, float("inf"))
"""What a column of SQLite may hold, whatever its type."""


def test_sqlite_holds_any_value_in_any_column(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    older = Older(str(tmp_path / "cowrieprocessor.sqlite"), 17).make()
    fill(older)
    older.summaries([("s1", "2026-08-31 10:00:00", 1, 1, 1, 1)])
    older.insert("files", [{"session_id": "s", "shasum": "a" * 64, "vt_total": 60, "vt_positives": 3}])
    cached = {"service": "dshield", "cache_key": "192.0.2.1", "cache_value": {"ip": {"count": 1}}, "created_at": "x"}
    older.insert("enrichment_cache", [cached])
    with closing(apsw_dbapi.connect(Path(older.place))) as connection:
        run = apsw.Cursor(connection).execute
        for name in ("raw_events", "dead_letter_events", "session_summaries", "files", "enrichment_cache"):
            key = "session_id" if name == "session_summaries" else "id"
            columns = [row[1] for row in run(f"PRAGMA table_info({name})") if row[1] != key]
            for column, odd in product(columns, _ODD):
                others = ", ".join(each for each in columns if each != column)
                mark = f"'{uuid4()}', " if key == "session_id" else ""
                into = f"{key}, {column}, {others}" if mark else f"{column}, {others}"
                run(f"INSERT INTO {name} ({into}) SELECT {mark}?, {others} FROM {name} LIMIT 1", (odd,))
    monkeypatch.setenv("COWRIE_DATABASE_URL", f"sqlite:///{tmp_path / 'warehouse.db'}")
    for arguments in (["import", older.place], ["import", "--anew", older.place], ["compare", older.place]):
        code = run_command(["db", *arguments])
        printed = "".join(capsys.readouterr())
        assert (code, "b'" in printed) == (0, False), printed
    with Warehouse.open(f"sqlite:///{tmp_path / 'warehouse.db'}") as warehouse:
        is_proven(warehouse)


@pytest.mark.parametrize("number", [-5, 2**63 - 1])
def test_a_row_whose_number_is_no_place_is_told(number: int, tmp_path: Path) -> None:
    older = Older(str(tmp_path / "cowrieprocessor.sqlite"), 17).make()
    older.insert("raw_events", [{"id": number, "source": LOG, "payload": typed(0)}])
    with pytest.raises(SourceError, match=f"raw_events has a row of the number {number}"):
        Source.open(older.place)
