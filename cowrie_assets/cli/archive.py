"""`cowrie-assets archive`, `prune` and `unarchive`: raw events of sealed days, out of the warehouse and back."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cowrie_assets.cli.parameters import DAY, open_warehouse, require_order
from cowrie_assets.cli.printing import counted, size
from cowrie_assets.cli.progress import shown_progress

if TYPE_CHECKING:
    from cowrie_assets.settings import Settings

_FOLDER = click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="The archive's folder; without it COWRIE_ARCHIVE_DIR.",
)


@click.command(short_help="Write raw events of sealed days to Parquet files.")
@click.option("--before", metavar="DAY", type=DAY, required=True, help="Sealed days before this one.")
@_FOLDER
def archive(before: date, folder: Path | None) -> None:
    """Write the raw events of each sealed day to a Parquet file of its own, and prove it by the day's seal.

    They stay in the database until `prune` takes them out.

    \b
    Example:
      cowrie-assets archive --before 2026-06-01 --to /srv/archive
    """
    from cowrie_assets.operations.archive import archive as run

    with open_warehouse() as (settings, warehouse), shown_progress() as progress:
        result = run(warehouse, _chosen(settings, folder), before, progress=progress)
    if not result.days:
        click.echo("Nothing to archive: each sealed day before that has its file, or has left.")
        return
    click.echo(
        f"{counted(len(result.days), 'day')} archived, {counted(result.events, 'event')} in {size(result.size_bytes)}."
    )


@click.command(short_help="Take archived raw events out of the database.")
@click.option("--before", metavar="DAY", type=DAY, required=True, help="Sealed and archived days before this one.")
@_FOLDER
def prune(before: date, folder: Path | None) -> None:
    """Take the raw events of each sealed day out of the database, where its file in the archive holds just these.

    Each file is read to its end before. Summaries and reports stay. `unarchive` is the way back.

    \b
    Example:
      cowrie-assets prune --before 2026-06-01 --to /srv/archive
    """
    from cowrie_assets.operations.archive import prune as run

    with open_warehouse() as (settings, warehouse), shown_progress() as progress:
        result = run(warehouse, _chosen(settings, folder), before, progress=progress)
    click.echo(f"{counted(result.events, 'event')} of {counted(len(result.days), 'day')} taken out.")
    if result.passed_by:
        raise click.ClickException(
            f"{counted(len(result.passed_by), 'sealed day')} from {result.passed_by[0]} to {result.passed_by[-1]} "
            f"stay: the archive does not hold just their events; run `cowrie-assets archive --before {before}`"
        )


@click.command(short_help="Bring archived raw events back.")
@click.argument("first", metavar="DAY", type=DAY)
@click.argument("last", metavar="DAY", type=DAY)
@_FOLDER
def unarchive(first: date, last: date, folder: Path | None) -> None:
    """Put the raw events of the days from one to another back into the database, row for row.

    \b
    Example:
      cowrie-assets unarchive 2026-05-01 2026-05-31 --to /srv/archive
    """
    from cowrie_assets.operations.archive import unarchive as run

    require_order(first, last)
    with open_warehouse() as (settings, warehouse), shown_progress() as progress:
        result = run(warehouse, _chosen(settings, folder), first, last, progress=progress)
    click.echo(f"{counted(result.events, 'event')} of {counted(len(result.days), 'day')} brought back.")


def _chosen(settings: "Settings", folder: Path | None) -> Path:
    chosen = folder or settings.archive_dir
    if chosen is None:
        raise click.UsageError("give --to FOLDER, or set COWRIE_ARCHIVE_DIR")
    return chosen
