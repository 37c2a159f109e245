"""`cowrie-assets worker`: does runs that Dagster hands to a broker."""

import click

from cowrie_assets.cli.parameters import configured


@click.command()
@click.option("--slots", type=click.IntRange(1, 64), default=1, show_default=True, help="Runs at a time.")
@click.option(
    "--name", default="cowrie", show_default=True, help="The name of this worker among those of this machine."
)
def worker(slots: int, name: str) -> None:
    """Take runs from the broker that dagster.yaml of DAGSTER_HOME names, and do them until SIGTERM, which lets runs in
    work end first. Each machine has its own worker, or several with other names; docs/WORKERS.md tells how a deployment
    is made.

    \b
    Examples:
      cowrie-assets worker
      cowrie-assets worker --slots 4
    """
    from importlib.util import find_spec

    if find_spec("dagster_celery") is None or find_spec("dagster_postgres") is None:
        raise click.ClickException("workers need more libraries: pip install 'cowrie-assets[celery]'")
    home = configured().environment.get("DAGSTER_HOME")
    if not home:
        raise click.ClickException(
            "DAGSTER_HOME is not set: it names the folder of dagster.yaml, which names the broker"
        )
    from cowrie_assets.orchestration.workers.app import app_of

    # In this process: whoever ends the command ends the worker, and `celery` need not be on PATH.
    options = ["--concurrency", str(slots), "--hostname", f"{name}@%h", "--loglevel", "INFO"]
    app_of(home).worker_main(["worker", *options, "--without-gossip", "--without-mingle"])
