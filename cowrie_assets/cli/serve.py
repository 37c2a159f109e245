"""`cowrie-assets serve`: the written reports in a browser."""

import click

from cowrie_assets.cli.parameters import configured
from cowrie_assets.printable import printable
from cowrie_assets.settings import SERVED_PORT, served_url


@click.command(short_help="Serve the written reports to a browser on this machine.")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=SERVED_PORT, show_default=True, help="The port on 127.0.0.1."
)
def serve(port: int) -> None:
    """Serve the report folder, read-only, on http://127.0.0.1:3080 until Ctrl-C.

    Only this machine can connect, and only written reports can be had. For readers elsewhere put a web server with a
    login in front of it, or publish the folder, and name its place by COWRIE_REPORT_URL: the UI and digests link there.

    \b
    Examples:
      cowrie-assets serve
      COWRIE_REPORT_DIR=/srv/reports cowrie-assets serve --port 8000
    """
    from cowrie_assets.serving.server import serve_reports

    settings = configured().settings

    def ready() -> None:
        click.echo(printable(f"Reports of {settings.report_dir.absolute()}: {served_url(port)}"))

    try:
        serve_reports(settings.report_dir, port, settings.report_url, ready)
    except KeyboardInterrupt:
        click.echo("Stopped.")
