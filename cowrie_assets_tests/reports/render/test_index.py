"""The index pages: every report on the disk is one click away, and nothing else is trusted."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from cowrie_assets.clock import US_PER_DAY, to_us
from cowrie_assets.reports.json_writer import dump
from cowrie_assets.reports.periods import parse_period
from cowrie_assets.reports.render.index import write_index
from cowrie_assets.reports.sensors import sensor_slug
from cowrie_assets_tests.reports.render.hostile import HOSTILE
from cowrie_assets_tests.reports.render.page import Page
from cowrie_assets_tests.reports.render.sample_document import sample_document


def put(report_dir: Path, report_type: str, period: str, name: str, content: bytes = b"x") -> None:
    folder = report_dir / report_type / period
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def targets(index: Path) -> list[Path]:
    """Where the links of a page lead, in order."""
    links = [str(link.attributes["href"]) for link in Page(index.read_bytes()).all("a")]
    return [index.parent / unquote(link) for link in links]


def rows(index: Path) -> list[str]:
    return [row.words for row in Page(index.read_bytes()).all("tr")]


def test_every_report_is_linked_the_newest_first(report_dir):
    for day in range(1, 31):
        for name in ("aggregate.json", "aggregate.html", "aggregate.txt", "hp-1.html"):
            put(report_dir, "daily", f"2026-09-{day:02}", name)
    put(report_dir, "weekly", "2026-W36", "aggregate.html")
    put(report_dir, "monthly", "2026-08", "hp-1.json")
    pages = write_index(report_dir)
    assert [str(page.relative_to(report_dir)) for page in pages] == [
        "index.html",
        "daily/index.html",
        "weekly/index.html",
        "monthly/index.html",
    ]
    linked = {target.resolve() for page in pages for target in targets(page)}
    there = {path.resolve() for path in report_dir.rglob("*") if path.is_file()}
    assert linked | {pages[0].resolve()} == there
    assert [row[:10] for row in rows(pages[1])[1:4]] == ["2026-09-30", "2026-09-29", "2026-09-28"]
    assert len(rows(pages[1])) == 31
    front = Page(pages[0].read_bytes()).words
    assert "2026-09-17" in front
    assert "2026-09-16" not in front
    assert "All daily reports, 30 periods" in front


def test_it_tells_the_headline_numbers_of_the_newest_periods_only(report_dir):
    document = sample_document()
    for day in range(1, 33):
        period = f"2026-{7 + day // 32:02}-{day % 32 + day // 32:02}"
        put(report_dir, "daily", period, "aggregate.json", dump({**document, "period": period, "complete": day != 32}))
    _, daily = write_index(report_dir)
    shown = rows(daily)
    told = "1,234 217 5,871 14 1 high 1 medium 1 low 2026-10-01 00:05"
    assert shown[1] == f"2026-08-01 not complete {told}"
    assert shown[2] == f"2026-07-31 {told}"
    assert shown[31] == f"2026-07-02 {told}"
    assert shown[32] == "2026-07-01"


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"sessions": null}', b'{"sessions": {"total": "x"}}', json.dumps("x").encode()]
)
def test_a_document_that_cannot_be_read_costs_only_its_numbers(report_dir, content):
    put(report_dir, "daily", "2026-08-31", "aggregate.json", content)
    assert rows(write_index(report_dir)[1])[1] == "2026-08-31"


def test_a_period_leads_to_its_page_and_its_other_files_stand_beside(report_dir):
    for name in ("aggregate.json", "aggregate.html", "aggregate.txt"):
        put(report_dir, "daily", "2026-08-31", name, dump(sample_document()) if name.endswith("json") else b"x")
    put(report_dir, "daily", "2026-08-30", "hp-1.html")
    _, daily = write_index(report_dir)
    links = [(link.words, link.attributes["href"]) for link in Page(daily.read_bytes()).all("a")]
    assert links[1:4] == [
        ("2026-08-31", "2026-08-31/aggregate.html"),
        ("text", "2026-08-31/aggregate.txt"),
        ("JSON", "2026-08-31/aggregate.json"),
    ]
    assert rows(daily)[2] == "2026-08-30 1 hp-1 HTML"


def test_it_tells_when_it_was_written_and_marks_what_is_due(report_dir):
    for day in ("2026-08-30", "2026-08-31"):
        put(report_dir, "daily", day, "aggregate.json", dump({**sample_document(), "period": day}))
    now = to_us(datetime(2026, 9, 1, 12, 34, tzinfo=UTC))
    front, daily = write_index(report_dir, due=[parse_period("daily", "2026-08-30")], now_us=now)
    for page in (front, daily):
        assert "Last updated 2026-09-01 12:34 UTC" in Page(page.read_bytes()).words
        assert [row[:29] for row in rows(page)[1:3]] == [
            "2026-08-31 1,234 217 5,871 14",
            "2026-08-30 to be written anew",
        ]
    assert "To be written anew: the data changed" in Page(front.read_bytes()).words
    write_index(report_dir)
    assert "anew" not in Page(front.read_bytes()).words


def test_it_tells_which_sensors_fell_silent_on_the_newest_whole_day(report_dir):
    silent = {"sensor": "<b>hp-2", "since": "2026-08-30T17:00:00Z", "hours": 31}
    alert = {"kind": "sensor_silent", "severity": "high", "message": "x", "figures": silent}
    put(report_dir, "daily", "2026-08-31", "aggregate.json", dump(sample_document(alerts=[alert])))
    put(report_dir, "daily", "2026-09-01", "aggregate.json", dump(sample_document(complete=False)))
    now = to_us(datetime(2026, 9, 1, 12, 34, tzinfo=UTC))
    front, _ = write_index(report_dir, now_us=now)
    told = "Sensors on 2026-08-31, the newest whole day with a report: <b>hp-2 has been silent since 2026-08-30 17:00."
    assert told in Page(front.read_bytes()).words
    put(report_dir, "daily", "2026-08-31", "aggregate.json", dump(sample_document()))
    write_index(report_dir, now_us=now)
    assert "report: none has an alert for silence." in Page(front.read_bytes()).words
    write_index(report_dir, now_us=now + 61 * US_PER_DAY)
    assert "with a report, 62 days ago: none has an alert for silence." in Page(front.read_bytes()).words


def test_the_trend_has_a_bar_for_each_period_with_sessions(report_dir):
    for day, sessions in ((1, 10), (2, 0), (4, 40)):
        document: Any = sample_document(period=f"2026-09-{day:02}")
        document["sessions"]["total"] = sessions
        put(report_dir, "daily", f"2026-09-{day:02}", "aggregate.json", dump(document))
    _, daily = write_index(report_dir)
    page = Page(daily.read_bytes())
    assert [(bar.attributes["x"], bar.attributes["height"]) for bar in page.all("rect")] == [("0", "10"), ("30", "40")]
    assert page.all("figcaption")[0].words == "Sessions, 2026-09-01 to 2026-09-04; most: 40 (2026-09-04)"


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_sensor_of_any_name_is_linked_and_only_named(report_dir, attack):
    put(report_dir, "daily", "2026-08-31", f"{sensor_slug(HOSTILE[attack])}.html")
    put(report_dir, "daily", "2026-08-31", "plain.html")
    _, daily = write_index(report_dir)
    assert all(target.is_file() for target in targets(daily))
    page = Page(daily.read_bytes())
    assert not {element.tag for element in page.elements} & {"script", "img", "svg", "b"}
    assert len(page.all("code")) == 2
    assert not [name for element in page.elements for name in element.attributes if name.startswith("on")]


def test_what_is_no_report_is_left_out(report_dir):
    put(report_dir, "daily", "2026-13-01", "aggregate.html")
    put(report_dir, "daily", "<script>", "aggregate.html")
    put(report_dir, "yearly", "2026", "aggregate.html")
    for name in (".aggregate.html.0123.tmp", ".aggregate.html", "notes.md"):
        put(report_dir, "daily", "2026-08-31", name)
    assert [page.name for page in write_index(report_dir)] == ["index.html"]
    assert targets(report_dir / "index.html") == []


def test_an_empty_folder_and_none_at_all_have_an_index(report_dir):
    (page,) = write_index(report_dir)
    assert Page(page.read_bytes()).words.count("None.") == 3
    assert write_index(report_dir) == [page]
    assert sorted(path.name for path in report_dir.iterdir()) == ["index.html"]
