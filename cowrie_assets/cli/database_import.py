"""`cowrie-assets db import` and `db compare`: the database of cowrieprocessor, the older tool."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

import click

from cowrie_assets.cli.parameters import DAY, open_warehouse, require_order
from cowrie_assets.cli.printing import count, counted, duration, printable_json, table
from cowrie_assets.cli.progress import shown_progress
from cowrie_assets.printable import printable

if TYPE_CHECKING:
    from cowrie_assets.cowrieprocessor.differences import Comparison, Difference, Measure
    from cowrie_assets.cowrieprocessor.importing import ImportResult, StretchResult
    from cowrie_assets.cowrieprocessor.source import Source

_FORMAT = click.option(
    "--format", "output_format", type=click.Choice(["text", "json"]), default="text", help="How it is printed."
)
_COUNTS = ("rows", "passed_over", "lines", "events", "duplicates", "dead_letters", "archived", "restored")


@click.command(name="import", short_help="Bring in a database of cowrieprocessor.")
@click.argument("source")
@click.option("--anew", is_flag=True, help="Look at every row again, and not only at those behind the last import's.")
@_FORMAT
def import_source(source: str, *, anew: bool, output_format: str) -> None:
    """Bring in the events of a database of cowrieprocessor (schema versions 1 to 17), and what services told it.

    SOURCE is a SQLite file, a URL, or a reference to a URL (env:NAME, file:/path, ...), so that no password stands on
    the command line. It is only read. Events come from its raw events, commands as they were typed, and from its dead
    letters where they hold any; its summaries are never taken: sessions are made of the events. What is there already,
    from an import or from the logs, is not stored again. A run that was stopped goes on where it was.

    Told at the end: what became of each row, and where that tool's numbers differ from ours, and why.

    \b
    Examples:
      cowrie-assets db import /srv/cowrieprocessor/cowrieprocessor.sqlite
      cowrie-assets db import env:COWRIEPROCESSOR_URL --format json
    """
    from cowrie_assets.cowrieprocessor.differences import compare as difference
    from cowrie_assets.cowrieprocessor.importing import import_database
    from cowrie_assets.cowrieprocessor.source import Source

    with Source.open(source) as opened, open_warehouse(create=True) as (settings, warehouse):
        with shown_progress() as progress:
            result = import_database(warehouse, settings, opened, anew=anew, progress=progress)
        days = list(opened.sums_by_day())
        compared = difference(warehouse, opened, start=days[0], end=days[-1]) if days else None
        if output_format == "json":
            _print_json({**_import_document(opened, result), **({} if compared is None else _document(compared))})
        else:
            _print_import(opened, result)
            if compared is not None:
                _print_totals(compared)


@click.command(short_help="Compare the numbers of cowrieprocessor with ours, day by day.")
@click.argument("source")
@click.option("--from", "first", metavar="DAY", type=DAY, help="First day; without it, the first that either has.")
@click.option("--to", "last", metavar="DAY", type=DAY, help="Last day; without it, the last that either has.")
@click.option("--sensor", metavar="NAME", help="Of this sensor alone, by the name that both tools give it.")
@_FORMAT
def compare(source: str, first: date | None, last: date | None, sensor: str | None, output_format: str) -> None:
    """Compare the numbers that cowrieprocessor reports with ours, day by day: for both tools beside each other.

    SOURCE is its database, as `db import` takes it; it is only read, and need not be imported. For each day: sessions,
    events, commands, logins and downloads by its session summaries, which its reports are made of, and by ours; and
    our events counted as it counts, which tells another rule from what it counted twice or does not have.

    \b
    Examples:
      cowrie-assets db compare /srv/cowrieprocessor/cowrieprocessor.sqlite --from 2026-08-01
      cowrie-assets db compare env:COWRIEPROCESSOR_URL --sensor hp-fra-01 --format json
    """
    from cowrie_assets.cowrieprocessor.differences import compare as difference
    from cowrie_assets.cowrieprocessor.source import Source

    require_order(first, last)
    with Source.open(source) as opened, open_warehouse() as (_, warehouse):
        compared = difference(warehouse, opened, start=first, end=last, sensor=sensor)
        database = {"database": opened.label, "schema_version": opened.version}
    if output_format == "json":
        _print_json({**database, **_document(compared)})
    elif compared.days:
        rows = [
            {"day": str(day), "measure": name.replace("_", " "), **_row(difference)}
            for day, differences in compared.days.items()
            for name, difference in differences.items()
        ]
        for line in table(rows):
            click.echo(line)
        _print_totals(compared)
    else:
        click.echo("Neither has a session of these days.")


def _print_import(source: "Source", result: "ImportResult") -> None:
    rows = sum(each.rows for each in result.stretches.values())
    speed = rows / max(result.seconds, 0.001)
    label = printable(source.label)
    click.echo(
        f"{label}, schema version {source.version}: {counted(rows, 'row')} in {duration(result.seconds)}, "
        f"{counted(round(speed), 'row')} a second"
    )
    for stretch, each in result.stretches.items():
        _print_stretch(stretch, each)
    if result.days:
        click.echo(f"New events of {counted(len(result.days), 'day')} from {result.days[0]} to {result.days[-1]}.")
    if result.late:
        click.echo(f"{counted(result.late, 'event')} of sealed days came late: the view late_events holds them.")
    said = result.said
    if said.files or said.cached:
        taken = ", ".join(f"{count(number)} of {name}" for name, number in sorted(said.taken.items())) or "none"
        click.echo(f"Answers of services: {printable(taken)}; {counted(said.changed, 'verdict')} changed.")
    if said.passed_by:
        passed = ", ".join(f"{count(number)} of {name}" for name, number in sorted(said.passed_by.items()))
        click.echo(f"Passed by, for they are no answers as the service sends them: {printable(passed)}.")


def _print_stretch(stretch: str, each: "StretchResult") -> None:
    before = f", {count(each.passed_over)} more were imported before" if each.passed_over else ""
    click.echo(f"{stretch}: {counted(each.rows, 'row')}, {counted(each.lines, 'line')}{before}")
    for name, number in (
        ("events inserted", each.events),
        ("duplicates", each.duplicates),
        ("dead letters", each.dead_letters),
        *([("archived", each.archived)] if each.archived else []),
    ):
        click.echo(f"  {name:<16}{count(number):>14}")
    if each.restored:
        click.echo(f"  {counted(each.restored, 'event')} restored to what Cowrie wrote")
    for reason, number in sorted(each.dead_by_reason.items()):
        click.echo(f"  {count(number)} dead: {reason}")


def _print_totals(compared: "Comparison") -> None:
    from cowrie_assets.cowrieprocessor.differences import CAUSES

    click.echo(f"All {counted(len(compared.days), 'day')}:")
    for line in table([{"measure": name.replace("_", " "), **_row(each)} for name, each in compared.total.items()]):
        click.echo(f"  {line}")
    found = {each.cause for each in compared.total.values()}
    found |= {each.cause for day in compared.days.values() for each in day.values()}
    for cause, sentence in CAUSES.items():
        if cause in found:
            click.echo(f"{cause}: {sentence}.")


def _row(each: "Difference") -> dict[str, object]:
    return {
        "cowrieprocessor": each.theirs,
        "cowrie_assets": each.ours,
        "counted as theirs": each.counted_as_theirs,
        "cause": each.cause,
    }


def _import_document(source: "Source", result: "ImportResult") -> dict[str, object]:
    return {
        "database": source.label,
        "schema_version": source.version,
        "seconds": round(result.seconds, 3),
        "tables": {
            stretch: {
                **{name: getattr(each, name) for name in _COUNTS},
                "dead_letters_by_reason": dict(sorted(each.dead_by_reason.items())),
            }
            for stretch, each in result.stretches.items()
        },
        "days": [day.isoformat() for day in result.days],
        "late_events": result.late,
        "answers": {
            "files": result.said.files,
            "cached": result.said.cached,
            "taken": dict(sorted(result.said.taken.items())),
            "passed_by": dict(sorted(result.said.passed_by.items())),
            "verdicts_changed": result.said.changed,
        },
    }


def _document(compared: "Comparison") -> dict[str, object]:
    from cowrie_assets.cowrieprocessor.differences import CAUSES

    return {
        "total": _measures(compared.total),
        "by_day": {day.isoformat(): _measures(measures) for day, measures in compared.days.items()},
        "causes": dict(CAUSES),
    }


def _measures(measures: "Mapping[Measure, Difference]") -> dict[str, object]:
    return {
        name: {
            "theirs": each.theirs,
            "ours": each.ours,
            "counted_as_theirs": each.counted_as_theirs,
            "cause": each.cause,
        }
        for name, each in measures.items()
    }


def _print_json(document: Mapping[str, object]) -> None:
    from cowrie_assets.reports.json_writer import dump

    click.echo(printable_json(dump(document)), nl=False)
