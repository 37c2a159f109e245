"""`cowrie-assets serve`: the written reports in a browser."""

import click

from cowrie_assets.cli.parameters import configured
from cowrie_assets.printable import printable
from cowrie_assets.settings import SERVED_PORT, served_url


@click.command()
@click.option(
    "--port", type=click.IntRange(1, 65535), default=SERVED_PORT, show_default=True, help="The port on 127.0.0.1."
)
def serve(port: int) -> None:
    """Serve the report folder, read-only, on http://127.0.0.1:3080 until Ctrl-C.

    Only this machine can connect, and only written reports can be had. For readers elsewhere put a web server with a
    login in front of it, or publish the folder, and name its place by COWRIE_REPORT_URL: the UI and digests link there.
    With COWRIE_METRICS_PORT, metrics for Prometheus are had on that port of 127.0.0.1, as /metrics.

    \b
    Examples:
      cowrie-assets serve
      COWRIE_REPORT_DIR=/srv/reports cowrie-assets serve --port 8000
    """
    from cowrie_assets.serving.server import Metrics, serve_reports

    settings = configured().settings

    def ready() -> None:
        click.echo(printable(f"Reports of {settings.report_dir.absolute()}: {served_url(port)}"))
        if metrics is not None:
            click.echo(f"Metrics: {served_url(metrics.port)}metrics")

    metrics = None
    if settings.metrics_port is not None:
        from cowrie_assets.telemetry.scraped import Scraped

        metrics = Metrics(settings.metrics_port, Scraped(settings).text)
    try:
        serve_reports(settings.report_dir, port, settings.report_url, ready, metrics)
    except KeyboardInterrupt:
        click.echo("Stopped.")
