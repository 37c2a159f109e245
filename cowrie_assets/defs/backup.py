"""The job that backs the warehouse up. It writes nothing there, so it waits for no writer, and none for it."""

import dagster as dg

from cowrie_assets.amounts import counted, size
from cowrie_assets.backups.backup import back_up
from cowrie_assets.backups.errors import BackupError
from cowrie_assets.backups.settings import DIRECTORY_VARIABLE
from cowrie_assets.defs.materialize import faults_named, log_progress
from cowrie_assets.defs.resources import WarehouseResource, configured, usable_settings
from cowrie_assets.printable import shown
from cowrie_assets.telemetry.watching import watched


@dg.op(description="Copies the warehouse into COWRIE_BACKUP_DIR, proves the copy, keeps COWRIE_BACKUP_COPIES of them.")
def back_up_database(context: dg.OpExecutionContext, warehouse: WarehouseResource) -> None:
    with faults_named():
        settings = configured().backups
        if settings.directory is None:
            raise BackupError(f"{DIRECTORY_VARIABLE} names no folder for backups: set it, and start Dagster again")
        with watched(usable_settings()):
            made = back_up(
                warehouse.database_url,
                settings.directory,
                settings,
                keep=settings.copies,
                progress=log_progress(context),
            )
    context.log.info(
        f"{shown(str(made.path))}: {size(made.manifest.size_bytes)}, proved; "
        f"{counted(len(made.removed), 'older backup')} removed"
    )
    context.add_output_metadata(
        {
            "file": dg.MetadataValue.path(str(made.path)),
            "bytes": made.manifest.size_bytes,
            "rows": sum(made.manifest.rows.values()),
            "revision": made.manifest.revision,
            "sha256": made.manifest.sha256,
        }
    )


@dg.job(description="Back the warehouse up beside whatever writes, prove the copy, remove older ones.")
def warehouse_backup() -> None:
    back_up_database()
