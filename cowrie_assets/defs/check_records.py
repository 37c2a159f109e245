"""Checks that Dagster does not show as the warehouse stands: as failed, or not at all, or as passed.

Such a check is told by what the command line found, where that is newer and good; else it has to run again. So does one
that passed, and that the command line found to fail since.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import dagster as dg
from dagster._core.instance.utils import RUNLESS_JOB_NAME
from dagster._core.storage.asset_check_execution_record import (
    AssetCheckExecutionRecord,
    AssetCheckExecutionRecordStatus,
)
from sqlalchemy import func, select

from cowrie_assets.clock import US_PER_SECOND, from_us
from cowrie_assets.defs.checks import check_result, results_over_everything
from cowrie_assets.defs.from_day import load_from_day
from cowrie_assets.defs.in_work import runs_in_work
from cowrie_assets.defs.records import latest_checks
from cowrie_assets.operations.day_checks import DAY_CHECKS, run_day_checks
from cowrie_assets.reports.checks import PROMISES, PROMISES_OF_FILES
from cowrie_assets.reports.periods import REPORT_TYPES
from cowrie_assets.settings import Settings
from cowrie_assets.summaries.check_results import day_window
from cowrie_assets.summaries.checks import CheckResult
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import check_results

_OF_DAYS = {dg.AssetCheckKey(dg.AssetKey(check.asset), check.name): check.promise for check in DAY_CHECKS}
_OF_REPORTS = {
    dg.AssetCheckKey(dg.AssetKey(f"{report_type}_report"), name): promise
    for report_type in REPORT_TYPES
    for name, promise in (PROMISES | PROMISES_OF_FILES).items()
}
_KEYS = [*_OF_DAYS, *_OF_REPORTS]
_JOBS_WITHOUT_CHECKS = {RUNLESS_JOB_NAME, load_from_day.name}


@dataclass(frozen=True, slots=True)
class Open:
    """Checks of recorded assets that do not show how things are; those that a run has in work are in neither."""

    due: list[dg.AssetCheckKey]
    """Never executed, failed when they were last, or found to fail by the command line since."""
    outdated: list[dg.AssetCheckKey]
    """Passed, before their asset was recorded by no run, or by one without checks."""
    found_at: int = 0
    """When the command line last found one of the due ones to fail that Dagster shows otherwise, in microseconds since
    1970-01-01 UTC; 0 where it found none."""


def open_checks(instance: dg.DagsterInstance, warehouse: Warehouse) -> Open:
    """The checks that are open."""
    latest = latest_checks(instance, _KEYS)
    in_work = {run.run_id for run in runs_in_work(instance)}
    recorded = _recorded(instance)
    keys = [key for key in _KEYS if key.asset_key in recorded]
    failed_at = _failed_at(warehouse)
    found = {
        key: failed_at[key.name]
        for key in keys
        if failed_at.get(key.name, 0) > _executed_at(latest.get(key)) and not _is_in_work(latest.get(key), in_work)
    }
    due = [key for key in keys if key in found or _is_due(latest.get(key), in_work)]
    outdated = [
        key
        for key in keys
        if key in latest
        and key not in found
        and latest[key].status is AssetCheckExecutionRecordStatus.SUCCEEDED
        and recorded[key.asset_key].job_name in _JOBS_WITHOUT_CHECKS
        and _executed_at(latest[key]) < recorded[key.asset_key].timestamp * US_PER_SECOND
    ]
    return Open(due, outdated, max(found.values(), default=0))


def passed_elsewhere(
    instance: dg.DagsterInstance, warehouse: Warehouse, keys: Sequence[dg.AssetCheckKey]
) -> list[dg.AssetCheckEvaluation]:
    """Those of some checks that passed over all days since they were executed last, as the command line found."""
    latest = latest_checks(instance, keys)
    passed_at, failed_at = _passed_at(warehouse), _failed_at(warehouse)
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
        for key in keys
        if passed_at.get(key.name, 0) > max(_executed_at(latest.get(key)), failed_at.get(key.name, 0))
    ]


def run_over_everything(
    instance: dg.DagsterInstance, warehouse: Warehouse, settings: Settings, keys: Sequence[dg.AssetCheckKey]
) -> Iterator[dg.AssetCheckEvaluation]:
    """Run some checks over everything. One that failed before and fails again is no news."""
    latest = latest_checks(instance, keys)
    for key, result in _results(warehouse, settings, keys):
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
    warehouse: Warehouse, settings: Settings, keys: Sequence[dg.AssetCheckKey]
) -> Iterator[tuple[dg.AssetCheckKey, CheckResult]]:
    of_days = {key.name: key for key in keys if key in _OF_DAYS}
    if of_days:
        for result in run_day_checks(warehouse, names=of_days):
            yield of_days[result.name], result
    for report_type in REPORT_TYPES:
        asset = dg.AssetKey(f"{report_type}_report")
        of_reports = {key.name: key for key in keys if key.asset_key == asset}
        if of_reports:
            for result in results_over_everything(warehouse, settings.report_dir, report_type):
                if result.name in of_reports:
                    yield of_reports[result.name], result


def _recorded(instance: dg.DagsterInstance) -> Mapping[dg.AssetKey, dg.EventLogEntry]:
    """The latest record of each asset."""
    records = instance.get_asset_records(list({key.asset_key for key in _KEYS}))
    return {
        record.asset_entry.asset_key: record.asset_entry.last_materialization_record.event_log_entry
        for record in records
        if record.asset_entry.last_materialization_record is not None
    }


def _is_due(latest: AssetCheckExecutionRecord | None, in_work: set[str]) -> bool:
    if latest is None or latest.status is AssetCheckExecutionRecordStatus.FAILED:
        return True
    return latest.status is AssetCheckExecutionRecordStatus.PLANNED and latest.run_id not in in_work


def _is_in_work(latest: AssetCheckExecutionRecord | None, in_work: set[str]) -> bool:
    return latest is not None and latest.status is AssetCheckExecutionRecordStatus.PLANNED and latest.run_id in in_work


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


def _failed_at(warehouse: Warehouse) -> Mapping[str, int]:
    """When the checks that failed, over any days, last began to look, in microseconds since 1970-01-01 UTC."""
    table = check_results.c
    query = select(table.name, func.max(table.checked_at).label("at")).where(table.differences > 0).group_by(table.name)
    with warehouse.read() as connection:
        return {row.name: row.at for row in connection.execute(query)}
