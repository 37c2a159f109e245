"""The index pages of a report folder: which periods and sensors there are, the newest first."""

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from cowrie_assets import clock
from cowrie_assets.reports.drafts import remove_abandoned
from cowrie_assets.reports.periods import REPORT_TYPES, Period, PeriodError, ReportType, parse_period
from cowrie_assets.reports.render.html import render_template
from cowrie_assets.reports.render.index_figures import IndexFigures, read_figures
from cowrie_assets.reports.render.trend import trend
from cowrie_assets.reports.render.wording import TITLES
from cowrie_assets.reports.sensors import AGGREGATE
from cowrie_assets.reports.staged_files import StagedFiles

_NEWEST_ON_THE_FRONT_PAGE = 14
_NEWEST_WITH_NUMBERS = 31
_SUFFIXES = {".html": "HTML", ".txt": "text", ".json": "JSON"}


@dataclass(frozen=True, slots=True)
class Link:
    """A file of a report, and the way to it from the folder of its type."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class SensorFiles:
    """The files of one sensor's report."""

    name: str
    """As the slug in their names tells it."""
    links: tuple[Link, ...]
    """HTML, text, JSON: what there is, in this order."""


@dataclass(frozen=True, slots=True)
class PeriodFiles:
    """The reports of one period."""

    period: Period
    aggregate: SensorFiles | None
    sensors: tuple[SensorFiles, ...]
    """The sensors' own, by name."""


@dataclass(frozen=True, slots=True)
class Row:
    """A period as a page tells it."""

    files: PeriodFiles
    figures: IndexFigures | None
    due: bool
    """Whether its reports are to be written anew."""


def write_index(report_dir: Path, *, due: Collection[Period] = (), now_us: int | None = None) -> list[Path]:
    """Write `<report_dir>/index.html` and `<report_dir>/<report_type>/index.html`, and say where they lie.

    They link every report on the disk. Names are read from the folders; numbers from the JSON of the aggregate, of the
    31 newest periods of a type and no others: the cost of ten thousand periods is that of listing them. Call it once
    for all the reports of a command, after they are in their places; what is written meanwhile is in the next index.
    Periods that are `due` to be written anew at this moment are marked. Drafts that killed processes left in any of
    these folders are removed. Raises OSError where a folder cannot be read or written.
    """
    now = clock.now_us() if now_us is None else now_us
    types = [_type(report_dir, report_type, due) for report_type in REPORT_TYPES]
    with StagedFiles() as staged:
        pages = {report_dir / "index.html": _page(types, now, newest=_NEWEST_ON_THE_FRONT_PAGE)}
        for each in types:
            if each["periods"]:
                pages[report_dir / str(each["name"]) / "index.html"] = _page([each], now, newest=None)
        for path, page in pages.items():
            staged.add(path, page)
        staged.place()
    return list(pages)


def _type(report_dir: Path, report_type: ReportType, due: Collection[Period]) -> dict[str, Any]:
    """What the pages tell of a type of report."""
    periods = [
        Row(files, _figures(report_dir, files) if place < _NEWEST_WITH_NUMBERS else None, files.period in due)
        for place, files in enumerate(_periods(report_dir, report_type))
    ]
    told = {row.files.period: row.figures for row in periods if row.figures is not None}
    return {
        "name": report_type,
        "title": TITLES[report_type],
        "periods": periods,
        "trend": trend({period: figures.sessions for period, figures in told.items()}, f"{report_type}-trend"),
        "newest": next(((row.files, row.figures) for row in periods if row.figures and row.figures.complete), None),
    }


def _figures(report_dir: Path, files: PeriodFiles) -> IndexFigures | None:
    return read_figures(report_dir / files.period.report_type / files.period.label / f"{AGGREGATE}.json")


def _page(types: list[dict[str, Any]], now_us: int, *, newest: int | None) -> bytes:
    """`newest`: how many periods of a type the front page shows; None in the index of one type, which shows all."""
    today = clock.from_us(now_us).date()
    values = {"types": types, "newest": newest, "characters": 80, "updated": clock.iso_us(now_us), "today": today}
    return render_template("index.html.j2", values)


def _periods(report_dir: Path, report_type: ReportType) -> list[PeriodFiles]:
    """The periods of a type that have a report, the newest first; what else lies there is left alone."""
    try:
        labels = [entry.name for entry in os.scandir(report_dir / report_type) if entry.is_dir()]
    except FileNotFoundError:
        return []
    periods = []
    for label in labels:
        try:
            periods.append(parse_period(report_type, label))
        except PeriodError:
            continue
    found = (_files(report_dir, period) for period in periods)
    kept = [each for each in found if each.aggregate or each.sensors]
    return sorted(kept, key=lambda each: each.period.start, reverse=True)


def _files(report_dir: Path, period: Period) -> PeriodFiles:
    suffixes: dict[str, set[str]] = {}
    for slug, suffix in _reports_in(report_dir / period.report_type / period.label):
        suffixes.setdefault(slug, set()).add(suffix)
    sensors = {
        slug: SensorFiles(
            unquote(slug, errors="backslashreplace"),
            tuple(
                Link(label, quote(f"{period.label}/{slug}{suffix}"))
                for suffix, label in _SUFFIXES.items()
                if suffix in found
            ),
        )
        for slug, found in suffixes.items()
    }
    aggregate = sensors.pop(AGGREGATE, None)
    return PeriodFiles(period, aggregate, tuple(sorted(sensors.values(), key=lambda sensor: sensor.name)))


def _reports_in(folder: Path) -> Iterator[tuple[str, str]]:
    """`(slug, suffix)` of the report files in a period's folder; drafts begin with a dot."""
    has_drafts = False
    for entry in os.scandir(folder):
        has_drafts = has_drafts or entry.name.startswith(".")
        slug, suffix = os.path.splitext(entry.name)  # noqa: PTH122  (a Path for each of a million names takes seconds)
        if suffix in _SUFFIXES and not slug.startswith("."):
            yield slug, suffix
    if has_drafts:
        remove_abandoned(folder)
