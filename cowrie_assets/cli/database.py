"""`cowrie-assets db`: the tables of the database."""

import click

from cowrie_assets.cli.parameters import configured, require_database


@click.group(name="db", short_help="The database's tables: current, upgrade, downgrade.")
def db() -> None:
    """The database's tables: which revision they are of, and bringing them up to this code's.

    \b
    Examples:
      cowrie-assets db current
      cowrie-assets db upgrade
      cowrie-assets db downgrade 0004
    """


@db.command(short_help="Bring the tables to this code's revision.")
def upgrade() -> None:
    """Bring the tables to the revision that this code works with; an empty database gets them all.

    \b
    Example:
      cowrie-assets db upgrade
    """
    from cowrie_assets.warehouse import versions
    from cowrie_assets.warehouse.engine import Warehouse

    settings = configured().settings
    with Warehouse.connect(settings.database_url, longest_wait=settings.lock_wait_seconds) as warehouse:
        before = versions.current(warehouse)
        after = versions.upgrade(warehouse)
        label = warehouse.label
    if before == after:
        click.echo(f"{label} is at revision {after} already.")
    else:
        click.echo(f"{label}: from {before or 'no tables'} to revision {after}.")


@db.command(short_help="Bring the tables back to an earlier revision.")
@click.argument("revision")
@click.option("--yes", is_flag=True, help="Do it; without this, only tell what would be lost.")
def downgrade(revision: str, yes: bool) -> None:
    """Bring the tables back to an earlier revision, for an older version of this program.

    Raw events, sessions, commands, logins and files stay. What the older tables have no place for is lost, and told;
    nothing is changed without --yes.

    \b
    Examples:
      cowrie-assets db downgrade 0004
      cowrie-assets db downgrade 0004 --yes
    """
    from cowrie_assets.warehouse import versions
    from cowrie_assets.warehouse.engine import Warehouse

    settings = configured().settings
    require_database(settings)
    with Warehouse.connect(settings.database_url, longest_wait=settings.lock_wait_seconds) as warehouse:
        before = versions.current(warehouse)
        lost = versions.losses(before, revision)
        click.echo(
            f"{warehouse.label}: from revision {before} to {revision} loses {'' if lost else 'nothing.'}".rstrip()
        )
        for sentence in lost:
            click.echo(f"  {sentence}.")
        if not yes:
            raise click.ClickException("nothing was changed: back the database up, then give --yes")
        versions.downgrade(warehouse, revision)
    click.echo(f"The tables are of revision {revision}.")


@db.command(short_help="Tell the revision of the tables.")
def current() -> None:
    """Tell the revision of the tables, and the one that this code works with.

    \b
    Example:
      cowrie-assets db current
    """
    from cowrie_assets.warehouse import versions
    from cowrie_assets.warehouse.engine import Warehouse

    settings = configured().settings
    require_database(settings)
    with Warehouse.connect(settings.database_url, longest_wait=settings.lock_wait_seconds) as warehouse:
        revision = versions.current(warehouse)
        label = warehouse.label
    found = f"revision {revision}" if revision else "no tables"
    click.echo(f"{label}: {found}; this code works with {versions.REVISIONS[-1]}.")
