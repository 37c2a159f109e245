"""Checks that Dagster shows as failed, or not at all, though the warehouse stands as it should.

A check is due where it was never executed, where its latest execution failed, and where its asset was recorded anew
since. It is told by what the command line found, where that is newer and good; else it has to run again.
"""

from collections.abc import Iterator, Mapping, Sequence

import dagster as dg
from dagster._core.storage.asset_check_execution_record import (
    AssetCheckExecutionRecord,
    AssetCheckExecutionRecordStatus,
)
from sqlalchemy import select

from cowrie_assets.clock import US_PER_SECOND, from_us
from cowrie_assets.defs.checks import check_result
from cowrie_assets.defs.held import runs_in_work
from cowrie_assets.defs.records import latest_checks
from cowrie_assets.reports.checks import PROMISES, check_written_reports
from cowrie_assets.reports.periods import REPORT_TYPES
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.check_results import day_window
from cowrie_assets.summaries.checks import CHECKS, CheckResult, run_checks
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import check_results

_OF_DAYS = {dg.AssetCheckKey(dg.AssetKey(check.asset), check.name): check.promise for check in CHECKS}
_OF_REPORTS = {
    dg.AssetCheckKey(dg.AssetKey(f"{report_type}_report"), name): promise
    for report_type in REPORT_TYPES
    for name, promise in PROMISES.items()
}
_KEYS = [*_OF_DAYS, *_OF_REPORTS]


def due_checks(instance: dg.DagsterInstance) -> list[dg.AssetCheckKey]:
    """The checks that are due of assets that have a record. Those that a run has in work are not."""
    latest = latest_checks(instance, _KEYS)
    in_work = {run.run_id for run in runs_in_work(instance)}
    recorded_at = _recorded_at(instance)
    return [
        key
        for key in _KEYS
        if key.asset_key in recorded_at and _is_due(latest.get(key), recorded_at[key.asset_key], in_work)
    ]


def passed_elsewhere(
    instance: dg.DagsterInstance, warehouse: Warehouse, due: Sequence[dg.AssetCheckKey]
) -> list[dg.AssetCheckEvaluation]:
    """Those of the `due` checks that passed over all days since they were executed last, as the command line found."""
    latest = latest_checks(instance, due)
    passed_at = _passed_at(warehouse)
    return [
        dg.AssetCheckEvaluation(
            asset_key=key.asset_key,
            check_name=key.name,
            passed=True,
            description=(_OF_DAYS | _OF_REPORTS)[key],
            metadata={
                "differences": dg.MetadataValue.int(0),
                "checked_at": dg.MetadataValue.timestamp(from_us(passed_at[key.name])),
            },
        )
        for key in due
        if key.name in passed_at and passed_at[key.name] > _executed_at(latest.get(key))
    ]


def run_due(
    instance: dg.DagsterInstance, warehouse: Warehouse, settings: Settings, due: Sequence[dg.AssetCheckKey]
) -> Iterator[dg.AssetCheckEvaluation]:
    """Run the `due` checks over everything. One that failed before and fails again is no news."""
    latest = latest_checks(instance, due)
    for key, result in _results(warehouse, settings, due):
        before = latest.get(key)
        if result.passed or before is None or before.status is not AssetCheckExecutionRecordStatus.FAILED:
            found = check_result(key, result)
            yield dg.AssetCheckEvaluation(
                asset_key=key.asset_key,
                check_name=key.name,
                passed=found.passed,
                severity=found.severity,
                description=found.description,
                metadata=found.metadata,
            )


def _results(
    warehouse: Warehouse, settings: Settings, due: Sequence[dg.AssetCheckKey]
) -> Iterator[tuple[dg.AssetCheckKey, CheckResult]]:
    of_days = {key.name: key for key in due if key in _OF_DAYS}
    if of_days:
        for result in run_checks(warehouse, names=of_days):
            yield of_days[result.name], result
    for report_type in REPORT_TYPES:
        asset = dg.AssetKey(f"{report_type}_report")
        of_reports = {key.name: key for key in due if key.asset_key == asset}
        if of_reports:
            for result in check_written_reports(warehouse, settings.report_dir, report_types=[report_type]):
                if result.name in of_reports:
                    yield of_reports[result.name], result


def _recorded_at(instance: dg.DagsterInstance) -> Mapping[dg.AssetKey, float]:
    """When each asset was recorded last, in seconds since 1970-01-01 UTC."""
    records = instance.get_asset_records(list({key.asset_key for key in _KEYS}))
    return {
        record.asset_entry.asset_key: record.asset_entry.last_materialization_record.timestamp
        for record in records
        if record.asset_entry.last_materialization_record is not None
    }


def _is_due(latest: AssetCheckExecutionRecord | None, recorded_at: float, in_work: set[str]) -> bool:
    if latest is None:
        return True
    if latest.status is AssetCheckExecutionRecordStatus.PLANNED:
        return latest.run_id not in in_work
    return latest.status is AssetCheckExecutionRecordStatus.FAILED or _executed_at(latest) < recorded_at * US_PER_SECOND


def _executed_at(latest: AssetCheckExecutionRecord | None) -> float:
    """In microseconds since 1970-01-01 UTC."""
    return 0.0 if latest is None or latest.event is None else latest.event.timestamp * US_PER_SECOND


def _passed_at(warehouse: Warehouse) -> Mapping[str, int]:
    """When the checks that passed over all days began to look, in microseconds since 1970-01-01 UTC."""
    window, table = day_window(None, None), check_results.c
    query = select(table.name, table.checked_at).where(
        table.first_day == window["first_day"], table.last_day == window["last_day"], table.differences == 0
    )
    with warehouse.read() as connection:
        return {row.name: row.checked_at for row in connection.execute(query)}
