"""Charts as inline SVG, made by leather: no script, no style of their own, colours from the page's CSS variables.

Nothing that an attacker wrote stands in a chart: labels are hours, days and classes of numbers.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Context, localcontext
from functools import lru_cache
from itertools import accumulate
from xml.etree import ElementTree as ET

import leather
from leather import theme
from markupsafe import Markup

from cowrie_assets.reports.render.wording import short

theme.margin = 0.0
theme.background_color = "none"
theme.label_color = "var(--soft)"
theme.tick_color = "var(--line)"
theme.zero_color = "var(--axis)"
theme.tick_font_family = "inherit"
theme.tick_font_size = theme.tick_font_char_height = 12
theme.tick_font_char_width = 7
theme.legend_font_char_height = theme.legend_gap = 0

_COLOURS = ("var(--first)", "var(--second)", "var(--rest)")
_SIZES = {"wide": (800, 190), "narrow": (330, 190)}
"""Width and height in CSS pixels."""
_CHARACTER, _BETWEEN, _BESIDE = 7.5, 12, 40
"""Pixels of a label's character, between two labels below the columns, and of the axis beside these."""
_BAR_WIDTH, _BAR_HEIGHT = 350, 20
_PADDING = 8
_LEAST_TOP = 4
"""An axis never ends below: it would count in fractions."""
_SHORT_NUMBERS = Context(prec=6)
"""leather computes places with as many digits as it is let: 28, of which a screen shows none."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what stands below it, and its parts from below."""

    label: str
    parts: tuple[int, ...]


class _Columns(leather.Columns):  # type: ignore[misc]
    """leather's columns; the legend stands in the page, where it can be read aloud."""

    def legend_to_svg(self, series: object, palette: object) -> Iterator[tuple[ET.Element, int]]:
        return iter(())


def column_chart(columns: Sequence[Column], named_by: str) -> Markup:
    """Stacked `columns`; `named_by` is the id of the element that names the chart to who cannot see it.

    It is drawn twice, wide and narrow, since the letters of an SVG shrink with it; the style sheet shows one of them.
    """
    heights = _axis(max([_LEAST_TOP, *(sum(column.parts) for column in columns)]))
    return Markup("").join(_columns(columns, heights, size, named_by) for size in _SIZES)


def bar_chart(bars: Sequence[tuple[str, int]], named_by: str) -> Markup:
    """Horizontal bars, `(label, length)`, from above; `named_by` as in `column_chart`."""
    labels = [label for label, _ in bars]
    chart = leather.Chart()
    chart.set_x_scale(_axis(max([_LEAST_TOP, *(length for _, length in bars)])))
    chart.set_y_scale(leather.Ordinal(labels[::-1]))
    chart.add_x_axis(tick_formatter=_tick)
    chart.add_bars([(length, label) for label, length in bars], fill_color=_COLOURS[0])
    return _svg(chart, "bars", _BAR_WIDTH, _BAR_HEIGHT * (len(bars) + 1), named_by)


@lru_cache(maxsize=512)
def _axis(top: int) -> leather.Linear:
    """An axis from 0 to `top`: leather tries a thousand ticks for each, and the reports of a fleet have few tops."""
    return leather.Linear(0, top)


def _columns(columns: Sequence[Column], heights: leather.Linear, size: str, named_by: str) -> Markup:
    """A part of a column is drawn as a column up to its upper end, before those below it."""
    width, height = _SIZES[size]
    longest = max(len(column.label) for column in columns)
    room = int((width - _BESIDE) / (longest * _CHARACTER + _BETWEEN))
    keys = [str(number) for number in range(len(columns))]
    sums = [list(accumulate(column.parts)) for column in columns]
    chart = leather.Chart()
    chart.set_x_scale(leather.Ordinal(keys))
    chart.set_y_scale(heights)
    chart.add_x_axis(ticks=keys[:: -(-len(columns) // room)], tick_formatter=lambda key, *_: columns[int(key)].label)
    chart.add_y_axis(tick_formatter=_tick)
    for level in reversed(range(len(sums[0]))):
        if level == 0 or any(column.parts[level] for column in columns):
            series = leather.Series([(key, each[level]) for key, each in zip(keys, sums, strict=True)])
            chart.add_series(series, _Columns(_COLOURS[level]))
    return _svg(chart, size, width, height, named_by)


def _svg(chart: leather.Chart, size: str, width: int, height: int, named_by: str) -> Markup:
    """The chart, with room around it for what its outermost labels need."""
    box = f"{-_PADDING} {-_PADDING} {width + 3 * _PADDING} {height + 2 * _PADDING}"
    svg = ET.Element("svg", {"class": f"chart {size}", "role": "img", "aria-labelledby": named_by, "viewBox": box})
    with localcontext(_SHORT_NUMBERS):
        svg.append(chart.to_svg_group(width, height))
    return Markup(ET.tostring(svg, encoding="unicode"))  # noqa: S704  (numbers and labels, escaped by ElementTree)


def _tick(value: float, *_: int) -> str:
    return short(float(value))
