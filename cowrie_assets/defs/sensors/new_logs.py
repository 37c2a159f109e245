"""New and grown logs: which days they touch, and one run for each stretch of such days."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import dagster as dg

from cowrie_assets.amounts import counted
from cowrie_assets.clock import today
from cowrie_assets.defs.assets.summaries import SUMMARY_NAMES
from cowrie_assets.defs.describe import shown
from cowrie_assets.defs.faults import one_sentence
from cowrie_assets.defs.jobs import ingest
from cowrie_assets.defs.partitions import DAILY, partition_day, partition_days
from cowrie_assets.defs.resources import SettingsResource, WarehouseResource
from cowrie_assets.defs.sensors.held import held_keys, holding_runs
from cowrie_assets.defs.sensors.requests import ranges, request
from cowrie_assets.ingest.spans import LogSpan
from cowrie_assets.operations.ingest import changed_logs
from cowrie_assets.reports.periods import period_of
from cowrie_assets.summaries.refresh import pending_days

REQUESTS_A_TICK = 4
SENSORS_NAMED = 20
PATIENCE = 10.0
"""Seconds that a tick looks into logs: Dagster gives it 60, and a thousand unread archives take longer."""

LIVE_INTERVAL = timedelta(minutes=5)
"""The log that Cowrie writes grows all day: the day that runs is asked for no more often than this."""

_ONLY_WHAT_IS_NEW = {"ops": {name: {"config": {"whole": False}} for name in SUMMARY_NAMES}}


@dg.sensor(
    job=ingest,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=(
        "Asks for runs over the days that new or grown logs touch, and over days whose events are loaded and not yet "
        "summed up; days that follow each other share a run. The cursor says when the day that runs was last asked for."
    ),
)
@one_sentence()
def new_logs(
    context: dg.SensorEvaluationContext, warehouse: WarehouseResource, settings: SettingsResource
) -> dg.SensorResult:
    with warehouse.open() as database:
        changed = changed_logs(database, settings.read(), patience=PATIENCE)
        pending = pending_days(database)
    days = {partition_day(day) for day in pending}.union(*map(partition_days, changed))
    asked = ranges(period_of("daily", day) for day in days - _held(context))[:REQUESTS_A_TICK]
    if not asked:
        waiting = f"{counted(len(days), 'day waits', 'days wait')}: in work, or asked for a moment ago"
        return dg.SensorResult(skip_reason=waiting if days else "no log is new or grown")
    asks_today = asked[-1][1].start == today()
    return dg.SensorResult(
        run_requests=[request(ingest.name, stretch, _ONLY_WHAT_IS_NEW) for stretch in asked],
        cursor=datetime.now(UTC).isoformat(timespec="seconds") if asks_today else context.cursor,
        asset_events=[_observation(changed)] if changed else [],
    )


def _held(context: dg.SensorEvaluationContext) -> set[date]:
    """The days that are in work or resting, and today where it was asked for a moment ago."""
    held = {date.fromisoformat(key) for key in held_keys(holding_runs(context.instance), DAILY, "raw_events")}
    asked_at = datetime.fromisoformat(context.cursor) if context.cursor else None
    if asked_at is not None and datetime.now(UTC) - asked_at < LIVE_INTERVAL:
        held.add(today())
    return held


def _observation(changed: Sequence[LogSpan]) -> dg.AssetObservation:
    edges = [day for span in changed for day in span.new_edges]
    return dg.AssetObservation(
        "log_files",
        metadata={
            "changed_logs": len(changed),
            "sensors": _listed({shown(span.log.sensor) for span in changed}),
            "first_day": min(edges).isoformat(),
            "last_day": max(edges).isoformat(),
        },
    )


def _listed(sensors: set[str]) -> str:
    """Some of the sensors by name, the others by number: the note is kept for each tick that finds something."""
    named = sorted(sensors)[:SENSORS_NAMED]
    more = len(sensors) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")
