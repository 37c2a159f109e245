"""`cowrie-assets reparse`: what is stored, derived anew under today's settings and code."""

from datetime import date
from typing import TYPE_CHECKING

import click

from cowrie_assets.cli.parameters import DAY, open_warehouse, require_order
from cowrie_assets.cli.printing import count, counted, printable_json
from cowrie_assets.cli.progress import shown_progress

if TYPE_CHECKING:
    from cowrie_assets.operations.reparse import ReparseResult


@click.command()
@click.option("--from", "first", metavar="DAY", type=DAY, help="First day; without it, the first there is.")
@click.option("--to", "last", metavar="DAY", type=DAY, help="Last day; without it, the last there is.")
@click.option(
    "--dry-run",
    is_flag=True,
    help="Tell what would change, and change nothing: the work is done and undone, by a role that may write.",
)
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def reparse(first: date | None, last: date | None, dry_run: bool, output_format: str) -> None:
    """Derive every stored event anew from its JSON, and bring the summaries up to date.

    Needed after a change of the sensors file, after a folder of logs was renamed, and after an upgrade that says so.
    Afterwards the tables are those of a clean load. A run that is stopped goes on where it was. Folders' names of today
    are taken where all days are asked for.

    \b
    Examples:
      cowrie-assets reparse --dry-run
      cowrie-assets reparse
      cowrie-assets reparse --from 2026-08-01 --to 2026-08-31
    """
    from cowrie_assets.operations.reparse import reparse as run

    require_order(first, last)
    with open_warehouse() as (settings, warehouse), shown_progress() as progress:
        result = run(warehouse, settings, start=first, end=last, dry_run=dry_run, progress=progress)
    if output_format == "json":
        from cowrie_assets.reports.json_writer import dump

        click.echo(printable_json(dump(_document(result))), nl=False)
    else:
        _print_text(result)
    if result.total.unreadable:
        raise click.ClickException(
            f"{counted(result.total.unreadable, 'event')} cannot be derived anew, for this reader takes the JSON for no"
            " event; what is stored stays as it is, `cowrie-assets validate` names some"
        )


def _document(result: "ReparseResult") -> dict[str, object]:
    return {
        "dry_run": result.dry_run,
        "days": len(result.days),
        "events": result.total.events,
        "changed": result.total.changed,
        "merged": result.total.merged,
        "unreadable": result.total.unreadable,
        "spoiled": result.total.spoiled,
        "sealed": result.total.sealed,
        "changed_days": [day.isoformat() for day in result.changed_days],
        "renamed_logs": result.renamed_logs,
        "logs_in_doubt": result.logs_in_doubt,
        "rows_written": result.refresh.rows_written if result.refresh else 0,
    }


def _print_text(result: "ReparseResult") -> None:
    total, would = result.total, "would be " if result.dry_run else ""
    click.echo(
        f"{counted(total.events, 'event')} of {counted(len(result.days), 'day')} read again:"
        f" {count(total.changed)} {would}changed, {count(total.merged)} {would}found to be one with another."
    )
    if result.renamed_logs:
        take = "would take" if result.dry_run else "took"
        click.echo(f"{counted(result.renamed_logs, 'log')} {take} today's name of the folder.")
    if total.spoiled:
        click.echo(
            f"{counted(total.spoiled, 'event was', 'events were')} spoiled in the database: the next"
            " `cowrie-assets ingest` reads their logs again, and what they say takes their place."
        )
    if total.sealed:
        click.echo(f"{counted(total.sealed, 'event')} of sealed days passed by.")
    if result.logs_in_doubt:
        click.echo(
            f"{counted(result.logs_in_doubt, 'log is', 'logs are')} read again from the start by the next"
            " `cowrie-assets ingest`."
        )
    if result.refresh is not None and result.refresh.days:
        days, rows = counted(len(result.refresh.days), "day"), counted(result.refresh.rows_written, "row")
        click.echo(f"Summaries of {days} brought up to date, {rows} written.")
