"""The job that brings everything up to date from a day on: its days, weeks and months in one run, with one summary.

A backfill of the assets does the same in several runs, one for each kind of partition and each 31 of them, and waits
for the daemon between them. What this run has committed is recorded at once, so that a kill keeps it.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import dagster as dg
from pydantic import Field

from cowrie_assets.amounts import counted
from cowrie_assets.clock import today
from cowrie_assets.defs.assets.days import Mode
from cowrie_assets.defs.assets.logs import RAW_EVENTS
from cowrie_assets.defs.assets.summaries import SUMMARY_NAMES
from cowrie_assets.defs.describe import WRITER_POOL
from cowrie_assets.defs.figures import report_figures, table_figures
from cowrie_assets.defs.materialize import faults_named, log_progress, record
from cowrie_assets.defs.partitions import FIRST_DAY, has_key, key_of
from cowrie_assets.defs.records import tables_made_from
from cowrie_assets.defs.resources import SettingsResource, WarehouseResource
from cowrie_assets.operations.backfill import BackfillResult, backfill
from cowrie_assets.operations.ingest import outside
from cowrie_assets.operations.positions import made_from_reports
from cowrie_assets.printable import shown
from cowrie_assets.reports.files import WrittenReport
from cowrie_assets.reports.links import report_url
from cowrie_assets.reports.periods import Period
from cowrie_assets.settings import Settings
from cowrie_assets.warehouse.engine import Warehouse


class FromDayConfig(dg.Config):
    """Which days are brought up to date."""

    first_day: str = Field(description="the first day (UTC), such as 2026-08-31")
    last_day: str | None = Field(None, description="the last day, included; without it, today")
    mode: Mode = Field(
        Mode.delta,
        description="delta reads what is new of each log, bulk reads whole logs; both end with the same rows",
    )

    def days(self) -> tuple[date, date]:
        """The first and the last day, both inclusive. Fails with a sentence where they are none, or run backwards."""
        try:
            first = date.fromisoformat(self.first_day)
            last = date.fromisoformat(self.last_day) if self.last_day else today()
        except ValueError as error:
            raise dg.Failure(f"a day is written 2026-08-31: {error}", allow_retries=False) from None
        if last < first:
            raise dg.Failure(f"the range runs backwards: {last} lies before {first}", allow_retries=False)
        return first, last


@dg.op(
    pool=WRITER_POOL,
    description="Reads the logs with events of the days, sums these up, writes the reports of days, weeks and months.",
)
def bring_up_to_date(
    context: dg.OpExecutionContext, config: FromDayConfig, warehouse: WarehouseResource, settings: SettingsResource
) -> None:
    first, last = config.days()
    with faults_named(), warehouse.open() as database:
        chosen = settings.read()
        records = _Recorder(context, database, chosen)
        done = backfill(
            database,
            chosen,
            first=first,
            last=last,
            mode=config.mode.value,
            day_done=records.day_done,
            report_done=records.report_done,
            progress=log_progress(context),
        )
    for warning in [*done.load.warnings, *outside(done.load, chosen)]:
        context.log.warning(shown(warning))
    context.log.info(_summary(done))


class _Recorder:
    """Records what is committed, of the days and periods that are partitions."""

    def __init__(self, context: dg.OpExecutionContext, database: Warehouse, settings: Settings) -> None:
        self._context, self._database, self._settings = context, database, settings

    def day_done(self, day: date) -> None:
        """Record the tables of a day."""
        if FIRST_DAY <= day <= today():
            with self._database.read() as connection:
                for table, made_from in tables_made_from(connection, (RAW_EVENTS, *SUMMARY_NAMES), [day]).items():
                    record(self._context, table, {day.isoformat(): table_figures(connection, table, day)}, made_from)

    def report_done(self, period: Period, written: Sequence[WrittenReport]) -> None:
        """Record the reports of a period."""
        if has_key(period):
            with self._database.read() as connection:
                made_from = made_from_reports(connection, {key_of(period): period})
            figures = report_figures(written, report_url(self._settings, period))
            record(self._context, f"{period.report_type}_report", {key_of(period): figures}, made_from)


def _summary(done: BackfillResult) -> str:
    """One line of what the run did."""
    kinds = [period.report_type for period in done.periods]
    written = ", ".join(f"{kinds.count(kind):,} {kind}" for kind in dict.fromkeys(kinds))
    load, refresh = done.load, done.refresh
    return (
        f"{counted(len(refresh.days), 'day')}: {counted(load.logs, 'log')} read, {counted(load.events, 'event')} new, "
        f"{counted(load.duplicates, 'duplicate')}, {counted(load.dead_letters, 'dead letter')}; "
        f"{counted(refresh.sessions, 'session')} summed up, {counted(refresh.rows_written, 'row')} written; "
        f"reports written: {written or 'none'}"
    )


def days_of_run(run_config: Mapping[str, Any]) -> tuple[date, date]:
    """The days of a run of the job, by its configuration. Fails as `FromDayConfig.days` does."""
    return FromDayConfig(**run_config["ops"][bring_up_to_date.name]["config"]).days()


@dg.job(
    description="From a day on: read the logs, sum the days up, write the reports of days, weeks and months. Give "
    "`first_day` in the launchpad; one run, one summary.",
    tags={"dagster/max_runtime": str(6 * 3600)},
)
def load_from_day() -> None:
    bring_up_to_date()
