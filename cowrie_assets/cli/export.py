"""`cowrie-assets export`: tables as files for other programs."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cowrie_assets.cli.export_indicators import export_indicators
from cowrie_assets.cli.parameters import DAY, LocalPath, open_warehouse, require_order
from cowrie_assets.printable import printable

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cowrie_assets.analysis.tables import Span, Table

_TABLES = {
    "sessions": "Sessions, a row each.",
    "commands": "Commands, a row for each session and command.",
    "logins": "Logins, a row for each session, username and password.",
    "files": "Files, a row for each session and SHA-256.",
    "techniques": "Techniques of ATT&CK, a row for each session, technique and rule.",
    "campaigns": "Campaigns, a row each, by the day of their oldest session.",
    "campaign_sessions": "Sessions that belong to a campaign, a row each.",
    "artefacts": "SSH keys, urls, hosts, wallets and endpoints, a row for each session that named one.",
    "events": "Events as Cowrie wrote them, a row each.",
}
_RARE = {
    "snowshoes": "Campaigns of many addresses that hardly ever come, a row each.",
    "longtail": "Sessions that are rare in what they did, a row each.",
}


@click.group()
def export() -> None:
    """Write a table of some days for other programs; docs/ANALYSIS.md describes the columns.

    Days are UTC, those of the session's first event (of events: their own). In CSV a text that a spreadsheet would take
    for a formula stands behind an apostrophe; JSON lines and Parquet have every text as it is.

    \b
    Examples:
      cowrie-assets export sessions --from 2026-08-28 --to 2026-09-03 --output sessions.csv
      cowrie-assets export commands --sensor hp-fra-01 --format jsonl
      cowrie-assets export logins --format parquet --output logins.parquet
      cowrie-assets export indicators --from 2026-08-28 --format stix
    """


def _command(name: str, about: str) -> click.Command:
    @click.command(
        name, short_help=about, help=f"{about}\n\n\b\nExample:\n  cowrie-assets export {name} --format jsonl"
    )
    @click.option("--from", "first", metavar="DAY", type=DAY, help="First day; without it, the first there is.")
    @click.option("--to", "last", metavar="DAY", type=DAY, help="Last day; without it, the last there is.")
    @click.option("--sensor", metavar="NAME", help="This sensor's only.")
    @click.option(
        "--format",
        "output_format",
        type=click.Choice(["csv", "jsonl", "parquet"]),
        default="csv",
        show_default=True,
        help="How it is written.",
    )
    @click.option("--output", type=LocalPath(dir_okay=False), help="A file in the place of standard output.")
    def command(
        *, first: date | None, last: date | None, sensor: str | None, output_format: str, output: Path | None
    ) -> None:
        from cowrie_assets.analysis.rare import RARE_TABLES
        from cowrie_assets.analysis.tables import TABLES, Span, missing_of

        require_order(first, last)
        if output_format == "parquet" and output is None:
            raise click.UsageError("--format parquet needs --output FILE")
        table, span = {**TABLES, **RARE_TABLES}[name], Span(first, last, sensor)
        with open_warehouse() as (_, warehouse), warehouse.read() as connection:
            missing = missing_of(connection, table, span)
            _write(connection, table, span, output_format, output)
        if missing is not None:
            raise click.ClickException(f"what was written lacks events: {printable(missing)}")

    return command


for _name, _about in (_TABLES | _RARE).items():
    export.add_command(_command(_name, _about))
export.add_command(export_indicators)


def _write(connection: "Connection", table: "Table", span: "Span", output_format: str, output: Path | None) -> None:
    from cowrie_assets.cli import export_formats
    from cowrie_assets.cli.whole_file import whole_file

    if output is None:
        for content in export_formats.LINES[output_format](table, _rows(connection, table, span)):
            click.echo(content, nl=False)
        return
    with whole_file(output) as file:
        if output_format == "parquet":
            export_formats.write_parquet(table, _rows(connection, table, span), file)
        else:
            file.writelines(export_formats.LINES[output_format](table, _rows(connection, table, span)))


def _rows(connection: "Connection", table: "Table", span: "Span") -> Iterator[Any]:
    """The rows of all days, some thousands at a time."""
    from cowrie_assets.analysis.rare import RARE_TABLES, rare_rows
    from cowrie_assets.analysis.tables import days_of, rows_of

    if table.name in RARE_TABLES:
        yield list(rare_rows(connection, table, span))
        return
    for day in days_of(connection, table, span):
        yield from rows_of(connection, table, day, span)
