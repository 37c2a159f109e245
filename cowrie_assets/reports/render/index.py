"""The index pages of a report folder: which periods and sensors there are, the newest first."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import orjson

from cowrie_assets.reports.drafts import remove_abandoned
from cowrie_assets.reports.periods import REPORT_TYPES, Period, PeriodError, ReportType, parse_period
from cowrie_assets.reports.render.html import render_template
from cowrie_assets.reports.render.wording import TITLES
from cowrie_assets.reports.sensors import AGGREGATE
from cowrie_assets.reports.staged_files import StagedFiles

_NEWEST_ON_THE_FRONT_PAGE = 14
_NEWEST_WITH_NUMBERS = 31
_LARGEST_READ = 4_000_000
"""Bytes: who has a document written with a thousand long commands need not wait for it here."""
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
class Headline:
    """What an index tells of a period, from the aggregate's JSON."""

    sessions: int
    unique_ips: int
    commands: int
    unique_hashes: int
    alerts: int
    complete: bool


def write_index(report_dir: Path) -> list[Path]:
    """Write `<report_dir>/index.html` and `<report_dir>/<report_type>/index.html`, and say where they lie.

    They link every report on the disk. Names are read from the folders; numbers from the JSON of the aggregate, of the
    31 newest periods of a type and no others: the cost of ten thousand periods is that of listing them. Call it once
    for all the reports of a command, after they are in their places; what is written meanwhile is in the next index.
    Drafts that killed processes left in any of these folders are removed. Raises OSError where a folder cannot be read
    or written.
    """
    written = {report_type: _periods(report_dir, report_type) for report_type in REPORT_TYPES}
    types = [
        {
            "name": report_type,
            "title": TITLES[report_type],
            "periods": [
                (each, _headline(report_dir, each) if place < _NEWEST_WITH_NUMBERS else None)
                for place, each in enumerate(periods)
            ],
        }
        for report_type, periods in written.items()
    ]
    with StagedFiles() as staged:
        pages = {report_dir / "index.html": _page(types, newest=_NEWEST_ON_THE_FRONT_PAGE)}
        for each in types:
            if each["periods"]:
                pages[report_dir / str(each["name"]) / "index.html"] = _page([each], newest=None)
        for path, page in pages.items():
            staged.add(path, page)
        staged.place()
    return list(pages)


def _page(types: list[dict[str, Any]], *, newest: int | None) -> bytes:
    """`newest`: how many periods of a type the front page shows; None in the index of one type, which shows all."""
    return render_template("index.html.j2", {"types": types, "newest": newest, "characters": 80})


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


def _headline(report_dir: Path, files: PeriodFiles) -> Headline | None:
    """The numbers of a period; None where there is no aggregate in JSON, or it cannot be used."""
    path = report_dir / files.period.report_type / files.period.label / f"{AGGREGATE}.json"
    try:
        if path.stat().st_size > _LARGEST_READ:
            return None
        document = orjson.loads(path.read_bytes())
        return Headline(
            sessions=int(document["sessions"]["total"]),
            unique_ips=int(document["sessions"]["unique_ips"]),
            commands=int(document["commands"]["total"]),
            unique_hashes=int(document["files"]["unique_hashes"]),
            alerts=len(document["alerts"]),
            complete=bool(document["complete"]),
        )
    except (OSError, ValueError, LookupError, TypeError):
        return None
