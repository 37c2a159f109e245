"""The pages of sessions, addresses, files and HASSH as HTML, below 500 kB each whatever they hold."""

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from cowrie_assets.reports.document import ReportDocument
from cowrie_assets.reports.pages.build import Pages
from cowrie_assets.reports.pages.sessions import SessionPage
from cowrie_assets.reports.pages.subjects import PageKind, Subject
from cowrie_assets.reports.pages.values import Activity, ValuePage
from cowrie_assets.reports.periods import Period, period_of
from cowrie_assets.reports.render.html import render_template
from cowrie_assets.reports.render.links import Links
from cowrie_assets.reports.render.masked_pages import mask_pages
from cowrie_assets.reports.sensors import AGGREGATE, sensor_slug
from cowrie_assets.reports.ways import ReportFolder, Way

MOST_BYTES = 500_000
_CHARACTERS = (2000, 300, 60)
"""How many of a value are shown: the first that make a page below MOST_BYTES; with the last every page is."""
_TITLES = {PageKind.SESSION: "Session", PageKind.ADDRESS: "Address", PageKind.FILE: "File", PageKind.HASSH: "HASSH"}
_MOST_REPORTS = 20
_MOST_LINES = 100


def render_pages(
    pages: Pages, documents: Iterable[ReportDocument], folder: ReportFolder, *, masked: bool = False
) -> Iterator[tuple[str, bytes]]:
    """`(name of the file, content)` of each page; with `masked`, no password in it can be read.

    `documents` are those that `pages` were built from. A page says nothing of when it was written: the same tables, and
    the same reports in `folder`, give the same bytes.
    """
    shown = mask_pages(pages, documents) if masked else pages
    links = Links.of(pages)
    for session in shown.sessions:
        yield session.subject.file_name, _below("session", _values(pages, session, links, masked=masked))
    for page in shown.values:
        values = _values(pages, page, links, masked=masked)
        yield page.subject.file_name, _below("value", {**values, "days": _days(pages.period, page, folder)})


def _values(pages: Pages, page: SessionPage | ValuePage, links: Links, *, masked: bool) -> dict[str, Any]:
    subject = page.subject
    reports = _reports(pages, subject)
    home = f"../{AGGREGATE}.html" if AGGREGATE in pages.sensors else reports[0].href
    return {
        "page": page,
        "title": _TITLES[subject.kind],
        "name": subject.key[-1],
        "period": pages.period,
        "home": home,
        "reports": reports,
        "links": links,
        "pages": "",
        "masked": masked,
        "most_lines": _MOST_LINES,
    }


def _below(template: str, values: dict[str, Any]) -> bytes:
    for characters in _CHARACTERS:
        content = render_template(f"{template}.html.j2", {**values, "characters": characters})
        if len(content) < MOST_BYTES:
            break
    return content


def _reports(pages: Pages, subject: Subject) -> list[Way]:
    """The reports that list a subject, the aggregate first, each at its line; never none of them."""
    places = pages.places[subject]
    sensors = sorted(places, key=lambda sensor: (sensor != AGGREGATE, sensor))
    return [Way(sensor, f"../{quote(sensor_slug(sensor))}.html#{places[sensor]}") for sensor in sensors[:_MOST_REPORTS]]


def _days(period: Period, page: ValuePage, folder: ReportFolder) -> list[tuple[Way, Activity]]:
    """The days of a week or a month on which a subject had sessions, with the ways to their reports."""
    if period.report_type == "daily":
        return []
    days = []
    for day in sorted(page.by_day):
        there = AGGREGATE in folder.slugs(period_of("daily", day))
        href = f"../../../daily/{day}/{AGGREGATE}.html" if there else None
        days.append((Way(str(day), href), page.by_day[day]))
    return days
