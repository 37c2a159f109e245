"""The job that proves logs: each closed log that was read in pieces is read once against its whole content."""

import dagster as dg

from cowrie_assets.defs.describe import WRITER_POOL
from cowrie_assets.defs.materialize import faults_named, log_progress
from cowrie_assets.defs.resources import SettingsResource, WarehouseResource
from cowrie_assets.operations.log_proof import prove_logs
from cowrie_assets.printable import shown


@dg.op(
    pool=WRITER_POOL,
    description="Reads each closed log that was read while it was written once more, whole; stores what was missed.",
)
def read_closed_logs_whole(
    context: dg.OpExecutionContext, warehouse: WarehouseResource, settings: SettingsResource
) -> None:
    with faults_named(), warehouse.open() as database:
        loaded = prove_logs(database, settings.read(), progress=log_progress(context)).load
    for warning in loaded.warnings:
        context.log.warning(shown(warning))
    context.log.info(f"logs proved: {loaded.sentence}")


@dg.job(description="Prove each closed log once: read it against its whole content, store what was completed later.")
def proof_of_logs() -> None:
    read_closed_logs_whole()
