"""`cowrie-assets db`: the tables of the database."""

import click

from cowrie_assets.cli.parameters import require_database


@click.group(name="db", short_help="The database's tables: current, upgrade.")
def db() -> None:
    """The database's tables: which revision they are of, and bringing them up to this code's.

    \b
    Examples:
      cowrie-assets db current
      cowrie-assets db upgrade
    """


@db.command(short_help="Bring the tables to this code's revision.")
def upgrade() -> None:
    """Bring the tables to the revision that this code works with; an empty database gets them all.

    \b
    Example:
      cowrie-assets db upgrade
    """
    from cowrie_assets.settings import Settings
    from cowrie_assets.warehouse import versions
    from cowrie_assets.warehouse.engine import Warehouse

    with Warehouse.connect(Settings.from_environment().database_url) as warehouse:
        before = versions.current(warehouse)
        after = versions.upgrade(warehouse)
        label = warehouse.label
    if before == after:
        click.echo(f"{label} is at revision {after} already.")
    else:
        click.echo(f"{label}: from {before or 'no tables'} to revision {after}.")


@db.command(short_help="Tell the revision of the tables.")
def current() -> None:
    """Tell the revision of the tables, and the one that this code works with.

    \b
    Example:
      cowrie-assets db current
    """
    from cowrie_assets.settings import Settings
    from cowrie_assets.warehouse import versions
    from cowrie_assets.warehouse.engine import Warehouse

    settings = Settings.from_environment()
    require_database(settings)
    with Warehouse.connect(settings.database_url) as warehouse:
        revision = versions.current(warehouse)
        label = warehouse.label
    found = f"revision {revision}" if revision else "no tables"
    click.echo(f"{label}: {found}; this code works with {versions.REVISIONS[-1]}.")
