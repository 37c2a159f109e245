"""`cowrie-assets report`: the numbers of days, weeks and months, printed, written, published."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cowrie_assets.activity import stage
from cowrie_assets.cli.parameters import LocalPath, open_warehouse
from cowrie_assets.cli.printing import counted, printable_json
from cowrie_assets.printable import printable_lines
from cowrie_assets.progress import Progress, ProgressSink, silent
from cowrie_assets.reports.periods import REPORT_TYPES, Period, PeriodError, ReportType, parse_period, periods_between

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cowrie_assets.reports.document import ReportDocument
    from cowrie_assets.reports.files import ReportFormat
    from cowrie_assets.settings import Settings
    from cowrie_assets.warehouse.engine import Warehouse


_TOP = 10


@click.command()
@click.argument("report_type", metavar="daily|weekly|monthly", type=click.Choice(REPORT_TYPES))
@click.argument("period")
@click.option("--to", metavar="PERIOD", help="Make the reports of every period up to this one.")
@click.option("--sensor", "names", metavar="NAME", multiple=True, help="Of this sensor; may be given several times.")
@click.option("--all-sensors", is_flag=True, help="The aggregate, and each sensor of the period besides.")
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(["json", "text", "html"]),
    help="json unless told otherwise; with --output, all three. May be given several times with --output.",
)
@click.option(
    "--output",
    metavar="DIR",
    type=LocalPath(file_okay=False),
    help="Write files DIR/<type>/<period>/<sensor>.json, .txt, .html and an index in place of standard output. "
    "COWRIE_REPORT_DIR gets the reports of all sensors, as `backfill` writes them.",
)
@click.option("--publish", is_flag=True, help="Send the documents to the Elasticsearch or OpenSearch configured.")
@click.option("--dry-run", is_flag=True, help="With --publish, print what would be sent; with --output, the files.")
@click.option(
    "--top", type=click.IntRange(min=1, max=1000), default=_TOP, show_default=True, help="Items in each top list."
)
def report(
    *,
    report_type: ReportType,
    period: str,
    to: str | None,
    names: tuple[str, ...],
    all_sensors: bool,
    formats: tuple["ReportFormat", ...],
    output: Path | None,
    publish: bool,
    dry_run: bool,
    top: int,
) -> None:
    """Print the report of a day (2026-08-31), an ISO week (2026-W36) or a month (2026-08), all of UTC.

    It is one JSON document; where several reports are asked for (--to, --all-sensors), one array of them.

    \b
    Examples:
      cowrie-assets report daily 2026-08-31
      cowrie-assets report weekly 2026-W36 --sensor hp-fra-01 --format text
      cowrie-assets report daily 2026-08-31 --format html > monday.html
      cowrie-assets report daily 2026-08-01 --to 2026-08-31 --all-sensors --output reports
      cowrie-assets report monthly 2026-08 --publish
    """
    if names and all_sensors:
        raise click.UsageError("--sensor and --all-sensors exclude each other")
    if dry_run and (output is None) == (not publish):
        raise click.UsageError("--dry-run shows what --publish would send, or what --output would write: name one")
    if output is None and len(formats) > 1:
        raise click.UsageError("standard output takes one --format: name a folder with --output for several")
    from cowrie_assets.cli.left_to_do import print_left_to_do
    from cowrie_assets.health.left_to_do import left_to_do

    periods = _periods(report_type, period, to)
    with ExitStack() as stack:
        settings, warehouse = stack.enter_context(open_warehouse())
        progress: ProgressSink = silent
        if output is not None or publish:
            from cowrie_assets.cli.progress import shown_progress

            progress = stack.enter_context(shown_progress())
        sensors: list[str | None] | None = None if all_sensors else [*dict.fromkeys(names)] or [None]
        if output is not None and _is_report_folder(output, settings):
            if names or formats or top != _TOP:
                raise click.UsageError(
                    f"{output} is COWRIE_REPORT_DIR, which has the reports of all sensors in all formats: leave out "
                    "--sensor, --format and --top, or name another folder"
                )
            sensors = None
        work = _Work(settings, warehouse, periods, sensors, top, progress)
        _tell_of_empty(work)
        several = to is not None or all_sensors or len(names) > 1
        if output is not None or publish:
            _deliver(work, output, formats, publish=publish, dry_run=dry_run)
        else:
            _print(work, formats[0] if formats else "json", several=several)
        print_left_to_do(left_to_do(warehouse, settings))


@dataclass(frozen=True, slots=True)
class _Work:
    """Which reports are to be made of what."""

    settings: "Settings"
    warehouse: "Warehouse"
    periods: list[Period]
    sensors: list[str | None] | None
    """None in the list is the aggregate; no list: the aggregate and every sensor of the period."""
    top: int
    progress: ProgressSink

    def sensors_of(self, connection: "Connection", period: Period) -> list[str | None]:
        """Whose reports of a period are wanted."""
        from cowrie_assets.reports.sensors import sensors_of_period

        return [None, *sensors_of_period(connection, period)] if self.sensors is None else self.sensors

    def documents(self) -> Iterator["ReportDocument"]:
        """The documents, period by period; those of a period are of one snapshot."""
        from cowrie_assets.clock import now_us
        from cowrie_assets.reports.document import build_report
        from cowrie_assets.reports.kept_documents import KeptDocuments
        from cowrie_assets.reports.memo import Memo

        now, memo = now_us(), Memo()
        for position, period in enumerate(self.periods):
            self.progress(Progress("report", position, len(self.periods), "reports", period.label))
            with KeptDocuments() as made:
                with self.warehouse.read() as connection:
                    memo.renew(connection)
                    for sensor in self.sensors_of(connection, period):
                        document = build_report(
                            connection,
                            period,
                            sensor,
                            top=self.top,
                            look_back_days=self.settings.new_look_back_days,
                            without_known_scanners=self.settings.hide_known_scanners,
                            now_us=now,
                            memo=memo,
                        )
                        made.add(document)
                yield from made
        self.progress(Progress("report", len(self.periods), len(self.periods), "reports"))


def _periods(report_type: ReportType, label: str, to: str | None) -> list[Period]:
    try:
        first = parse_period(report_type, label)
        return [first] if to is None else periods_between(first, parse_period(report_type, to))
    except PeriodError as error:
        raise click.UsageError(str(error)) from error


def _tell_of_empty(work: _Work) -> None:
    """Say on standard error which of the periods have nothing but zeros, and why."""
    from cowrie_assets.clock import now_us
    from cowrie_assets.reports.without_events import told_without_events

    with work.warehouse.read() as connection:
        for sentence in told_without_events(connection, work.periods, now_us()):
            click.echo(sentence, err=True)


def _deliver(
    work: _Work, output: Path | None, formats: Sequence["ReportFormat"], *, publish: bool, dry_run: bool
) -> None:
    """Write the reports to `output` and publish them, or tell what of it would be done."""
    from cowrie_assets.reports.files import FORMATS

    formats = formats or FORMATS
    if dry_run:
        _tell(work, output, formats)
        return
    if output is not None and _is_report_folder(output, work.settings):
        click.echo(f"{counted(_write_kept(work), 'file')} written below {output}.")
        output = None
        if not publish:
            return
    with stage("reporting", database=work.warehouse, report_type=work.periods[0].report_type) as run:
        documents: Iterable[ReportDocument] = replace(work, progress=run.telling(work.progress)).documents()
        if publish:
            documents = list(documents)
        if output is not None:
            written = _write(work, documents, output, formats)
            run.note(files_written=written)
            click.echo(f"{counted(written, 'file')} written below {output}.")
        if publish:
            from cowrie_assets.cli.publication import publish_built

            publish_built(work.warehouse, documents)


def _is_report_folder(output: Path, settings: "Settings") -> bool:
    return output.resolve() == settings.report_dir.resolve()


def _write_kept(work: _Work) -> int:
    """Write and record the reports of the periods in the report folder, as Dagster does; how many files that made."""
    from cowrie_assets.operations.reporting import reporting

    written = 0
    with reporting(work.warehouse, work.settings, periods=len(work.periods)) as write:
        for position, period in enumerate(work.periods):
            work.progress(Progress("report", position, len(work.periods), "reports", period.label))
            written += sum(not report.left for report in write(period))
        work.progress(Progress("report", len(work.periods), len(work.periods), "reports"))
    return written


def _tell(work: _Work, output: Path | None, formats: Sequence["ReportFormat"]) -> None:
    """A dry run: the files that would be written, or what would be sent."""
    if output is None:
        from cowrie_assets.publishing.documents import index_document
        from cowrie_assets.publishing.publication import ndjson

        for line in ndjson(map(index_document, work.documents())):
            click.echo(printable_json(line), nl=False)
        return
    from cowrie_assets.reports.files import report_path
    from cowrie_assets.reports.sensors import sensor_label

    for period in work.periods:
        with work.warehouse.read() as connection:
            sensors = work.sensors_of(connection, period)
        for sensor in sensors:
            for each in formats:
                click.echo(report_path(output, period.report_type, period.label, sensor_label(sensor), each))


def _write(work: _Work, documents: Iterable["ReportDocument"], folder: Path, formats: Sequence["ReportFormat"]) -> int:
    """Write the documents of a period as soon as they are there, with the pages of what they list; and an index.

    Tells how many reports that made.
    """
    from cowrie_assets.reports.files import write_documents
    from cowrie_assets.reports.kept_documents import KeptDocuments
    from cowrie_assets.reports.pages.build import build_pages
    from cowrie_assets.reports.render.index import write_index

    masked, written = work.settings.mask_passwords, 0
    for label, group in groupby(documents, key=lambda document: document["period"]):
        with KeptDocuments(group) as of_period:
            pages = None
            if "html" in formats:
                with work.warehouse.read() as connection:
                    pages = build_pages(connection, parse_period(work.periods[0].report_type, label), of_period)
            written += len(write_documents(of_period, folder, formats=formats, masked=masked, pages=pages))
    if "html" in formats:
        write_index(folder)
    return written


def _print(work: _Work, output_format: "ReportFormat", *, several: bool) -> None:
    if output_format == "json":
        _print_json(work.documents(), several=several)
        return
    if output_format == "html" and several:
        raise click.UsageError("a page shows one report: write several with --output DIR")
    from cowrie_assets.reports.files import render

    for number, document in enumerate(work.documents()):
        text = render(document, output_format, masked=work.settings.mask_passwords).decode("utf-8")
        click.echo(("\n" if number else "") + printable_lines(text), nl=False)


def _print_json(documents: Iterator["ReportDocument"], *, several: bool) -> None:
    """One document; several as one array, written as they come."""
    from cowrie_assets.reports.json_writer import dump

    for number, document in enumerate(documents):
        opening = (b",\n" if number else b"[\n") if several else b""
        text = printable_json(dump(document))
        click.echo(opening + (text.rstrip(b"\n") if several else text), nl=False)
    if several:
        click.echo("\n]")
