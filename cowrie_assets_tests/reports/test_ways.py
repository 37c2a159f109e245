"""Ways between reports: each leads to a page that is there, in both directions, whichever was written first."""

import itertools
import os
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import pytest

from cowrie_assets.reports.files import write_documents
from cowrie_assets.reports.periods import REPORT_TYPES, Period, parse_period, period_of
from cowrie_assets.reports.relinking import relink
from cowrie_assets.reports.sensors import sensor_slug
from cowrie_assets.reports.ways import MOST_SENSORS, ReportFolder, days_of, months_of, neighbours, weeks_of
from cowrie_assets_tests.reports.render.hostile import HOSTILE
from cowrie_assets_tests.reports.render.page import Page
from cowrie_assets_tests.reports.render.sample_document import sample_document

DAY = parse_period("daily", "2026-08-31")
NEXT_DAY = parse_period("daily", "2026-09-01")
WEEK = parse_period("weekly", "2026-W36")
MONTH = parse_period("monthly", "2026-08")
SEPTEMBER = parse_period("monthly", "2026-09")


def write(report_dir: Path, period: Period, *sensors: str) -> None:
    """Pages of `period`, of the aggregate unless others are named."""
    document = sample_document(
        period.report_type, period=period.label, start=f"{period.start}T00:00:00Z", end=f"{period.end}T00:00:00Z"
    )
    documents = [{**document, "sensor": sensor} for sensor in sensors or ("aggregate",)]
    write_documents(documents, report_dir, formats=["html"])  # type: ignore[arg-type]


def path_of(period: Period, sensor: str = "aggregate") -> str:
    return f"{period.report_type}/{period.label}/{sensor_slug(sensor)}.html"


def ways(report_dir: Path, page: str) -> dict[str, str]:
    """`{label: page}` for the ways of a page that lead to other reports; asserts that they lead to files."""
    content = (report_dir / page).read_bytes()
    content = content[content.index(b'<nav class="ways"') :]
    content = content[: content.index(b"</nav>") + len(b"</nav>")]
    found = {}
    for link in Page(b"<body>" + content + b"</body>").all("a"):
        target = (report_dir / page).parent / unquote(str(link.attributes["href"]))
        if target.name != "index.html":
            assert target.is_file(), target
            found[link.words] = str(Path(os.path.relpath(target, report_dir)))
    return found


def test_the_periods_around_one():
    assert [each.label for each in months_of(WEEK)] == ["2026-08", "2026-09"]
    assert [each.label for each in weeks_of(DAY)] == ["2026-W36"]
    assert [each.label for each in weeks_of(MONTH)] == [f"2026-W{week}" for week in range(31, 37)]
    assert len(days_of(MONTH)) == 31
    assert (months_of(MONTH), weeks_of(WEEK), days_of(DAY)) == ([], [], [])


@pytest.mark.parametrize("day", [date.min, date(2026, 8, 31), date(2024, 2, 29), date(9999, 11, 30)])
@pytest.mark.parametrize("report_type", REPORT_TYPES)
def test_whoever_may_link_a_period_is_linked_by_it(report_type, day):
    period = period_of(report_type, day)
    around = neighbours(period)
    assert len(around) == len(set(around))
    for each in around:
        assert period in neighbours(each)


@pytest.mark.parametrize("order", list(itertools.permutations((DAY, NEXT_DAY, WEEK, MONTH))))
def test_every_order_of_writing_gives_the_same_ways(report_dir, order):
    for period in order:
        write(report_dir, period)
    day, next_day, week, month = map(path_of, (DAY, NEXT_DAY, WEEK, MONTH))
    assert ways(report_dir, day) == {"2026-08": month, "2026-W36": week, "2026-09-01 →": next_day}
    assert ways(report_dir, next_day) == {"2026-W36": week, "← 2026-08-31": day}
    assert ways(report_dir, week) == {"2026-08": month, "Mon 31": day, "Tue 01": next_day}
    assert ways(report_dir, month) == {"2026-W36": week, "31": day}


def test_ways_keep_to_the_sensor_where_it_has_a_page(report_dir):
    write(report_dir, MONTH, "aggregate", "hp-1")
    write(report_dir, WEEK, "aggregate")
    write(report_dir, DAY, "aggregate", "hp-1")
    assert ways(report_dir, path_of(DAY, "hp-1")) == {
        "2026-08": path_of(MONTH, "hp-1"),
        "2026-W36": path_of(WEEK),
        "all": path_of(DAY),
    }
    assert ways(report_dir, path_of(DAY))["hp-1"] == path_of(DAY, "hp-1")
    write(report_dir, WEEK, "hp-1")
    assert ways(report_dir, path_of(DAY, "hp-1"))["2026-W36"] == path_of(WEEK, "hp-1")


def test_a_page_that_goes_is_linked_no_more(report_dir):
    for period in (DAY, NEXT_DAY, WEEK):
        write(report_dir, period)
    (report_dir / path_of(NEXT_DAY)).unlink()
    changed = relink(report_dir, [NEXT_DAY])
    assert {str(path.relative_to(report_dir)) for path in changed} == {path_of(DAY), path_of(WEEK)}
    assert ways(report_dir, path_of(DAY)) == {"2026-W36": path_of(WEEK)}


def test_nothing_is_written_where_no_way_changed(report_dir):
    for period in (DAY, NEXT_DAY, WEEK, MONTH):
        write(report_dir, period, "aggregate", "hp-1")
    assert relink(report_dir, [DAY, NEXT_DAY, WEEK, MONTH]) == []
    write(report_dir, DAY, "aggregate", "hp-1")
    assert relink(report_dir, [DAY]) == []


def test_only_the_ways_of_a_page_change(report_dir):
    write(report_dir, DAY)
    before = (report_dir / path_of(DAY)).read_bytes()
    write(report_dir, NEXT_DAY)
    after = (report_dir / path_of(DAY)).read_bytes()
    begin, end = before.index(b'<nav class="ways"'), before.index(b"</nav>")
    assert after.startswith(before[:begin])
    assert after.endswith(before[end:])
    assert after != before


def test_a_page_of_an_older_version_and_what_is_no_page_stay_as_they_are(report_dir):
    old = report_dir / path_of(DAY)
    old.parent.mkdir(parents=True)
    old.write_bytes(b"<html>old</html>")
    (report_dir / "daily" / "2026-08-30").write_bytes(b"no folder")
    write(report_dir, NEXT_DAY)
    assert old.read_bytes() == b"<html>old</html>"
    assert ways(report_dir, path_of(NEXT_DAY)) == {"← 2026-08-31": path_of(DAY)}


def test_a_page_that_was_replaced_meanwhile_is_left_alone(report_dir, monkeypatch):
    write(report_dir, DAY)
    (report_dir / "daily" / "2026-09-01").mkdir()
    (report_dir / path_of(NEXT_DAY)).write_bytes(b"x")
    page = report_dir / path_of(DAY)
    real = os.fsync

    def replaced_meanwhile(descriptor: int) -> None:
        if page.read_bytes() != b"newer":
            page.write_bytes(b"newer")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", replaced_meanwhile)
    relink(report_dir, [NEXT_DAY])
    assert page.read_bytes() == b"newer"
    assert not [path for path in page.parent.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_sensor_of_any_name_is_linked_and_only_named(report_dir, attack):
    sensor = HOSTILE[attack] or "%"
    write(report_dir, DAY, "aggregate", sensor, "plain")
    page = Page((report_dir / path_of(DAY)).read_bytes())
    assert not {element.tag for element in page.elements} & {"script", "img"}
    assert path_of(DAY, sensor) in ways(report_dir, path_of(DAY, "plain")).values()
    assert relink(report_dir, [DAY]) == []


def test_of_very_many_sensors_the_first_are_linked_and_the_index_has_the_others(report_dir):
    folder = report_dir / "daily" / DAY.label
    folder.mkdir(parents=True)
    for number in range(MOST_SENSORS + 7):
        (folder / f"hp-{number:03}.html").write_bytes(b"x")
    found = ReportFolder(report_dir).ways(DAY, "aggregate")
    assert (len(found.sensors), found.unlisted) == (MOST_SENSORS, 7)
    write(report_dir, DAY)
    assert "7 more" in Page((report_dir / path_of(DAY)).read_bytes()).words
