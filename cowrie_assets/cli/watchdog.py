"""`cowrie-assets watchdog`: a code location that went bad is loaded anew."""

import time

import click


@click.command()
@click.option("--url", default="http://127.0.0.1:3000", show_default=True, help="The web server of Dagster.")
@click.option("--once", is_flag=True, help="Look until it is clear, and end: 1 where the location cannot be loaded.")
def watchdog(url: str, once: bool) -> None:
    """Ask Dagster's web server every 30 seconds whether the code location is loaded, and have it loaded anew where it
    is not, with longer and longer pauses where that does not help. `cowrie-assets ui` does so by itself: this is for
    services that systemd or containers run.

    \b
    Examples:
      cowrie-assets watchdog
      cowrie-assets watchdog --url http://webserver:3000
      cowrie-assets watchdog --once
    """
    from cowrie_assets.orchestration.locations import WebServer
    from cowrie_assets.printable import printable
    from cowrie_assets.ui.watchdog import LOOKS_BEFORE_RELOAD, SECONDS_BETWEEN_LOOKS, Watchdog

    dog = Watchdog(WebServer(url), lambda line: click.echo(printable(line)))
    if once:
        if not any(dog.look() for _ in range(LOOKS_BEFORE_RELOAD)):
            raise click.ClickException("the code location is not loaded")
        click.echo("The code location is loaded.")
        return
    try:
        while True:
            dog.look()
            time.sleep(SECONDS_BETWEEN_LOOKS)
    except KeyboardInterrupt:
        click.echo("Stopped.")
