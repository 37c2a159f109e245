"""A trend as inline SVG: a thin bar for each of the newest periods, the oldest first."""

from collections.abc import Mapping

from markupsafe import Markup

from cowrie_assets.reports.periods import Period, PeriodError

_MOST = 31
_STEP, _BAR, _HEIGHT = 10, 8, 40
"""CSS pixels: from a bar to the next, a bar's width, and the height of the highest."""


def trend(counts: Mapping[Period, int], name: str) -> Markup:
    """The bars of the 31 newest periods of `counts`, with a sentence below that tells what they show.

    A period between them that has no count has no bar. `name` is the id of the sentence. Empty for fewer than two.
    """
    periods = _newest(counts)
    known = {period: counts[period] for period in periods if period in counts}
    if len(known) < 2:  # noqa: PLR2004  (one is no trend)
        return Markup("")
    most = max(known, key=lambda period: known[period])
    highest = max(1, known[most])
    bars = Markup("").join(
        _bar(place, max(1, round(_HEIGHT * known[period] / highest)))
        for place, period in enumerate(periods)
        if known.get(period)
    )
    told = f"Sessions, {periods[0].label} to {periods[-1].label}; most: {known[most]:,} ({most.label})"
    width = len(periods) * _STEP
    return Markup(
        '<figure class="trend">'
        '<svg role="img" aria-labelledby="{name}" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        '{bars}</svg><figcaption id="{name}">{told}</figcaption></figure>'
    ).format(name=name, width=width, height=_HEIGHT, bars=bars, told=told)


def _newest(counts: Mapping[Period, int]) -> list[Period]:
    """Each period from the first to the last of `counts`, at most 31 of them, the newest last."""
    if not counts:
        return []
    first, last = (choose(counts, key=lambda period: period.start) for choose in (min, max))
    periods = [last]
    try:
        while len(periods) < _MOST and periods[0].start > first.start:
            periods.insert(0, periods[0].previous())
    except PeriodError:
        return periods
    return periods


def _bar(place: int, height: int) -> Markup:
    bar = Markup('<rect x="{x}" y="{y}" width="{width}" height="{height}"/>')
    return bar.format(x=place * _STEP, y=_HEIGHT - height, width=_BAR, height=height)
