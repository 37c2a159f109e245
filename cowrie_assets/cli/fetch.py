"""`cowrie-assets fetch`: logs from object storage."""

import click

from cowrie_assets.cli.parameters import configured
from cowrie_assets.cli.printing import counted, size
from cowrie_assets.cli.progress import shown_progress
from cowrie_assets.printable import printable


@click.command()
def fetch() -> None:
    """Copy what is new or changed of the logs below COWRIE_LOG_URL into COWRIE_LOG_ROOT, where `ingest`, `collect` and
    Dagster read them.

    COWRIE_LOG_URL is a URL that fsspec knows, s3://bucket/folder; COWRIE_LOG_OPTIONS, as JSON, is what it is opened
    with, secrets in it as references (env:NAME, file:/path). Each object is fetched again only when it changes, also
    where its copy was deleted here meanwhile; an event is stored once, however often its log is fetched.

    \b
    Examples:
      COWRIE_LOG_URL=s3://honeypots/logs cowrie-assets fetch
      cowrie-assets fetch; cowrie-assets ingest
    """
    from cowrie_assets.log_store.fetching import fetch as run

    configuration = configured()
    with shown_progress() as progress:
        done = run(configuration.settings, configuration.log_store, progress=progress)
    for warning in done.warnings:
        click.echo(f"Warning: {printable(warning)}", err=True)
    unchanged = counted(done.unchanged, "log is", "logs are")
    click.echo(f"{counted(done.logs, 'log')} fetched, {size(done.bytes)}; {unchanged} unchanged.")
    if done.failed:
        raise click.ClickException(f"{counted(done.failed, 'log')} could not be fetched: the warnings above say why")
