"""`cowrie-assets history`: how large Dagster's own records are, and removing what of them no page shows."""

from typing import TYPE_CHECKING

import click

from cowrie_assets.cli.parameters import DAYS, configured
from cowrie_assets.cli.printing import count, counted, size
from cowrie_assets.cli.progress import shown_progress
from cowrie_assets.printable import printable

if TYPE_CHECKING:
    from cowrie_assets.history.prune import Pruned
    from cowrie_assets.history.size import HistorySize


@click.group()
def history() -> None:
    """Dagster's own records in DAGSTER_HOME: runs, events, logs and ticks.

    The job `prune_history` does each night what `prune` does.

    \b
    Examples:
      cowrie-assets history size
      cowrie-assets history prune --dry-run
    """


@history.command(name="size", short_help="Tell how many bytes the history takes.")
def size_() -> None:
    """Tell how many bytes the history takes, by what they hold.

    \b
    Example:
      DAGSTER_HOME=$PWD/.dagster_home cowrie-assets history size
    """
    from cowrie_assets.history.measure import measure
    from cowrie_assets.history.storage import open_history

    with open_history(configured().dagster_home) as instance:
        found, home, runs = measure(instance), instance.root_directory, instance.get_runs_count()
    click.echo(f"Dagster's history in {printable(home)}: {size(found.total)}, {counted(runs, 'run')}")
    for line in _parts(found):
        click.echo(line)


@history.command(short_help="Remove old runs, logs and ticks that no page shows.")
@click.option(
    "--days",
    type=DAYS,
    help="Keep all of the last so many days; without it COWRIE_HISTORY_DAYS, else 7.",
)
@click.option("--dry-run", is_flag=True, help="Tell what would go, and remove nothing.")
def prune(days: int | None, dry_run: bool) -> None:
    """Remove runs, events, logs and ticks that are old and say nothing of how a partition stands.

    Each partition keeps its latest materialization and check with all that is shown of them. Runs in work are not
    touched; it can run beside Dagster, and after Ctrl-C it goes on where it was.

    \b
    Examples:
      DAGSTER_HOME=$PWD/.dagster_home cowrie-assets history prune --dry-run
      cowrie-assets history prune --days 30
    """
    from cowrie_assets.history.prune import prune as run
    from cowrie_assets.history.storage import open_history

    kept_days = days or configured().settings.history_days
    with open_history(configured().dagster_home) as instance, shown_progress() as progress:
        pruned = run(instance, kept_days, dry_run=dry_run, progress=progress)
    for warning in pruned.warnings:
        click.echo(f"Warning: {printable(warning)}", err=True)
    click.echo(_told(pruned, kept_days, dry_run=dry_run))


def _told(pruned: "Pruned", days: int, *, dry_run: bool) -> str:
    found = (
        f"{counted(pruned.runs, 'run')}, the logs of {count(pruned.step_logs)} more, {counted(pruned.events, 'event')}"
        f" and the files of {counted(pruned.files_of_no_run, 'unknown run')}"
    )
    if dry_run:
        return f"Older than {counted(days, 'day')} and shown nowhere: {found}. Nothing was removed."
    return f"Removed: {found}. The history took {size(pruned.before.total)}, now {size(pruned.after.total)}."


def _parts(found: "HistorySize") -> list[str]:
    parts = {
        "runs": found.runs,
        "events": found.events,
        "step logs": found.step_logs,
        "compute logs": found.compute_logs,
        "ticks": found.ticks,
    }
    return [f"  {name:<14}{size(number):>10}" for name, number in parts.items()]
