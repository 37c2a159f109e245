"""The index pages: every report on the disk is one click away, and nothing else is trusted."""

import json
from pathlib import Path
from urllib.parse import unquote

import pytest

from cowrie_assets.reports.json_writer import dump
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
    assert shown[1] == "2026-08-01 not complete JSON 1,234 217 5,871 14 3"
    assert shown[2] == "2026-07-31 JSON 1,234 217 5,871 14 3"
    assert shown[31].startswith("2026-07-02 JSON 1,234")
    assert shown[32] == "2026-07-01 JSON"


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"sessions": null}', b'{"sessions": {"total": "x"}}', json.dumps("x").encode()]
)
def test_a_document_that_cannot_be_read_costs_only_its_numbers(report_dir, content):
    put(report_dir, "daily", "2026-08-31", "aggregate.json", content)
    assert rows(write_index(report_dir)[1])[1] == "2026-08-31 JSON"


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
