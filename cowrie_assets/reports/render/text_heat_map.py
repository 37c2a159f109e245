"""The heat map of the text report."""

from cowrie_assets.reports.render import heat, wording
from cowrie_assets.reports.render import text_layout as layout
from cowrie_assets.reports.sections.heat_map import HeatMap

_SHADES = " .:-=+*#%@"
"""From none to most."""
_TOTAL = 11
"""Columns of a weekday's total."""


def heat_map(section: HeatMap | None) -> list[str]:
    """A shade for each hour of the week; nothing in a daily report, which has none."""
    if section is None:
        return []
    most = heat.most_a_day(section)
    rows = []
    for each in section["weekdays"]:
        shades = "".join(f" {_SHADES[shade] * 2}" for shade in heat.shades(each, most, len(_SHADES) - 1))
        total = f"{sum(each['hours']):,}"
        shown = total if len(total) <= _TOTAL else wording.short(sum(each["hours"]))
        rows.append(f"  {each['weekday'][:3]} x{each['days']}{shades}  {shown:>{_TOTAL}}")
    hours = "".join(f" {hour:02}" for hour in range(24))
    return [
        *layout.heading("Hours of the week", "sessions, by first event"),
        f"        {hours}  {'sessions':>{_TOTAL}}",
        *rows,
        "",
        *layout.paragraph(
            f"{heat.note(section)} x4: so many of that weekday, at the end of the line "
            f"the sessions of all of them. From {_SHADES[1]} to {_SHADES[-1]}: up to "
            f"{heat.figure(most)} sessions in that hour of a day, on average; blank: none."
        ),
    ]
