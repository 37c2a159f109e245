"""`cowrie-assets mcp`: the warehouse for assistants."""

import click

from cowrie_assets.cli.parameters import configured, require_database


@click.command()
def mcp() -> None:
    """Serve the database to an assistant that speaks the Model Context Protocol, over standard input and output.

    An assistant starts it itself; docs/MCP.md has the lines of its configuration. Its tools only read: status, report,
    find, session, techniques, campaigns. Nothing can be written, no question takes longer than 30 s, answers are
    bounded, and what attackers wrote is marked as data. Needs the extra: pip install "cowrie-assets[mcp]".

    \b
    Example:
      COWRIE_DATABASE_URL=sqlite:////var/lib/cowrie_assets/cowrie.db cowrie-assets mcp
    """
    try:
        from cowrie_assets.mcp_server.server import ANSWERS_WITHIN, server_of
    except ImportError:
        raise click.ClickException('mcp is not installed: pip install "cowrie-assets[mcp]"') from None
    from cowrie_assets.warehouse.engine import Warehouse

    settings = configured().settings
    require_database(settings)
    with Warehouse.open(settings.database_url, create=False, answers_within=ANSWERS_WITHIN) as warehouse:
        server_of(warehouse, settings).run("stdio")
