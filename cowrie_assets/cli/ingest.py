"""`cowrie-assets ingest`."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from cowrie_assets.cli.parameters import LocalPath, configured, open_warehouse
from cowrie_assets.cli.printing import count, counted, duration, size
from cowrie_assets.cli.progress import shown_progress
from cowrie_assets.printable import printable

if TYPE_CHECKING:
    from cowrie_assets.ingest.load_result import LoadResult
    from cowrie_assets.summaries.refresh_day import RefreshResult


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=LocalPath())
@click.option(
    "--mode",
    type=click.Choice(["delta", "bulk"]),
    default="delta",
    show_default=True,
    help="delta reads what is new since the last time; bulk reads whole logs, fast. Both end with the same rows.",
)
@click.option(
    "--prove",
    is_flag=True,
    help="Read each closed log that was read in pieces once more, whole: what was completed later is stored.",
)
def ingest(paths: tuple[Path, ...], mode: Literal["delta", "bulk"], *, prove: bool) -> None:
    """Read logs and bring sessions, commands, logins and files up to date.

    PATHs are logs, or folders with logs in them; without any, everything below COWRIE_LOG_ROOT is read. An event
    that is there already is not stored again, so reading twice does no harm.

    \b
    Examples:
      cowrie-assets ingest
      cowrie-assets ingest --mode bulk /backup/cowrie
      cowrie-assets ingest /var/log/cowrie/cowrie.json.2026-08-31.gz
      cowrie-assets ingest --prove
    """
    from cowrie_assets.cli.left_to_do import print_left_to_do
    from cowrie_assets.health.left_to_do import left_to_do
    from cowrie_assets.operations.ingest import ingest as run
    from cowrie_assets.operations.ingest import logs_to_read
    from cowrie_assets.operations.log_proof import prove_logs

    if prove and paths:
        raise click.UsageError("--prove takes the logs below COWRIE_LOG_ROOT: leave the paths out.")
    settings = configured().settings
    found = None if prove else logs_to_read(settings, paths or None)
    with open_warehouse(create=not prove, settings=settings) as (_, warehouse), shown_progress() as progress:
        if prove:
            result = prove_logs(warehouse, settings, progress=progress)
        else:
            result = run(warehouse, settings, mode=mode, found=found, progress=progress)
        left = [] if paths else left_to_do(warehouse, settings, names_unreadable=False)
    if prove and not result.load.logs and not result.load.warnings:
        click.echo("Every closed log was read whole: nothing to prove.")
    print_ingest(result.load, result.refresh, quiet=prove)
    print_left_to_do(left)
    require_all_read(result.load)


def require_all_read(loaded: "LoadResult") -> None:
    """Raises ClickException where a log could not be read: what was asked was not done."""
    if loaded.unread:
        raise click.ClickException(f"{counted(loaded.unread, 'log')} could not be read: the warnings above say why")


def print_ingest(loaded: "LoadResult", refreshed: "RefreshResult | None", *, quiet: bool = False) -> None:
    """What was read and what became of it: warnings on standard error, the account on standard output; with `quiet`
    nothing is said where no log had anything to read. `refreshed` is None where summaries are others' work."""
    for warning in loaded.warnings:
        click.echo(f"Warning: {printable(warning)}", err=True)
    if loaded.lines:
        _print_account(loaded)
    elif loaded.logs:
        click.echo(_nothing_read(loaded))
    elif not quiet:
        empty = f", {count(loaded.empty)} {'is' if loaded.empty == 1 else 'are'} empty" if loaded.empty else ""
        click.echo(f"Nothing new: {counted(loaded.unchanged, 'log is', 'logs are')} unchanged{empty}.")
    if loaded.days:
        click.echo(f"New events of {counted(len(loaded.days), 'day')} from {loaded.days[0]} to {loaded.days[-1]}.")
    if refreshed is not None and refreshed.days:
        days, rows = counted(len(refreshed.days), "day"), counted(refreshed.rows_written, "row")
        click.echo(f"Summaries of {days} brought up to date, {rows} written.")
    if loaded.unusual:
        events = counted(loaded.unusual, "event holds", "events hold")
        click.echo(f"{events} an object or a list where a text must stand: that is no value.")
    if loaded.late:
        events = counted(loaded.late, "event of a sealed day came", "events of sealed days came")
        click.echo(f"{events} late: the view late_events holds them; `cowrie-assets unseal DAY DAY` takes them in.")
    if loaded.dead_letters:
        click.echo("`cowrie-assets dead-letters list` shows what could not be read, and why.")


def _nothing_read(loaded: "LoadResult") -> str:
    """What is said where logs had to be opened and no line of them was to be read."""
    if loaded.moved == loaded.logs:
        return f"{counted(loaded.moved, 'log has', 'logs have')} moved; nothing new{_others(loaded)}."
    moved = f", {count(loaded.moved)} of them moved" if loaded.moved else ""
    return f"Nothing new in {counted(loaded.logs, 'log')}{moved}{_others(loaded)}."


def _others(loaded: "LoadResult") -> str:
    """The logs that were not read, in brackets; nothing where there are none."""
    parts = [f"{counted(loaded.unchanged, 'more is', 'more are')} unchanged"] if loaded.unchanged else []
    if loaded.empty:
        parts.append(f"{count(loaded.empty)} more {'is' if loaded.empty == 1 else 'are'} empty")
    return f" ({', '.join(parts)})" if parts else ""


def _print_account(loaded: "LoadResult") -> None:
    speed = loaded.lines / max(loaded.seconds, 0.001)
    click.echo(
        f"{counted(loaded.lines, 'line')} of {counted(loaded.logs, 'log')}{_others(loaded)}, {size(loaded.bytes)}"
        f" in {duration(loaded.seconds)}, {counted(round(speed), 'line')} a second"
    )
    for name, number in (
        ("events inserted", loaded.events),
        ("duplicates", loaded.duplicates),
        ("dead letters", loaded.dead_letters),
        ("blank", loaded.blank),
        *([("archived", loaded.archived)] if loaded.archived else []),
    ):
        click.echo(f"  {name:<16}{count(number):>14}")
