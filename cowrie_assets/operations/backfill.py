"""A range of days from logs to reports, as a backfill of the assets does it."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta

from cowrie_assets.clock import today
from cowrie_assets.ingest.load import Mode
from cowrie_assets.ingest.load_result import LoadResult
from cowrie_assets.operations.first_day import oldest_day
from cowrie_assets.operations.ingest import load_days
from cowrie_assets.operations.reporting import reporting
from cowrie_assets.progress import Progress, ProgressSink, silent, telling
from cowrie_assets.reports.files import WrittenReport
from cowrie_assets.reports.periods import REPORT_TYPES, Period, PeriodError, period_of
from cowrie_assets.reports.staleness import written_at
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.pending import days_with_data
from cowrie_assets.summaries.refresh import refresh_in_turn
from cowrie_assets.summaries.refresh_day import RefreshResult
from cowrie_assets.warehouse.engine import Warehouse

DayDone = Callable[[date], None]
ReportDone = Callable[[Period, Sequence[WrittenReport]], None]


@dataclass(frozen=True, slots=True)
class BackfillResult:
    """What a backfill loaded, recomputed and reported; `days` are those that it took."""

    load: LoadResult
    refresh: RefreshResult
    days: tuple[date, ...]
    without_events: tuple[date, ...]
    """Those of `days` that no event was found of: their reports hold zeros."""
    periods: tuple[Period, ...]
    reports: list[WrittenReport]


def backfill(
    warehouse: Warehouse,
    settings: Settings,
    *,
    first: date,
    last: date,
    mode: Mode = "delta",
    only_written: bool = False,
    day_done: DayDone = lambda _: None,
    report_done: ReportDone = lambda _, __: None,
    progress: ProgressSink = silent,
) -> BackfillResult:
    """Load the logs with events of the days `first` to `last`, both inclusive, recompute those days, and write reports.

    Written are the reports of those days and of every week and month they lie in; with `only_written` those of them
    that stand already. Of the days before
    `settings.first_day` (where it is not set, before the oldest event) and in the future only those with events are
    taken, so that a range may be as long as the calendar.

    `day_done` and `report_done` are called as soon as a day's summaries, and a period's reports, are committed.
    """
    loaded = load_days(warehouse, settings, stretches=[(first, last)], mode=mode, progress=progress)
    days = _days(warehouse, settings, first, last)
    refreshed = refresh_in_turn(warehouse, days, whole=True, day_done=day_done, progress=progress)
    periods = periods_of(days)
    if only_written:
        periods = _standing(warehouse, settings, periods)
    written: list[WrittenReport] = []
    with reporting(warehouse, settings, periods=len(periods)) as write:
        for position, period in enumerate(periods):
            stands = Progress("report", position, len(periods), "reports", period.label)
            progress(stands)
            reports = write(period, telling(progress, stands))
            report_done(period, reports)
            written += reports
    progress(Progress("report", len(periods), len(periods), "reports"))
    empty = sorted({*days}.difference(days_with_data(warehouse, first, last)))
    return BackfillResult(loaded, refreshed, tuple(days), tuple(empty), periods, written)


def _days(warehouse: Warehouse, settings: Settings, first: date, last: date) -> list[date]:
    """The days from `first` to `last` that have a partition in Dagster, or data."""
    begin, end = max(first, settings.first_day or oldest_day(settings) or first), min(last, today())
    usual = (begin + timedelta(days=number) for number in range((end - begin).days + 1))
    return sorted({*usual, *days_with_data(warehouse, first, last)})


def _standing(warehouse: Warehouse, settings: Settings, periods: Sequence[Period]) -> tuple[Period, ...]:
    """The periods whose reports were written, as the warehouse knows, or as a folder of them tells."""
    with warehouse.read() as connection:
        known = {period for kind in REPORT_TYPES for period in written_at(connection, kind)}
    folders = settings.report_dir
    return tuple(each for each in periods if each in known or (folders / each.report_type / each.label).is_dir())


def periods_of(days: Sequence[date]) -> tuple[Period, ...]:
    """The days as daily periods, and the weeks and months they lie in, each once; none outlasts the calendar."""
    found: dict[Period, None] = {}
    for kind in REPORT_TYPES:
        for day in days:
            with suppress(PeriodError):
                found[period_of(kind, day)] = None
    return tuple(found)
