"""A change of one sensor: its reports and those of all sensors are written, those of the others rightly stand."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select, text

from cowrie_assets.publishing import outbox
from cowrie_assets.publishing.report_files import recorded_documents
from cowrie_assets.reports.checks import check_reports, check_written_reports
from cowrie_assets.reports.files import recorded_reports, sentence_of, write_reports
from cowrie_assets.reports.periods import Period, parse_period
from cowrie_assets.reports.sensors import sensor_label
from cowrie_assets.reports.standing import writing_of
from cowrie_assets.summaries.refresh import refresh
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import sensor_days, sensors
from cowrie_assets_tests import events
from cowrie_assets_tests.databases import ENGINES, Databases
from cowrie_assets_tests.loading import load_folder, write_log
from cowrie_assets_tests.reports.test_document import LATER
from cowrie_assets_tests.reports.test_staleness import stale

DAY, WEEK, MONTH = (
    parse_period("daily", "2026-08-31"),
    parse_period("weekly", "2026-W36"),
    parse_period("monthly", "2026-08"),
)
ALL = {"aggregate", "hp-1", "hp-2", "hp-3"}


def tried(sensor: str, day: str, password: str, address: str = "192.0.2.7") -> bytes:
    """A session that tries a password."""
    at = {"session": f"{sensor}/{day}/{password}", "sensor": sensor, "timestamp": f"{day}T12:00:00Z"}
    return events.line(1, **at, password=password, src_ip=address)


@pytest.fixture(params=ENGINES)
def loaded(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[Warehouse]:
    """Three sensors; the third wrote in the week before the others."""
    first, second = (tried(f"hp-{number}", "2026-08-31", f"of {number}", f"192.0.2.{number}") for number in (1, 2))
    with Warehouse.open(databases.new(request.param, tmp_path)) as warehouse:
        come(warehouse, tmp_path, first, second, tried("hp-3", "2026-08-25", "of 3"))
        yield warehouse


def load(warehouse: Warehouse, tmp_path: Path, *lines: bytes) -> None:
    """Each as a log in the folder of its sensor."""
    root = tmp_path / "logs"
    for line in lines:
        write_log(
            root, [line], f"cowrie.json.{sum(1 for _ in root.rglob('cowrie.json.*'))}", json.loads(line)["sensor"]
        )
    load_folder(warehouse, root)


def come(warehouse: Warehouse, tmp_path: Path, *lines: bytes) -> None:
    """Have these lines in the summaries."""
    load(warehouse, tmp_path, *lines)
    refresh(warehouse)


def write(warehouse: Warehouse, period: Period, folder: Path, now: int = LATER) -> set[str]:
    """The sensors whose reports were written."""
    return {report.sensor for report in write_reports(warehouse, period, folder, now_us=now) if not report.left}


def contents(folder: Path) -> dict[str, object]:
    """Of every file; of documents without the second in which they were written."""
    found: dict[str, object] = {}
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        found[str(path.relative_to(folder))] = path.read_bytes()
        if path.suffix == ".json":
            document = json.loads(path.read_bytes())
            found[str(path.relative_to(folder))] = {**document, "generated_at": None, "legacy": None}
    return found


@pytest.mark.parametrize(
    ("period", "day"),
    [
        pytest.param(DAY, "2026-08-31", marks=pytest.mark.sqlite_first),
        (WEEK, "2026-08-20"),
        pytest.param(MONTH, "2026-08-03", marks=pytest.mark.sqlite_first),
    ],
)
def test_the_reports_of_that_sensor_and_of_all_are_written_and_what_stands_is_what_would_be_written(
    loaded: Warehouse, tmp_path: Path, report_dir: Path, period: Period, day: str
) -> None:
    assert write(loaded, period, report_dir) == ALL
    before = {path: path.stat().st_mtime_ns for path in report_dir.rglob("*.*") if path.stem in {"hp-1", "hp-3"}}
    come(loaded, tmp_path, tried("hp-2", day, "late", "192.0.2.99"))
    assert period.label in stale(loaded, period.report_type)
    written = write_reports(loaded, period, report_dir, now_us=LATER + 1)
    assert {report.sensor for report in written} == ALL
    assert {report.sensor for report in written if not report.left} == {"aggregate", "hp-2"}
    assert sentence_of(written) == "2 reports written, 2 of them changed; 2 reports of other sensors left"
    assert len(before) == 6
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert period.label not in stale(loaded, period.report_type)
    with loaded.read() as connection:
        writing = writing_of(connection, period)
    assert writing is not None
    assert {report.sensor for report in recorded_reports(report_dir, period, writing)} == ALL
    checked = check_reports(loaded, report_dir=report_dir) + check_written_reports(loaded, report_dir)
    assert [each for each in checked if not each.passed] == []
    assert write(loaded, period, tmp_path / "anew", LATER + 2) == ALL, "of what is not stale the files are asked for"
    assert contents(report_dir) == contents(tmp_path / "anew")


@pytest.mark.sqlite_first
def test_what_another_sensor_saw_before_is_still_new_to_a_sensor(
    loaded: Warehouse, tmp_path: Path, report_dir: Path
) -> None:
    write(loaded, DAY, report_dir)
    come(loaded, tmp_path, tried("hp-3", "2026-08-01", "of 1"))
    assert "2026-08-31" in stale(loaded)
    assert write(loaded, DAY, report_dir, LATER + 1) == {"aggregate", "hp-3"}, "hp-3 is compared with 2026-08-25"


def test_the_version_of_a_day_changes_for_the_sensors_whose_sessions_or_news_changed(
    loaded: Warehouse, tmp_path: Path
) -> None:
    def versions() -> dict[tuple[int, str], int]:
        query = select(sensor_days.c.session_day, sensors.c.name, sensor_days.c.version)
        with loaded.read() as connection:
            rows = connection.execute(query.join(sensors, sensors.c.id == sensor_days.c.sensor_id))
            return {(day, name): version for day, name, version in rows}

    before = versions()
    assert before.keys() == {(20696, "hp-1"), (20696, "hp-2"), (20690, "hp-3")}
    come(loaded, tmp_path, tried("hp-1", "2026-08-20", "of 1", "192.0.2.50"), tried("hp-3", "2026-08-31", "other"))
    changed = {key for key, version in versions().items() if before.get(key) != version}
    assert changed == {(20685, "hp-1"), (20696, "hp-1"), (20696, "hp-3")}
    again = versions()
    refresh(loaded, days=None, whole=True)
    assert versions() == again


@pytest.mark.sqlite_first
def test_nothing_stands_of_a_report_whose_files_settings_or_days_are_others(
    loaded: Warehouse, tmp_path: Path, report_dir: Path
) -> None:
    write(loaded, DAY, report_dir)
    folder = report_dir / "daily" / "2026-08-31"
    (folder / "hp-1.txt").unlink()
    come(loaded, tmp_path, tried("hp-2", "2026-08-31", "late"))
    assert write(loaded, DAY, report_dir, LATER + 1) == {"aggregate", "hp-1", "hp-2"}
    (folder / "hp-3.json").write_bytes((folder / "hp-1.json").read_bytes())
    come(loaded, tmp_path, tried("hp-2", "2026-08-31", "later"))
    assert write(loaded, DAY, report_dir, LATER + 2) == {"aggregate", "hp-2", "hp-3"}
    come(loaded, tmp_path, tried("hp-2", "2026-08-31", "latest"))
    write_reports(loaded, DAY, report_dir, masked=True, now_us=LATER + 3)
    assert "passwords masked" in (folder / "hp-1.txt").read_text()
    load(loaded, tmp_path, tried("hp-2", "2026-08-31", "waits"))
    assert write(loaded, DAY, report_dir, LATER + 4) == ALL, "settings"
    come(loaded, tmp_path, tried("hp-2", "2026-08-31", "the last"))
    assert write(loaded, DAY, report_dir, LATER + 5) == ALL, "of what was incomplete nothing stands"


def test_a_sensor_whose_name_is_longer_than_a_key(loaded: Warehouse, tmp_path: Path, report_dir: Path) -> None:
    """A key of PostgreSQL ends at 2,704 bytes, and a word of a search server at 32,766."""
    long = Random(1).randbytes(9_000).decode("latin-1")
    lines = [json.dumps(json.loads(tried("hp-1", "2026-08-31", "x")) | {"sensor": f"{long}{end}"}) for end in ("", 2)]
    write_log(tmp_path / "long", [line.encode() for line in lines])
    load_folder(loaded, tmp_path / "long")
    refresh(loaded)
    names = {sensor_label(long), sensor_label(f"{long}2")}
    assert names < write(loaded, DAY, report_dir)
    documents = recorded_documents(loaded, report_dir, DAY)
    outcomes = [outbox.Outcome(each.key, None, confirmed=each.generated_at) for each in documents]
    outbox.record(loaded, "elasticsearch", outcomes, now_us=LATER)
    with loaded.read() as connection:
        assert outbox.open_reports(connection, "elasticsearch") == []
        assert names < writing_of(connection, DAY).of_sensors.keys()
    assert [each for each in check_written_reports(loaded, report_dir) if not each.passed] == []


@pytest.mark.sqlite_first
def test_only_what_was_written_is_published_again(loaded: Warehouse, tmp_path: Path, report_dir: Path) -> None:
    write(loaded, DAY, report_dir)
    documents = recorded_documents(loaded, report_dir, DAY)
    assert {document.key.sensor for document in documents} == ALL
    outcomes = [outbox.Outcome(each.key, None, confirmed=each.generated_at) for each in documents]
    outbox.record(loaded, "elasticsearch", outcomes, now_us=LATER)
    with loaded.read() as connection:
        assert outbox.open_reports(connection, "elasticsearch") == []
    come(loaded, tmp_path, tried("hp-2", "2026-08-31", "late"))
    write(loaded, DAY, report_dir, LATER + 1)
    with loaded.read() as connection:
        (waiting,) = outbox.open_reports(connection, "elasticsearch")
    assert sorted(waiting.waiting()) == ["aggregate", "hp-2"]
    found = waiting.unconfirmed(recorded_documents(loaded, report_dir, DAY))
    assert [document.key.sensor for document in found] == ["hp-2", "aggregate"]
    with loaded.write() as connection:
        connection.execute(text("DELETE FROM sensor_reports"))
    assert {each.key.sensor for each in recorded_documents(loaded, report_dir, DAY)} == {"aggregate", "hp-2"}
