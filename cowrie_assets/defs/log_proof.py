"""The job that proves logs: each closed log that was read in pieces is read once against its whole content."""

import dagster as dg

from cowrie_assets.amounts import counted
from cowrie_assets.defs.describe import WRITER_POOL
from cowrie_assets.defs.materialize import faults_named, log_progress
from cowrie_assets.defs.resources import SettingsResource, WarehouseResource
from cowrie_assets.operations.log_proof import prove_logs
from cowrie_assets.operations.replay import join_torn_events
from cowrie_assets.printable import shown


@dg.op(
    pool=WRITER_POOL,
    description="Reads each closed log that was read while it was written once more, whole; stores what was missed.",
)
def read_closed_logs_whole(
    context: dg.OpExecutionContext, warehouse: WarehouseResource, settings: SettingsResource
) -> None:
    with faults_named(), warehouse.open() as database:
        chosen = settings.read()
        loaded = prove_logs(database, chosen, progress=log_progress(context)).load
        joined = join_torn_events(database, chosen)
    for warning in loaded.warnings:
        context.log.warning(shown(warning))
    context.log.info(f"logs proved: {loaded.sentence}; {counted(joined, 'event')} joined of halves in two logs")


@dg.job(description="Read each closed log once against its whole content; join events that lie torn over two logs.")
def proof_of_logs() -> None:
    read_closed_logs_whole()
