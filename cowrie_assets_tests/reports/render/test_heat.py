"""The shades of a heat map's hours."""

import pytest

from cowrie_assets.reports.render import heat
from cowrie_assets.reports.render.heat import shades
from cowrie_assets.reports.render.html import render_html
from cowrie_assets.reports.render.text import render_text
from cowrie_assets_tests.reports.render.page import Page
from cowrie_assets_tests.reports.render.sample_document import sample_document


@pytest.mark.parametrize("count", [5, 9])
def test_the_busiest_hour_is_the_darkest_whatever_its_number(count: int) -> None:
    """Dividing twice may give a little more than the whole: of 10,000 numbers on five days, 919 did."""
    for sessions in range(1, 1_000):
        weekday = {"days": 5, "hours": [sessions, 0]}
        assert shades(weekday, sessions / 5, count) == [count, 0]  # type: ignore[arg-type]


def test_the_busiest_cell_shows_the_number_at_the_end_of_the_legend() -> None:
    document = sample_document("monthly")
    section = document["heat_map"]
    assert section is not None
    section["weekdays"][2] |= {"days": 5, "hours": [987, 1, *[0] * 22]}
    page = Page(render_html(document))
    cells = [cell.words for cell in page.all("td", **{"class": "s5"})]
    (legend,) = (each.words for each in page.all("span", **{"class": "scale"}) if each.words.startswith("0 "))
    assert heat.figure(987 / 5) == "197"
    assert (cells[0], legend) == ("197", "0 197")
    assert "0.2" in [cell.words for cell in page.all("td", **{"class": "s1"})], "an hour with a session is not nothing"
    assert "up to 197 sessions" in " ".join(render_text(document).split())
