"""Reports that are older than their numbers: one run for each stretch of days, weeks or months."""

from datetime import UTC, date, datetime, timedelta

import dagster as dg

from cowrie_assets.clock import to_us
from cowrie_assets.defs.jobs import REPORT_JOBS
from cowrie_assets.defs.partitions import DAILY, PARTITIONS, has_key, key_of
from cowrie_assets.defs.resources import WarehouseResource
from cowrie_assets.defs.sensors.held import held_keys
from cowrie_assets.defs.sensors.requests import ranges, request
from cowrie_assets.reports.periods import REPORT_TYPES, Period
from cowrie_assets.reports.staleness import stale_periods

RANGES_A_TICK = 2
"""Runs that a tick asks for, of each type of report."""

OPEN_INTERVAL = timedelta(hours=1)
"""A period that still runs changes all day: its report is asked for no more often than this."""


@dg.sensor(
    jobs=list(REPORT_JOBS.values()),
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=(
        "Asks for the reports of days, weeks and months whose sessions changed since they were written, as when an "
        "event of an old day comes in late. The cursor says when the report of a running period was last asked for."
    ),
)
def stale_reports(context: dg.SensorEvaluationContext, warehouse: WarehouseResource) -> dg.SensorResult:
    now = datetime.now(UTC)
    with warehouse.open() as database, database.read() as connection:
        stale = [period for kind in REPORT_TYPES for period in stale_periods(connection, kind, now=to_us(now))]
    wanted = _wanted(context, [period for period in stale if has_key(period)], now)
    asked = [
        stretch
        for kind in REPORT_TYPES
        for stretch in ranges(period for period in wanted if period.report_type == kind)[:RANGES_A_TICK]
    ]
    if not asked:
        waiting = f"{len(stale)} reports wait: their days are in work, or they were asked for a moment ago"
        return dg.SensorResult(skip_reason=waiting if stale else "every report is as new as its numbers")
    asks_open = any(not last.is_over(to_us(now)) for _, last in asked)
    return dg.SensorResult(
        run_requests=[request(REPORT_JOBS[first.report_type].name, (first, last)) for first, last in asked],
        cursor=now.isoformat(timespec="seconds") if asks_open else context.cursor,
    )


def _wanted(context: dg.SensorEvaluationContext, stale: list[Period], now: datetime) -> list[Period]:
    """Those of `stale` that are not in work, whose days are not in work, and that were not asked for a moment ago."""
    asked_at = datetime.fromisoformat(context.cursor) if context.cursor else datetime.min.replace(tzinfo=UTC)
    open_ones_too = now - asked_at >= OPEN_INTERVAL
    days = [date.fromisoformat(key) for key in held_keys(context.instance, DAILY, "session_summaries")]
    reports = {kind: held_keys(context.instance, PARTITIONS[kind], f"{kind}_report") for kind in REPORT_TYPES}
    return [
        period
        for period in stale
        if (open_ones_too or period.is_over(to_us(now)))
        and key_of(period) not in reports[period.report_type]
        and not any(period.start <= day < period.end for day in days)
    ]
