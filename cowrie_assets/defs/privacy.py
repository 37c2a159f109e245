"""The job that hashes or drops what is old enough, as `cowrie-assets privacy` does."""

import dagster as dg

from cowrie_assets.archives.places import open_place
from cowrie_assets.defs.describe import WRITER_POOL
from cowrie_assets.defs.materialize import faults_named, log_progress
from cowrie_assets.defs.resources import SettingsResource, WarehouseResource, configured
from cowrie_assets.operations.privacy import PrivacyError, treat_old_days


@dg.op(pool=WRITER_POOL, description="Hashes or drops passwords and addresses of days that are old enough.")
def treat_days(context: dg.OpExecutionContext, warehouse: WarehouseResource, settings: SettingsResource) -> None:
    chosen = settings.read()
    with faults_named(), warehouse.open() as database:
        archives = configured().archives
        place = None if archives.url is None else open_place(archives)
        done = treat_old_days(database, chosen, place, progress=log_progress(context))
        if done.left is not None:
            raise PrivacyError(done.left)
    days = {f"days_of_{kind.name.lower()}": len(days) for kind, days in done.days.items()}
    context.add_output_metadata(
        {
            **days,
            "files": done.files,
            "dead_letters": done.letters,
            "texts": done.texts,
            "reports": done.reports,
            "written_anew": done.is_rewritten,
        }
    )


@dg.job(
    description=(
        "Hash or drop passwords past COWRIE_PRIVACY_PASSWORDS_DAYS and addresses past COWRIE_PRIVACY_ADDRESSES_DAYS: "
        "in the warehouse, the archive and the reports. It cannot be undone."
    ),
    tags={"dagster/max_runtime": str(6 * 3600)},
)
def privacy() -> None:
    treat_days()
