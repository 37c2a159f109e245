"""The URL of a report is where its file is served, whatever its sensor is called."""

from pathlib import Path

import pytest

from cowrie_assets.reports.links import index_url, report_url
from cowrie_assets.reports.periods import parse_period
from cowrie_assets.settings import Settings

DAY = parse_period("daily", "2026-08-31")


def test_without_a_setting_it_is_the_served_one() -> None:
    settings = Settings(report_dir=Path("anywhere"))
    assert report_url(settings, DAY) == "http://127.0.0.1:3080/daily/2026-08-31/aggregate.html"
    assert index_url(settings) == "http://127.0.0.1:3080/index.html"


def test_with_a_setting_it_lies_below_it() -> None:
    settings = Settings(report_url="https://reports.example.org/cowrie/")
    week = parse_period("weekly", "2026-W36")
    assert report_url(settings, week) == "https://reports.example.org/cowrie/weekly/2026-W36/aggregate.html"


@pytest.mark.parametrize(
    ("sensor", "page"),
    [("a b", "a%2520b.html"), ("../x", "%252E.%252Fx.html"), ("<b>&#?", "%253Cb%253E%2526%2523%253F.html")],
)
def test_the_percent_signs_of_a_file_name_are_quoted_once_more(sensor: str, page: str) -> None:
    assert report_url(Settings(), DAY, sensor).rpartition("/")[2] == page
