"""`cowrie-assets sensors`: which there are."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from cowrie_assets.cli.parameters import open_warehouse
from cowrie_assets.cli.printing import count, printable_json
from cowrie_assets.printable import printable, shown

if TYPE_CHECKING:
    from cowrie_assets.operations.sensors import KnownSensor

_LONGEST = 40
_WIDTH_OFF_TERMINAL = 160
_NAMED = 5


@click.group(short_help="The sensors: list.")
def sensors() -> None:
    """The sensors that COWRIE_SENSORS_FILE or the stored events name.

    \b
    Example:
      cowrie-assets sensors list
    """


@sensors.command("list", short_help="List sensors, by which names their events come, and since when.")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def list_sensors(output_format: str) -> None:
    """List every sensor of COWRIE_SENSORS_FILE and of the stored events: the days on which sessions of it began, the
    names that its events are written by, how far its clock is ahead, and the folder of its logs.

    A name that is not in the file is what the events, or the folder of their log, say.

    \b
    Examples:
      cowrie-assets sensors list
      cowrie-assets sensors list --format json
    """
    from cowrie_assets.operations.sensors import known_sensors

    with open_warehouse() as (settings, warehouse):
        found = known_sensors(warehouse, settings.registry)
    if output_format == "json":
        from cowrie_assets.reports.json_writer import dump

        click.echo(printable_json(dump({"sensors": [_document(each) for each in found]})), nl=False)
    elif found:
        _print(found)
    else:
        click.echo("No sensor: COWRIE_SENSORS_FILE names none, and no event is stored.")


def _document(sensor: "KnownSensor") -> dict[str, object]:
    file = sensor.configured
    return {
        "name": sensor.name,
        "in_sensors_file": file is not None,
        "days": sensor.days,
        "first_day": str(sensor.span[0]) if sensor.span else None,
        "last_day": str(sensor.span[1]) if sensor.span else None,
        "written_as": list(sensor.written),
        "aliases": list(file.aliases) if file else [],
        "uuids": list(file.uuids) if file else [],
        "logpath": str(file.logpath) if file and file.logpath else None,
        "clock_offset_seconds": (file.clock_offset_us if file else 0) / 1e6,
        "clock_offsets_taken_off_seconds": [offset / 1e6 for offset in sensor.clock_offsets_us],
    }


def _print(found: "Sequence[KnownSensor]") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("sensor", "in the file", "days", "first", "last", "clock ahead", "written as"):
        table.add_column(heading, justify="right" if heading == "days" else "left", overflow="fold")
    for each in found:
        first, last = (str(each.span[0]), str(each.span[1])) if each.span else ("", "")
        ahead = each.configured.clock_offset_us / 1e6 if each.configured else 0
        of_file = "yes" if each.configured else "no"
        name, written = Text(shown(each.name, _LONGEST)), Text(_names(each.written))
        table.add_row(name, of_file, count(each.days), first, last, f"{ahead:g} s" if ahead else "", written)
    if not console.is_terminal:
        console.width = _WIDTH_OFF_TERMINAL
    console.print(table)
    silent = [each.name for each in found if each.configured and not each.days]
    if silent:
        click.echo(
            f"Note: no session of {printable(', '.join(silent))} is stored: does its logpath hold logs?", err=True
        )


def _names(names: Sequence[str]) -> str:
    told = ", ".join(shown(name, _LONGEST) for name in names[:_NAMED])
    return f"{told}, ..." if len(names) > _NAMED else told
