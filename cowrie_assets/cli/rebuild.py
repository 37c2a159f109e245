"""`cowrie-assets rebuild`: the summaries anew from the events."""

from datetime import date
from typing import TYPE_CHECKING

import click

from cowrie_assets.cli.parameters import DAY, open_warehouse, require_order
from cowrie_assets.cli.printing import count, counted
from cowrie_assets.cli.progress import shown_progress

if TYPE_CHECKING:
    from cowrie_assets.summaries.differences import Difference


@click.command(short_help="Compute the summaries anew from the events.")
@click.option("--from", "first", metavar="DAY", type=DAY, help="First day rebuilt; without it, the first there is.")
@click.option("--to", "last", metavar="DAY", type=DAY, help="Last day rebuilt; without it, the last there is.")
@click.option("--dry-run", is_flag=True, help="Tell what would change, and change nothing.")
def rebuild(first: date | None, last: date | None, dry_run: bool) -> None:
    """Compute sessions, commands, logins and files anew from the events, and write the rows that differ.

    On a sound warehouse no row differs. Events themselves are never changed.

    \b
    Examples:
      cowrie-assets rebuild --dry-run
      cowrie-assets rebuild --from 2026-08-01 --to 2026-08-31
    """
    from cowrie_assets.operations.rebuild import rebuild as run
    from cowrie_assets.operations.rebuild import rebuild_plan

    require_order(first, last)
    with open_warehouse() as (_, warehouse), shown_progress() as progress:
        if dry_run:
            plan = rebuild_plan(warehouse, start=first, end=last, progress=progress)
        else:
            result = run(warehouse, start=first, end=last, progress=progress)
    if dry_run:
        _print_plan(plan)
        return
    refreshed = result.refresh
    removed = refreshed.rows_removed + result.orphans_removed
    click.echo(
        f"{counted(refreshed.sessions, 'session')} of {counted(len(refreshed.days), 'day')} computed anew:"
        f" {counted(removed, 'row')} removed, {count(refreshed.rows_written)} written."
    )
    if result.sealed_days:
        click.echo(f"{counted(result.sealed_days, 'sealed day')} passed by.")


def _print_plan(plan: "list[Difference]") -> None:
    for difference in plan:
        click.echo(
            f"{difference.day}  {difference.summary:<18} {counted(difference.wrong, 'row')} would be removed,"
            f" {count(difference.missing)} written"
        )
    if not plan:
        click.echo("Nothing would change: every row is what its events make it.")
