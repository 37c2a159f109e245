"""`cowrie-assets backfill`: days of the past, from logs to reports."""

from datetime import date

import click

from cowrie_assets.cli.ingest import print_ingest, require_all_read
from cowrie_assets.cli.parameters import DAY, configured, open_warehouse, require_order
from cowrie_assets.cli.printing import counted
from cowrie_assets.cli.progress import shown_progress


@click.command(short_help="Load past days and write their reports.")
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
    reports = counted(len(result.periods), "day, week or month", "days, weeks and months")
    click.echo(f"Reports of {reports} below {settings.report_dir}: {sentence_of(result.reports)}.")
    require_all_read(result.load)
