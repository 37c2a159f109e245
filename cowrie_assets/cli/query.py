"""`cowrie-assets query`: SQL over the warehouse and its archive."""

from contextlib import ExitStack
from datetime import date
from pathlib import Path

import click

from cowrie_assets.cli.archive import named_place
from cowrie_assets.cli.parameters import DAY, LocalPath, open_warehouse, require_order
from cowrie_assets.printable import printable


@click.command()
@click.argument("sql", metavar="SQL")
@click.option("--from", "first", metavar="DAY", type=DAY, help="First day of raw_events; without it, the first.")
@click.option("--to", "last", metavar="DAY", type=DAY, help="Last day of raw_events; without it, the last.")
@click.option("--archive", "url", metavar="URL", help="Its folder or URL; without it COWRIE_ARCHIVE_URL.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json", "csv", "parquet"]),
    default="text",
    show_default=True,
    help="How it is written.",
)
@click.option("--output", type=LocalPath(dir_okay=False), help="A file in the place of standard output.")
def query(
    sql: str, *, first: date | None, last: date | None, url: str | None, output_format: str, output: Path | None
) -> None:
    """Run one SELECT, in DuckDB's SQL, over the contract's tables; docs/ARCHIVE.md lists them.

    What it reads is copied into a temporary database before: nothing that it does reaches yours, and it reads no file.
    With --from and --to less of `raw_events` is copied.
    `raw_events` has the events of the database and those that `prune` took out, each once. Times are UTC. In CSV a text
    that a spreadsheet would take for a formula stands behind an apostrophe.

    \b
    Examples:
      cowrie-assets query "SELECT src_ip, count(*) FROM session_summaries GROUP BY 1 ORDER BY 2 DESC LIMIT 10"
      cowrie-assets query "SELECT event_date, event_type, count(*) FROM raw_events GROUP BY ALL" --format csv
      cowrie-assets query "SELECT payload->>'$.input' FROM raw_events" --from 2026-08-31 --to 2026-08-31 --format json
      cowrie-assets query "FROM login_stats" --format parquet --output logins.parquet
      cowrie-assets query "DESCRIBE raw_events"
    """
    from cowrie_assets.cli import query_output
    from cowrie_assets.operations.query import query as run

    require_order(first, last)
    if output_format == "parquet" and output is None:
        raise click.UsageError("--format parquet needs --output FILE")
    with ExitStack() as stack:
        _, warehouse = stack.enter_context(open_warehouse())
        answer = stack.enter_context(run(warehouse, named_place(url), sql, start=first, end=last))
        for sentence in answer.missing:
            click.echo(f"Note: {printable(sentence)}", err=True)
        query_output.write(answer, output_format, output)
    if answer.missing:
        raise click.ClickException("the answer lacks the raw events of days whose files cannot be read: see above")
