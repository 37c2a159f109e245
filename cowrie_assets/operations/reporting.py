"""Reports as the settings say, of many periods, and the index of their folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from cowrie_assets import clock
from cowrie_assets.activity import Stage, stage
from cowrie_assets.progress import Progress, Tell, say_nothing, silent
from cowrie_assets.reports.files import WrittenReport, write_configured_reports
from cowrie_assets.reports.memo import Memo
from cowrie_assets.reports.periods import REPORT_TYPES, Period
from cowrie_assets.reports.render.index import write_index
from cowrie_assets.reports.staleness import stale_periods
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse


class WriteReports(Protocol):
    """Writes and records the reports of a period, and tells `tell` of which it is at."""

    def __call__(self, period: Period, tell: Tell = say_nothing, /) -> list[WrittenReport]:
        """The files that were written."""


@contextmanager
def reporting(warehouse: Warehouse, settings: Settings, *, periods: int | None = None) -> Iterator[WriteReports]:
    """A function that writes and records the reports of a period, of the aggregate and every sensor, in every format.

    Give it periods in the order of time: what they are compared with is then counted once. How many there will be is
    said to who watches (`periods`). When the block ends, however it does, the index of the report folder shows what was
    written, and marks the reports that data made late.
    """
    memo = Memo()
    done: list[Period] = []

    with stage("reporting", database=warehouse) as run:
        told = run.telling(silent)
        run.note(periods_written=0, files_written=0, index_attempts=0, index_errors=0)

        def write(period: Period, tell: Tell = say_nothing, /) -> list[WrittenReport]:
            told(Progress("report", len(done), periods, "reports", period.label))
            done.append(period)
            with stage("report", report_type=period.report_type, period=period.label):
                written = write_configured_reports(warehouse, settings, period, memo=memo, tell=tell)
            _note(run, done, written)
            return written

        try:
            yield write
            told(Progress("report", len(done), len(done), "reports"))
        finally:
            if done:
                now = clock.now_us()
                with warehouse.read() as connection:
                    due = {period for each in REPORT_TYPES for period in stale_periods(connection, each, now=now)}
                write_index(settings.report_dir, due=due, now_us=now)


def _note(run: Stage, done: list[Period], written: list[WrittenReport]) -> None:
    run.note(
        report_type=done[-1].report_type,
        period=done[-1].label,
        first_day=min(period.start for period in done).isoformat(),
        last_day=max(period.last_day for period in done).isoformat(),
        periods_written=len(done),
    )
    run.add(
        files_written=sum(not report.left for report in written),
        files_changed=sum(report.changed for report in written),
        files_left=sum(report.left for report in written),
    )
