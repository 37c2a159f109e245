"""Which reports lie around one on the disk: its months, weeks and days, the ones before and behind it, other sensors'.

A way leads only to a page that is there. A page that is written later than those around it is linked there by
`reports/relinking.py`.
"""

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, unquote

from cowrie_assets.reports.periods import Period, PeriodError, ReportType, period_of
from cowrie_assets.reports.sensors import AGGREGATE

MOST_SENSORS = 50
"""So many sensors are linked on a page; the index has all of them."""
_PAGE = ".html"
FEEDS = "feeds"
"""The folder of the feeds, beside those of the reports."""
_FEED_FILE = re.compile(r"indicators\.[a-z0-9]+(?:\.[a-z0-9]+)?")


@dataclass(frozen=True, slots=True)
class Way:
    """One way from a page."""

    label: str
    href: str | None
    """Relative to the page's folder; None where no page is there, or it is the page itself."""


@dataclass(frozen=True, slots=True)
class Ways:
    """All ways from the page of one report."""

    period: Period
    months: tuple[Way, ...]
    """Those that a day or a week lies in."""
    weeks: tuple[Way, ...]
    """The one that a day lies in, or those that a month is made of."""
    days: tuple[Way, ...]
    """Those of a week or a month, with `2026-08-31` as labels."""
    previous: Way | None
    next: Way | None
    aggregate: Way | None
    """That of all sensors."""
    sensors: tuple[Way, ...]
    """By the name that their slug tells; at most `MOST_SENSORS`."""
    unlisted: int
    """Further sensors with a page."""
    feed: tuple[Way, ...] = ()
    """The files of the period's feed of indicators, by their kind: `csv`, `json`."""


class ReportFolder:
    """The pages of reports in a folder, as they lay there when each period was first asked for."""

    def __init__(self, report_dir: Path) -> None:
        self._report_dir = report_dir
        self._slugs: dict[Period, set[str]] = {}

    def slugs(self, period: Period) -> set[str]:
        """The slugs of the sensors (`sensors.sensor_slug`) whose page of `period` is there."""
        if period not in self._slugs:
            self._slugs[period] = set(_pages_in(self._report_dir / period.report_type / period.label))
        return self._slugs[period]

    def add(self, period: Period, slug: str) -> None:
        """Take a page for one that is there: it will be, once it is in its place."""
        self.slugs(period).add(slug)

    def ways(self, period: Period, slug: str) -> Ways:
        """The ways from a sensor's report. They lead to reports of the same sensor, else to the aggregate's."""
        here = self.slugs(period)
        sensors = sorted((unquote(each, errors="backslashreplace"), each) for each in here - {AGGREGATE})

        def scope(name: str, each: str) -> Way:
            return Way(name, None if each == slug else _href(period, each))

        return Ways(
            period=period,
            months=self._all(months_of(period), slug),
            weeks=self._all(weeks_of(period), slug),
            days=self._all(days_of(period), slug),
            previous=self._one(_before(period), slug),
            next=self._one(_behind(period), slug),
            aggregate=scope(AGGREGATE, AGGREGATE) if AGGREGATE in here else None,
            sensors=tuple(scope(name, each) for name, each in sensors[:MOST_SENSORS]),
            unlisted=max(0, len(sensors) - MOST_SENSORS),
            feed=tuple(Way(name.partition(".")[2], _feed_href(period, name)) for name in self._feed(period)),
        )

    def _feed(self, period: Period) -> list[str]:
        try:
            found = [entry.name for entry in os.scandir(feed_folder(self._report_dir, period))]
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(name for name in found if _FEED_FILE.fullmatch(name))

    def _all(self, periods: Iterable[Period], slug: str) -> tuple[Way, ...]:
        return tuple(Way(period.label, self._way(period, slug)) for period in periods)

    def _one(self, period: Period | None, slug: str) -> Way | None:
        href = None if period is None else self._way(period, slug)
        return Way(period.label, href) if period and href else None

    def _way(self, period: Period, slug: str) -> str | None:
        there = self.slugs(period)
        if slug in there:
            return _href(period, slug)
        return _href(period, AGGREGATE) if AGGREGATE in there else None


def feed_folder(report_dir: Path, period: Period) -> Path:
    """Where the feed of a period lies (`indicators.feeds` writes it)."""
    return report_dir / FEEDS / period.report_type / period.label


def collection_file(report_dir: Path) -> Path:
    """Where what the TAXII server hands out lies (`indicators.collection` writes it)."""
    return report_dir / FEEDS / "collection.json"


def months_of(period: Period) -> list[Period]:
    """The months that a day or a week lies in; none for a month."""
    return [] if period.report_type == "monthly" else _around("monthly", period)


def weeks_of(period: Period) -> list[Period]:
    """The week that a day lies in, or the weeks that have a day of a month; none for a week."""
    return [] if period.report_type == "weekly" else _around("weekly", period)


def days_of(period: Period) -> list[Period]:
    """The days of a week or a month; none for a day."""
    return [] if period.report_type == "daily" else _around("daily", period)


def neighbours(period: Period) -> list[Period]:
    """Every period whose pages may link one of `period`."""
    beside = [each for each in (_before(period), _behind(period)) if each is not None]
    return [*beside, *months_of(period), *weeks_of(period), *days_of(period)]


def _around(report_type: ReportType, period: Period) -> list[Period]:
    """The periods of another kind that have a day in common with `period`, in order."""
    found: dict[Period, None] = {}
    day = period.start
    while day < period.end:
        with suppress(PeriodError):
            found[period_of(report_type, day)] = None
        day += timedelta(days=1)
    return list(found)


def _before(period: Period) -> Period | None:
    try:
        return period.previous()
    except PeriodError:
        return None


def _behind(period: Period) -> Period | None:
    try:
        return period.next()
    except PeriodError:
        return None


def _href(period: Period, slug: str) -> str:
    return quote(f"../../{period.report_type}/{period.label}/{slug}{_PAGE}")


def _feed_href(period: Period, name: str) -> str:
    return quote(f"../../{FEEDS}/{period.report_type}/{period.label}/{name}")


def _pages_in(folder: Path) -> Iterable[str]:
    try:
        names = [entry.name for entry in os.scandir(folder)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [name.removesuffix(_PAGE) for name in names if name.endswith(_PAGE) and not name.startswith(".")]
