"""Bringing a backup back: proved first, then in the database's place as a whole."""

import os
from hashlib import sha256
from pathlib import Path

from cowrie_assets.activity import stage
from cowrie_assets.backups import sqlite
from cowrie_assets.backups.errors import BackupError
from cowrie_assets.backups.manifest import Manifest, read_manifest
from cowrie_assets.backups.settings import BackupSettings
from cowrie_assets.database_url import read_database_url
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.reports.drafts import draft_of, remove_abandoned
from cowrie_assets.reports.staged_files import open_private, sync_folder
from cowrie_assets.warehouse import versions
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import metadata
from cowrie_assets.warehouse.views import VIEWS

_AT_ONCE = 1 << 20


def restore(
    backup: Path,
    database_url: str,
    settings: BackupSettings,
    *,
    overwrite: bool = False,
    progress: ProgressSink = silent,
) -> Manifest:
    """Have the database be what a backup holds. Its tables are of the backup's revision then.

    Nothing is touched before the backup's checksum was found right. A SQLite file is made beside its place and moved
    there; PostgreSQL's tables come in one transaction. Raises BackupError where the backup is damaged or of another
    engine, or where a database is there and `overwrite` is not said; WarehouseError where the revision is newer than
    this code; OSError.
    """
    manifest = read_manifest(backup)
    url = read_database_url(database_url)
    if manifest.engine != url.get_backend_name():
        raise BackupError(f"{backup} is a backup of {manifest.engine}; COWRIE_DATABASE_URL names another engine")
    versions.refuse_newer(manifest.revision)
    with stage("restore", file=backup.name) as run:  # of no database: it is replaced
        progress = run.telling(progress)
        if manifest.engine == "sqlite":
            _restore_sqlite(backup, manifest, Path(str(url.database)), overwrite=overwrite, progress=progress)
        else:
            _restore_postgresql(backup, manifest, database_url, settings, overwrite=overwrite, progress=progress)
        progress(Progress("restore", manifest.size_bytes, manifest.size_bytes, "bytes"))
    return manifest


def _restore_sqlite(
    backup: Path, manifest: Manifest, database: Path, *, overwrite: bool, progress: ProgressSink
) -> None:
    database = database.resolve()
    if not database.parent.is_dir():
        raise BackupError(f"the folder {database.parent} of the database does not exist; create it first")
    if database.exists() and not overwrite:
        raise BackupError(f"{database} is there: give --overwrite to have the backup take its place")
    remove_abandoned(database.parent)
    draft = draft_of(database)
    try:
        _prove(backup, manifest, progress, copied_to=draft)
        sqlite.put_in_place(draft, database, overwrite=overwrite)
        sync_folder(database.parent)
    finally:
        draft.unlink(missing_ok=True)


def _restore_postgresql(
    backup: Path,
    manifest: Manifest,
    database_url: str,
    settings: BackupSettings,
    *,
    overwrite: bool,
    progress: ProgressSink,
) -> None:
    from cowrie_assets.backups import postgresql  # noqa: PLC0415  (psycopg)

    own = {*metadata.tables, *VIEWS, "alembic_version", *(name.rpartition(".")[2] for name in manifest.rows)}
    with Warehouse.connect(database_url) as warehouse, warehouse.read() as connection:
        drops = postgresql.drops_of(connection, own)
        label = warehouse.label
    if drops and not overwrite:
        raise BackupError(f"the database {label} has tables: give --overwrite to have the backup's take their place")
    tools = postgresql.Tools(read_database_url(database_url), settings)
    _prove(backup, manifest, progress)
    tools.restore(backup, manifest.rows, drops)


def _prove(backup: Path, manifest: Manifest, progress: ProgressSink, copied_to: Path | None = None) -> None:
    """Read a backup to its end, copying what is read. Raises BackupError where it is not what its manifest says."""
    digest = sha256()
    done = 0
    with backup.open("rb") as file, open(copied_to or os.devnull, "wb", opener=open_private) as copy:
        while content := file.read(_AT_ONCE):
            digest.update(content)
            try:
                copy.write(content)
            except OSError as error:
                raise OSError(error.errno, f"cannot be written: {error.strerror}", str(copied_to)) from error
            done += len(content)
            progress(Progress("restore", min(done, manifest.size_bytes), manifest.size_bytes, "bytes", backup.name))
        if copied_to is not None:
            copy.flush()
            os.fsync(copy.fileno())
    if done != manifest.size_bytes or digest.hexdigest() != manifest.sha256:
        raise BackupError(
            f"{backup} is damaged: it is not the file that its manifest tells of; nothing was changed, take another one"
        )
