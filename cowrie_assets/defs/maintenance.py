"""The job that keeps the database's file small and its planner informed. It waits for no writer, and none for it."""

import dagster as dg

from cowrie_assets.defs.materialize import faults_named, log_progress
from cowrie_assets.defs.resources import WarehouseResource, usable_settings
from cowrie_assets.telemetry.watching import watched
from cowrie_assets.warehouse.maintenance import maintain


@dg.op(description="Gives back SQLite's free pages; vacuums and analyzes the tables of PostgreSQL that need it.")
def maintain_database(context: dg.OpExecutionContext, warehouse: WarehouseResource) -> None:
    with faults_named(), watched(usable_settings()), warehouse.open() as database:
        done = maintain(database, progress=log_progress(context))
    for sentence in done.sentences:
        context.log.info(sentence)
    if done.left is not None:
        raise dg.Failure(done.left, allow_retries=False)
    context.add_output_metadata({"bytes_before": done.bytes_before, "bytes_after": done.bytes_after})


@dg.job(description="Housekeeping of the database: free space, dead rows, statistics. No row of it changes.")
def warehouse_maintenance() -> None:
    maintain_database()
