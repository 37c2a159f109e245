"""The job that checks what changed since it was found right, as `cowrie-assets validate --changed` does.

It needs no asset checks: what it finds wrong is recorded like what the command line finds, and the sensor
`unrecorded_work` has the check concerned run, which then fails on its asset's page.
"""

import dagster as dg

from cowrie_assets.amounts import counted
from cowrie_assets.defs.describe import row_table
from cowrie_assets.defs.materialize import faults_named, log_progress
from cowrie_assets.defs.resources import SettingsResource, WarehouseResource
from cowrie_assets.operations.validate import validate
from cowrie_assets.printable import printable
from cowrie_assets.summaries.mending import commands, merged


@dg.op(description="Runs every check over the days and reports that changed since they were found right.")
def check_changed(context: dg.OpExecutionContext, warehouse: WarehouseResource, settings: SettingsResource) -> None:
    with faults_named(), warehouse.open() as database:
        results = validate(database, settings.read(), changed=True, progress=log_progress(context))
    wrong = [result for result in results if result.state == "differs"]
    for result in results:
        (context.log.error if result in wrong else context.log.info)(f"{result.name}: {printable(result.summary)}")
    if not results:
        context.log.info("nothing changed since all was found right")
    if wrong:
        to_mend = commands(merged(result.work for result in wrong))
        raise dg.Failure(
            f"{counted(len(wrong), 'check')} found differences: {', '.join(result.name for result in wrong)}",
            metadata={
                "to_mend": dg.MetadataValue.text(printable("\n".join(to_mend))),
                **{result.name: row_table(result.rows) for result in wrong},
            },
            allow_retries=False,
        )


@dg.job(
    description="Check the days and reports that changed since they were found right. Everything: the job validate.",
    tags={"dagster/max_runtime": str(6 * 3600)},
)
def validate_changed() -> None:
    check_changed()
