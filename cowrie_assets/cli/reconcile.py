"""`cowrie-assets reconcile`: Dagster is told what was done without it."""

from pathlib import Path

import click

from cowrie_assets.cli.parameters import configured, open_warehouse
from cowrie_assets.cli.printing import counted
from cowrie_assets.cli.progress import shown_progress


@click.command()
@click.option("--checks/--no-checks", default=True, help="Run the checks that are due, over all days; the default.")
def reconcile(checks: bool) -> None:
    """Record in Dagster the days and reports that stand in the warehouse and that it does not know, or knows otherwise.

    For what the command line loaded, rebuilt or reported. A running Dagster does the same by itself, a few days a
    minute, with its sensor unrecorded_work. A second reconcile records nothing. DAGSTER_HOME names Dagster's folder.

    \b
    Examples:
      DAGSTER_HOME=/var/lib/dagster cowrie-assets reconcile
      DAGSTER_HOME=/var/lib/dagster cowrie-assets reconcile --no-checks
    """
    home = _require_home(configured().dagster_home)
    from cowrie_assets.ui.home import prepare_home

    prepare_home(home)  # before Dagster is loaded, which warns where its settings are missing
    from cowrie_assets.defs.reconcile import reconcile_home

    with open_warehouse() as (settings, warehouse), shown_progress() as progress:
        done = reconcile_home(warehouse, settings, run_checks=checks, progress=progress)
    if not done.partitions and not done.checks:
        click.echo("Dagster has a record of all that stands in the warehouse.")
    else:
        click.echo(f"{counted(done.partitions, 'partition')} and {counted(done.checks, 'check')} recorded in Dagster.")
    if done.not_on_disk:
        click.echo(
            f"{counted(done.not_on_disk, 'report')} of the warehouse not recorded: the files are not below "
            f"{settings.report_dir}. `cowrie-assets backfill` writes them anew.",
            err=True,
        )


def _require_home(home: str | None) -> Path:
    """The folder. Raises an error where there is no Dagster to tell anything."""
    if not home:
        raise click.ClickException("DAGSTER_HOME is not set: it names the folder in which Dagster keeps its records")
    if not Path(home).is_absolute() or not Path(home).is_dir():
        raise click.ClickException(f"DAGSTER_HOME must name a folder that is there, by its whole path, not be {home!r}")
    return Path(home)
