"""The text and the HTML of real logs show the headline numbers that plain Python counts."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from cowrie_assets.reports.render.html import render_html
from cowrie_assets.reports.render.text import render_text
from cowrie_assets_tests.reports.golden.compared import figures
from cowrie_assets_tests.reports.golden.conftest import Load
from cowrie_assets_tests.reports.golden.loaded import Corpus, Loaded
from cowrie_assets_tests.reports.golden.view import View

NOW = datetime(2026, 10, 2, 7, 30, tzinfo=UTC)
LABELS = {
    "sessions": "Sessions",
    "unique_ips": "Source addresses",
    "login_attempts": "Login attempts",
    "login_successes": "Successful logins",
    "commands": "Commands",
    "high_risk_commands": "High-risk commands",
    "file_downloads": "Downloads",
    "file_uploads": "Uploads",
    "unique_hashes": "Different files",
    "unique_passwords": "Different passwords",
}


class _Words(HTMLParser):
    """What a page shows, piece by piece."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self.feed(page)

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.pieces.append(" ".join(data.split()))


@pytest.fixture(scope="module")
def loaded(sample: Corpus, load: Load) -> Loaded:
    return load("sqlite", sample)


@pytest.mark.parametrize("sensor", [None, "hp-nyc-02"])
@pytest.mark.parametrize(
    ("report_type", "label"), [("daily", "2026-08-31"), ("weekly", "2026-W36"), ("monthly", "2026-09")]
)
def test_headline_numbers(loaded: Loaded, report_type: str, label: str, sensor: str | None) -> None:
    document = loaded.built(report_type, label, sensor, NOW)
    text = render_text(document)
    pieces = _Words(render_html(document).decode()).pieces
    shown = set(pairwise(pieces))
    for name, value in figures(View(loaded.corpus.evidence, report_type, label, sensor, NOW)).items():
        assert (LABELS[name], f"{value:,}") in shown
        assert re.search(rf"(^|\s){LABELS[name]}\s+{value:,}(\s|$)", text, re.MULTILINE)
