"""Whether the numbers are right: everything is computed again, from `raw_events` on, and compared, all rows of it."""

import os
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from cowrie_assets.activity import phase
from cowrie_assets.archives.places import Place
from cowrie_assets.clock import now_us
from cowrie_assets.ingest.reader_process import ReaderFailedError, ReaderProcess
from cowrie_assets.operations import proofs
from cowrie_assets.operations.archive_check import check_archive, resting
from cowrie_assets.operations.checks_of_events import ChecksOfEvents
from cowrie_assets.operations.sampling import check_sample
from cowrie_assets.progress import ProgressSink, silent
from cowrie_assets.reports.checks import check_reports
from cowrie_assets.reports.periods import Period
from cowrie_assets.settings import Settings
from cowrie_assets.summaries import mending
from cowrie_assets.summaries.check_results import record_results
from cowrie_assets.summaries.checks import CheckResult, result, together
from cowrie_assets.summaries.differences import differences
from cowrie_assets.summaries.found_rows import EXAMPLES
from cowrie_assets.summaries.pending import days_with_data
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import logs

RECOMPUTED = "recomputed_rows_equal_stored_rows"
_WORTH_A_PROCESS = 200_000
"""Events from which on a second process pays for starting it."""
_CORES = 2
_BY_PYTHON = 2
"""So many results at the end of those of days are recorded here: `run_day_checks` records the others itself."""


@phase("validate")
def validate(
    warehouse: Warehouse,
    settings: Settings,
    *,
    start: date | None = None,
    end: date | None = None,
    changed: bool = False,
    place: Place | None = None,
    sample: int = 0,
    examples: int = EXAMPLES,
    beside: bool | None = None,
    progress: ProgressSink = silent,
) -> list[CheckResult]:
    """Every check over the days `start` to `end` (inclusive; open where None); or over what `changed` since its proof:
    days, and the reports that have one of them or were written since. No result where nothing did. Days whose raw
    events left are looked up in `place`, the archive, unless only what changed is looked at.

    No differences means: nothing was lost, nothing counted twice. What is late is no difference: see `CheckResult`.
    What is found right where no days are named is kept as proved. `sample` sessions of the days are counted a second
    time (`operations.sampling`). Each result shows so many rows as `examples`. `beside`: whether two processes
    look at all; None: where that pays.
    """
    looked_at = now_us()
    with warehouse.read() as connection:
        today = proofs.versions(connection)
        unproved = proofs.unproved(connection, today) if changed else None
    if unproved is None:
        run = _Everything(warehouse, settings, start, end, examples, progress)
        of_days, of_reports = run.beside() if _pays(warehouse, beside) else run.in_turn()
        found = {each.name: each.wrong for each in (*of_days[-_BY_PYTHON:], *of_reports)}
        record_results(warehouse, found, start, end, checked_at=looked_at)
    else:
        stretches = [_of_days(warehouse, settings, *stretch, progress, examples) for stretch in unproved.stretches]
        of_days = together(stretches, examples)
        of_reports = _of_reports(warehouse, settings, unproved.periods, progress, examples) if unproved.periods else []
    if start is None and end is None:
        looked_through = set(today) if unproved is None else proofs.subjects(unproved.days, unproved.periods)
        right = {each: today[each] for each in _right(looked_through, of_days, of_reports) if each in today}
        proofs.record(warehouse, right, looked_through - right.keys(), proved_at=looked_at)
    if not changed and resting(warehouse, start, end) is not None:
        of_days.append(check_archive(warehouse, place, start, end, progress))
    sampled = [check_sample(warehouse, sample, start, end, progress, examples=examples)] if sample else []
    return of_days + of_reports + sampled


@dataclass(frozen=True, slots=True)
class _Everything:
    """The checks of some days: what reads the events, and what reads the summaries."""

    warehouse: Warehouse
    settings: Settings
    start: date | None
    end: date | None
    examples: int
    progress: ProgressSink

    def in_turn(self) -> tuple[list[CheckResult], list[CheckResult]]:
        """What was found of the days, and of the reports."""
        of_days = self.of_days()
        return of_days, self._of_reports()

    def beside(self) -> tuple[list[CheckResult], list[CheckResult]]:
        """The same, by two processes. Where the other one fails, its work is done here."""
        task = ChecksOfEvents(self.settings, self.start, self.end, self.examples)
        with ThreadPoolExecutor(1) as pool, closing(ReaderProcess()) as process:
            of_events = pool.submit(lambda: list(process.batches(task)))
            recomputed = self._recomputed()
            of_reports = self._of_reports()
            try:
                *of_days, evidence = of_events.result()
            except ReaderFailedError:
                *of_days, evidence = task.results(self.warehouse, self.progress)
        return [*of_days, recomputed, evidence], of_reports

    def of_days(self) -> list[CheckResult]:
        """What was found of the days; the last two are those that compare by Python, and are not recorded yet."""
        task = ChecksOfEvents(self.settings, self.start, self.end, self.examples)
        *of_days, evidence = task.results(self.warehouse, self.progress)
        return [*of_days, self._recomputed(), evidence]

    def _recomputed(self) -> CheckResult:
        return check_recomputed(self.warehouse, self.start, self.end, self.progress, examples=self.examples)

    def _of_reports(self) -> list[CheckResult]:
        report_dir = self.settings.report_dir
        return check_reports(self.warehouse, self.start, self.end, report_dir, self.progress, examples=self.examples)


def _pays(warehouse: Warehouse, beside: bool | None) -> bool:
    """Whether a second process pays, unless that is said."""
    if beside is not None:
        return beside
    with warehouse.read() as connection:
        events = connection.execute(select(func.sum(logs.c.events))).scalar() or 0
    return events >= _WORTH_A_PROCESS and (os.cpu_count() or 1) >= _CORES


def _of_days(  # noqa: PLR0917
    warehouse: Warehouse,
    settings: Settings,
    start: date | None,
    end: date | None,
    progress: ProgressSink,
    examples: int,
) -> list[CheckResult]:
    checked_at = now_us()
    results = _Everything(warehouse, settings, start, end, examples, progress).of_days()
    found = {each.name: each.wrong for each in results[-_BY_PYTHON:]}
    record_results(warehouse, found, start, end, checked_at=checked_at)
    return results


def _of_reports(
    warehouse: Warehouse, settings: Settings, periods: Collection[Period], progress: ProgressSink, examples: int
) -> list[CheckResult]:
    checked_at = now_us()
    results = check_reports(
        warehouse, report_dir=settings.report_dir, progress=progress, periods=periods, examples=examples
    )
    for period in periods:
        wrong = {each.name: sum(day in period for day in each.days) for each in results}
        record_results(warehouse, wrong, period.start, period.last_day, checked_at=checked_at)
    return results


def _right(
    subjects: Collection[proofs.Subject], of_days: Collection[CheckResult], of_reports: Collection[CheckResult]
) -> list[proofs.Subject]:
    """Those of `subjects` in which no check found anything; none where it does not say of which days it all is."""
    found = [each for each in of_days if not each.passed]
    if any(not each.days or (each.wrong and each.late) for each in found):
        return []
    wrong = proofs.subjects(day for each in found for day in each.days)
    reports_are_right = all(each.passed for each in of_reports)
    return [each for each in subjects if (each not in wrong if proofs.is_day(each) else reports_are_right)]


def check_recomputed(
    warehouse: Warehouse,
    start: date | None = None,
    end: date | None = None,
    progress: ProgressSink = silent,
    *,
    examples: int = EXAMPLES,
) -> CheckResult:
    """Whether recomputing every session gives the stored rows, column by column."""
    found = list(differences(warehouse, days_with_data(warehouse, start, end), progress, examples=examples))
    wrong = [each for each in found if each.wrong > each.late_wrong or each.missing > each.late_missing]
    late = sum(max(each.late_wrong, each.late_missing) for each in found)
    differing = late + sum(max(each.wrong - each.late_wrong, each.missing - each.late_missing) for each in wrong)
    told = wrong or found
    days = sorted({each.day for each in told})
    shown = [row for each in told for row in each.rows]
    promise = "a summary computed anew is the summary that stands, row for row"
    return result(RECOMPUTED, promise, differing, shown[:examples], late, mend=mending.rebuild(days), days=days)
