"""The jobs that look whether the numbers are right, as `cowrie-assets validate` does: of what changed, or of every row.

They need no asset checks: what they find wrong is recorded like what the command line finds, and the sensor
`unrecorded_work` has the check concerned run, which then fails on its asset's page. What no page has they look at, too:
each event against its JSON, the summaries against what they are when they are computed anew.
"""

from collections.abc import Sequence

import dagster as dg

from cowrie_assets.amounts import counted
from cowrie_assets.archives.places import open_place
from cowrie_assets.defs.describe import row_table
from cowrie_assets.defs.materialize import faults_named, log_progress
from cowrie_assets.defs.resources import SettingsResource, WarehouseResource, configured
from cowrie_assets.operations.validate import validate
from cowrie_assets.printable import printable
from cowrie_assets.summaries.checks import CheckResult
from cowrie_assets.summaries.mending import commands, merged

SAMPLED = 1_000
"""Sessions that are counted a second time when every row is looked at."""


@dg.op(description="Runs every check over the days and reports that changed since they were found right.")
def check_changed(context: dg.OpExecutionContext, warehouse: WarehouseResource, settings: SettingsResource) -> None:
    with faults_named(), warehouse.open() as database:
        results = validate(database, settings.read(), changed=True, progress=log_progress(context))
    _tell(context, results)


@dg.op(description="Runs every check over every row: of the logs' ledger, the events, the summaries, the reports.")
def check_every_row(context: dg.OpExecutionContext, warehouse: WarehouseResource, settings: SettingsResource) -> None:
    archives = configured().archives
    with faults_named(), warehouse.open() as database:
        results = validate(
            database,
            settings.read(),
            place=None if archives.url is None else open_place(archives),
            sample=SAMPLED,
            workers=1,
            progress=log_progress(context),
        )
    _tell(context, results)


def _tell(context: dg.OpExecutionContext, results: Sequence[CheckResult]) -> None:
    """Log what was found; raises dg.Failure where anything is wrong, with what mends it."""
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


_TAGS = {"dagster/max_runtime": str(6 * 3600)}


@dg.job(
    description="Check the days and reports that changed since they were found right. Everything: validate_every_row.",
    tags=_TAGS,
)
def validate_changed() -> None:
    check_changed()


@dg.job(description="Check every row of all days, also what spoiled since it was found right.", tags=_TAGS)
def validate_every_row() -> None:
    check_every_row()
