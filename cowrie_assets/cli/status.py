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

    from cowrie_assets.ingest.unlisted import Unlisted
    from cowrie_assets.operations.status import Status
    from cowrie_assets.settings import Settings

_SECONDS_BETWEEN_LOOKS = 2.0
_WIDTH_OFF_TERMINAL = 120
_DAYS_NAMED = 10
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

            with Live(_text(look()), console=console, screen=True, auto_refresh=False) as live:
                while True:
                    time.sleep(_SECONDS_BETWEEN_LOOKS)
                    live.update(_text(look()), refresh=True)
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
    _console().print(_text(look))


def _print_json(look: _Look) -> None:
    from cowrie_assets.operations.status import document_of
    from cowrie_assets.reports.json_writer import dump

    phases = {"phases": {phase["phase"]: phase for phase in look.phases}}
    click.echo(printable_json(dump(document_of(look.status) | phases)), nl=False)


def _text(look: _Look) -> "Group":
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from cowrie_assets.cli.phases import phase_table

    status = look.status
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("sensor", overflow="fold")
    archived = ("archived",) if any(sensor.archived for sensor in status.sensors) else ()
    for heading in ("logs", "read", "lines", "events", "duplicates", "dead letters", "blank", *archived):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("newest event (UTC)", no_wrap=True)
    for sensor in status.sensors:
        numbers: tuple[int, ...] = (sensor.lines, sensor.events, sensor.duplicates, sensor.dead_letters, sensor.blank)
        numbers += (sensor.archived,) if archived else ()
        table.add_row(
            Text(shown(sensor.sensor)),
            f"{count(sensor.logs)}{f' ({sensor.damaged_logs} damaged)' if sensor.damaged_logs else ''}",
            size(sensor.bytes_read),
            *map(count, numbers),
            _time(sensor.newest_event_at) or "-",
        )
    phases: list[Table | Text] = [phase_table(look.phases), Text("")] if look.phases else []
    return Group(Text("\n".join(_head(status))), Text(""), *phases, table, Text("\n".join(_tail(status))))


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
