"""`cowrie-assets validate`: proof that the numbers are right."""

from datetime import date
from typing import TYPE_CHECKING

import click

from cowrie_assets.cli.archive import named_place
from cowrie_assets.cli.left_to_do import print_left_to_do
from cowrie_assets.cli.parameters import DAY, open_warehouse, require_order
from cowrie_assets.cli.printing import count, counted, printable_json, table
from cowrie_assets.cli.progress import shown_progress
from cowrie_assets.printable import printable, shown

if TYPE_CHECKING:
    from cowrie_assets.summaries.checks import CheckResult

_STATES = {"ok": "ok", "late": "late", "differs": "DIFFERS"}
"""As they are printed, the worst last."""


@click.command(short_help="Prove that summaries and reports equal the events.")
@click.option("--from", "first", metavar="DAY", type=DAY, help="First day looked at; without it, the first there is.")
@click.option("--to", "last", metavar="DAY", type=DAY, help="Last day looked at; without it, the last there is.")
@click.option("--changed", is_flag=True, help="Look at what changed since it was found right, and at nothing else.")
@click.option(
    "--format", "output_format", type=click.Choice(["text", "json"]), default="text", help="How it is printed."
)
def validate(first: date | None, last: date | None, changed: bool, output_format: str) -> None:
    """Compare every row of the summaries with the events they come from, and every report with the summaries.

    Each check is listed with what it compared and the first rows that are wrong; the commands that mend all of it stand
    at the end. In JSON each check has its own.
    With --changed, looked at are the days whose events or sessions are not those that were found right the last time,
    their reports, and the reports that were written since. What is spoiled in the database by other hands shows without
    it only: run it so once a week.
    Days whose raw events left the database are compared with their seals, and their files in the archive that
    COWRIE_ARCHIVE_URL names are read and proved.
    Exit 1 where anything differs. What waits for events that are loaded and not yet summarised, as beside a load that
    runs, is late and does not differ: it is listed, with exit 0.

    \b
    Examples:
      cowrie-assets validate
      cowrie-assets validate --from 2026-08-01 --to 2026-08-31
      cowrie-assets validate --changed
      cowrie-assets validate --format json
    """
    from cowrie_assets.health.left_to_do import left_to_do
    from cowrie_assets.operations.validate import validate as run

    if changed and (first or last):
        raise click.UsageError("--changed chooses the days itself: it goes without --from and --to")
    require_order(first, last)
    with open_warehouse() as (settings, warehouse), shown_progress() as progress:
        place = None if changed else named_place(None)
        results = run(warehouse, settings, start=first, end=last, changed=changed, place=place, progress=progress)
        left = left_to_do(warehouse, settings)
    if output_format == "json":
        _print_json(results)
    elif results:
        _print_text(results)
    else:
        click.echo("nothing changed since all was found right")
    print_left_to_do(left)
    late = sum(result.state == "late" for result in results)
    if late:
        click.echo(
            f"{count(late)} of {counted(len(results), 'check')} {'waits' if late == 1 else 'wait'} for events that are"
            " loaded and not yet summarised:"
            " the load that runs summarises them, or `cowrie-assets ingest` does.",
            err=True,
        )
    failed = sum(result.state == "differs" for result in results)
    if failed:
        raise click.ClickException(
            f"{count(failed)} of {counted(len(results), 'check')} found differences:"
            " run the commands that stand last above, in that order"
        )


def _print_text(results: "list[CheckResult]") -> None:
    from cowrie_assets.summaries.mending import merged

    for result in results:
        click.echo(f"{_STATES[result.state]:<9}{result.name:<36}{printable(result.summary)}")
        for line in table(result.rows):
            click.echo(f"{'':<11}{line}")
        more = (result.wrong or result.late) - len(result.rows)
        if result.rows and more > 0:
            click.echo(f"{'':<11}and {count(more)} more")
    if commands := merged(result.mend for result in results if result.state == "differs" and result.mend):
        click.echo("to mend all of it:")
        for command in commands:
            click.echo(f"  {printable(command)}")


def _print_json(results: "list[CheckResult]") -> None:
    from cowrie_assets.reports.json_writer import dump

    states = [result.state for result in results]
    checks = [
        {
            "name": result.name,
            "state": result.state,
            "differences": result.differences,
            "late": result.late,
            "summary": result.summary,
            "rows": [{name: _plain(value) for name, value in row.items()} for row in result.rows],
            "to_mend": result.mend,
        }
        for result in results
    ]
    document = {"state": max(states, key=list(_STATES).index, default="ok"), "checks": checks}
    click.echo(printable_json(dump(document)), nl=False)


def _plain(value: object) -> object:
    return value if isinstance(value, int | float) or value is None else shown(str(value))
