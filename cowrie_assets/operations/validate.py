"""Whether the numbers are right: everything is computed again, from `raw_events` on, and compared, all rows of it."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select

from cowrie_assets.activity import phase
from cowrie_assets.archives.places import Place
from cowrie_assets.clock import day_of_number, now_us
from cowrie_assets.operations import proofs
from cowrie_assets.operations.archive_check import check_archive, resting
from cowrie_assets.operations.evidence import check_evidence
from cowrie_assets.operations.sampling import check_sample
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.reports.checks import check_reports
from cowrie_assets.reports.periods import Period
from cowrie_assets.settings import Settings
from cowrie_assets.summaries import mending
from cowrie_assets.summaries.check_results import day_window, record_results
from cowrie_assets.summaries.checks import CHECKS, Check, CheckResult, result, run_checks, together
from cowrie_assets.summaries.differences import differences
from cowrie_assets.summaries.found_rows import EXAMPLES
from cowrie_assets.summaries.pending import days_with_data
from cowrie_assets.summaries.seals import RAW_EVENTS, differences_from_seal
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import seals

RECOMPUTED = "recomputed_rows_equal_stored_rows"
SEALED = Check("sealed_days_are_as_sealed", "session_summaries", "each sealed day is as it was sealed")
DAY_CHECKS = (*CHECKS, SEALED)
"""What is cheap enough to be proved of a day by each run that fills it."""


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
    progress: ProgressSink = silent,
) -> list[CheckResult]:
    """Every check over the days `start` to `end` (inclusive; open where None); or over what `changed` since its proof:
    days, and the reports that have one of them or were written since. No result where nothing did. Days whose raw
    events left are looked up in `place`, the archive, unless only what changed is looked at.

    No differences means: nothing was lost, nothing counted twice. What is late is no difference: see `CheckResult`.
    What is found right where no days are named is kept as proved. `sample` sessions of the days are counted a second
    time (`operations.sampling`). Each result shows so many rows as `examples`.
    """
    looked_at = now_us()
    with warehouse.read() as connection:
        today = proofs.versions(connection)
        unproved = proofs.unproved(connection, today) if changed else None
    if unproved is None:
        of_days = _of_days(warehouse, settings, start, end, progress, examples)
        of_reports = check_reports(warehouse, start, end, settings.report_dir, progress, examples=examples)
        found = {each.name: each.wrong for each in of_reports}
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


def _of_days(  # noqa: PLR0917
    warehouse: Warehouse,
    settings: Settings,
    start: date | None,
    end: date | None,
    progress: ProgressSink,
    examples: int,
) -> list[CheckResult]:
    results = run_day_checks(warehouse, start, end, progress=progress, examples=examples)
    checked_at = now_us()
    further = [
        check_recomputed(warehouse, start, end, progress, examples=examples),
        check_evidence(warehouse, settings.registry, start, end, progress, examples=examples),
    ]
    record_results(warehouse, {each.name: each.wrong for each in further}, start, end, checked_at=checked_at)
    return results + further


def run_day_checks(
    warehouse: Warehouse,
    start: date | None = None,
    end: date | None = None,
    names: Collection[str] | None = None,
    *,
    progress: ProgressSink = silent,
    examples: int = EXAMPLES,
) -> list[CheckResult]:
    """Run those of `DAY_CHECKS` that are among `names` (all where None) over the days `start` to `end`, both inclusive
    and both open where None, and record what they found."""
    results = run_checks(warehouse, start, end, names, examples)
    if names is None or SEALED.name in names:
        checked_at = now_us()
        results.append(check_seals(warehouse, start, end, progress, examples=examples))
        record_results(warehouse, {SEALED.name: results[-1].wrong}, start, end, checked_at=checked_at)
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


def check_seals(
    warehouse: Warehouse,
    start: date | None = None,
    end: date | None = None,
    progress: ProgressSink = silent,
    *,
    examples: int = EXAMPLES,
) -> CheckResult:
    """Whether sealed days are what they were when they were sealed; their raw events where these are there."""
    window = day_window(start, end)
    of_window = seals.c.session_day.between(window["first_day"], window["last_day"])
    found: dict[int, list[str]] = {}
    with warehouse.read() as connection:
        sealed = connection.execute(select(seals).where(of_window).order_by(seals.c.session_day)).mappings().all()
        for position, seal in enumerate(sealed):
            number = seal["session_day"]
            progress(Progress("compare seals", position, len(sealed), "days", str(day_of_number(number))))
            if wrong := differences_from_seal(connection, seal):
                found[number] = wrong
    days = [day_of_number(number) for number in found]
    rows = [{"day": str(day_of_number(number)), "differing": ", ".join(wrong)} for number, wrong in found.items()]
    spoiled = [day_of_number(number) for number, wrong in found.items() if RAW_EVENTS in wrong]
    mend = mending.resealed(set(days).difference(spoiled))
    if spoiled:
        mend = mending.resealed(days, mending.read_all_again(), as_they_are=True)
    return result(SEALED.name, SEALED.promise, len(found), rows[:examples], mend=mend, days=days)


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
