"""Whether the numbers are right: everything is computed again, from `raw_events` on, and compared, all rows of it."""

import os
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from sqlalchemy import func, select

from cowrie_assets.activity import phase
from cowrie_assets.archives.places import Place
from cowrie_assets.campaigns.checks import are_looked_for, check_campaigns
from cowrie_assets.clock import day_number, now_us
from cowrie_assets.indicators.checks import are_stored, check_indicators
from cowrie_assets.operations import proofs
from cowrie_assets.operations.archive_check import check_archive, resting
from cowrie_assets.operations.check_tasks import InSql, OfDays, OfNames, OfReports
from cowrie_assets.operations.evidence import evidence_result
from cowrie_assets.operations.sampling import check_sample
from cowrie_assets.operations.side_by_side import SideBySide
from cowrie_assets.progress import ProgressSink, silent
from cowrie_assets.reports.checks import periods_to_check
from cowrie_assets.reports.periods import REPORT_TYPES, Period
from cowrie_assets.settings import Settings
from cowrie_assets.summaries import mending
from cowrie_assets.summaries.check_results import record_results
from cowrie_assets.summaries.checks import CheckResult, result, together
from cowrie_assets.summaries.differences import SIGHTINGS_CHECK, Difference, compare_sightings, differences
from cowrie_assets.summaries.found_rows import EXAMPLES
from cowrie_assets.summaries.pending import days_with_data
from cowrie_assets.warehouse.chunks import chunks
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import logs

RECOMPUTED = "recomputed_rows_equal_stored_rows"
_WORTH_A_PROCESS = 200_000
"""Events from which on a second process pays for starting it."""
_CORES = 2
_PARTS_OF_DAYS = 64
"""More parts would share the work out more evenly, and open the database more often."""
_PERIODS_OF_A_PART = 28


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
    workers: int | None = None,
    progress: ProgressSink = silent,
) -> list[CheckResult]:
    """Every check over the days `start` to `end` (inclusive; open where None); or over what `changed` since its proof:
    days, and the reports that have one of them or were written since. No result where nothing did. Days whose raw
    events left are looked up in `place`, the archive, unless only what changed is looked at.

    No differences means: nothing was lost, nothing counted twice. What is late is no difference: see `CheckResult`.
    What is found right where no days are named is kept as proved. `sample` sessions of the days are counted a second
    time (`operations.sampling`). Each result shows so many rows as `examples`. `workers`: how many processes look;
    None: two where that pays.
    """
    looked_at = now_us()
    with warehouse.read() as connection:
        today = proofs.versions(connection)
        unproved = proofs.unproved(connection, today) if changed else None
        periods = periods_to_check(connection, start, end) if unproved is None else unproved.periods
    run = SideBySide(warehouse, settings, progress)
    reports = [run.ask(OfReports(some, examples)) for some in _parts_of(periods, at_least_one=not changed)]
    is_whole = start is None and end is None and not changed
    names = run.ask(OfNames(examples)) if is_whole else None  # a name belongs to no day
    stretches = [(start, end)] if unproved is None else unproved.stretches
    days = [_Stretch(warehouse, run, *stretch, examples) for stretch in stretches]
    run.go(_that_pay(warehouse, changed=changed) if workers is None else workers)
    of_days = together([each.results(looked_at) for each in days], examples)
    if names is not None:
        of_days.append(names.result())
        record_results(warehouse, _wrong(of_days[-1:]), start, end, checked_at=looked_at)
    of_reports = together([each.result() for each in reports], examples)
    if unproved is None:
        record_results(warehouse, _wrong(of_reports), start, end, checked_at=looked_at)
    else:
        _record_periods(warehouse, unproved.periods, of_reports, looked_at)
    if start is None and end is None:
        looked_through = set(today) if unproved is None else proofs.subjects(unproved.days, unproved.periods)
        right = {each: today[each] for each in _right(looked_through, of_days, of_reports) if each in today}
        proofs.record(warehouse, right, looked_through - right.keys(), proved_at=looked_at)
    if not changed and resting(warehouse, start, end) is not None:
        of_days.append(check_archive(warehouse, place, start, end, progress))
    if not changed:
        of_days += _of_behaviour(warehouse, examples)
    sampled = [check_sample(warehouse, sample, start, end, progress, examples=examples)] if sample else []
    return of_days + of_reports + sampled


def _of_behaviour(warehouse: Warehouse, examples: int) -> list[CheckResult]:
    """The checks of campaigns and of indicators, of whatever days; where somebody looked for these."""
    return [
        *([check_campaigns(warehouse, examples=examples)] if are_looked_for(warehouse) else []),
        *([check_indicators(warehouse, examples=examples)] if are_stored(warehouse) else []),
    ]


class _Stretch:
    """The checks of days that follow each other, asked for in parts."""

    def __init__(
        self, warehouse: Warehouse, run: SideBySide, start: date | None, end: date | None, examples: int
    ) -> None:
        self._warehouse, self._start, self._end, self._examples = warehouse, start, end, examples
        days = days_with_data(warehouse, start, end)
        self._in_sql = run.ask(InSql(start, end, examples))
        self._parts = [run.ask(OfDays(some, examples)) for some in chunks(days, len(days) // _PARTS_OF_DAYS + 1)]

    def results(self, looked_at: int) -> list[CheckResult]:
        """What was found, when all parts are done; what the checks in SQL found is recorded before."""
        parts, in_sql = [each.result() for each in self._parts], self._in_sql.result()
        differing = [each for found, _ in parts for each in found] + self._of_sightings(in_sql)
        anew = recomputed(sorted(differing, key=lambda each: each.day), self._examples)
        evidence = evidence_result(self._warehouse, [found for _, found in parts], examples=self._examples)
        record_results(self._warehouse, _wrong([anew, evidence]), self._start, self._end, checked_at=looked_at)
        return [*in_sql, anew, evidence]

    def _of_sightings(self, in_sql: Iterable[CheckResult]) -> list[Difference]:
        """What differs of the sightings, on the days on which their check found anything."""
        days = {day for each in in_sql if each.name == SIGHTINGS_CHECK for day in each.days}
        found: list[Difference] = []
        for day in days:
            with self._warehouse.read() as connection:
                found += compare_sightings(connection, day_number(day), self._examples)
        return found


def _parts_of(periods: Collection[Period], *, at_least_one: bool) -> list[Sequence[Period]]:
    """The periods in parts, of one type each: reports that follow each other have figures in common. The longest first,
    so that none is left over at the end."""
    of_types = [[each for each in periods if each.report_type == report_type] for report_type in REPORT_TYPES]
    parts = [part for some in reversed(of_types) for part in chunks(some, _PERIODS_OF_A_PART)]
    return parts or [()] * at_least_one


def _wrong(results: Iterable[CheckResult]) -> dict[str, int]:
    return {each.name: each.wrong for each in results}


def _record_periods(
    warehouse: Warehouse, periods: Iterable[Period], results: Sequence[CheckResult], looked_at: int
) -> None:
    for period in periods:
        wrong = {each.name: sum(day in period for day in each.days) for each in results}
        record_results(warehouse, wrong, period.start, period.last_day, checked_at=looked_at)


def _that_pay(warehouse: Warehouse, *, changed: bool) -> int:
    """How many processes pay for their start."""
    if changed or (os.cpu_count() or 1) < _CORES:
        return 1
    with warehouse.read() as connection:
        events = connection.execute(select(func.sum(logs.c.events))).scalar() or 0
    return _CORES if events >= _WORTH_A_PROCESS else 1


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
    warehouse: Warehouse, start: date | None = None, end: date | None = None, *, examples: int = EXAMPLES
) -> CheckResult:
    """Whether recomputing every session gives the stored rows, column by column."""
    days = days_with_data(warehouse, start, end)
    return recomputed(differences(warehouse, days, examples=examples), examples)


def recomputed(differing: Iterable[Difference], examples: int) -> CheckResult:
    """The result of what differs of all days, in their order."""
    found = list(differing)
    wrong = [each for each in found if each.wrong > each.late_wrong or each.missing > each.late_missing]
    late = sum(max(each.late_wrong, each.late_missing) for each in found)
    rows_differ = late + sum(max(each.wrong - each.late_wrong, each.missing - each.late_missing) for each in wrong)
    told = wrong or found
    days = sorted({each.day for each in told})
    shown = [row for each in told for row in each.rows]
    promise = "a summary computed anew is the summary that stands, row for row"
    return result(RECOMPUTED, promise, rows_differ, shown[:examples], late, mend=mending.rebuild(days), days=days)
