"""Dagster is told what stands in the warehouse, whoever brought it there, as records that belong to no run.

The sensor `unrecorded_work` does it a little at a time, the command `cowrie-assets reconcile` all at once. Both begin
with the newest, and a kill costs nothing: what is not recorded is found again.
"""

import time
from dataclasses import dataclass

import dagster as dg

from cowrie_assets.defs.assets.archive import ARCHIVE
from cowrie_assets.defs.check_records import open_checks, passed_elsewhere, run_over_everything
from cowrie_assets.defs.figures import report_figures, table_figures
from cowrie_assets.defs.materialize import materialization
from cowrie_assets.defs.partitions import key_of
from cowrie_assets.defs.records import tables_made_from
from cowrie_assets.defs.unrecorded import Unrecorded, unrecorded
from cowrie_assets.operations.positions import MadeFrom, Position, days_that_left, identity, made_from_seals
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.reports.files import recorded_reports
from cowrie_assets.reports.links import report_url
from cowrie_assets.reports.standing import writing_of
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse

_FOUND = "Found in the warehouse: no run of Dagster brought it there as it is now."


@dataclass(slots=True)
class Reconciled:
    """What Dagster was told, and what is left to tell."""

    partitions: int = 0
    checks: int = 0
    left: int = 0
    """Partitions that time did not suffice for."""
    not_on_disk: int = 0
    """Reports that are recorded in the warehouse and whose files are not below the report folder."""
    due: tuple[dg.AssetCheckKey, ...] = ()
    """Checks that never ran, or failed, and have to run for Dagster to show how things are."""
    found_at: int = 0
    """When the command line found one of them to fail that passed in Dagster, as in `Open`."""


def reconcile(
    instance: dg.DagsterInstance,
    warehouse: Warehouse,
    settings: Settings,
    *,
    seconds: float | None = None,
    run_checks: bool = False,
    progress: ProgressSink = silent,
) -> Reconciled:
    """Record in Dagster every day and report that it does not know, or knows otherwise than they are.

    With `seconds` it ends after so long and one partition at least. With `run_checks` the checks that are open are run
    over all days, which may take as long as `validate`; else only those are told that passed elsewhere.
    """
    until = None if seconds is None else time.monotonic() + seconds
    found = unrecorded(instance, warehouse, settings)
    done = Reconciled(left=len(found))
    for number, each in enumerate(found):
        progress(Progress("reconcile", number, len(found), "partitions", each.period.label))
        records = _records(warehouse, settings, each)
        for record in records:
            instance.report_runless_asset_event(record)
        done.partitions += len(records)
        done.not_on_disk += not records
        done.left -= 1
        if until is not None and time.monotonic() > until:
            break
    progress(Progress("reconcile", len(found) - done.left, len(found), "partitions"))
    if not done.left:
        _reconcile_checks(instance, warehouse, settings, done, run=run_checks)
    return done


def reconcile_home(
    warehouse: Warehouse,
    settings: Settings,
    *,
    seconds: float | None = None,
    run_checks: bool = False,
    progress: ProgressSink = silent,
) -> Reconciled:
    """`reconcile` with the Dagster whose folder `DAGSTER_HOME` names."""
    with dg.DagsterInstance.get() as instance:
        return reconcile(instance, warehouse, settings, seconds=seconds, run_checks=run_checks, progress=progress)


def _records(warehouse: Warehouse, settings: Settings, each: Unrecorded) -> list[dg.AssetMaterialization]:
    """The records of a partition: of each of its tables, or of its report where that lies on the disk."""
    key = key_of(each.period)
    if each.assets == (ARCHIVE,):
        return _of_archive(warehouse, each, key)
    if each.written_at is None:
        return _of_tables(warehouse, each, key)
    return _of_report(warehouse, settings, each, key)


def _of_tables(warehouse: Warehouse, each: Unrecorded, key: str) -> list[dg.AssetMaterialization]:
    day = each.period.start
    with warehouse.read() as connection:
        made_from = tables_made_from(connection, each.assets, [day])
        return [
            materialization(table, key, table_figures(connection, table, day), made_from[table], _FOUND)
            for table in each.assets
        ]


def _of_archive(warehouse: Warehouse, each: Unrecorded, key: str) -> list[dg.AssetMaterialization]:
    """What the warehouse itself knows of the file: the archive may be far, and is not looked at."""
    day = each.period.start
    with warehouse.read() as connection:
        left, made_from = days_that_left(connection), made_from_seals(connection, [day])
    figures = {"dagster/partition_row_count": left[day], "left_the_warehouse": 1} if day in left else {}
    return [materialization(ARCHIVE, key, figures, made_from, _FOUND)] if figures else []


def _of_report(warehouse: Warehouse, settings: Settings, each: Unrecorded, key: str) -> list[dg.AssetMaterialization]:
    with warehouse.read() as connection:
        writing = writing_of(connection, each.period)
    written = [] if writing is None else recorded_reports(settings.report_dir, each.period, writing)
    if not written:
        return []
    with warehouse.read() as connection:
        made_from = MadeFrom(identity(connection), {key: Position(reports=each.written_at or 0).mark})
    figures = report_figures(written, report_url(settings, each.period))
    return [materialization(asset, key, figures, made_from, _FOUND) for asset in each.assets]


def _reconcile_checks(
    instance: dg.DagsterInstance, warehouse: Warehouse, settings: Settings, done: Reconciled, *, run: bool
) -> None:
    found = open_checks(instance, warehouse)
    keys = [*found.due, *found.outdated]
    told = passed_elsewhere(instance, warehouse, keys)
    names = {evaluation.asset_check_key for evaluation in told}
    done.due = tuple(key for key in found.due if key not in names)
    done.found_at = found.found_at
    if run:
        told += run_over_everything(instance, warehouse, settings, [key for key in keys if key not in names])
    for evaluation in told:
        instance.report_runless_asset_event(evaluation)
        done.checks += 1
