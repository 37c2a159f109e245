"""Making a backup beside running writers, proving it, and keeping so many of them."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, inspect, select

from cowrie_assets import __version__, clock
from cowrie_assets.activity import stage
from cowrie_assets.backups import sqlite
from cowrie_assets.backups.errors import BackupError
from cowrie_assets.backups.manifest import ENGINES, SUFFIX, Manifest, digest_of, manifest_path, read_manifest
from cowrie_assets.backups.settings import BackupSettings
from cowrie_assets.database_url import read_database_url
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.reports.drafts import draft_of, remove_abandoned
from cowrie_assets.reports.staged_files import StagedFiles, make_folder, open_private, sync_folder
from cowrie_assets.warehouse import versions
from cowrie_assets.warehouse.engine import Warehouse
from cowrie_assets.warehouse.schema import warehouse_identity

_COPYING = Progress("backup", 0, None, "pages", "copying")
_READING_BACK = Progress("backup", 0, None, "pages", "reading it back")


@dataclass(slots=True)
class BackupResult:
    """A backup that was made, and the older ones that went for it."""

    path: Path
    manifest: Manifest
    removed: list[Path] = field(default_factory=list)


def back_up(
    database_url: str,
    folder: Path,
    settings: BackupSettings,
    *,
    keep: int | None = None,
    progress: ProgressSink = silent,
) -> BackupResult:
    """Write one state of the warehouse into `folder`, which is made where it is missing, whatever writes meanwhile.

    The copy is read back: it is whole, and each table has as many rows as that state. Only then it gets its name, and
    of the older backups of the same warehouse only the newest stay, `keep` in all (None: all). What a killed backup
    left behind goes. Raises BackupError, WarehouseError, OSError.
    """
    with Warehouse.connect(database_url) as warehouse, stage("backup", database=warehouse) as run:
        progress = run.telling(progress)
        revision = versions.current(warehouse)
        if revision is None:
            raise BackupError(f"the database {warehouse.label} has no tables: there is nothing to back up")
        make_folder(folder)
        remove_abandoned(folder)
        made_at = clock.now_us()
        path = folder / f"cowrie-{clock.from_us(made_at):%Y%m%dT%H%M%S.%fZ}{ENGINES[warehouse.dialect]}"
        draft = draft_of(path)
        try:
            _make_empty(draft, path)
            rows, identity = _copy(warehouse, draft, database_url, settings, progress)
            manifest = Manifest(
                file=path.name,
                engine=warehouse.dialect,
                warehouse=identity,
                revision=revision,
                made_at=clock.iso_us(made_at),
                size_bytes=draft.stat().st_size,
                sha256=digest_of(draft),
                rows=rows,
                program=__version__,
            )
            _place(draft, path, manifest)
        finally:
            sqlite.remove(draft)
    return BackupResult(path, manifest, _remove_old(folder, manifest, keep))


def backups_in(folder: Path) -> list[tuple[Path, Manifest]]:
    """The whole backups of any warehouse in a folder, the oldest first; other files are passed over."""
    found = []
    for path in folder.glob(f"cowrie-*{SUFFIX}"):
        backup = path.with_name(path.name.removesuffix(SUFFIX))
        try:
            manifest = read_manifest(backup)
        except (BackupError, OSError):
            continue
        if manifest.file == backup.name and backup.is_file():
            found.append((backup, manifest))
    return sorted(found, key=lambda each: each[1].made_at)


def _copy(
    warehouse: Warehouse, draft: Path, database_url: str, settings: BackupSettings, progress: ProgressSink
) -> tuple[dict[str, int], str]:
    """The number of rows of each table in the copy, and the warehouse's identity. Raises BackupError where they are not
    those of the state that was copied."""
    with warehouse.read() as connection:
        if warehouse.dialect == "sqlite":
            rows, identity = sqlite.count_rows(connection), _identity(connection)
            progress(_COPYING)
            sqlite.copy(connection, draft, progress)
        else:
            from cowrie_assets.backups import postgresql  # noqa: PLC0415  (psycopg)

            tools = postgresql.Tools(read_database_url(database_url), settings)
            rows, identity = postgresql.count_rows(connection), _identity(connection)
            progress(_COPYING)
            tools.dump(draft, postgresql.snapshot_of(connection))
    progress(_READING_BACK)
    found = sqlite.check(draft) if warehouse.dialect == "sqlite" else tools.count_rows(draft)
    wrong = sorted(name for name in rows if found.get(name) != rows[name])
    if wrong:
        raise BackupError(
            f"the backup of {warehouse.label} is not whole: {wrong[0]} has {found.get(wrong[0], 0):,} rows in it, "
            f"{rows[wrong[0]]:,} in the database; no backup was made"
        )
    return rows, identity


def _identity(connection: Connection) -> str:
    if not inspect(connection).has_table(warehouse_identity.name):
        return ""
    return str(connection.execute(select(warehouse_identity.c.identity)).scalar_one())


def _make_empty(draft: Path, path: Path) -> None:
    try:
        open(draft, "xb", opener=open_private).close()
    except OSError as error:
        raise OSError(error.errno, f"cannot be written: {error.strerror}", str(path)) from error


def _place(draft: Path, path: Path, manifest: Manifest) -> None:
    """Put the manifest in its place, then the backup: one that has its name is whole, and is on the disk."""
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    with StagedFiles() as staged:
        staged.add(manifest_path(path), manifest.content)
        staged.place()
    draft.replace(path)
    sync_folder(path.parent)


def _remove_old(folder: Path, newest: Manifest, keep: int | None) -> list[Path]:
    """Remove all but the newest `keep` backups of one warehouse; those of others stay."""
    if keep is None:
        return []
    of_this = [
        path
        for path, manifest in backups_in(folder)
        if (manifest.engine, manifest.warehouse) == (newest.engine, newest.warehouse)
    ]
    old = of_this[:-keep]
    for path in old:
        path.unlink()
        manifest_path(path).unlink()
    return old
