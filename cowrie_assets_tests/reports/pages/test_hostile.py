"""What attackers choose on pages: ids, sensors, commands, and how much of everything."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cowrie_assets.operations.ingest import ingest
from cowrie_assets.reports.files import write_reports
from cowrie_assets.reports.pages.sessions import FIRST_EVENTS, LAST_EVENTS
from cowrie_assets.reports.periods import parse_period
from cowrie_assets.reports.render.index import write_index
from cowrie_assets.reports.render.pages import MOST_BYTES
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets_tests.loading import write_log
from cowrie_assets_tests.reports.pages.walked import Walked
from cowrie_assets_tests.reports.render.hostile import HOSTILE
from cowrie_assets_tests.reports.render.page import Page
from cowrie_assets_tests.reports.render.test_html import UNSEEN

pytestmark = pytest.mark.sqlite_first

DAY = parse_period("daily", "2026-08-31")
START = datetime(2026, 8, 31, 12, tzinfo=UTC)
ALLOWED = {
    *("html", "head", "meta", "link", "title", "style", "body", "a", "nav", "ol", "li", "b", "p", "header", "h1", "h2"),
    *("h3", "main", "section", "dl", "div", "dt", "dd", "code", "small", "span", "table", "thead", "tbody", "tr", "th"),
    "td",
}


def written(warehouse: Warehouse, root: Path, report_dir: Path, events: list[dict[str, Any]], **kind: bool) -> None:
    """The day's reports of a warehouse that holds `events`, a millisecond apart unless they say otherwise."""
    lines = []
    for number, event in enumerate(events):
        at = (START + timedelta(milliseconds=number)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        lines.append(json.dumps({"timestamp": at, "sensor": "hp-test", **event}).encode())
    write_log(root, lines)
    ingest(warehouse, Settings(log_root=root))
    write_reports(warehouse, DAY, report_dir, now_us=DAY.end_us, **kind)
    write_index(report_dir)


def session(text: str) -> list[dict[str, Any]]:
    """A session in which every text is `text`, where Cowrie would take it for one."""
    common = {"session": text or "x", "sensor": text, "src_ip": text, "message": text}
    return [
        {"eventid": "cowrie.session.connect", "src_port": 1, "dst_port": 22, "protocol": text, **common},
        {"eventid": "cowrie.client.version", "version": text, **common},
        {"eventid": "cowrie.client.kex", "hassh": text, **common},
        {"eventid": "cowrie.client.var", "name": text, "value": text, **common},
        {"eventid": "cowrie.login.success", "username": text, "password": text, **common},
        {"eventid": "cowrie.command.input", "input": text, **common},
        {"eventid": "cowrie.command.input", "input": text, "realm": text, **common},
        {
            "eventid": "cowrie.session.file_download",
            **{"shasum": "ab" * 32, "url": text, "destfile": text, "filename": text},
            **common,
        },
        {"eventid": "cowrie.session.file_upload", "shasum": text, "filename": text, **common},
        {"eventid": "cowrie.direct-tcpip.request", "dst_ip": text, "dst_port": text, **common},
        {"eventid": "cowrie.log.closed", "ttylog": text, "size": text, **common},
        {"eventid": text or "cowrie.x", **common},
        {"eventid": "cowrie.session.closed", "duration": text, **common},
    ]


@pytest.mark.parametrize("masked", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_nothing_an_attacker_wrote_is_more_than_text(warehouse, tmp_path, report_dir, masked):
    events = [event for text in HOSTILE.values() for event in session(text[:2000])]
    written(warehouse, tmp_path / "logs", report_dir, events, masked=masked)
    walked = Walked(report_dir)
    pages = [path for path in walked.pages if path.parent.name == "pages"]
    assert len([path for path in pages if path.name.startswith("session")]) >= len(HOSTILE) - 2
    for path in pages:
        content = path.read_bytes()
        page = walked.pages[path]
        assert len(content) < MOST_BYTES
        assert {element.tag for element in page.elements} <= ALLOWED
        assert not page.comments
        for element in page.elements:
            assert not [name for name in element.attributes if name.startswith("on") or name in ("src", "action")]
            if "style" in element.attributes:
                assert re.fullmatch(r"--share:[0-9.]+%", element.attributes["style"] or "")
        assert not UNSEEN.search(content.decode("utf-8"))
        assert not re.search(r"(?i)(https?|ftp)://|www\.evil", page.words)
        assert re.fullmatch(r"(session|address|file|hassh)-[0-9a-f]{32}\.html", path.name)


def test_of_a_long_session_the_first_and_the_last_events_are_shown(warehouse, tmp_path, report_dir):
    common = {"session": "0123456789ab", "src_ip": "192.0.2.1"}
    commands = [{"eventid": "cowrie.command.input", "input": f"echo {number}", **common} for number in range(5000)]
    written(warehouse, tmp_path / "logs", report_dir, commands)
    (path,) = report_dir.glob("daily/*/pages/session-*.html")
    page = Page(path.read_bytes())
    steps = [each for each in page.all("li") if str(each.attributes.get("id", "")).startswith("event-")]
    assert len(steps) == FIRST_EVENTS + LAST_EVENTS
    assert "4,750 events between are not shown." in page.words
    assert [steps[place].words.split()[-1] for place in (0, FIRST_EVENTS - 1, FIRST_EVENTS, -1)] == [
        "0",
        str(FIRST_EVENTS - 1),
        str(5000 - LAST_EVENTS),
        "4999",
    ]


@pytest.mark.parametrize("text", ["<\"&'>" * 1_000, "A" * 60_000, "\x1b\u202e" * 2_000])
def test_however_long_its_events_are_a_page_is_not(warehouse, tmp_path, report_dir, text):
    common = {"session": "0123456789ab", "src_ip": "192.0.2.1"}
    events = [{"eventid": "cowrie.command.input", "input": f"{number} {text}", **common} for number in range(120)]
    written(warehouse, tmp_path / "logs", report_dir, events)
    (path,) = report_dir.glob("daily/*/pages/session-*.html")
    assert 20_000 < path.stat().st_size < MOST_BYTES
    assert "characters" in Page(path.read_bytes()).words


def test_a_page_shows_nothing_of_what_came_after_the_period(warehouse, tmp_path, report_dir):
    common = {"src_ip": "192.0.2.1", "eventid": "cowrie.login.success", "username": "root"}
    days = [START, START + timedelta(days=1), START - timedelta(days=3)]
    events = [
        {**common, "session": f"{number:012x}", "password": f"of-day-{number}", "timestamp": day.isoformat()}
        for number, day in enumerate(days)
    ]
    written(warehouse, tmp_path / "logs", report_dir, events)
    (path,) = report_dir.glob("daily/*/pages/address-*.html")
    words = Page(path.read_bytes()).words
    assert "It was first seen on 2026-08-28 and on 2 days up to 2026-08-31, in 2 sessions." in words
    assert "Its network was first seen on 2026-08-28 and on 2 days up to 2026-08-31." in words
    assert "of-day-0" in words
    assert "of-day-1" not in words
    assert "of-day-2" not in words
