"""`cowrie-assets validate`: proof that the numbers are right."""

from datetime import date

import click

from cowrie_assets.cli.parameters import DAY, open_warehouse, require_order
from cowrie_assets.cli.printing import count
from cowrie_assets.cli.progress import shown_progress
from cowrie_assets.printable import printable


@click.command(short_help="Prove that summaries and reports equal the events.")
@click.option("--from", "first", metavar="DAY", type=DAY, help="First day looked at; without it, the first there is.")
@click.option("--to", "last", metavar="DAY", type=DAY, help="Last day looked at; without it, the last there is.")
def validate(first: date | None, last: date | None) -> None:
    """Compare every row of the summaries with the events they come from, and every report with the summaries.

    Each check is listed with what it compared. Exit 1 where anything differs.

    \b
    Examples:
      cowrie-assets validate
      cowrie-assets validate --from 2026-08-01 --to 2026-08-31
    """
    from cowrie_assets.operations.validate import validate as run

    require_order(first, last)
    with open_warehouse() as (settings, warehouse), shown_progress() as progress:
        results = run(warehouse, settings, start=first, end=last, progress=progress)
    for result in results:
        click.echo(f"{'ok' if result.passed else 'DIFFERS':<9}{result.name:<36}{printable(result.summary)}")
        for example in result.examples:
            values = ", ".join(f"{name} {value}" for name, value in example.items())
            click.echo(f"{'':<11}{printable(values)}")
    failed = sum(not result.passed for result in results)
    if failed:
        raise click.ClickException(f"{count(failed)} of {count(len(results))} checks found differences")
