"""What is stored follows the settings: after `reparse` the tables are those of a clean load."""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from cowrie_assets.ingest import outdated as comparison
from cowrie_assets.ingest.rederive import Rederiver
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.reparse import ReparseResult, reparse
from cowrie_assets.operations.status import status
from cowrie_assets.sensor_registry import Sensor, SensorRegistry
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse import versions
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests import events, tables
from cowrie_assets_tests.loading import snapshot, write_log, wrong_rows

pytestmark = pytest.mark.sqlite_first

HOUR_US = 3_600_000_000
CASES = Path(__file__).parents[1] / "cases"
DDL = Path(versions.__file__).parent / "migrations" / "ddl"


def registry(*sensors: Sensor) -> SensorRegistry:
    return SensorRegistry(sensors)


def is_sound(warehouse: Warehouse, settings: Settings) -> None:
    """Asserts that nothing stored is wrong, and that nothing in the ledger is negative."""
    assert wrong_rows(warehouse, settings) == []
    for row in tables.rows(warehouse, "log_files"):
        assert min(row["events"], row["duplicates"], row["dead_letters"], row["blank"], row["unusual"]) >= 0


def equals_a_clean_load(warehouse: Warehouse, settings: Settings) -> None:
    """Asserts that the tables are what one load of the logs into an empty database gives under these settings."""
    is_sound(warehouse, settings)
    with tempfile.TemporaryDirectory() as folder:
        clean_settings = replace(settings, database_url=f"sqlite:///{folder}/clean.db")
        with Warehouse.open(clean_settings.database_url) as clean:
            ingest(clean, clean_settings)
            assert tables.contents(warehouse) == tables.contents(clean)
            with warehouse.read() as connection, clean.read() as clean_connection:
                for table in ("event_days", "active_hours"):
                    count = text(f"SELECT COUNT(*) FROM {table}")
                    assert connection.execute(count).scalar() == clean_connection.execute(count).scalar()
            assert status(warehouse, settings.registry).outdated == comparison.Outdated()


def follow(warehouse: Warehouse, settings: Settings) -> ReparseResult:
    """Reparse, and read again what it put in doubt."""
    result = reparse(warehouse, settings)
    ingest(warehouse, settings)
    equals_a_clean_load(warehouse, settings)
    return result


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "logs"


@pytest.fixture
def settings(root: Path, tmp_path: Path, database_url: str) -> Settings:
    return Settings(log_root=root, database_url=database_url, report_dir=tmp_path / "reports")


# -------------------------------------------------------------------------------------------------- a name given later


def test_an_alias_added_later_doubles_nothing(warehouse: Warehouse, settings: Settings, root: Path) -> None:
    shutil.copytree(CASES / "01_alias_added_later" / "logs", root)
    first = ingest(warehouse, settings)
    assert (first.load.events, first.load.warnings) == (24, [])
    named = replace(settings, registry=registry(Sensor("hp-fra", aliases=("e0c3bd40fb71",))))
    for mode in ("delta", "bulk"):
        again = ingest(warehouse, named, mode=mode)  # type: ignore[arg-type]
        assert again.load.events == 0
        (warning,) = again.load.warnings
        assert warning.startswith("up to 24 stored events were derived under other settings or by an older reader")
        assert warning.endswith("run `cowrie-assets reparse`")
        is_sound(warehouse, named)
    live = root / "fra" / "cowrie.json"
    live.write_bytes(live.read_bytes().partition(b"\n")[2])
    assert ingest(warehouse, named).load.events == 0
    is_sound(warehouse, named)
    dry = reparse(warehouse, named, dry_run=True)
    assert (dry.total.events, dry.total.changed, dry.total.merged) == (24, 24, 0)
    assert {row["sensor"] for row in tables.rows(warehouse, "raw_events")} == {"e0c3bd40fb71"}
    done = reparse(warehouse, named)
    assert (done.total.events, done.total.changed, done.total.merged, done.total.unreadable) == (24, 24, 0, 0)
    assert {row["sensor"] for row in tables.rows(warehouse, "session_summaries")} == {"hp-fra"}
    assert len(tables.rows(warehouse, "session_summaries")) == 6
    assert ingest(warehouse, named).load.warnings == []
    is_sound(warehouse, named)
    assert reparse(warehouse, settings).total.changed == 24
    is_sound(warehouse, settings)


def test_a_clock_offset_moves_events_to_other_days(warehouse: Warehouse, settings: Settings, root: Path) -> None:
    write_log(root, [events.line(number) for number in range(60)])
    write_log(root, [events.line(number, sensor="other") for number in range(60)], "cowrie.json.2")
    ingest(warehouse, settings)
    for hours in (26, -50, 0):
        offset = replace(settings, registry=registry(Sensor("hp-test", clock_offset_us=hours * HOUR_US)))
        assert follow(warehouse, offset).total.changed == 60


@pytest.mark.parametrize("hours", [26, 1, -1, -50])
def test_an_event_that_moves_to_another_day_is_counted_once(
    sample_settings: Settings, database_url: str, hours: int
) -> None:
    settings = replace(sample_settings, database_url=database_url)
    with Warehouse.open(database_url) as warehouse:
        ingest(warehouse, settings)
        stored = len(tables.rows(warehouse, "raw_events"))
        sensors = (Sensor("hp-fra-01", clock_offset_us=hours * HOUR_US), Sensor("hp-nyc-02", clock_offset_us=HOUR_US))
        offset = replace(settings, registry=SensorRegistry(sensors))
        dry, done = reparse(warehouse, offset, dry_run=True), reparse(warehouse, offset)
        assert (dry.total.events, done.total.events) == (stored, stored)
        assert (dry.total.changed, done.total.changed) == (stored, stored)
        assert len(done.days) == len(set(done.days))


def test_a_part_of_the_days(warehouse: Warehouse, settings: Settings, root: Path) -> None:
    write_log(root, [events.line(number) for number in range(60)])
    ingest(warehouse, settings)
    named = replace(settings, registry=registry(Sensor("hp-1", aliases=("hp-test",))))
    first, *_, last = (status(warehouse).span or ())[0], (status(warehouse).span or ())[1]
    reparse(warehouse, named, end=first)
    assert {row["sensor"] for row in tables.rows(warehouse, "raw_events")} == {"hp-1", "hp-test"}
    is_sound(warehouse, named)
    assert status(warehouse, named.registry).outdated.events == 60
    reparse(warehouse, named, start=last)
    assert follow(warehouse, named).total.changed == 0


# --------------------------------------------------------------------------------------------------------- two folders


@pytest.mark.parametrize("mode", ["delta", "bulk"])
@pytest.mark.parametrize("order", [("alpha", "beta"), ("beta", "alpha"), ()])
def test_equal_content_in_two_folders_is_two_logs(
    warehouse: Warehouse, settings: Settings, root: Path, mode: str, order: tuple[str, ...]
) -> None:
    shutil.copytree(CASES / "02_same_content_two_folders" / "logs", root)
    for folder in order:
        ingest(warehouse, settings, mode=mode, paths=[root / folder])  # type: ignore[arg-type]
    ingest(warehouse, settings, mode=mode)  # type: ignore[arg-type]
    found = {log["sensor"]: (log["lines"], log["events"]) for log in tables.rows(warehouse, "log_files")}
    assert found == {"alpha": (16, 16), "beta": (20, 20)}
    equals_a_clean_load(warehouse, settings)


def test_a_copy_under_the_former_name_of_a_renamed_folder_is_told_with_what_gives_each_its_events(
    warehouse: Warehouse, settings: Settings, root: Path
) -> None:
    shutil.copytree(CASES / "02_same_content_two_folders" / "logs" / "alpha", root / "alpha")
    ingest(warehouse, settings)
    (root / "alpha").rename(root / "hp-fra")
    ingest(warehouse, settings)
    shutil.copytree(root / "hp-fra", root / "alpha")
    copied = ingest(warehouse, settings).load
    assert (copied.events, copied.duplicates) == (0, 16)
    assert any("'alpha' is now 'hp-fra'" in warning and "reparse" in warning for warning in copied.warnings)
    assert follow(warehouse, settings).logs_in_doubt == 1


@pytest.mark.parametrize("mode", ["delta", "bulk"])
def test_a_folder_that_was_renamed_is_one_log_that_moved(
    warehouse: Warehouse, settings: Settings, root: Path, mode: str
) -> None:
    shutil.copytree(CASES / "02_same_content_two_folders" / "logs" / "alpha", root / "alpha")
    ingest(warehouse, settings)
    (root / "alpha").rename(root / "hp-fra")
    moved = ingest(warehouse, settings, mode=mode)  # type: ignore[arg-type]
    assert moved.load.events == 0
    assert any("'alpha' is now 'hp-fra'" in warning and "reparse" in warning for warning in moved.load.warnings)
    assert ingest(warehouse, settings).load.warnings == []
    is_sound(warehouse, settings)
    assert {row["sensor"] for row in tables.rows(warehouse, "raw_events")} == {"alpha"}
    with_alias = registry(Sensor("hp-fra", aliases=("alpha",)))
    assert status(warehouse, with_alias).outdated.moved_events == 0
    assert status(warehouse, settings.registry).outdated.moved_events == 16
    result = follow(warehouse, settings)
    assert (result.renamed_logs, result.total.changed) == (1, 16)


def test_a_folder_that_gets_its_name_back_is_seen_there(warehouse: Warehouse, settings: Settings, root: Path) -> None:
    write_log(root, [events.line(number) for number in range(20)], sensor="alpha")
    ruled = replace(settings, registry=registry(Sensor("b", logpath=root / "beta")))
    ingest(warehouse, ruled)
    for folder, name in (("alpha", "beta"), ("beta", "alpha")):
        (root / folder).rename(root / name)
        ingest(warehouse, ruled)
        (log,) = tables.rows(warehouse, "log_files")
        assert Path(log["path"]).parent.name == name
    follow(warehouse, ruled)


def test_a_log_that_left_gives_back_what_another_shared_with_it(
    warehouse: Warehouse, settings: Settings, root: Path
) -> None:
    lines = [events.line(number, sensor="") for number in range(20)]
    first = write_log(root, lines, "cowrie.json.1", sensor="alpha")
    write_log(root, [b"", *lines[:15]], "cowrie.json.2", sensor="alpha")
    ingest(warehouse, settings)
    (root / "beta").mkdir()
    first.rename(root / "beta" / "cowrie.json.1")
    ingest(warehouse, settings)
    assert follow(warehouse, settings).logs_in_doubt == 1


def test_names_of_two_folders_can_be_exchanged(warehouse: Warehouse, settings: Settings, root: Path) -> None:
    lines = [events.line(number, sensor="") for number in range(20)]
    write_log(root, lines, sensor="alpha")
    write_log(root, lines[3:12], sensor="beta")
    ingest(warehouse, settings)
    (root / "alpha").rename(root / "c")
    (root / "beta").rename(root / "alpha")
    (root / "c").rename(root / "beta")
    ingest(warehouse, settings)
    follow(warehouse, settings)


@pytest.mark.parametrize("order", [("one", "two"), ("two", "one")])
def test_a_folders_rule_does_not_depend_on_which_copy_is_read_first(
    warehouse: Warehouse, settings: Settings, root: Path, order: tuple[str, str]
) -> None:
    lines = [events.line(number) for number in range(30)]
    write_log(root, lines, sensor="one")
    write_log(root, [*lines[:20], events.line(40)], sensor="two")
    ruled = replace(settings, registry=registry(Sensor("b", logpath=root / "one"), Sensor("a", logpath=root / "two")))
    for folder in order:
        ingest(warehouse, ruled, paths=[root / folder])
    assert {row["sensor"] for row in tables.rows(warehouse, "raw_events")} == {"a", "b"}
    assert sum(row["sensor"] == "a" for row in tables.rows(warehouse, "raw_events")) == 21
    equals_a_clean_load(warehouse, ruled)
    follow(warehouse, replace(settings, registry=registry(Sensor("b", logpath=root / "one"))))
    follow(warehouse, settings)


# ---------------------------------------------------------------------------------------------- stopped, read otherwise


def test_a_reparse_that_was_killed_goes_on_where_it_was(
    warehouse: Warehouse, settings: Settings, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in range(4):
        write_log(root, [events.line(number + day * 1440) for number in range(12)], f"cowrie.json.{day + 1}")
    ingest(warehouse, settings)
    named = replace(settings, registry=registry(Sensor("hp-1", aliases=("hp-test",))))
    whole = len(reparse(warehouse, named, dry_run=True).days)
    derive_day = Rederiver.derive_day
    days = []

    def killed(*arguments: object) -> object:
        days.append(arguments)
        if len(days) == 3:
            raise KeyboardInterrupt
        return derive_day(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Rederiver, "derive_day", killed)
    with pytest.raises(KeyboardInterrupt):
        reparse(warehouse, named)
    monkeypatch.undo()
    ingest(warehouse, named)
    is_sound(warehouse, named)
    assert status(warehouse, named.registry).outdated.events == 48
    assert len(reparse(warehouse, named).days) == whole - 2
    equals_a_clean_load(warehouse, named)


def test_what_an_older_reader_derived_is_told_and_mended(warehouse: Warehouse, settings: Settings, root: Path) -> None:
    write_log(root, [events.line(number) for number in range(30)])
    ingest(warehouse, settings)
    with warehouse.write() as connection:
        ddl = (DDL / f"0002_{connection.dialect.name}.sql").read_text()
        (as_upgraded,) = [sql for sql in ddl.split(";\n") if "INSERT INTO log_origins" in sql]
        connection.execute(text("DELETE FROM log_origins"))
        connection.exec_driver_sql(as_upgraded)
        connection.execute(text("UPDATE events SET src_port = NULL, counts_as = 0 WHERE counts_as = 1"))
    assert status(warehouse, settings.registry).outdated.events == 30
    follow(warehouse, settings)


def test_a_folder_that_gets_a_sensor_and_is_read_again_in_bulk(
    warehouse: Warehouse, settings: Settings, root: Path
) -> None:
    write_log(root, [events.line(number) for number in range(30)], sensor="one")
    ingest(warehouse, settings)
    ruled = replace(settings, registry=registry(Sensor("a", logpath=root / "one")))
    ingest(warehouse, ruled, mode="bulk")
    is_sound(warehouse, ruled)
    follow(warehouse, ruled)


def test_an_event_that_is_none_any_more_stays_as_it_was(warehouse: Warehouse, settings: Settings, root: Path) -> None:
    """With this clock offset it would lie behind the last year that there is."""
    write_log(root, [events.line(0), events.line(1, timestamp="9998-12-31T23:30:00Z")])
    ingest(warehouse, settings)
    late = replace(settings, registry=registry(Sensor("hp-test", clock_offset_us=-HOUR_US)))
    is_sound(warehouse, late)
    result = reparse(warehouse, late)
    assert (result.total.changed, result.total.merged, result.total.unreadable) == (1, 0, 1)
    assert len(tables.rows(warehouse, "raw_events")) == 2


def test_a_reparse_without_a_change_writes_nothing(warehouse: Warehouse, settings: Settings, root: Path) -> None:
    write_log(root, [events.line(number) for number in range(30)])
    write_log(root, [events.line(number, sensor="", uuid="u", input={"a": 1}) for number in range(30)], sensor="b")
    ingest(warehouse, settings)
    before = snapshot(warehouse)
    result = reparse(warehouse, settings)
    assert (result.total.events, result.total.changed, result.logs_in_doubt) == (60, 0, 0)
    assert snapshot(warehouse) == before
