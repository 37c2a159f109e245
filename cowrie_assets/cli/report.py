"""`cowrie-assets report`: the numbers of days, weeks and months."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cowrie_assets.cli.parameters import open_warehouse
from cowrie_assets.cli.printing import count, printable_json
from cowrie_assets.printable import printable_lines
from cowrie_assets.reports.periods import REPORT_TYPES, Period, PeriodError, ReportType, parse_period, periods_between

if TYPE_CHECKING:
    from cowrie_assets.reports.document import ReportDocument
    from cowrie_assets.reports.files import ReportFormat
    from cowrie_assets.warehouse.engine import Warehouse


@click.command(short_help="Print or write the report of a day, week or month.")
@click.argument("report_type", metavar="daily|weekly|monthly", type=click.Choice(REPORT_TYPES))
@click.argument("period")
@click.option("--to", metavar="PERIOD", help="Make the reports of every period up to this one.")
@click.option("--sensor", metavar="NAME", help="Of this sensor, in place of the aggregate of all.")
@click.option("--all-sensors", is_flag=True, help="The aggregate, and each sensor besides.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["json", "text"]),
    help="json unless told otherwise; with --output, both.",
)
@click.option(
    "--output",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write files DIR/<type>/<period>/<sensor>.json and .txt in place of standard output.",
)
@click.option(
    "--top", type=click.IntRange(min=1, max=1000), default=10, show_default=True, help="Items in each top list."
)
def report(
    *,
    report_type: ReportType,
    period: str,
    to: str | None,
    sensor: str | None,
    all_sensors: bool,
    output_format: "ReportFormat | None",
    output: Path | None,
    top: int,
) -> None:
    """Print the report of a day (2026-08-31), an ISO week (2026-W36) or a month (2026-08), all of UTC.

    It is one JSON document; where several reports are asked for (--to, --all-sensors), one array of them.

    \b
    Examples:
      cowrie-assets report daily 2026-08-31
      cowrie-assets report weekly 2026-W36 --sensor hp-fra-01 --format text
      cowrie-assets report daily 2026-08-01 --to 2026-08-31 --all-sensors --output reports
    """
    if sensor is not None and all_sensors:
        raise click.UsageError("--sensor and --all-sensors exclude each other")
    periods = _periods(report_type, period, to)
    with open_warehouse() as (_, warehouse):
        sensors = _sensors(warehouse, sensor, each=all_sensors)
        if output is not None:
            _write(warehouse, periods, sensors, folder=output, output_format=output_format, top=top)
        elif output_format == "text":
            _print_text(_documents(warehouse, periods, sensors, top))
        else:
            _print_json(_documents(warehouse, periods, sensors, top), several=to is not None or all_sensors)


def _periods(report_type: ReportType, label: str, to: str | None) -> list[Period]:
    try:
        first = parse_period(report_type, label)
        return [first] if to is None else periods_between(first, parse_period(report_type, to))
    except PeriodError as error:
        raise click.UsageError(str(error)) from error


def _sensors(warehouse: "Warehouse", sensor: str | None, *, each: bool) -> list[str | None]:
    """The names whose reports are wanted; None is the aggregate."""
    from cowrie_assets.reports.sensors import sensors_with_sessions

    if not each:
        return [sensor]
    with warehouse.read() as connection:
        return [None, *sensors_with_sessions(connection)]


def _documents(
    warehouse: "Warehouse", periods: list[Period], sensors: list[str | None], top: int
) -> Iterator["ReportDocument"]:
    from cowrie_assets.clock import now_us
    from cowrie_assets.reports.document import build_report

    now = now_us()
    for period in periods:
        for sensor in sensors:
            with warehouse.read() as connection:
                document = build_report(connection, period, sensor, top=top, now_us=now)
            yield document


def _write(
    warehouse: "Warehouse",
    periods: list[Period],
    sensors: list[str | None],
    *,
    folder: Path,
    output_format: "ReportFormat | None",
    top: int,
) -> None:
    from cowrie_assets.reports.files import FORMATS, write_reports

    formats = FORMATS if output_format is None else (output_format,)
    written = 0
    for period in periods:
        written += len(write_reports(warehouse, period, folder, sensors=sensors, formats=formats, top=top))
    click.echo(f"{count(written)} files written below {folder}.")


def _print_json(documents: Iterator["ReportDocument"], *, several: bool) -> None:
    """One document; several as one array, written as they come."""
    from cowrie_assets.reports.json_writer import dump

    for number, document in enumerate(documents):
        opening = (b",\n" if number else b"[\n") if several else b""
        text = printable_json(dump(document))
        click.echo(opening + (text.rstrip(b"\n") if several else text), nl=False)
    if several:
        click.echo("\n]")


def _print_text(documents: Iterator["ReportDocument"]) -> None:
    from cowrie_assets.reports.render.text import render_text

    for number, document in enumerate(documents):
        click.echo(("\n" if number else "") + printable_lines(render_text(document)), nl=False)
