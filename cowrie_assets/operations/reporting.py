"""Reports as the settings say, of many periods, and the index of their folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from cowrie_assets import clock
from cowrie_assets.progress import Tell, say_nothing
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
def reporting(warehouse: Warehouse, settings: Settings) -> Iterator[WriteReports]:
    """A function that writes and records the reports of a period, of the aggregate and every sensor, in every format.

    Give it periods in the order of time: what they are compared with is then counted once. When the block ends, however
    it does, the index of the report folder shows what was written, and marks the reports that data made late.
    """
    memo = Memo()
    wrote = False

    def write(period: Period, tell: Tell = say_nothing, /) -> list[WrittenReport]:
        nonlocal wrote
        wrote = True
        return write_configured_reports(warehouse, settings, period, memo=memo, tell=tell)

    try:
        yield write
    finally:
        if wrote:
            now = clock.now_us()
            with warehouse.read() as connection:
                due = {period for each in REPORT_TYPES for period in stale_periods(connection, each, now=now)}
            write_index(settings.report_dir, due=due, now_us=now)
