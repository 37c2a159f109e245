"""`cowrie-assets seal` and `unseal`: days that do not change any more."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

import click

from cowrie_assets.cli.parameters import DAY, open_warehouse, require_order
from cowrie_assets.cli.printing import counted
from cowrie_assets.cli.progress import shown_progress

if TYPE_CHECKING:
    from cowrie_assets.operations.seal import SealResult


@click.command()
@click.argument("first", metavar="[DAY", type=DAY, required=False)
@click.argument("last", metavar="DAY]", type=DAY, required=False)
@click.option("--before", metavar="DAY", type=DAY, help="Seal every day before this one.")
def seal(first: date | None, last: date | None, before: date | None) -> None:
    """Seal the days from one to another, or every day before one: loads, rebuilds and reparses leave them as they are,
    and `validate` compares them with what they were.

    Summaries that wait are brought up to date first. What comes of a sealed day later is kept apart, as the view
    `late_events` shows it, until the day is unsealed.

    \b
    Examples:
      cowrie-assets seal --before 2026-06-01
      cowrie-assets seal 2026-05-01 2026-05-31
    """
    from cowrie_assets.operations.seal import seal as run

    if before is not None and first is not None:
        raise click.UsageError("give two days, or --before one")
    if before is None and (first is None or last is None):
        raise click.UsageError("give the first and the last day to seal, or --before DAY")
    require_order(first, last)
    end = before - timedelta(days=1) if before is not None else last
    assert end is not None  # noqa: S101  (for mypy: one of both is given)
    with open_warehouse() as (_, warehouse), shown_progress() as progress:
        result = run(warehouse, first, end, progress=progress)
    _print(result, "sealed", "Nothing to seal: no day of these has events and is not sealed.")


@click.command()
@click.argument("first", metavar="DAY", type=DAY)
@click.argument("last", metavar="DAY", type=DAY)
@click.option("--as-they-are", is_flag=True, help="Open also days whose raw events are not those that were sealed.")
def unseal(first: date, last: date, as_they_are: bool) -> None:
    """Open the sealed days from one to another, take their late events in, and summarise them.

    Their raw events must be in the warehouse, and be those that were sealed. With --as-they-are these need not be
    equal: that gives the proof up, so as to mend what `validate` found.

    \b
    Example:
      cowrie-assets unseal 2026-05-30 2026-05-31
    """
    from cowrie_assets.operations.seal import unseal as run

    require_order(first, last)
    with open_warehouse() as (settings, warehouse), shown_progress() as progress:
        result = run(warehouse, settings, first, last, as_they_are=as_they_are, progress=progress)
    _print(result, "unsealed", "Nothing to unseal: no day of these is sealed.")
    if result.late:
        click.echo(f"{counted(result.late, 'late event')} taken in.")
    if result.without_key:
        events = counted(result.without_key, "late event stays", "late events stay")
        click.echo(
            f"{events} in the view late_events: they came while the key of COWRIE_PRIVACY_KEY was another one, or none,"
            " so nobody can tell whether their day has them already.",
            err=True,
        )
    if result.unreadable:
        raise click.ClickException(
            f"{counted(result.unreadable, 'late event')} cannot be taken in, for this reader takes the JSON for no"
            " event: the view late_events holds them still"
        )


def _print(result: "SealResult", done: str, nothing: str) -> None:
    if not result.days:
        click.echo(nothing)
        return
    click.echo(f"{result.span} {done}, {counted(result.events, 'event')}.")
