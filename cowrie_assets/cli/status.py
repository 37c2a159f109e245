"""`cowrie-assets status`: where the warehouse stands, and the runs that work on it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from cowrie_assets.cli.parameters import open_warehouse
from cowrie_assets.cli.printing import count, counted, printable_json, size
from cowrie_assets.printable import printable, shown

if TYPE_CHECKING:
    from rich.console import Console, Group
    from rich.table import Table

    from cowrie_assets.ingest.unlisted import Unlisted
    from cowrie_assets.operations.status import Status
    from cowrie_assets.settings import Settings

_SECONDS_BETWEEN_LOOKS = 2.0
_WIDTH_OFF_TERMINAL = 120
_DAYS_NAMED = 10
_SENSOR_WIDTH = 16
_BETWEEN = 2
_LEFT_OUT = ("blank", "duplicates", "lines", "read", "logs", "archived", "dead letters", "newest event (UTC)")
"""Columns of which `--format json` has the numbers as well, in the order in which a narrow terminal lacks them."""
_NAMES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at all there is to show."""

    status: "Status"
    phases: "Sequence[dict[str, Any]]"
    """What the status files say, where there are any."""


@click.command()
@click.option("--watch", is_flag=True, help="Look again every other second until Ctrl-C.")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def status(watch: bool, output_format: str) -> None:
    """Show what was read, of which sensor, what is not yet summarised, and what was refused.

    A sensor stands here for the folder of its logs: lines = events + duplicates + dead letters + blank + archived.
    Where COWRIE_STATUS_DIR is set, each phase is shown as well: what runs, how far it is, what failed or was killed.

    \b
    Examples:
      cowrie-assets status
      cowrie-assets status --watch
      cowrie-assets status --format json
    """
    from cowrie_assets.cli.left_to_do import print_left_to_do
    from cowrie_assets.health.left_to_do import left_to_do
    from cowrie_assets.operations.status import status as look_at
    from cowrie_assets.telemetry.status_files import read_documents

    with open_warehouse() as (settings, warehouse):
        show = _print_json if output_format == "json" else _print_text
        unlisted = _passed_over(settings)

        def look() -> _Look:
            phases = [] if settings.status_dir is None else read_documents(settings.status_dir)
            return _Look(look_at(warehouse, settings.registry, unlisted), phases)

        if watch:
            _watch(look, show)
        else:
            show(look())
            print_left_to_do(left_to_do(warehouse, settings))


def _passed_over(settings: "Settings") -> "Unlisted | None":
    if settings.log_root is None:
        return None
    from cowrie_assets.operations.logs import passed_over

    return passed_over(settings)


def _watch(look: Callable[[], _Look], show: Callable[[_Look], None]) -> None:
    """Until Ctrl-C, which is the way to end it and no failure."""
    console = _console()
    try:
        if show is _print_text and console.is_terminal:
            from rich.live import Live

            with Live(_text(look(), console), console=console, screen=True, auto_refresh=False) as live:
                while True:
                    time.sleep(_SECONDS_BETWEEN_LOOKS)
                    live.update(_text(look(), console), refresh=True)
        while True:
            show(look())
            time.sleep(_SECONDS_BETWEEN_LOOKS)
    except KeyboardInterrupt:
        pass


def _console() -> "Console":
    from rich.console import Console

    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_WIDTH_OFF_TERMINAL)


def _print_text(look: _Look) -> None:
    console = _console()
    console.print(_text(look, console))


def _print_json(look: _Look) -> None:
    from cowrie_assets.operations.status import document_of
    from cowrie_assets.reports.json_writer import dump

    phases = {"phases": {phase["phase"]: phase for phase in look.phases}}
    click.echo(printable_json(dump(document_of(look.status) | phases)), nl=False)


def _text(look: _Look, console: "Console") -> "Group":
    from rich.console import Group
    from rich.text import Text

    from cowrie_assets.cli.phases import phase_table

    status = look.status
    table = _sensor_table(status, console)
    phases: list[Table | Text] = [phase_table(look.phases), Text("")] if look.phases else []
    return Group(Text("\n".join(_head(status))), Text(""), *phases, table, Text("\n".join(_tail(status))))


def _sensor_table(status: "Status", console: "Console") -> "Table":
    """A line for each sensor. No number is cut: of a terminal too narrow for all columns, some are left out."""
    columns = {
        "sensor": [shown(sensor.sensor) for sensor in status.sensors],
        "logs": [
            f"{count(sensor.logs)}{f' ({sensor.damaged_logs} damaged)' if sensor.damaged_logs else ''}"
            for sensor in status.sensors
        ],
        "read": [size(sensor.bytes_read) for sensor in status.sensors],
        "lines": [count(sensor.lines) for sensor in status.sensors],
        "events": [count(sensor.events) for sensor in status.sensors],
        "duplicates": [count(sensor.duplicates) for sensor in status.sensors],
        "dead letters": [count(sensor.dead_letters) for sensor in status.sensors],
        "blank": [count(sensor.blank) for sensor in status.sensors],
        "archived": [count(sensor.archived) for sensor in status.sensors],
        "newest event (UTC)": [_time(sensor.newest_event_at) or "-" for sensor in status.sensors],
    }
    if not any(sensor.archived for sensor in status.sensors):
        del columns["archived"]
    for heading in ("", *_LEFT_OUT):
        columns.pop(heading, None)
        if sum(_width(each, cells) + _BETWEEN for each, cells in columns.items()) <= console.width:
            break
    return _table(columns)


def _table(columns: dict[str, list[str]]) -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, _BETWEEN, 0, 0))
    for heading, cells in columns.items():
        if heading == "sensor":
            table.add_column(heading, overflow="fold", min_width=_width(heading, cells))
        else:
            table.add_column(heading, justify="left" if "UTC" in heading else "right", no_wrap=True)
    for row in zip(*columns.values(), strict=True):
        table.add_row(*map(Text, row))
    return table


def _width(heading: str, cells: list[str]) -> int:
    """What a column takes at least: names of sensors are folded, numbers are not."""
    widest = max(map(len, [heading, *cells]))
    return min(widest, _SENSOR_WIDTH) if heading == "sensor" else widest


def _head(status: "Status") -> list[str]:
    span = f" from {status.span[0]} to {status.span[1]}" if status.span else ""
    sessions, logs = counted(status.sessions, "session"), counted(status.logs, "log")
    return [
        f"{printable(status.database)}, {size(status.database_bytes)}",
        f"{counted(status.events, 'event')} of {counted(status.days, 'day')}{span}, {sessions}, {logs}",
        f"last read at {_time(status.last_ingested_at) or '-'}",
    ]


def _tail(status: "Status") -> list[str]:
    lines = [""]
    if status.pending_days:
        named = ", ".join(map(str, status.pending_days[:_DAYS_NAMED]))
        more = ", ..." if len(status.pending_days) > _DAYS_NAMED else ""
        waiting = counted(len(status.pending_days), "day waits for its summaries", "days wait for their summaries")
        lines.append(f"{waiting}: {named}{more}")
    else:
        lines.append("every day is summarised")
    if status.unfinished_bytes:
        lines.append(f"{size(status.unfinished_bytes)} at the ends of logs are no whole line yet")
    if status.unlisted:
        lines.append(printable(status.unlisted.sentence))
    reasons = ", ".join(f"{each.reason} {count(each.unresolved)}" for each in status.dead_letters if each.unresolved)
    lines.append(f"dead letters: {reasons or 'none'}")
    unusual = sum(sensor.unusual for sensor in status.sensors)
    if unusual:
        events = counted(unusual, "event holds", "events hold")
        lines.append(f"{events} an object or a list where a text must stand: it is taken for no value")
    for each in status.other_names:
        more = f" and {count(len(each.sensors) - _NAMES_SHOWN)} more" if len(each.sensors) > _NAMES_SHOWN else ""
        names = ", ".join(map(shown, each.sensors[:_NAMES_SHOWN]))
        lines.append(f"logs of {shown(each.folder_sensor)} hold events of {names}{more}")
    lines += [printable(sentence) for sentence in (*status.sealed.sentences(), *status.outdated.sentences())]
    return lines


def _time(us: int | None) -> str | None:
    from cowrie_assets.clock import iso_us

    return None if us is None else iso_us(us)
