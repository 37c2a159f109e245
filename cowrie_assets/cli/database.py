"""`cowrie-assets db`: the tables of the database, and copies of it."""

from pathlib import Path

import click

from cowrie_assets.cli.database_import import compare, import_source
from cowrie_assets.cli.parameters import MOST, LocalPath, configured, require_database
from cowrie_assets.cli.printing import counted, size
from cowrie_assets.cli.progress import shown_progress
from cowrie_assets.printable import printable


@click.group(name="db")
def db() -> None:
    """The database: which revision its tables are of, bringing them up to this code's, backups and the way back, and
    bringing in the database of an older tool.

    \b
    Examples:
      cowrie-assets db current
      cowrie-assets db upgrade
      cowrie-assets db downgrade 0004
      cowrie-assets db maintain
      cowrie-assets db backup --to /srv/backup
      cowrie-assets db import /srv/cowrieprocessor/cowrieprocessor.sqlite
    """


db.add_command(import_source)
db.add_command(compare)


@db.command(short_help="Bring the tables to this code's revision.")
def upgrade() -> None:
    """Bring the tables to the revision that this code works with; an empty database gets them all.

    \b
    Example:
      cowrie-assets db upgrade
    """
    from cowrie_assets.warehouse import versions
    from cowrie_assets.warehouse.engine import Warehouse

    settings = configured().settings
    with Warehouse.connect(settings.database_url, longest_wait=settings.lock_wait_seconds) as warehouse:
        before = versions.current(warehouse)
        after = versions.upgrade(warehouse)
        label = warehouse.label
    if before == after:
        click.echo(f"{label} is at revision {after} already.")
    else:
        click.echo(f"{label}: from {before or 'no tables'} to revision {after}.")


@db.command(short_help="Bring the tables back to an earlier revision.")
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Do it; without this, only tell what would be lost.")
def downgrade(revision: str, yes: bool) -> None:
    """Bring the tables back to an earlier revision, for an older version of this program.

    Raw events, sessions, commands, logins and files stay. What the older tables have no place for is lost, and told;
    nothing is changed without --yes.

    \b
    Examples:
      cowrie-assets db downgrade 0004
      cowrie-assets db downgrade 0004 --yes
    """
    from cowrie_assets.warehouse import versions
    from cowrie_assets.warehouse.engine import Warehouse

    settings = configured().settings
    require_database(settings)
    with Warehouse.connect(settings.database_url, longest_wait=settings.lock_wait_seconds) as warehouse:
        before = versions.current(warehouse)
        lost = versions.losses(before, revision)
        click.echo(
            f"{warehouse.label}: from revision {before} to {revision} loses {'' if lost else 'nothing.'}".rstrip()
        )
        for sentence in lost:
            click.echo(f"  {sentence}.")
        if not yes:
            raise click.ClickException("nothing was changed: back the database up, then give --yes")
        versions.downgrade(warehouse, revision)
    click.echo(f"The tables are of revision {revision}.")


@db.command(short_help="Tell the revision of the tables.")
def current() -> None:
    """Tell the revision of the tables, and the one that this code works with.

    \b
    Example:
      cowrie-assets db current
    """
    from cowrie_assets.warehouse import versions
    from cowrie_assets.warehouse.engine import Warehouse

    settings = configured().settings
    require_database(settings)
    with Warehouse.connect(settings.database_url, longest_wait=settings.lock_wait_seconds) as warehouse:
        revision = versions.current(warehouse)
        label = warehouse.label
    found = f"revision {revision}" if revision else "no tables"
    click.echo(f"{label}: {found}; this code works with {versions.REVISIONS[-1]}.")


@db.command(short_help="Give back free space, and refresh what PostgreSQL's planner knows.")
@click.option("--full", is_flag=True, help="All there is to do: SQLite writes its file anew, and others wait for it.")
def maintain(full: bool) -> None:
    """Housekeeping of the database, beside running readers and writers; none of its rows changes.

    Free pages of SQLite go back to the disk where a tenth of the file is free; statistics of its planner are dropped,
    for it does without. PostgreSQL vacuums and analyzes the tables that need it. Dagster does so once a week.

    With --full SQLite writes its file anew, and PostgreSQL its tables, which takes up to twice their size on the disk.

    \b
    Examples:
      cowrie-assets db maintain
      cowrie-assets db maintain --full
    """
    from cowrie_assets.telemetry.watching import watched
    from cowrie_assets.warehouse.engine import Warehouse
    from cowrie_assets.warehouse.maintenance import maintain as run

    settings = configured().settings
    require_database(settings)
    with (
        Warehouse.open(settings.database_url, create=False, longest_wait=settings.lock_wait_seconds) as warehouse,
        watched(settings),
        shown_progress() as progress,
    ):
        done = run(warehouse, full=full, progress=progress)
    for sentence in done.sentences:
        click.echo(sentence)
    if done.left is not None:
        raise click.ClickException(done.left)


@db.command(short_help="Copy the database into a folder, beside running writers.")
@click.option("--to", "folder", type=LocalPath(file_okay=False), help="The folder; without it COWRIE_BACKUP_DIR.")
@click.option(
    "--keep",
    type=click.IntRange(1, MOST),
    help="Remove all but so many backups of this database in the folder; without it COWRIE_BACKUP_COPIES in "
    "COWRIE_BACKUP_DIR, and none elsewhere.",
)
def backup(folder: Path | None, keep: int | None) -> None:
    """Copy the database into a folder: one state of it, whatever is written meanwhile. No writer waits.

    The copy is read back and proved before it gets its name; a manifest with its checksum lies beside it. PostgreSQL is
    dumped by pg_dump.

    \b
    Examples:
      cowrie-assets db backup --to /srv/backup
      cowrie-assets db backup --to /srv/backup --keep 14
    """
    from cowrie_assets.backups.backup import back_up
    from cowrie_assets.telemetry.watching import watched

    configuration = configured()
    settings = configuration.backups
    chosen = folder or settings.directory
    if chosen is None:
        raise click.UsageError("give --to FOLDER, or set COWRIE_BACKUP_DIR")
    if keep is None and folder is None:
        keep = settings.copies
    require_database(configuration.settings)
    with watched(configuration.settings), shown_progress() as progress:
        made = back_up(configuration.settings.database_url, chosen, settings, keep=keep, progress=progress)
    rows = sum(made.manifest.rows.values())
    click.echo(f"{printable(str(made.path))}: {size(made.manifest.size_bytes)}, {counted(rows, 'row')}, proved.")
    if made.removed:
        click.echo(f"{counted(len(made.removed), 'older backup')} removed.")


@db.command(short_help="Bring a backup back.")
@click.argument("file", type=LocalPath(dir_okay=False, exists=True))
@click.option("--overwrite", is_flag=True, help="Have the backup take the place of a database that is there.")
def restore(file: Path, overwrite: bool) -> None:
    """Have the database of COWRIE_DATABASE_URL be what a backup holds.

    The backup's checksum is looked at first, and nothing that is there is changed unless --overwrite says so. Stop
    Dagster and other commands before. Of PostgreSQL the database itself must be there; rights of other roles on its
    tables are not restored: grant them again.

    \b
    Examples:
      cowrie-assets db restore /srv/backup/cowrie-20260901T010000.000000Z.db
      cowrie-assets db restore --overwrite /srv/backup/cowrie-20260901T010000.000000Z.db
    """
    from cowrie_assets.backups.restore import restore as run
    from cowrie_assets.telemetry.watching import watched
    from cowrie_assets.warehouse.versions import REVISIONS

    configuration = configured()
    with watched(configuration.settings), shown_progress() as progress:
        manifest = run(
            file, configuration.settings.database_url, configuration.backups, overwrite=overwrite, progress=progress
        )
    click.echo(
        f"The database is that of {manifest.made_at}: {counted(sum(manifest.rows.values()), 'row')}, "
        f"tables of revision {manifest.revision}."
    )
    if manifest.revision != REVISIONS[-1]:
        click.echo(f"This code works with revision {REVISIONS[-1]}: run `cowrie-assets db upgrade`.")


@db.command(short_help="Copy the warehouse into another database, of either engine.")
@click.argument("target")
@click.option("--overwrite", is_flag=True, help="Have a database that holds an older state of this warehouse follow.")
def move(target: str, overwrite: bool) -> None:
    """Copy the warehouse of COWRIE_DATABASE_URL into another database, row for row: from SQLite to PostgreSQL, or back.

    TARGET is a SQLite file, a URL, or a reference to a URL (env:NAME, file:/path, ...), so that no password stands on
    the command line. It must be empty. Each stretch of rows is read back and compared by a digest. Nobody else can
    write to the warehouse meanwhile, and nobody can work with the target until all of it is there. A move that was
    stopped goes on when it is run again; one that was done is compared, and writes nothing. The warehouse stays as it
    is: have COWRIE_DATABASE_URL name the target then.

    \b
    Examples:
      cowrie-assets db move env:COWRIE_POSTGRES_URL
      cowrie-assets db move /srv/cowrie/warehouse.db
    """
    from cowrie_assets.backups.moving import move as run
    from cowrie_assets.database_place import database_at

    settings = configured().settings
    require_database(settings)
    with shown_progress() as progress:
        moved = run(
            settings.database_url,
            database_at(target),
            overwrite=overwrite,
            longest_wait=settings.lock_wait_seconds,
            progress=progress,
        )
    tables, rows = len(moved.rows), sum(moved.rows.values())
    there = "" if not moved.found else ", all were there" if moved.found == rows else f", {moved.found:,} were there"
    click.echo(f"{moved.label}: {counted(rows, 'row')} of {tables} tables{there}; all are proved.")
    click.echo("Have COWRIE_DATABASE_URL name it: what writes to the former database from now on is not in it.")
