"""`cowrie-assets archive`, `prune`, `unarchive`: raw events of sealed days, out of the warehouse and back. `privacy`:
what is old enough is hashed or dropped."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import click

from cowrie_assets.cli.parameters import DAY, DAYS, configured, open_warehouse, require_order
from cowrie_assets.cli.printing import counted, size
from cowrie_assets.cli.progress import shown_progress

if TYPE_CHECKING:
    from cowrie_assets.archives.places import Place
    from cowrie_assets.operations.privacy import PrivacyResult

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


@click.command()
@click.option("--passwords-days", metavar="N", type=DAYS, help="In place of COWRIE_PRIVACY_PASSWORDS_DAYS.")
@click.option("--addresses-days", metavar="N", type=DAYS, help="In place of COWRIE_PRIVACY_ADDRESSES_DAYS.")
@click.option(
    "--vacuum/--no-vacuum",
    default=None,
    help="Whether to write the database anew at the end; without it COWRIE_PRIVACY_VACUUM, which is on.",
)
@click.option("--dry-run", is_flag=True, help="Say which days and dead letters are due, and change nothing.")
def privacy(passwords_days: int | None, addresses_days: int | None, vacuum: bool | None, dry_run: bool) -> None:
    """Hash or drop what logins typed and source addresses, of days that lie so many days back: in the database, the
    archive and the reports.

    It cannot be undone. The days are sealed. At the end SQLite's file is written anew, so that no copy of a value stays
    in it: that keeps writers out and takes up to twice its size on the disk. PostgreSQL vacuums its tables. What
    backups, search servers and other copies hold is told in docs/RETENTION.md.

    \b
    Examples:
      cowrie-assets privacy --dry-run
      cowrie-assets privacy --passwords-days 90 --addresses-days 30
    """
    from cowrie_assets.operations.privacy import treat_old_days

    settings = configured().settings
    settings = replace(
        settings,
        passwords_days=passwords_days or settings.passwords_days,
        addresses_days=addresses_days or settings.addresses_days,
        privacy_vacuum=settings.privacy_vacuum if vacuum is None else vacuum,
    )
    with open_warehouse(settings=settings) as (_, warehouse), shown_progress() as progress:
        result = treat_old_days(warehouse, settings, named_place(None), dry_run=dry_run, progress=progress)
    for sentence in _sentences(result, settings.privacy_mode, dry_run=dry_run):
        click.echo(sentence)
    if result.left is not None:
        raise click.ClickException(result.left)


def _sentences(result: "PrivacyResult", mode: str, *, dry_run: bool) -> list[str]:
    done = {"hash": "hashed", "drop": "dropped"}[mode]
    told = [
        f"{kind.name.capitalize()} of {counted(len(days), 'day')}, {days[0]} to {days[-1]}, "
        f"{'would be' if dry_run else 'are'} {done}."
        for kind, days in result.days.items()
        if days
    ]
    if not told:
        told = ["No day is due."]
    if result.letters:
        told.append(
            f"The contents of {counted(result.letters, 'dead letter')} {'would be' if dry_run else 'are'} dropped."
        )
    if result.files or result.reports:
        told.append(
            f"{counted(result.files, 'file')} of the archive and the reports of {counted(result.reports, 'period')} "
            "are written anew."
        )
    if result.is_rewritten and not result.may_have_traces:
        told.append("The database file is written anew: nothing of what was removed is in it.")
    elif result.is_rewritten:
        told.append(
            "The tables are vacuumed: no query reads what was removed. Bytes of it may lie in free room of their files "
            "until `cowrie-assets db maintain --full` writes them anew."
        )
    elif result.may_have_traces and result.traces_left is None:
        told.append(
            "Copies of what was removed may lie in the database's files until `cowrie-assets db maintain --full` "
            "writes them anew."
        )
    return told


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
