"""Report files: where they lie, that they are whole, and what is recorded of them."""

import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from cowrie_assets.reports.checks import check_reports
from cowrie_assets.reports.document import build_report
from cowrie_assets.reports.document_version import DOCUMENT_VERSION
from cowrie_assets.reports.files import write_reports
from cowrie_assets.reports.pages.build import build_pages
from cowrie_assets.reports.periods import period_of
from cowrie_assets.reports.render.html import render_html
from cowrie_assets.reports.render.index import write_index
from cowrie_assets.reports.render.links import Links
from cowrie_assets.reports.render.text import render_text
from cowrie_assets.reports.staged_files import StagedFiles
from cowrie_assets.reports.ways import ReportFolder
from cowrie_assets.warehouse.schema import reports, session_facts
from cowrie_assets_tests.reports.facts import Facts, Session
from cowrie_assets_tests.reports.test_document import DAY, LATER, MONDAY
from cowrie_assets_tests.reports.test_staleness import change, stale


def files_below(folder: Path) -> list[str]:
    """Without the pages of what reports list."""
    return sorted(
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.parent.name != "pages"
    )


def recorded(warehouse) -> list[tuple]:
    with warehouse.read() as connection:
        return [
            tuple(row) for row in connection.execute(select(reports).order_by(reports.c.report_type, reports.c.period))
        ]


def test_the_aggregate_and_each_sensor_in_every_format(warehouse, report_dir):
    Facts(warehouse).store([Session(MONDAY, "hp-1"), Session(MONDAY - timedelta(days=3), "../x")])
    written = write_reports(warehouse, DAY, report_dir, now_us=LATER)
    names = ["%2E.%2Fx", "aggregate", "hp-1"]
    assert files_below(report_dir) == [
        f"daily/2026-08-31/{name}{suffix}" for name in names for suffix in (".html", ".json", ".txt")
    ]
    assert sorted(report.path.relative_to(report_dir).as_posix() for report in written) == files_below(report_dir)
    with warehouse.read() as connection:
        for sensor, name in ((None, "aggregate"), ("hp-1", "hp-1"), ("../x", "%2E.%2Fx")):
            document = build_report(connection, DAY, sensor, now_us=LATER)
            folder = report_dir / "daily" / "2026-08-31"
            assert json.loads((folder / f"{name}.json").read_bytes()) == document
            assert (folder / f"{name}.txt").read_text(encoding="utf-8") == render_text(document)
            ways = ReportFolder(report_dir).ways(DAY, name)
            links = Links.of(build_pages(connection, DAY, [document]))
            assert (folder / f"{name}.html").read_bytes() == render_html(document, ways=ways, links=links)


def sensors_in(report_dir: Path, period) -> list[str]:
    return sorted(path.stem for path in (report_dir / period.report_type / period.label).glob("*.json"))


def test_reports_are_of_the_sensors_of_the_period_and_of_those_before_it_that_it_is_compared_with(
    warehouse, report_dir
):
    days = {"today": 0, "a-week-ago": 7, "eight-days-ago": 8, "five-weeks-ago": 35, "tomorrow": -1}
    Facts(warehouse).store([Session(MONDAY - timedelta(days=ago), name) for name, ago in days.items()])
    for period in (DAY, period_of("weekly", MONDAY), period_of("monthly", MONDAY)):
        write_reports(warehouse, period, report_dir, now_us=LATER)
    assert sensors_in(report_dir, DAY) == ["a-week-ago", "aggregate", "today"]
    assert sensors_in(report_dir, period_of("weekly", MONDAY)) == [
        "a-week-ago",
        "aggregate",
        "eight-days-ago",
        "today",
        "tomorrow",
    ]
    assert sensors_in(report_dir, period_of("monthly", MONDAY)) == sorted({"aggregate", *days} - {"tomorrow"})


def test_a_report_that_stands_is_written_anew_though_its_sensor_has_no_data_there_any_more(warehouse, report_dir):
    Facts(warehouse).store([Session(MONDAY, "moved"), Session(MONDAY, "stays")])
    write_reports(warehouse, DAY, report_dir, now_us=LATER)
    Facts(warehouse).store([Session(MONDAY - timedelta(days=30), "moved"), Session(MONDAY, "stays")])
    write_reports(warehouse, DAY, report_dir, now_us=LATER)
    report = json.loads((report_dir / "daily" / DAY.label / "moved.json").read_bytes())
    assert report["sessions"]["total"] == 0
    assert all(each.passed for each in check_reports(warehouse, report_dir=report_dir))


def test_files_and_their_folders_are_for_their_owner_only(warehouse, report_dir):
    """They hold passwords. A folder that is there already keeps its mode."""
    report_dir.mkdir(parents=True, exist_ok=True)
    report_dir.chmod(0o755)
    Facts(warehouse).store([Session(MONDAY)])
    written = write_reports(warehouse, DAY, report_dir, now_us=LATER)
    written_pages = write_index(report_dir)
    files = [*(report.path for report in written), *written_pages]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    made = [report_dir / "daily", report_dir / "daily" / "2026-08-31"]
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (report_dir, *made)] == [0o755, 0o700, 0o700]


def test_writing_again_replaces_and_leaves_nothing_beside(warehouse, report_dir):
    Facts(warehouse).store([Session(MONDAY)])
    before = [report.path.read_bytes() for report in write_reports(warehouse, DAY, report_dir, now_us=LATER)]
    after = [report.path.read_bytes() for report in write_reports(warehouse, DAY, report_dir, now_us=LATER)]
    assert before == after
    assert len(files_below(report_dir)) == 6


def test_chosen_sensors_and_formats_are_not_recorded_as_the_whole(warehouse, report_dir):
    Facts(warehouse).store([Session(MONDAY)])
    write_reports(warehouse, DAY, report_dir, sensors=["hp-1"], formats=["text"], now_us=LATER)
    assert files_below(report_dir) == ["daily/2026-08-31/hp-1.txt"]
    write_reports(warehouse, DAY, report_dir, sensors=[None], formats=["json"], now_us=LATER)
    assert files_below(report_dir) == ["daily/2026-08-31/aggregate.json", "daily/2026-08-31/hp-1.txt"]
    assert recorded(warehouse) == []
    assert stale(warehouse) == ["2026-08-31"]


def test_what_was_written_is_recorded_once(warehouse, report_dir):
    Facts(warehouse).store([Session(MONDAY)])
    write_reports(warehouse, DAY, report_dir, now_us=DAY.end_us - 1)
    ((*period, first, complete, generated_at, version, _),) = recorded(warehouse)
    assert (period, complete, generated_at, version) == (
        ["daily", "2026-08-31"],
        0,
        DAY.end_us - 1,
        DOCUMENT_VERSION,
    )
    change(warehouse, MONDAY, 7)
    write_reports(warehouse, DAY, report_dir, now_us=LATER)
    ((*period, then, complete, generated_at, version, _),) = recorded(warehouse)
    assert (period, complete, generated_at, version) == (["daily", "2026-08-31"], 1, LATER, DOCUMENT_VERSION)
    assert bytes(then) != bytes(first)


def test_a_failed_write_leaves_the_old_files_and_no_record(warehouse, report_dir):
    Facts(warehouse).store([Session(MONDAY)])
    write_reports(warehouse, DAY, report_dir, now_us=LATER)
    before = {name: (report_dir / name).read_bytes() for name in files_below(report_dir)}
    record = recorded(warehouse)
    with warehouse.write() as connection:
        connection.execute(update(session_facts).values(closed=0))
    change(warehouse, MONDAY, 2)
    blocked = report_dir / "daily" / "2026-08-31" / "aggregate.json"
    blocked.unlink()
    blocked.mkdir()
    with pytest.raises(OSError):
        write_reports(warehouse, DAY, report_dir, now_us=LATER + 1)
    blocked.rmdir()
    del before["daily/2026-08-31/aggregate.json"]
    assert {name: (report_dir / name).read_bytes() for name in files_below(report_dir)} == before
    assert recorded(warehouse) == record
    assert stale(warehouse) == ["2026-08-31"]


def test_staged_files_appear_only_when_placed(tmp_path):
    target = tmp_path / "folder" / "report.json"
    with StagedFiles() as staged:
        staged.add(target, b"new")
        assert not target.exists()
        staged.place()
        assert target.read_bytes() == b"new"
    with pytest.raises(KeyError), StagedFiles() as staged:
        staged.add(target, b"never seen")
        raise KeyError
    assert [path.name for path in target.parent.iterdir()] == ["report.json"]
    assert target.read_bytes() == b"new"
