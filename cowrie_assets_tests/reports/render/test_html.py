"""The HTML report: nothing in it runs, asks, or was let in by an attacker; every number of the document is in it."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from cowrie_assets.reports.document import ReportDocument
from cowrie_assets.reports.pages.subjects import mark
from cowrie_assets.reports.render import html
from cowrie_assets.reports.render.definitions import CHAPTERS
from cowrie_assets.reports.render.html import MOST_BYTES, render_html
from cowrie_assets.reports.render.wording import lasting, tactic
from cowrie_assets_tests.reports.render.hostile import HOSTILE, all_hostile, texts, with_text
from cowrie_assets_tests.reports.render.page import Page
from cowrie_assets_tests.reports.render.sample_document import PERIODS, sample_document, top
from cowrie_assets_tests.work import calls

STYLE = (Path(html.__file__).parent / "style.css").read_text(encoding="utf-8")
UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
EVERYTHING = "".join(text[:400] for text in HOSTILE.values())


@pytest.fixture(scope="module", params=PERIODS)
def document(request: pytest.FixtureRequest) -> ReportDocument:
    return sample_document(request.param)


@pytest.fixture(scope="module")
def harmless() -> set[tuple[str, tuple[str, ...]]]:
    """The elements, with the names of their attributes, that documents without an attacker are made of."""
    ordinary = [sample_document(report_type) for report_type in PERIODS]
    cut = [sample_document(report_type, sensor="x" * 99) for report_type in PERIODS]
    for each in cut:
        each["commands"]["top_commands"][0]["value"] = "x" * 9999
    return {shape for each in ordinary + cut for shape in shapes(Page(render_html(each)))}


def shapes(page: Page) -> Iterator[tuple[str, tuple[str, ...]]]:
    return ((element.tag, tuple(element.attributes)) for element in page.elements)


def assert_harmless(content: bytes, harmless: set[tuple[str, tuple[str, ...]]]) -> Page:
    page = Page(content)
    assert set(shapes(page)) <= harmless
    assert not page.comments
    assert not page.all("script")
    for element in page.elements:
        for name, value in element.attributes.items():
            assert not name.startswith("on")
            assert name not in ("src", "action", "srcset", "formaction", "title")
            if name == "href":
                assert value and (value.startswith("#") or value == "data:,")
            if name == "style":
                assert re.fullmatch(r"--share:[0-9.]+%", value or "")
    assert not UNSEEN.search(content.decode("utf-8"))
    return page


@pytest.mark.parametrize("attack", HOSTILE)
def test_an_attacker_who_writes_every_text_at_once_gets_no_element_in(attack, harmless):
    text = HOSTILE[attack]
    content = render_html(all_hostile(sample_document("weekly", sensor=text), text))
    page = assert_harmless(content, harmless)
    assert len(content) < MOST_BYTES
    assert not re.search(r"(?i)(https?|ftp)://|www\.evil", page.words)


@pytest.mark.parametrize("share", [3, pytest.param(1, marks=pytest.mark.soak)])
def test_an_attacker_who_writes_any_one_text_gets_no_element_in(harmless, share):
    """Or every third: all of them are written at once by the test before."""
    document = sample_document()
    before = Page(render_html(document))
    paths = list({tuple(key for key in path if isinstance(key, str)): path for path in texts(document)}.values())
    assert len(paths) > 40
    for path in paths[::share]:
        page = assert_harmless(render_html(with_text(document, path, EVERYTHING)), harmless)
        if path[0] not in ("legacy", "schema_version"):
            assert page.words != before.words, path


def test_what_an_attacker_wrote_is_shown_for_what_it_is():
    document = sample_document()
    shown = {
        "<script>alert(1)</script>": "<script>alert(1)</script>",
        "a\u202egpj\x1b[2J\x00\n\ud800\u200b": "a\\u202egpj\\x1b[2J\\x00\\n\\ud800\\u200b",
        "": '""',
        " x ": '" x "',
        "https://192.0.2.1/x": "hxxps://192[.]0[.]2[.]1/x",
        "\u05e9\u05dc\u05d5\u05dd": "\u05e9\u05dc\u05d5\u05dd",
        "&lt;b&gt;": "&lt;b&gt;",
    }
    document["commands"]["top_commands"] = top(*((text, 9) for text in shown))  # type: ignore[typeddict-item]
    codes = [element.words for element in Page(render_html(document)).all("code")]
    assert set(shown.values()) <= set(codes)


def test_a_long_value_is_cut_and_its_length_told():
    document = sample_document()
    document["commands"]["top_commands"] = top(("x" * 60_000, 1))  # type: ignore[typeddict-item]
    page = Page(render_html(document))
    assert "x" * 300 + "… cut, 60,000 characters" in page.words
    assert "x" * 301 not in page.words


@pytest.mark.parametrize("text", ["long", "long markup", "long control"])
def test_whatever_the_document_it_stays_below_a_megabyte_and_says_what_is_missing(text):
    document: Any = sample_document("monthly")
    written = HOSTILE[text][:2000]
    for section in ("credentials", "commands", "files", "sources", "clients"):
        for name in document[section]:
            if name.startswith("top_"):
                document[section][name] = [
                    {"value": f"{number}{written}", "count": 5000 - number, "previous_rank": None}
                    for number in range(1000)
                ]
    for news in document["new"].values():
        if isinstance(news, dict):
            news |= {"total": 4321, "items": top(*((f"{number}{written}", 1) for number in range(1000)))}
    address = document["sources"]["addresses"][0] | {"address": written, "network": written}
    document["sources"]["addresses"] = [address] * 1000
    session, alert = document["interesting"][0], document["alerts"][0]
    session["headline"] = [{"kind": written, "value": written}] * 50
    session |= {"reasons": [written] * 50, "sample_commands": [written] * 50, "shasums": [written] * 50}
    session |= dict.fromkeys(("src_ip", "username", "password", "client_version", "sensor", "session_id"), written)
    alert |= {"message": written, "figures": {f"{number}{written}": [written] * 50 for number in range(50)}}
    document["interesting"], document["alerts"] = [session] * 50, [alert] * 500
    document["abnormal"]["sessions"] = [document["abnormal"]["sessions"][0] | {"reasons": [written] * 50}] * 50
    document["abnormal"]["rare_command_counts"] *= 500
    document["operations"]["gaps"] *= 100
    document["sessions"]["protocols"] = {f"{number}{HOSTILE[text][:99]}": 1 for number in range(5000)}
    content = render_html(document)
    assert len(content) < MOST_BYTES
    words = Page(content).words
    assert re.search(r"4,[0-9]{3} more are not shown here\.", words)


def test_a_thousand_ordinary_lines_are_all_there():
    document = sample_document()
    document["sources"]["top_ips"] = top(*((f"192.0.2.{n}", 2000 - n) for n in range(1000)))  # type: ignore[typeddict-item]
    assert len(render_html(document)) < MOST_BYTES
    assert "192.0.2.999" in Page(render_html(document)).words


def test_nothing_runs_and_nothing_is_asked_for(document):
    page = Page(render_html(document))
    (policy,) = (e.attributes["content"] for e in page.all("meta", **{"http-equiv": "Content-Security-Policy"}))
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    assert not re.search(r"@import|url\(|expression|</", STYLE)
    assert {element.tag for element in page.elements}.isdisjoint(
        {"script", "iframe", "object", "embed", "img", "form", "input", "base", "audio", "video", "foreignobject"}
    )


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for key, each in value.items():
            inner = path in ("sessions.protocols", "alerts.figures", "changes.figures")
            yield from leaves(each, path if inner else f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each, path)
    else:
        yield path, value


def numbers(document: ReportDocument) -> Iterator[tuple[str, float]]:
    """Every number that the page promises, and where it stands."""
    for path, value in leaves(document):
        told_as_a_move = path.endswith("previous_rank")
        bounds = path.endswith((".from", ".to", "_seconds")) and "histogram" in path
        if isinstance(value, int | float) and not isinstance(value, bool) and not (told_as_a_move or bounds):
            yield path, value


def test_every_number_of_the_document_is_on_the_page(document):
    words = Page(render_html(document)).words
    shown = set(re.findall(r"[0-9][0-9,]*(?:\.[0-9]+)?", words))
    for path, number in numbers(document):
        if path != "schema_version":
            told = path.endswith("_seconds") and number >= 60 and lasting(number) in words
            told = told or (path.endswith(".asn") and f"AS{number}" in words)
            assert told or f"{abs(number):,}" in shown, path


def test_figures_stand_beside_their_names():
    words = Page(render_html(sample_document())).words
    for told in (
        "Logged in 402 32.6 %",
        "High risk 161 2.7 %",
        "Most 143",
        "Judged 11 78.6 %",
        "Dead letters 219 1.4 %",
        "before: 9,120",
        "-3,249 -35.6 %",
        "median 6,504.5: +523.5, +11.7 %",
        "1,234 sessions, 16.7 % more than the day before, came from 217 addresses.",
        "17 checks passed and 1 failed by 2026-09-01 00:04 UTC: evidence.",
    ):
        assert told in words, told


def test_moves_are_told_in_weeks_and_not_in_days():
    assert "▲" not in Page(render_html(sample_document("daily"))).words
    moves = [e.words for e in Page(render_html(sample_document("weekly"))).all("span") if "move" in str(e.attributes)]
    assert moves[:3] == ["▲ 2 up from 3", "new", "▼ 2 down from 1"]


def test_lists_whose_items_are_all_counted_1_have_no_bars():
    document = sample_document()
    document["clients"]["top_hassh"] = top(("aa", 1), ("bb", 1))  # type: ignore[typeddict-item]
    rows = [header for header in Page(render_html(document)).all("th", scope="row") if header.words in ("aa", "bb")]
    assert [header.attributes for header in rows] == [{"scope": "row"}] * 2


def test_a_session_is_headed_by_what_it_did_and_the_reasons_stand_below():
    summaries = [summary.words for summary in Page(render_html(sample_document())).all("summary")]
    first = next(words for words in summaries if words.startswith("score"))
    assert first.startswith(
        "score 88 left a new file hxxp://192[.]0[.]2[.]7/bins/x86.sh ran echo root:hunter2|chpasswd"
    )
    assert "removes traces" not in first


def test_nothing_to_compare_with_and_empty_periods_are_said():
    document = sample_document()
    document["changes"]["previous"] = None
    document["changes"]["median_of"] = []
    for change in document["changes"]["figures"].values():
        change.update(previous=None, change=None, change_percent=None, median=None)
        change.update(change_to_median=None, change_to_median_percent=None)
    document["sessions"]["total"] = 0
    document["alerts"] = []
    document["operations"]["checks"] = None
    document["complete"] = False
    words = Page(render_html(document)).words
    for told in (
        "There is no earlier period to compare with.",
        "No session began in this period.",
        "No check has run.",
        "Not complete: the period still runs",
    ):
        assert told in words
    assert "before:" not in words


# ------------------------------------------------------------------------------------------------- structure and access


def test_headings_are_in_order_and_anchors_lead_somewhere(document):
    page = Page(render_html(document))
    levels = [int(e.tag[1]) for e in page.elements if e.tag in ("h1", "h2", "h3")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = [e.attributes["id"] for e in page.elements if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    for link in page.all("a"):
        assert str(link.attributes["href"])[1:] in ids
        assert link.words
    for named in (e.attributes["aria-labelledby"] for e in page.elements if "aria-labelledby" in e.attributes):
        assert named in ids


def test_a_campaign_without_a_line_is_named_and_leads_nowhere():
    document = sample_document("daily")
    document["campaigns"]["growing"]["items"] = []
    document["alerts"][0] |= {"kind": "new_campaign", "figures": {"campaigns": ["00000000001f", "000000000000"]}}
    page = Page(render_html(document))
    ids = {e.attributes["id"] for e in page.elements if "id" in e.attributes}
    led_to = {str(link.attributes["href"])[1:] for link in page.all("a")}
    assert led_to <= ids
    assert f"campaign-{mark('000000000000')}" in led_to
    assert "Campaign: echo root:hunter2|chpasswd 00000000001f" in page.words


def test_the_head_tells_what_was_done_and_by_whom():
    document = sample_document("weekly")
    words = Page(render_html(document)).words
    head = words[: words.index("Alerts the gravest first")]
    most = max(document["techniques"]["tactics"], key=lambda each: each["sessions"])
    assert f"What sessions did {tactic(most['tactic'])} {most['sessions']} " in head
    assert "Largest campaigns echo root:hunter2|chpasswd 119 key mdrfckr 57 " in head


def test_tables_have_headers_and_charts_a_name_and_their_numbers(document):
    page = Page(render_html(document))
    assert page.all("table")
    for header in page.all("th"):
        assert header.attributes.get("scope") in ("col", "row")
    charts = page.all("svg")
    assert len(charts) == 5
    assert all(chart.attributes["role"] == "img" for chart in charts)
    assert len([e for e in page.all("summary") if "numbers" in e.words]) == (4 if document["heat_map"] is None else 5)


def test_each_section_is_in_the_contents_and_defined():
    page = Page(render_html(sample_document()))
    links = [link.attributes["href"] for link in page.all("a")]
    for chapter in CHAPTERS:
        assert links.count(f"#{chapter.anchor}") == 2
        assert f"#def-{chapter.anchor}" in links
    ids = [heading.attributes["id"] for heading in page.all("h2")]
    assert ids == [*(chapter.anchor for chapter in CHAPTERS), "definitions"]


def test_each_number_has_a_definition():
    defined = {key for chapter in CHAPTERS for definition in chapter.definitions for key in definition.keys}
    paths = {
        path for report in PERIODS for path, value in leaves(sample_document(report)) if isinstance(value, int | float)
    }
    paths = {
        f"{path}.{key}" if path == "changes.figures" else path
        for path in paths
        for key in (("value", "previous", "change") if path == "changes.figures" else ("",))
    }
    assert paths - {"schema_version", "complete", "changes.previous.complete"} <= defined


def luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    channels = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_colours_have_the_contrast_of_wcag_aa_in_every_scheme():
    schemes = re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
    assert len(schemes) == 3
    for scheme in schemes:
        colour = dict(re.findall(r"--([a-z]+): (#[0-9a-f]+);", scheme))
        for ground in ("paper", "card"):
            for text in ("ink", "soft", "link", "high", "medium", "low"):
                assert contrast(colour[text], colour[ground]) >= 4.5, (text, ground)
        assert contrast(colour["ink"], colour["warn"]) >= 4.5
        for part in ("first", "second", "rest"):
            assert contrast(colour[part], colour["paper"]) >= 3, part


def test_a_page_takes_little_work():
    """Some 20 milliseconds; what a template does once for each row and not for each cell keeps it there."""
    document = sample_document()
    render_html(document)
    assert calls(lambda: render_html(document)) < 90_000


def test_new_files_that_nobody_judged_are_not_said_to_be_harmless():
    figures = {"hashes": 5, "judged": 0, "malicious": 0, "first": ["a" * 64]}
    alert = {"kind": "new_malware", "severity": "medium", "message": "5 files never seen before.", "figures": figures}
    words = Page(render_html(sample_document(alerts=[alert]))).words
    assert "judged none yet" in words
    assert "malicious 0" not in words
