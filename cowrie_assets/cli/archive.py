"""`cowrie-assets archive`, `prune` and `unarchive`: raw events of sealed days, out of the warehouse and back."""

from datetime import date
from typing import TYPE_CHECKING

import click

from cowrie_assets.cli.parameters import DAY, configured, open_warehouse, require_order
from cowrie_assets.cli.printing import counted, size
from cowrie_assets.cli.progress import shown_progress

if TYPE_CHECKING:
    from cowrie_assets.archives.places import Place

_TO = click.option(
    "--to",
    "url",
    metavar="URL",
    help="The archive: a folder, or a URL such as s3://bucket/cowrie; without it COWRIE_ARCHIVE_URL.",
)


@click.command()
@click.option("--before", metavar="DAY", type=DAY, required=True, help="Sealed days before this one.")
@_TO
def archive(before: date, url: str | None) -> None:
    """Write the raw events of each sealed day to a Parquet file of its own, and prove it by the day's seal.

    They stay in the database until `prune` takes them out.

    \b
    Example:
      cowrie-assets archive --before 2026-06-01 --to /srv/archive
      cowrie-assets archive --before 2026-06-01 --to s3://bucket/cowrie
    """
    from cowrie_assets.operations.archive import archive as run
    from cowrie_assets.reports.averages import share

    with open_warehouse() as (_, warehouse), shown_progress() as progress:
        result = run(warehouse, _required_place(url), None, before, progress=progress)
    if not result.days:
        click.echo("Nothing to archive: each sealed day before that has its file, or has left.")
        return
    percent = share(result.size_bytes, result.payload_bytes)
    of_json = "" if percent is None else f", {percent} % of their JSON"
    click.echo(
        f"{counted(len(result.days), 'day')} archived, {counted(result.events, 'event')} in {size(result.size_bytes)}"
        f"{of_json}."
    )


@click.command()
@click.option("--before", metavar="DAY", type=DAY, required=True, help="Sealed and archived days before this one.")
@_TO
def prune(before: date, url: str | None) -> None:
    """Take the raw events of each sealed day out of the database, where its file in the archive holds just these.

    Each file is read to its end before. Summaries and reports stay. `unarchive` is the way back.

    \b
    Example:
      cowrie-assets prune --before 2026-06-01 --to /srv/archive
    """
    from cowrie_assets.operations.archive import prune as run

    with open_warehouse() as (_, warehouse), shown_progress() as progress:
        result = run(warehouse, _required_place(url), None, before, progress=progress)
    texts = f", and {counted(result.texts, 'text')} that nothing else names" if result.texts else ""
    click.echo(f"{counted(result.events, 'event')} of {counted(len(result.days), 'day')} taken out{texts}.")
    if result.passed_by:
        raise click.ClickException(
            f"{counted(len(result.passed_by), 'sealed day')} from {result.passed_by[0]} to {result.passed_by[-1]} "
            f"stay: the archive does not hold just their events; run `cowrie-assets archive --before {before}`"
        )


@click.command()
@click.argument("first", metavar="DAY", type=DAY)
@click.argument("last", metavar="DAY", type=DAY)
@_TO
def unarchive(first: date, last: date, url: str | None) -> None:
    """Put the raw events of the days from one to another back into the database, row for row.

    \b
    Example:
      cowrie-assets unarchive 2026-05-01 2026-05-31 --to /srv/archive
    """
    from cowrie_assets.operations.archive import unarchive as run

    require_order(first, last)
    with open_warehouse() as (_, warehouse), shown_progress() as progress:
        result = run(warehouse, _required_place(url), first, last, progress=progress)
    click.echo(f"{counted(result.events, 'event')} of {counted(len(result.days), 'day')} brought back.")


def named_place(url: str | None) -> "Place | None":
    """The archive that a command names, else the environment's; None where neither does."""
    from cowrie_assets.archives.places import open_place

    settings = configured().archives.at(url)
    return None if settings.url is None else open_place(settings)


def _required_place(url: str | None) -> "Place":
    place = named_place(url)
    if place is None:
        raise click.UsageError("give --to URL, or set COWRIE_ARCHIVE_URL")
    return place
