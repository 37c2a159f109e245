"""New and grown logs: which days they touch, and one run for each stretch of such days."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import dagster as dg
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus

from cowrie_assets.amounts import counted
from cowrie_assets.clock import today
from cowrie_assets.defs.in_work import holding_runs, keys_in_work
from cowrie_assets.defs.jobs import INGESTED, ingest, ingest_live
from cowrie_assets.defs.partitions import DAILY, partition_day, partition_days
from cowrie_assets.defs.resources import SettingsResource, WarehouseResource
from cowrie_assets.defs.sensors.requests import Range, ranges, request
from cowrie_assets.defs.ticks import failing_in_one_line
from cowrie_assets.ingest.spans import LogSpan
from cowrie_assets.operations.ingest import changed_logs
from cowrie_assets.printable import shown
from cowrie_assets.reports.periods import period_of
from cowrie_assets.summaries.pending import pending_days

REQUESTS_A_TICK = 4
SENSORS_NAMED = 20
PATIENCE = 10.0
"""Seconds that a tick looks into logs: Dagster gives it 60, and a thousand unread archives take longer."""

ONLY_WHAT_IS_NEW = {"ops": {"days": {"config": {"whole": False}}}}


@dg.sensor(
    jobs=[ingest, ingest_live],
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=(
        "Asks for runs over the days that new or grown logs touch, and over days whose events are loaded and not yet "
        "summed up; days that follow each other share a run. The day that runs is checked once an hour. The cursor "
        "says when it was last asked for."
    ),
)
@failing_in_one_line()
def new_logs(
    context: dg.SensorEvaluationContext, warehouse: WarehouseResource, settings: SettingsResource
) -> dg.SensorResult:
    chosen = settings.read()
    with warehouse.open() as database:
        changed = changed_logs(database, chosen, patience=PATIENCE)
        pending = pending_days(database)
    days = {partition_day(day) for day in pending}.union(*map(partition_days, changed))
    asked = ranges(period_of("daily", day) for day in days - _resting_days(context, chosen.live_seconds))[
        :REQUESTS_A_TICK
    ]
    if not asked:
        waiting = f"{counted(len(days), 'day waits', 'days wait')}: in work, or asked for a moment ago"
        return dg.SensorResult(skip_reason=waiting if days else "no log is new or grown")
    asks_today = asked[-1][1].start == today()
    return dg.SensorResult(
        run_requests=[request(_job(context, stretch), stretch, ONLY_WHAT_IS_NEW) for stretch in asked],
        cursor=datetime.now(UTC).isoformat(timespec="seconds") if asks_today else context.cursor,
        asset_events=[_observation(changed)] if changed else [],
    )


def _resting_days(context: dg.SensorEvaluationContext, live_seconds: int) -> set[date]:
    """The days that are in work or resting, and today where it was asked for less than `live_seconds` ago: the log that
    Cowrie writes grows all day."""
    days = {date.fromisoformat(key) for key in keys_in_work(holding_runs(context.instance), DAILY, "raw_events")}
    asked_at = _asked_at(context)
    if asked_at is not None and datetime.now(UTC) - asked_at < timedelta(seconds=live_seconds):
        days.add(today())
    return days


def _asked_at(context: dg.SensorEvaluationContext) -> datetime | None:
    """When the day that runs was asked for last."""
    return datetime.fromisoformat(context.cursor) if context.cursor else None


def _job(context: dg.SensorEvaluationContext, stretch: Range) -> str:
    """`ingest_live`, which has no checks, where only the day that runs is asked for, was checked in this hour, and no
    check stands at failed: what is red stays red until a check says otherwise."""
    is_live = stretch[0].start == stretch[1].start == today()
    light = is_live and _is_checked_this_hour(_asked_at(context)) and not _has_failed_check(context)
    return ingest_live.name if light else ingest.name


def _is_checked_this_hour(asked_at: datetime | None) -> bool:
    """Whether the day that runs was asked for in this hour of the clock: the first time, with its checks."""
    now = datetime.now(UTC)
    return asked_at is not None and (asked_at.date(), asked_at.hour) == (now.date(), now.hour)


def _has_failed_check(context: dg.SensorEvaluationContext) -> bool:
    """Whether a check of what a run brings up to date did not pass when it ran last."""
    repository = context.repository_def
    keys = (
        []
        if repository is None
        else [key for key in repository.asset_graph.asset_check_keys if key.asset_key.to_user_string() in INGESTED]
    )
    latest = context.instance.event_log_storage.get_latest_asset_check_execution_by_key(keys)
    return any(record.status is AssetCheckExecutionRecordStatus.FAILED for record in latest.values())


def _observation(changed: Sequence[LogSpan]) -> dg.AssetObservation:
    edges = [day for span in changed for day in span.new_edges]
    return dg.AssetObservation(
        "log_files",
        metadata={
            "changed_logs": len(changed),
            "changed_sensors": _listed({shown(span.log.sensor) for span in changed}),
            "first_day": min(edges).isoformat(),
            "last_day": max(edges).isoformat(),
        },
    )


def _listed(sensors: set[str]) -> str:
    """Some of the sensors by name, the others by number: the note is kept for each tick that finds something."""
    named = sorted(sensors)[:SENSORS_NAMED]
    more = len(sensors) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")
