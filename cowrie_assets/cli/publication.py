"""`cowrie-assets publication`: reports to Elasticsearch or OpenSearch."""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import click

from cowrie_assets.cli.parameters import MOST, configured, open_warehouse
from cowrie_assets.cli.printing import count, counted, printable_json
from cowrie_assets.printable import printable

if TYPE_CHECKING:
    from cowrie_assets.publishing.publication import PublicationResult
    from cowrie_assets.publishing.server import SearchServer
    from cowrie_assets.publishing.status import PeriodState
    from cowrie_assets.reports.document import ReportDocument
    from cowrie_assets.warehouse.engine import Warehouse

_SHOWN_REFUSALS = 20


@click.group()
def publication() -> None:
    """Every written report once in Elasticsearch or OpenSearch, and again whenever it is written anew.

    The environment says where: COWRIE_ELASTICSEARCH_URL (or COWRIE_OPENSEARCH_URL), with COWRIE_ELASTICSEARCH_API_KEY,
    or _USER and _PASSWORD, as references (env:NAME, file:/path), and COWRIE_ELASTICSEARCH_CA_CERTS. While none is set,
    publishing is off.

    \b
    Examples:
      cowrie-assets publication setup
      cowrie-assets publication run
      cowrie-assets publication status
    """


@publication.command()
def setup() -> None:
    """Make what the server needs: lifecycle policies, index templates, indices with their write aliases.

    What is there already is left as it is, and mended where it differs from what reports need; what an operator added,
    such as a rollover or a delete phase, stays.

    \b
    Example:
      cowrie-assets publication setup
    """
    from cowrie_assets.publishing.setup import has_lifecycles, server_version, set_up

    with _server() as server:
        version = server_version(server)
        for line in set_up(server):
            click.echo(printable(line))
        without = "" if has_lifecycles(server) else ", without lifecycle policies, which it does not have"
        click.echo(f"{server.label} ({printable(version)}) is set up for reports{without}.")


@publication.command()
def check() -> None:
    """Compare what the server has with what reports need; exit 1 where something is missing or differs.

    \b
    Example:
      cowrie-assets publication check
    """
    from cowrie_assets.publishing.setup import findings, has_lifecycles, server_version

    with _server() as server:
        version = server_version(server)
        found = findings(server)
        without = "" if has_lifecycles(server) else " but lifecycle policies, which it does not know"
    for finding in found:
        click.echo(printable(str(finding)))
    if found:
        raise click.ClickException(f"{counted(len(found), 'finding')}; `cowrie-assets publication setup` mends them")
    click.echo(f"{server.label} ({printable(version)}) has all that reports need{without}.")


@publication.command()
@click.option("--all", "everything", is_flag=True, help="Every written report, also what was confirmed before.")
@click.option("--dry-run", is_flag=True, help="Print what would be sent, as NDJSON; ask no server, note nothing.")
def run(everything: bool, dry_run: bool) -> None:
    """Publish every written report that the server has not confirmed; exit 1 where one is left.

    What fails is kept with its reason and tried again, here or by Dagster. --all is for a new or a restored server.

    \b
    Examples:
      cowrie-assets publication run
      cowrie-assets publication run --dry-run > documents.ndjson
    """
    if dry_run:
        _print_pending(everything=everything)
        return
    from cowrie_assets.cli.progress import shown_progress
    from cowrie_assets.publishing.outbox import forget_confirmations
    from cowrie_assets.publishing.publication import publish_pending

    with _server() as server, open_warehouse() as (settings, warehouse):
        if everything:
            forget_confirmations(warehouse, server.product)
        with shown_progress() as progress:
            result = publish_pending(warehouse, settings, server, progress=progress)
    _tell(result)


@publication.command()
@click.option(
    "--limit", type=click.IntRange(1, MOST), default=30, show_default=True, help="The newest so many periods."
)
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def status(limit: int, output_format: str) -> None:
    """Show which report is published, which waits, and which failed and why. It asks no server.

    \b
    Examples:
      cowrie-assets publication status
      cowrie-assets publication status --limit 400 --format json
    """
    from cowrie_assets.publishing.destination import OFF
    from cowrie_assets.publishing.status import period_states

    destination = configured().publishing
    with open_warehouse() as (_, warehouse), warehouse.read() as connection:
        states = period_states(connection, destination.product if destination else "elasticsearch")
    if output_format == "json":
        _print_json(states[:limit])
        return
    click.echo(f"{destination.product} at {destination.label}" if destination else f"{OFF[0].upper()}{OFF[1:]}.")
    counts = {name: sum(state.state == name for state in states) for name in ("published", "pending", "failed")}
    click.echo(", ".join(f"{count(number)} {name}" for name, number in counts.items()))
    for state in states[:limit]:
        click.echo(_line(state))


def publish_built(warehouse: "Warehouse", documents: Iterable["ReportDocument"]) -> None:
    """Publish documents that were just built; raises an error where one of them is not published."""
    from cowrie_assets.publishing.publication import publish_documents

    with _server() as server:
        result = publish_documents(warehouse, server, documents)
    _tell(result)


def _tell(result: "PublicationResult") -> None:
    """Say what a publishing did; raises an error where something is not published."""
    click.echo(f"{counted(result.published, 'document')} published.")
    for key, reason in list(result.refused.items())[:_SHOWN_REFUSALS]:
        click.echo(printable(f"refused: {key.report_type} {key.period} {key.sensor}: {reason}"), err=True)
    if result.error is not None:
        raise click.ClickException(f"{printable(result.error)}; what is not published waits and is tried again")
    if result.refused:
        raise click.ClickException(
            f"{counted(len(result.refused), 'document was', 'documents were')} refused; what was refused is tried again"
        )


@contextmanager
def _server() -> Iterator["SearchServer"]:
    """A connection to the configured server; what goes wrong with it is told as one sentence."""
    from cowrie_assets.publishing.connecting import connect
    from cowrie_assets.publishing.destination import OFF
    from cowrie_assets.publishing.server import ServerError
    from cowrie_assets.publishing.setup import SetupError

    destination = configured().publishing
    if destination is None:
        raise click.ClickException(OFF)
    try:
        with closing(connect(destination)) as server:
            yield server
    except (ServerError, SetupError) as error:
        raise click.ClickException(printable(str(error))) from None


def _print_pending(*, everything: bool) -> None:
    from cowrie_assets.publishing.publication import ndjson, pending_documents

    destination = configured().publishing
    product = destination.product if destination else "elasticsearch"
    with open_warehouse() as (settings, warehouse):
        pending = pending_documents(warehouse, settings.report_dir, product, everything=everything)
        for line in ndjson(pending.documents):
            click.echo(printable_json(line), nl=False)
    for lost in pending.lost:
        click.echo(printable(f"{lost}: the report would be written anew first"), err=True)


def _print_json(states: list["PeriodState"]) -> None:
    from cowrie_assets.reports.json_writer import dump

    rows = [
        {
            "report_type": state.period.report_type,
            "period": state.period.label,
            "state": state.state,
            "documents": state.documents,
            "generated_at": _time(state.generated_at),
            "published_at": _time(state.published_at),
            "error": state.error,
            "next_attempt_at": _time(state.next_attempt_at),
        }
        for state in states
    ]
    click.echo(printable_json(dump(rows)), nl=False)


def _line(state: "PeriodState") -> str:
    head = f"{state.period.report_type:<8} {state.period.label:<10} {state.state:<9}"
    if state.state == "published":
        return f"{head} {counted(state.documents, 'document')} at {_time(state.published_at)}"
    if state.error is None:
        return f"{head} since {_time(state.generated_at)}"
    again = f"; tried again from {_time(state.next_attempt_at)}" if state.next_attempt_at else ""
    return printable(f"{head} {state.error}{again}")


def _time(us: int | None) -> str | None:
    from cowrie_assets.clock import iso_us

    return None if us is None else iso_us(us)
