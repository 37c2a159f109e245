"""A range of days from logs to reports, as a backfill of the assets does it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cowrie_assets.ingest.load import LoadResult, Mode
from cowrie_assets.operations.ingest import load_days
from cowrie_assets.operations.reporting import reporting
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.reports.periods import Period, period_of
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.refresh import RefreshResult, refresh
from cowrie_assets.warehouse.engine import Warehouse


@dataclass(frozen=True, slots=True)
class BackfillResult:
    """What a backfill loaded, recomputed and reported."""

    load: LoadResult
    refresh: RefreshResult
    periods: tuple[Period, ...]


def backfill(
    warehouse: Warehouse,
    settings: Settings,
    *,
    first: date,
    last: date,
    mode: Mode = "delta",
    progress: ProgressSink = silent,
) -> BackfillResult:
    """Load the logs with events of the days `first` to `last`, both inclusive, recompute those days, and write reports.

    Written are the reports of those days and of every week and month they lie in.
    """
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    loaded = load_days(warehouse, settings, days=days, mode=mode, progress=progress)
    refreshed = refresh(warehouse, days=days, whole=True, progress=progress)
    refresh(warehouse, progress=progress)  # the days that the logs brought beside those asked for
    periods = periods_of(days)
    with reporting(warehouse, settings) as write:
        for position, period in enumerate(periods):
            progress(Progress("report", position, len(periods), "reports", period.label))
            write(period)
    progress(Progress("report", len(periods), len(periods), "reports"))
    return BackfillResult(loaded, refreshed, periods)


def periods_of(days: Sequence[date]) -> tuple[Period, ...]:
    """The days as daily periods, and the weeks and months they lie in, each once."""
    return tuple(dict.fromkeys(period_of(kind, day) for kind in ("daily", "weekly", "monthly") for day in days))
