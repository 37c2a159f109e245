"""Archived, taken out and brought back: the tables are those before, and nothing leaves that is not proved."""

import errno
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet
from sqlalchemy import select, text

from cowrie_assets.archives import day_files
from cowrie_assets.archives.errors import ArchiveError
from cowrie_assets.archives.places import FolderPlace
from cowrie_assets.operations.archive import archive, prune, unarchive
from cowrie_assets.operations.ingest import ingest
from cowrie_assets.operations.rebuild import rebuild
from cowrie_assets.operations.seal import SealError, seal, unseal
from cowrie_assets.operations.validate import validate
from cowrie_assets.sensor_registry import Sensor, SensorRegistry
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import events as raw
from cowrie_assets.warehouse.schema import texts
from cowrie_assets.warehouse.sql import statement
from cowrie_assets_tests import events, tables

pytestmark = pytest.mark.sqlite_first

DAY, NEXT, LATER = date(2026, 8, 28), date(2026, 8, 29), date(2026, 9, 5)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """A log of hostile texts whose sessions go over midnight, from a sensor with a path for a name."""
    log = tmp_path / "logs" / "hp-test" / "cowrie.json.1"
    log.parent.mkdir(parents=True)
    lines = [events.line(number, sensor="../../../tmp/evil\n") for number in range(40)]
    failed = {"eventid": "cowrie.session.file_download.failed", "url": "http://203.0.113.9/gone"}
    lines.append(events.line(39, **failed))
    for number, typed in enumerate(events.HOSTILE.values()):
        lines.append(events.line(40 + number, eventid="cowrie.command.input", input=typed))
    log.write_bytes(b"".join(line + b"\n" for line in lines))
    return Settings(log_root=tmp_path / "logs", database_url=database_url, report_dir=tmp_path / "reports")


@pytest.fixture
def sealed(warehouse: Warehouse, settings: Settings) -> Warehouse:
    ingest(warehouse, settings)
    seal(warehouse, DAY, NEXT)
    return warehouse


@pytest.fixture
def place(tmp_path: Path) -> FolderPlace:
    return FolderPlace(tmp_path / "archive")


def stored(warehouse: Warehouse) -> list[dict[str, Any]]:
    """Every row of `events`, without the number that loading gives, and with texts in the place of their numbers."""
    with warehouse.read() as connection:
        rows = [dict(row) for row in connection.execute(select(raw).order_by(raw.c.event_hash)).mappings()]
        said = dict(connection.execute(select(texts.c.id, texts.c.text)).all())
    numbers = {"sensor_id", "event_type_id", "log_id"}
    return [
        {
            name: said[value] if name.endswith("_id") and name not in numbers and value is not None else value
            for name, value in row.items()
            if name != "id"
        }
        for row in rows
    ]


def path_of(folder: Path, day: date) -> Path:
    return folder / day_files.name_of(day)


def failing(warehouse: Warehouse, settings: Settings) -> list[str]:
    return [each.name for each in validate(warehouse, settings) if not each.passed]


@pytest.mark.on_both_engines
def test_there_and_back_the_tables_are_those_before(
    sealed: Warehouse, settings: Settings, place: FolderPlace, tmp_path: Path
) -> None:
    before, summaries = stored(sealed), tables.contents(sealed)
    summaries.pop("raw_events")
    folder = tmp_path / "archive"
    done = archive(sealed, place, None, LATER)
    assert (done.days, done.events) == ([DAY, NEXT], len(before))
    files = set(tmp_path.rglob("*.parquet"))
    assert files == {path_of(folder, DAY), path_of(folder, NEXT)}
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert [parquet.read_metadata(path).num_row_groups for path in files] == [1, 1]
    assert archive(sealed, place, None, LATER).days == []

    assert prune(sealed, place, None, NEXT).days == [DAY]
    left_last = prune(sealed, place, None, LATER)
    assert (left_last.days, left_last.texts > 0) == ([NEXT], True)
    assert stored(sealed) == []
    rebuild(sealed)
    assert ingest(sealed, settings).load.events == 0
    left = tables.contents(sealed)
    left.pop("raw_events")
    assert left == summaries
    assert failing(sealed, settings) == []

    assert unarchive(sealed, place, DAY, NEXT).events == len(before)
    assert stored(sealed) == before
    assert failing(sealed, settings) == []
    assert unarchive(sealed, place, DAY, NEXT).days == []


@pytest.mark.on_both_engines
def test_nothing_leaves_that_no_file_proves(
    sealed: Warehouse, settings: Settings, place: FolderPlace, tmp_path: Path
) -> None:
    before = stored(sealed)
    folder = tmp_path / "archive"
    assert prune(sealed, place, None, LATER).passed_by == [DAY, NEXT]
    archive(sealed, place, None, LATER)
    content = path_of(folder, DAY).read_bytes()
    path_of(folder, NEXT).write_bytes(content)  # a whole file, of another day
    path_of(folder, DAY).write_bytes(content[: len(content) // 2])
    assert prune(sealed, place, None, LATER).passed_by == [DAY, NEXT]
    assert stored(sealed) == before
    archive(sealed, place, None, LATER)  # writes both anew
    prune(sealed, place, None, LATER)
    path_of(folder, NEXT).unlink()
    with pytest.raises(ArchiveError, match="2026-08-29"):
        unarchive(sealed, place, NEXT, NEXT)
    another = Warehouse.open(f"sqlite:///{tmp_path / 'another.db'}")
    with another:
        ingest(another, Settings(log_root=settings.log_root))
        seal(another, DAY, NEXT)
        assert prune(another, place, None, LATER).passed_by == [DAY, NEXT]  # it has other logs


def test_a_damaged_byte_of_any_column_is_seen(sealed: Warehouse, place: FolderPlace, tmp_path: Path) -> None:
    """A seal covers payloads; times and places are those of a file alone."""
    archive(sealed, place, None, LATER)
    path = path_of(tmp_path / "archive", DAY)
    content, group = path.read_bytes(), parquet.read_metadata(path).row_group(0)
    for column in map(group.column, range(group.num_columns)):
        damaged, begin = bytearray(content), column.dictionary_page_offset or column.data_page_offset
        damaged[begin + column.total_compressed_size - 1] ^= 1
        path.write_bytes(damaged)
        assert DAY in prune(sealed, place, DAY, NEXT).passed_by, column.path_in_schema


def test_a_day_that_was_sealed_anew_is_archived_anew(
    sealed: Warehouse, settings: Settings, place: FolderPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its identities and payloads are the same; what was derived of them need not be."""
    before = stored(sealed)
    archive(sealed, place, None, LATER)

    proves = day_files.holds

    def sealed_meanwhile(*arguments: Any) -> bool:
        is_held = proves(*arguments)
        unseal(sealed, settings, DAY, DAY)
        seal(sealed, DAY, DAY)
        return is_held

    with monkeypatch.context() as patch:
        patch.setattr(day_files, "holds", sealed_meanwhile)
        with pytest.raises(SealError, match="sealed anew meanwhile"):
            prune(sealed, place, None, NEXT)
    assert prune(sealed, place, None, NEXT).passed_by == [DAY]
    assert stored(sealed) == before
    assert archive(sealed, place, None, LATER).days == [DAY]
    assert prune(sealed, place, None, LATER).days == [DAY, NEXT]


def test_a_day_is_made_anew_from_the_archive(sealed: Warehouse, settings: Settings, place: FolderPlace) -> None:
    views = tables.contents(sealed)
    archive(sealed, place, None, LATER)
    prune(sealed, place, None, LATER)
    with sealed.write() as connection:
        connection.execute(text("UPDATE session_facts SET command_count = command_count + 1"))
    assert "sealed_days_are_as_sealed" in failing(sealed, settings)
    unarchive(sealed, place, DAY, NEXT)
    unseal(sealed, settings, DAY, NEXT)
    rebuild(sealed)
    assert tables.contents(sealed) == views
    seal(sealed, DAY, NEXT)
    assert prune(sealed, place, None, LATER).passed_by == [DAY, NEXT]
    assert archive(sealed, place, None, LATER).days == [DAY, NEXT]
    assert prune(sealed, place, None, LATER).days == [DAY, NEXT]


def test_names_and_clocks_are_those_of_then(warehouse: Warehouse, settings: Settings, place: FolderPlace) -> None:
    """What follows from the JSON is derived anew; what the settings said of it is kept."""
    sensor = Sensor("hp-renamed", aliases=("../../../tmp/evil\n",), clock_offset_us=-3_601_500_000)
    ingest(warehouse, replace(settings, registry=SensorRegistry((sensor,))))
    seal(warehouse, None, NEXT)
    before = stored(warehouse)
    assert {row["sensor"] for row in tables.rows(warehouse, "raw_events")} == {"hp-renamed", "hp-test"}
    archive(warehouse, place, None, LATER)
    prune(warehouse, place, None, LATER)
    unarchive(warehouse, place, date(2026, 8, 1), NEXT)
    assert stored(warehouse) == before


def test_a_full_disk_is_told_and_leaves_nothing(sealed: Warehouse, small_disk: Path) -> None:
    (small_disk / "filler").write_bytes(b"x" * shutil.disk_usage(small_disk).free)
    place = FolderPlace(small_disk / "archive")
    with pytest.raises(OSError, match="No space left") as found:
        archive(sealed, place, None, LATER)
    assert (found.value.errno, str(small_disk) in str(found.value.filename)) == (errno.ENOSPC, True)
    assert list(small_disk.rglob("*.parquet*")) == []
    assert prune(sealed, place, None, LATER).passed_by == [DAY, NEXT]


def test_a_long_day_is_proved_in_parts(sealed: Warehouse, place: FolderPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(day_files, "_PAYLOADS_AT_A_TIME", 500)
    monkeypatch.setattr(day_files, "ROWS_AT_A_TIME", 7)
    monkeypatch.setattr(day_files, "_GROUP_BYTES", 5_000)
    assert archive(sealed, place, None, LATER).days == [DAY, NEXT]
    assert prune(sealed, place, None, LATER).days == [DAY, NEXT]


@pytest.mark.on_both_engines
def test_a_file_has_the_columns_of_the_view(warehouse: Warehouse) -> None:
    """Other programs read it as `raw_events`; identities follow from it."""
    with warehouse.read() as connection:
        names = connection.execute(statement("archive/events_of_day"), {"day": 0}).keys()
        view = connection.execute(text("SELECT * FROM raw_events")).keys()
    assert set(names) | {"log_folder"} == set(day_files.schema().names)
    assert set(view) - set(names) == {"event_hash"}
