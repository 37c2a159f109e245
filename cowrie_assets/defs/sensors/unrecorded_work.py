"""What was done without Dagster: recorded a few partitions a tick, and the checks that it leaves open asked for."""

import json
from datetime import UTC, datetime, timedelta

import dagster as dg

from cowrie_assets.amounts import counted
from cowrie_assets.clock import to_us
from cowrie_assets.defs.in_work import runs_in_work
from cowrie_assets.defs.jobs import validate
from cowrie_assets.defs.partitions import FIRST_DAY
from cowrie_assets.defs.reconcile import Reconciled, reconcile
from cowrie_assets.defs.resources import SettingsResource, WarehouseResource
from cowrie_assets.defs.ticks import failing_in_one_line
from cowrie_assets.operations.positions import day_positions, state
from cowrie_assets.warehouse.engine import Warehouse

SECONDS_A_TICK = 4.0
BETWEEN_CHECKS = timedelta(hours=1)
"""A check takes all days: one that stays red is run again no more often than this, and only where something changed."""


@dg.sensor(
    job=validate,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=(
        "Records in Dagster the days and reports that the command line, or anyone else, brought into the warehouse "
        "or changed there, the newest first, a few seconds a tick. Asks for a run of the checks that this leaves "
        "open, and of those that failed, once the warehouse has changed; at once where `validate` on the command line "
        "found a fault. The cursor says when and for which state."
    ),
)
@failing_in_one_line()
def unrecorded_work(
    context: dg.SensorEvaluationContext, warehouse: WarehouseResource, settings: SettingsResource
) -> dg.SensorResult:
    with warehouse.open() as database:
        done = reconcile(context.instance, database, settings.read(), seconds=SECONDS_A_TICK)
        with database.read() as connection:
            now = state(connection)
        told = _told(done, database)
    if not done.due or done.left or not _may_check(context, now, done.found_at):
        return dg.SensorResult(skip_reason=told)
    request = dg.RunRequest(asset_check_keys=list(done.due), tags={"dagster/priority": "-1"})
    cursor = json.dumps([datetime.now(UTC).isoformat(timespec="seconds"), now])
    return dg.SensorResult(run_requests=[request], cursor=cursor)


def _may_check(context: dg.SensorEvaluationContext, now: str, found_at: int) -> bool:
    """Whether no run of checks is in work, and something changed since one was asked for an hour ago or more, or the
    command line found a fault since (`found_at`)."""
    if any(run.job_name == validate.name for run in runs_in_work(context.instance)):
        return False
    if not context.cursor:
        return True
    asked_at, version = json.loads(context.cursor)
    if found_at > to_us(datetime.fromisoformat(asked_at)):
        return True
    return datetime.now(UTC) - datetime.fromisoformat(asked_at) >= BETWEEN_CHECKS and version != now


def _told(done: Reconciled, database: Warehouse) -> str:
    parts = []
    if done.partitions or done.checks:
        parts.append(f"recorded {counted(done.partitions, 'partition')} and {counted(done.checks, 'check')}")
    if done.left:
        parts.append(f"{done.left:,} to go")
    if done.not_on_disk:
        parts.append(f"{counted(done.not_on_disk, 'report')} of the warehouse not in the report folder")
    with database.read() as connection:
        first = min(day_positions(connection), default=FIRST_DAY)
    if first < FIRST_DAY:
        parts.append(f"events from {first} on lie before the first partition, {FIRST_DAY}: reload the code location")
    return "; ".join(parts) or "Dagster has a record of all that stands in the warehouse"
