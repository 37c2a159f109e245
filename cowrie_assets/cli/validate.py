"""`cowrie-assets validate`: proof that the numbers are right."""

from datetime import date
from typing import TYPE_CHECKING

import click

from cowrie_assets.cli.archive import named_place
from cowrie_assets.cli.parameters import DAY, MOST, open_warehouse, require_order
from cowrie_assets.cli.printing import count, counted, printable_json, table
from cowrie_assets.cli.progress import shown_progress
from cowrie_assets.printable import printable, shown

if TYPE_CHECKING:
    from cowrie_assets.operations.repair import RepairResult
    from cowrie_assets.summaries.checks import CheckResult

_OF_ROWS = "So many of the rows that differ are shown of each check, the first ones."
_OF_SAMPLE = "Count N sessions drawn at random a second time, from the JSON of their events."

_OF_WORKERS = "Processes that look side by side; without it two, where there are cores and events enough for them."

_STATES = {"ok": "ok", "late": "late", "differs": "DIFFERS"}
"""As they are printed, the worst last."""


@click.command()
@click.option("--from", "first", metavar="DAY", type=DAY, help="First day looked at; without it, the first there is.")
@click.option("--to", "last", metavar="DAY", type=DAY, help="Last day looked at; without it, the last there is.")
@click.option("--changed", is_flag=True, help="Look at what changed since it was found right, and at nothing else.")
@click.option(
    "--format", "output_format", type=click.Choice(["text", "json"]), default="text", help="How it is printed."
)
@click.option("--differences", "examples", type=click.IntRange(1, 10_000), default=10, show_default=True, help=_OF_ROWS)
@click.option("--sample", type=click.IntRange(0, MOST), default=0, metavar="N", help=_OF_SAMPLE)
@click.option("--workers", type=click.IntRange(1, 64), metavar="N", help=_OF_WORKERS)
@click.option("--repair", "repairing", is_flag=True, help="Do what mends what differs, and look again.")
def validate(
    *,
    first: date | None,
    last: date | None,
    changed: bool,
    output_format: str,
    examples: int,
    sample: int,
    workers: int | None,
    repairing: bool,
) -> None:
    """Compare every row of the summaries with the events they come from, and every report with the summaries.

    Each check is listed with what it compared and the first rows that are wrong; the commands that mend all of it stand
    at the end. In JSON each check has its own.
    With --changed, looked at are the days whose events or sessions are not those that were found right the last time,
    their reports, and the reports that were written since. What is spoiled in the database by other hands shows without
    it only: run it so once a week.
    Days whose raw events left the database are compared with their seals, and their files in the archive that
    COWRIE_ARCHIVE_URL names are read and proved.
    With --sample, N sessions drawn at random are counted a second time from the JSON of their events, by a program
    that shares nothing with the others.
    With --repair, the commands at the end are run, on just the days and logs that differ, and all is looked at again:
    what differs still, or needs a decision of yours, is told, with exit 1.
    Exit 1 where anything differs. What waits for events that are loaded and not yet summarised, as beside a load that
    runs, is late and does not differ: it is listed, with exit 0.

    \b
    Examples:
      cowrie-assets validate
      cowrie-assets validate --from 2026-08-01 --to 2026-08-31
      cowrie-assets validate --changed
      cowrie-assets validate --format json
      cowrie-assets validate --sample 1000
      cowrie-assets validate --workers 4
      cowrie-assets validate --repair
    """
    from cowrie_assets.cli.left_to_do import print_left_to_do
    from cowrie_assets.health.left_to_do import left_to_do
    from cowrie_assets.operations.repair import repair
    from cowrie_assets.operations.validate import validate as run

    if changed and (first or last):
        raise click.UsageError("--changed chooses the days itself: it goes without --from and --to")
    require_order(first, last)
    repaired = None
    with open_warehouse() as (settings, warehouse), shown_progress() as progress:
        place = None if changed else named_place(None)

        def look() -> "list[CheckResult]":
            return run(
                warehouse,
                settings,
                start=first,
                end=last,
                changed=changed,
                place=place,
                sample=sample,
                examples=examples,
                workers=workers,
                progress=progress,
            )

        results = look()
        if repairing and any(result.state == "differs" for result in results):
            if output_format == "text":
                _print_text(results)
            repaired = repair(warehouse, settings, results, progress=progress)
            results = look()
        left = left_to_do(warehouse, settings)
    if output_format == "json":
        _print_json(results, repaired)
    else:
        if repaired is not None:
            _print_repaired(repaired)
        if results:
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
        has_commands = any(result.work for result in results if result.state == "differs")
        to_do = "run the commands that stand last above, in that order" if has_commands else "no command mends them"
        raise click.ClickException(f"{count(failed)} of {counted(len(results), 'check')} found differences: {to_do}")


def _print_repaired(repaired: "RepairResult") -> None:
    for command in repaired.done:
        click.echo(f"repaired by: {printable(command)}")
    for sentence in repaired.failed:
        click.echo(f"could not be repaired: {printable(sentence)}")
    for command in repaired.left:
        click.echo(f"left to you, for it gives up the proof of a seal: {printable(command)}")


def _print_text(results: "list[CheckResult]") -> None:
    from cowrie_assets.summaries.mending import commands, merged

    width = max((len(result.name) for result in results), default=0) + 2
    for result in results:
        click.echo(f"{_STATES[result.state]:<9}{result.name:<{width}}{printable(result.summary)}")
        for line in table(result.rows):
            click.echo(f"{'':<11}{line}")
        more = (result.wrong or result.late) - len(result.rows)
        if result.rows and more > 0:
            click.echo(f"{'':<11}and {count(more)} more")
    if to_mend := commands(merged(result.work for result in results if result.state == "differs")):
        click.echo("to mend all of it:")
        for command in to_mend:
            click.echo(f"  {printable(command)}")


def _print_json(results: "list[CheckResult]", repaired: "RepairResult | None") -> None:
    from cowrie_assets.reports.json_writer import dump
    from cowrie_assets.summaries.found_rows import cause

    states = [result.state for result in results]
    checks = [
        {
            "name": result.name,
            "state": result.state,
            "differences": result.differences,
            "late": result.late,
            "summary": result.summary,
            "rows": [
                {name: _plain(value) for name, value in {**row, "cause": cause(row)}.items()} for row in result.rows
            ],
            "to_mend": result.mend,
        }
        for result in results
    ]
    document: dict[str, object] = {"state": max(states, key=list(_STATES).index, default="ok"), "checks": checks}
    if repaired is not None:
        document["repair"] = {"done": repaired.done, "failed": repaired.failed, "left": repaired.left}
    click.echo(printable_json(dump(document)), nl=False)


def _plain_row(row: dict[str, object]) -> dict[str, object]:
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: object) -> object:
    return value if isinstance(value, int | float) or value is None else shown(str(value))
