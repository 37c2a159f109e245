"""The shades of a heat map's hours."""

import pytest

from cowrie_assets.reports.render.heat import shades


@pytest.mark.parametrize("count", [5, 9])
def test_the_busiest_hour_is_the_darkest_whatever_its_number(count: int) -> None:
    """Dividing twice may give a little more than the whole: of 10,000 numbers on five days, 919 did."""
    for sessions in range(1, 1_000):
        weekday = {"days": 5, "hours": [sessions, 0]}
        assert shades(weekday, sessions / 5, count) == [count, 0]  # type: ignore[arg-type]
