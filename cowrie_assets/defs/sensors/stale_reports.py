"""Reports that are out of date: one run for each stretch of days, weeks or months."""

from datetime import UTC, date, datetime

import dagster as dg

from cowrie_assets.amounts import counted
from cowrie_assets.clock import day_number, to_us
from cowrie_assets.defs.in_work import holding_runs, keys_in_work
from cowrie_assets.defs.jobs import REPORT_JOBS
from cowrie_assets.defs.partitions import DAILY, PARTITIONS, has_key, key_of
from cowrie_assets.defs.resources import SettingsResource, WarehouseResource
from cowrie_assets.defs.sensors.asked import read_cursor, rests, write_cursor
from cowrie_assets.defs.sensors.requests import ranges, request
from cowrie_assets.defs.ticks import failing_in_one_line
from cowrie_assets.reports.completeness import days_looked_at
from cowrie_assets.reports.gone_files import gone_reports
from cowrie_assets.reports.periods import REPORT_TYPES, Period
from cowrie_assets.reports.staleness import stale_periods, written_at

RANGES_A_TICK = 2
"""Runs that a tick asks for, of each type of report."""


@dg.sensor(
    jobs=list(REPORT_JOBS.values()),
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description=(
        "Asks for the reports of days, weeks and months whose sessions changed since they were written, as when an "
        "event of an old day comes in late, for those that an earlier release wrote in another form, and for those "
        "whose files are gone from the report folder. The cursor "
        "says what was asked for lately: that rests for a quarter of an hour, and a running period for an hour."
    ),
)
@failing_in_one_line()
def stale_reports(
    context: dg.SensorEvaluationContext, warehouse: WarehouseResource, settings: SettingsResource
) -> dg.SensorResult:
    report_dir = settings.read().report_dir
    now = datetime.now(UTC)
    with warehouse.open() as database, database.read() as connection:
        found = [period for kind in REPORT_TYPES for period in stale_periods(connection, kind, now=to_us(now))]
        found += [period for kind in REPORT_TYPES for period in gone_reports(connection, kind, report_dir)]
        stale = [period for period in dict.fromkeys(found) if has_key(period)]
        written = {kind: written_at(connection, kind) for kind in REPORT_TYPES}
    lately = read_cursor(context.cursor, now)
    rested = [p for p in stale if not rests(p, lately, written[p.report_type].get(p), now)]
    wanted = _not_in_work(context, rested)
    asked = [
        stretch
        for kind in REPORT_TYPES
        for stretch in ranges(period for period in wanted if period.report_type == kind)[:RANGES_A_TICK]
    ]
    if not asked:
        waiting = f"{counted(len(stale), 'report waits', 'reports wait')}: in work, or asked for a moment ago"
        return dg.SensorResult(skip_reason=waiting if stale else "every report is up to date")
    return dg.SensorResult(
        run_requests=[request(REPORT_JOBS[first.report_type].name, (first, last)) for first, last in asked],
        cursor=write_cursor(lately, asked, now),
    )


def _not_in_work(context: dg.SensorEvaluationContext, stale: list[Period]) -> list[Period]:
    """Those of `stale` that are not in work, and whose reports no day that is in work would leave incomplete."""
    runs = holding_runs(context.instance)
    days = {day_number(date.fromisoformat(key)) for key in keys_in_work(runs, DAILY, "session_summaries")}
    reports = {kind: keys_in_work(runs, PARTITIONS[kind], f"{kind}_report") for kind in REPORT_TYPES}
    return [
        period
        for period in stale
        if key_of(period) not in reports[period.report_type] and days.isdisjoint(days_looked_at(period))
    ]
