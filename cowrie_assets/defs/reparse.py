"""The job that derives what is stored anew under today's settings and code."""

import dagster as dg

from cowrie_assets.amounts import counted
from cowrie_assets.defs.materialize import faults_named, log_progress
from cowrie_assets.defs.resources import SettingsResource, WarehouseResource
from cowrie_assets.operations.reparse import reparse as run


@dg.op(description="Derives every stored event anew from its JSON, and brings the summaries up to date.")
def derive_anew(context: dg.OpExecutionContext, warehouse: WarehouseResource, settings: SettingsResource) -> None:
    with faults_named(), warehouse.open() as database:
        result = run(database, settings.read(), progress=log_progress(context))
    total = result.total
    context.log.info(
        f"{counted(total.events, 'event')} of {counted(len(result.days), 'day')} read again: {total.changed} changed,"
        f" {total.merged} found to be one with another, {counted(result.logs_in_doubt, 'log')} to be read again."
    )
    if total.spoiled:
        context.log.warning(
            f"{counted(total.spoiled, 'event was', 'events were')} spoiled in the database: the next ingest reads their"
            " logs again."
        )
    if total.unreadable:
        context.log.warning(f"{counted(total.unreadable, 'event')} that this reader takes for none: stored as before.")


@dg.job(
    description="Bring what is stored to the names, aliases, folders and clock offsets of today's sensors file.",
    tags={"dagster/max_runtime": str(6 * 3600)},
)
def reparse() -> None:
    derive_anew()
