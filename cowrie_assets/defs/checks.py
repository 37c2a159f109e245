"""The domain's checks as asset checks: one for each, on the asset whose data it proves; all rows, never a sample.

Those of a day's tables share a step behind the one that fills them, so that a report waits for all of them.

They are not partitioned. In a run over partitions they take the run's days; launched for themselves, and each night by
the job `validate`, they take everything. A difference is an error and stops what comes after it. But a row that waits
for events that are loaded and not yet summed up, as when the command line loads at the same moment, is a warning: what
is late is not wrong, and its report says that it is not complete.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg

from cowrie_assets.amounts import counted
from cowrie_assets.defs.assets.archive import archive_holds_what_left
from cowrie_assets.defs.assets.enrichment import CHECKS_OF_ENRICHMENT
from cowrie_assets.defs.assets.publication import every_report_is_published
from cowrie_assets.defs.assets.summaries import SUMMARY_NAMES
from cowrie_assets.defs.behaviour import CHECKS_OF_BEHAVIOUR
from cowrie_assets.defs.describe import row_table
from cowrie_assets.defs.health import check_log_files
from cowrie_assets.defs.materialize import PASSING_FAULTS, faults_named
from cowrie_assets.defs.resources import SettingsResource, WarehouseResource
from cowrie_assets.operations.day_checks import DAY_CHECKS, run_day_checks
from cowrie_assets.printable import printable
from cowrie_assets.reports.checks import PROMISES, PROMISES_OF_FILES, check_reports, check_written_reports
from cowrie_assets.reports.periods import REPORT_TYPES, ReportType, parse_period
from cowrie_assets.summaries.checks import Check, CheckResult
from cowrie_assets.summaries.mending import Kind
from cowrie_assets.warehouse.engine import Warehouse

_OF_LATENESS = "every_day_is_summarised"


def _checks(name: str, checks: Iterable[Check]) -> dg.AssetChecksDefinition:
    specs = [
        dg.AssetCheckSpec(
            check.name,
            asset=check.asset,
            description=_sentence(check.promise),
            blocking=check.name != _OF_LATENESS,
        )
        for check in checks
    ]

    @dg.multi_asset_check(name=f"check_{name}", specs=specs, can_subset=True, retry_policy=PASSING_FAULTS)
    def run(context: dg.AssetCheckExecutionContext, warehouse: WarehouseResource) -> Iterator[dg.AssetCheckResult]:
        selected = {key.name: key for key in context.selected_asset_check_keys}
        first, last = _days_of(context.run)
        with faults_named(), warehouse.open() as database:
            results = run_day_checks(database, first, last, selected)
        yield from _told(check_result(selected[result.name], result) for result in results)

    return run


def _told(results: Iterable[dg.AssetCheckResult]) -> Iterator[dg.AssetCheckResult]:
    """The results. Behind them the step fails in a sentence where one stops what comes after it: Dagster would end it
    with a stack of its own, which tells nothing."""
    stopping: list[dg.AssetCheckResult] = []
    for result in results:
        yield result
        if not result.passed and result.severity is dg.AssetCheckSeverity.ERROR:
            stopping.append(result)
    if stopping:
        told = "; ".join(f"{result.check_name}: {result.description}" for result in stopping)
        raise dg.Failure(
            f"{counted(len(stopping), 'check')} found differences. {told}",
            metadata={
                f"to_mend_{result.check_name}": each for result in stopping if (each := result.metadata.get("to_mend"))
            },
            allow_retries=False,
        )


def _days_of(run: dg.DagsterRun) -> tuple[date | None, date | None]:
    """The first and the last day of the run's partitions; None and None where it has none."""
    key = run.tags.get("dagster/partition")
    first = run.tags.get("dagster/asset_partition_range_start", key)
    last = run.tags.get("dagster/asset_partition_range_end", key)
    return (date.fromisoformat(first) if first else None, date.fromisoformat(last) if last else None)


def _checks_of_reports(report_type: ReportType) -> dg.AssetChecksDefinition:
    asset = f"{report_type}_report"
    specs = [
        dg.AssetCheckSpec(name, asset=asset, description=_sentence(promise), blocking=True)
        for name, promise in (PROMISES | PROMISES_OF_FILES).items()
    ]

    @dg.multi_asset_check(name=f"check_{asset}", specs=specs, can_subset=True, retry_policy=PASSING_FAULTS)
    def run(
        context: dg.AssetCheckExecutionContext, warehouse: WarehouseResource, settings: SettingsResource
    ) -> Iterator[dg.AssetCheckResult]:
        selected = {key.name: key for key in context.selected_asset_check_keys}
        first, last = _days_of(context.run)
        with faults_named(), warehouse.open() as database:
            report_dir = settings.read().report_dir
            if first is None and last is None:
                results = results_over_everything(database, report_dir, report_type)
            else:
                results = check_written_reports(database, report_dir, report_types=[report_type], start=first, end=last)
        yield from _told(check_result(selected[each.name], each) for each in results if each.name in selected)

    return run


def results_over_everything(warehouse: Warehouse, report_dir: Path, report_type: ReportType) -> list[CheckResult]:
    """What is wrong in the files of a type of report; else in the reports as they are built anew, as the command line's
    `validate` does: a summary that was spoiled since is in no file yet."""
    written = check_written_reports(warehouse, report_dir, report_types=[report_type])
    built = check_reports(warehouse, report_dir=report_dir, report_types=[report_type])
    anew = {result.name: result for result in built}
    return [anew[result.name] if result.passed else result for result in written]


def _sentence(promise: str) -> str:
    return f"{promise[0].upper()}{promise[1:]}."


def check_result(key: dg.AssetCheckKey, result: CheckResult) -> dg.AssetCheckResult:
    asset = key.asset_key.to_user_string()
    metadata: dict[str, dg.MetadataValue[Any] | int] = {"differences": result.differences, "late": result.late}
    if result.mend is not None:
        metadata["rows"] = row_table(result.rows)
        metadata["to_mend"] = dg.MetadataValue.text(printable(result.mend))
        if all(work.kind is not Kind.SEAL for work in result.work):  # these pages pass sealed days by
            metadata["or_materialize"] = dg.MetadataValue.text(_materialize(asset, result))
    return dg.AssetCheckResult(
        passed=result.passed,
        asset_key=key.asset_key,
        check_name=key.name,
        severity=dg.AssetCheckSeverity.WARN if result.state == "late" else dg.AssetCheckSeverity.ERROR,
        description=result.summary,
        metadata=metadata,
    )


def _materialize(asset: str, result: CheckResult) -> str:
    """What does the same on these pages."""
    days = [day.isoformat() for day in (result.days[:1] + result.days[-1:])]
    partitions = " to ".join(dict.fromkeys(days)) or "all partitions"
    if asset in SUMMARY_NAMES:
        return f"{', '.join(SUMMARY_NAMES)}: {partitions}"
    if asset == "raw_events":
        return f"raw_events with mode: bulk: {partitions}"
    keys = {parse_period(row["report_type"], row["period"]).start.isoformat() for row in result.rows}
    return f"{asset}: {', '.join(sorted(keys))}"


CHECK_ASSETS = [
    check_log_files,
    _checks("days", DAY_CHECKS),
    *(_checks_of_reports(report_type) for report_type in REPORT_TYPES),
    every_report_is_published,
    archive_holds_what_left,
    *CHECKS_OF_BEHAVIOUR,
    *CHECKS_OF_ENRICHMENT,
]
