"""`cowrie-assets backfill`: days of the past, from logs to reports."""

from datetime import date

import click

from cowrie_assets.cli.ingest import print_ingest, require_all_read
from cowrie_assets.cli.parameters import DAY, configured, open_warehouse, require_order
from cowrie_assets.cli.printing import counted
from cowrie_assets.cli.progress import shown_progress


@click.command()
@click.argument("first", metavar="FROM", type=DAY)
@click.argument("last", metavar="TO", type=DAY)
def backfill(first: date, last: date) -> None:
    """Load the logs that have events of FROM to TO, and write the reports of those days, their weeks and months.

    \b
    Examples:
      cowrie-assets backfill 2026-08-01 2026-08-31
      cowrie-assets backfill 2026-08-31 2026-08-31
    """
    from cowrie_assets.operations.backfill import backfill as run
    from cowrie_assets.operations.logs import find_logs
    from cowrie_assets.reports.files import sentence_of

    require_order(first, last)
    settings = configured().settings
    some = bool(find_logs(settings).logs)
    with open_warehouse(create=some, settings=settings) as (_, warehouse), shown_progress() as progress:
        result = run(warehouse, settings, first=first, last=last, progress=progress)
    print_ingest(result.load, result.refresh)
    if not result.days:
        click.echo(f"No event of {_span(first, last)} was found: no summary was made and no report written.")
        require_all_read(result.load)
        return
    if result.without_events:
        number = counted(len(result.without_events), "day has", "days have")
        span = _span(result.without_events[0], result.without_events[-1])
        click.echo(f"{number} no events, {span}: nothing of them was found, and their reports hold zeros.")
    reports = counted(len(result.periods), "day, week or month", "days, weeks and months")
    click.echo(f"Reports of {reports} below {settings.report_dir}: {sentence_of(result.reports)}.")
    require_all_read(result.load)


def _span(first: date, last: date) -> str:
    return f"{first}" if first == last else f"{first} to {last}"
