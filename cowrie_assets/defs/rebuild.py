"""The job that makes the summaries anew from the events, as `cowrie-assets rebuild` does."""

from datetime import date

import dagster as dg
from pydantic import Field

from cowrie_assets.amounts import counted
from cowrie_assets.defs.describe import WRITER_POOL
from cowrie_assets.defs.materialize import faults_named, log_progress
from cowrie_assets.defs.resources import WarehouseResource
from cowrie_assets.operations.rebuild import rebuild


class RebuildConfig(dg.Config):
    """Which days are rebuilt; all of them unless told otherwise."""

    first_day: str | None = Field(
        None, description="the first day (UTC), such as 2026-08-31; without it, the first there is"
    )
    last_day: str | None = Field(None, description="the last day, included; without it, the last there is")
    workers: int = Field(1, ge=1, le=12, description="days that are computed at a time, on PostgreSQL")

    def days(self) -> tuple[date | None, date | None]:
        """The first and the last day, both inclusive. Fails with a sentence where they are none, or run backwards."""
        try:
            first, last = (date.fromisoformat(day) if day else None for day in (self.first_day, self.last_day))
        except ValueError as error:
            raise dg.Failure(f"a day is written 2026-08-31: {error}", allow_retries=False) from None
        if first and last and last < first:
            raise dg.Failure(f"the range runs backwards: {last} lies before {first}", allow_retries=False)
        return first, last


@dg.op(pool=WRITER_POOL, description="Computes the summaries anew from the events, and writes the rows that differ.")
def compute_anew(context: dg.OpExecutionContext, config: RebuildConfig, warehouse: WarehouseResource) -> None:
    first, last = config.days()
    with faults_named(), warehouse.open() as database:
        done = rebuild(database, start=first, end=last, workers=config.workers, progress=log_progress(context))
    context.log.info(f"{done.refresh.sentence}; {counted(done.orphans_removed, 'orphan')} removed")
    if done.done_before:
        context.log.info(f"{counted(done.done_before, 'day')} done before by a run that was stopped")
    if done.sealed_days:
        context.log.info(f"{counted(done.sealed_days, 'sealed day')} passed by")


@dg.job(
    description="Make the summaries of all days, or of some, anew from the events. Rows that are right stay.",
    tags={"dagster/max_runtime": str(6 * 3600)},
)
def rebuild_summaries() -> None:
    compute_anew()
