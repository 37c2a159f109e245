"""Whether the numbers are right: everything is computed again, from `raw_events` on, and compared, all rows of it."""

from datetime import date

from cowrie_assets.clock import now_us
from cowrie_assets.operations.evidence import check_evidence
from cowrie_assets.progress import ProgressSink, silent
from cowrie_assets.reports.checks import check_reports
from cowrie_assets.settings import Settings
from cowrie_assets.summaries import mending
from cowrie_assets.summaries.check_results import record_results
from cowrie_assets.summaries.checks import CheckResult, result, run_checks
from cowrie_assets.summaries.differences import differences
from cowrie_assets.summaries.found_rows import EXAMPLES, named
from cowrie_assets.summaries.refresh import days_with_data
from cowrie_assets.warehouse.engine import Warehouse

RECOMPUTED = "recomputed_rows_equal_stored_rows"


def validate(
    warehouse: Warehouse,
    settings: Settings,
    *,
    start: date | None = None,
    end: date | None = None,
    progress: ProgressSink = silent,
) -> list[CheckResult]:
    """Every check over the days `start` to `end` (inclusive; open where None).

    No differences means: nothing was lost, nothing counted twice. What is late is no difference: see `CheckResult`.
    """
    results = run_checks(warehouse, start, end)
    checked_at = now_us()
    further = [
        check_recomputed(warehouse, start, end, progress),
        check_evidence(warehouse, settings.registry, start, end, progress),
        *check_reports(warehouse, start, end, settings.report_dir, progress),
    ]
    record_results(warehouse, {each.name: each.wrong for each in further}, start, end, checked_at=checked_at)
    return results + further


def check_recomputed(
    warehouse: Warehouse, start: date | None = None, end: date | None = None, progress: ProgressSink = silent
) -> CheckResult:
    """Whether recomputing every session gives the stored rows, column by column."""
    found = list(differences(warehouse, days_with_data(warehouse, start, end), progress))
    wrong = [each for each in found if each.wrong > each.late_wrong or each.missing > each.late_missing]
    late = sum(max(each.late_wrong, each.late_missing) for each in found)
    differing = late + sum(max(each.wrong - each.late_wrong, each.missing - each.late_missing) for each in wrong)
    told = wrong or found
    days = sorted({each.day for each in told})
    with warehouse.read() as connection:
        shown = [
            {"day": row.pop("day"), "summary": each.summary, **row}
            for each in told[:EXAMPLES]
            for row in named(connection, each.rows)
        ]
    promise = "a summary computed anew is the summary that stands, row for row"
    return result(RECOMPUTED, promise, differing, shown[:EXAMPLES], late, mend=mending.rebuild(days), days=days)
