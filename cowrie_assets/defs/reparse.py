"""The job that derives what is stored anew under today's settings and code."""

import dagster as dg

from cowrie_assets.defs.materialize import faults_named, log_progress
from cowrie_assets.defs.resources import SettingsResource, WarehouseResource
from cowrie_assets.operations.reparse import reparse as run


@dg.op(description="Derives every stored event anew from its JSON, and brings the summaries up to date.")
def derive_anew(context: dg.OpExecutionContext, warehouse: WarehouseResource, settings: SettingsResource) -> None:
    with faults_named(), warehouse.open() as database:
        result = run(database, settings.read(), progress=log_progress(context))
    total = result.total
    context.log.info(
        f"{total.events} events of {len(result.days)} days read again: {total.changed} changed, {total.merged} found"
        f" to be one with another, {result.logs_in_doubt} logs to be read again."
    )
    if total.spoiled:
        context.log.warning(
            f"{total.spoiled} events were spoiled in the database: the next ingest reads their logs again."
        )
    if total.unreadable:
        context.log.warning(f"{total.unreadable} events are none for this reader: they stay as they were.")


@dg.job(
    description="Bring what is stored to the names, aliases, folders and clock offsets of today's sensors file.",
    tags={"dagster/max_runtime": str(6 * 3600)},
)
def reparse() -> None:
    derive_anew()
