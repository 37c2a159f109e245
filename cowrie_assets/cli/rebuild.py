"""`cowrie-assets rebuild`: the summaries anew from the events."""

from datetime import date
from typing import TYPE_CHECKING

import click

from cowrie_assets.cli.parameters import DAY, open_warehouse, require_order
from cowrie_assets.cli.printing import count, counted
from cowrie_assets.cli.progress import shown_progress
from cowrie_assets.printable import shown

if TYPE_CHECKING:
    from cowrie_assets.progress import ProgressSink
    from cowrie_assets.warehouse.engine import Warehouse

_NOTHING = "Nothing would change: every row is what its events make it."


@click.command()
@click.option("--from", "first", metavar="DAY", type=DAY, help="First day rebuilt; without it, the first there is.")
@click.option("--to", "last", metavar="DAY", type=DAY, help="Last day rebuilt; without it, the last there is.")
@click.option("--dry-run", is_flag=True, help="Tell what would change, and change nothing.")
@click.option("--rows", is_flag=True, help="In a dry run, tell each row that would change, and why.")
@click.option(
    "--workers",
    type=click.IntRange(1, 12),
    default=1,
    show_default=True,
    help="Days that are computed at a time, on PostgreSQL.",
)
@click.option("--anew", is_flag=True, help="Do the days again that a run which was stopped had done.")
def rebuild(*, first: date | None, last: date | None, dry_run: bool, rows: bool, workers: int, anew: bool) -> None:
    """Compute sessions, commands, logins and files anew from the events, and write the rows that differ.

    On a sound warehouse no row differs. Events themselves are never changed, nor is what services said of files and
    addresses. A day is replaced as a whole. A run that was stopped goes on behind the days that it had done, where the
    same days are asked for within 24 hours.

    \b
    Examples:
      cowrie-assets rebuild --dry-run
      cowrie-assets rebuild --dry-run --rows --from 2026-08-01 --to 2026-08-01
      cowrie-assets rebuild --from 2026-08-01 --to 2026-08-31
      cowrie-assets rebuild --workers 4
    """
    from cowrie_assets.operations.archive_check import resting
    from cowrie_assets.operations.rebuild import rebuild as run

    require_order(first, last)
    if rows and not dry_run:
        raise click.UsageError("--rows is of a dry run: it goes with --dry-run")
    with open_warehouse() as (_, warehouse), shown_progress() as progress:
        if dry_run:
            (_print_rows if rows else _print_plan)(warehouse, first, last, progress)
            return
        result = run(warehouse, start=first, end=last, workers=workers, anew=anew, progress=progress)
        rest = resting(warehouse, first, last)
    if result.done_before:
        click.echo(
            f"{counted(result.done_before, 'day')} done before by a run that was stopped: --anew does them again."
        )
    refreshed = result.refresh
    removed = refreshed.rows_removed + result.orphans_removed
    click.echo(
        f"{counted(refreshed.sessions, 'session')} of {counted(result.computed_days, 'day')} computed anew:"
        f" {counted(removed, 'row')} removed, {count(refreshed.rows_written)} written."
    )
    if result.sealed_days:
        on_archive = f"; {rest} on the archive: `cowrie-assets validate` reads it" if rest else ""
        click.echo(f"{counted(result.sealed_days, 'sealed day')} passed by{on_archive}.")


def _print_plan(warehouse: "Warehouse", first: date | None, last: date | None, progress: "ProgressSink") -> None:
    from cowrie_assets.operations.rebuild import rebuild_plan

    plan = rebuild_plan(warehouse, start=first, end=last, progress=progress)
    for difference in plan:
        click.echo(
            f"{difference.day}  {difference.summary:<18} {counted(difference.wrong, 'row')} would be removed,"
            f" {count(difference.missing)} written"
        )
    if not plan:
        click.echo(_NOTHING)


def _print_rows(warehouse: "Warehouse", first: date | None, last: date | None, progress: "ProgressSink") -> None:
    from cowrie_assets.operations.rebuild import rebuild_rows

    none = True
    for row in rebuild_rows(warehouse, start=first, end=last, progress=progress):
        none = False
        place = [row["day"], row["summary"], row["sensor"], row.get("session"), row.get("row")]
        place += [row.get("kind"), row.get("value")]
        told = " ".join(shown(str(part)) for part in place if part)
        click.echo(f"{told}: {shown(row['cause'])}")
    if none:
        click.echo(_NOTHING)
