"""`cowrie-assets collect`: a machine with sensors loads its own logs into a database that many share."""

import time
from typing import TYPE_CHECKING

import click

from cowrie_assets.cli.ingest import print_ingest, require_all_read
from cowrie_assets.cli.parameters import configured, open_warehouse
from cowrie_assets.cli.printing import duration
from cowrie_assets.cli.progress import shown_progress
from cowrie_assets.printable import printable

if TYPE_CHECKING:
    from cowrie_assets.ingest.load_result import LoadResult
    from cowrie_assets.settings import Settings

_LONGEST_PAUSE = 600.0


@click.command()
@click.option(
    "--every",
    type=click.FloatRange(min=1, max=86_400),
    metavar="SECONDS",
    help="Go on until it is stopped, and look for what is new so often. Without it: once.",
)
def collect(every: float | None) -> None:
    """Load what is new below COWRIE_LOG_ROOT of this machine into the PostgreSQL of COWRIE_DATABASE_URL, under the name
    COWRIE_COLLECTOR. Any number of machines do so at once; each event is stored once.

    Summaries and reports are made by the machine with Dagster, whose sensor `new_logs` finds what came in. The role
    needs the rights of `cowrie_collector` only (deploy/postgresql/roles.sql). With --every a database or a network that
    is away is waited for, and room on the server's disk, longer and longer, up to ten minutes; no connection is kept
    between two looks.

    \b
    Examples:
      COWRIE_COLLECTOR=paris cowrie-assets collect
      COWRIE_COLLECTOR=paris cowrie-assets collect --every 30
    """
    from cowrie_assets.operations.collect import require_collector

    settings = configured().settings
    require_collector(settings)
    if every is None:
        loaded = _collected(settings)
        print_ingest(loaded, None)
        require_all_read(loaded)
        return
    try:
        _go_on(settings, every)
    except KeyboardInterrupt:
        click.echo("Stopped. What was committed before stays; the next start goes on from there.")


def _collected(settings: "Settings") -> "LoadResult":
    from cowrie_assets.operations.collect import collect as run

    with open_warehouse(settings=settings) as (_, warehouse), shown_progress() as progress:
        return run(warehouse, settings, progress=progress)


def _go_on(settings: "Settings", every: float) -> None:
    """Looks until it is stopped. What is told of a look is told once, until another look says otherwise."""
    from cowrie_assets.backoff import Backoff
    from cowrie_assets.faults import may_pass, sentence_of
    from cowrie_assets.ingest.discovery import DiscoveryError
    from cowrie_assets.warehouse.errors import WarehouseFullError

    rest, failures = Backoff(every, max(every, _LONGEST_PAUSE)), 0
    told: set[str] = set()
    while True:
        pause = every
        try:
            loaded = _collected(settings)
        except Exception as error:
            sentence = sentence_of(error)
            if sentence is None or not (may_pass(error) or isinstance(error, (DiscoveryError, WarehouseFullError))):
                raise
            failures += 1
            pause = rest.pause(failures)
            if sentence not in told:
                click.echo(f"Warning: {printable(sentence)}; the next look is in {duration(pause)}.", err=True)
            told = {sentence}
        else:
            failures, warnings = 0, set(loaded.warnings)
            loaded.warnings[:] = [each for each in loaded.warnings if each not in told]
            told = warnings
            print_ingest(loaded, None, quiet=True)
        time.sleep(pause)
