"""`cowrie-assets ui`: Dagster and the reports in a browser."""

import click

from cowrie_assets.cli.parameters import configured
from cowrie_assets.settings import SERVED_PORT

_PORT = click.IntRange(1, 65535)


@click.command()
@click.option("--port", type=_PORT, default=3000, show_default=True, help="The UI's port on 127.0.0.1.")
@click.option(
    "--reports-port", type=_PORT, default=SERVED_PORT, show_default=True, help="The reports' port on 127.0.0.1."
)
def ui(port: int, reports_port: int) -> None:
    """Run Dagster, which follows the logs, and serve the reports, until Ctrl-C. Only this machine can connect.

    Dagster's history is kept in DAGSTER_HOME, else in .dagster_home in the working directory. What is printed after
    the start is warnings and errors.

    \b
    Examples:
      COWRIE_LOG_ROOT=/var/log/cowrie cowrie-assets ui
      DAGSTER_HOME=/var/lib/dagster cowrie-assets ui --port 3001 --reports-port 3081
    """
    from cowrie_assets.ui.run import run_ui

    configuration = configured()
    _ = configuration.settings  # a wrong value is told before anything starts
    try:
        run_ui(configuration.environment, port=port, reports_port=reports_port, told=click.echo)
    except KeyboardInterrupt:
        click.echo("Stopped.")
