"""`cowrie-assets dead-letters`: what could not be taken as an event."""

from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from cowrie_assets.cli.parameters import MOST, LocalPath, open_warehouse
from cowrie_assets.cli.printing import count, counted, printable_json, table
from cowrie_assets.cli.progress import shown_progress
from cowrie_assets.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cowrie_assets.operations.dead_letters import DeadLetter, ReasonCount
    from cowrie_assets.operations.replay import ReplayResult
    from cowrie_assets.warehouse.engine import Warehouse

_SHOWN_CHARACTERS = 160


@click.group(name="dead-letters")
def dead_letters() -> None:
    """Lines that could not be taken as events, each with its reason and its place.

    \b
    Examples:
      cowrie-assets dead-letters list --reason invalid_json
      cowrie-assets dead-letters replay --dry-run
    """


@dead_letters.command(name="list")
@click.option("--reason", help="Only those of this reason, for example invalid_json.")
@click.option("--by-reason", is_flag=True, help="How many there are of each reason, in how many logs, since when.")
@click.option("--limit", type=click.IntRange(1, MOST), default=50, show_default=True, help="The newest so many.")
@click.option("--all", "everything", is_flag=True, help="Every one of them.")
@click.option("--resolved", is_flag=True, help="Also those that were read well since, with when and why.")
@click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="json writes one object a line, with the whole content.",
)
def list_(
    *, reason: str | None, by_reason: bool, limit: int, everything: bool, resolved: bool, output_format: str
) -> None:
    """List dead letters, the newest first.

    \b
    Examples:
      cowrie-assets dead-letters list
      cowrie-assets dead-letters list --by-reason
      cowrie-assets dead-letters list --reason damaged_archive
      cowrie-assets dead-letters list --all --format json > dead-letters.jsonl
    """
    from cowrie_assets.operations.dead_letters import count_by_reason, iter_dead_letters

    _require_reason(reason)
    if by_reason:
        _print_reasons(output_format)
        return
    as_text = output_format == "text"
    with open_warehouse() as (_, warehouse), warehouse.read() as connection:
        if as_text:
            counts = count_by_reason(connection)
            click.echo(_head(counts))
        for letter in iter_dead_letters(
            connection,
            reason=reason,
            limit=None if everything else limit,
            characters=_SHOWN_CHARACTERS if as_text else None,
            resolved=resolved,
        ):
            click.echo(_text(letter) if as_text else _json(letter), nl=as_text)


@dead_letters.command()
@click.argument("number", type=click.IntRange(1, MOST), metavar="ID")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def show(number: int, output_format: str) -> None:
    """Show one dead letter by its number in the list, with all that is kept of it.

    \b
    Example:
      cowrie-assets dead-letters show 17
    """
    from cowrie_assets.operations.dead_letters import dead_letter
    from cowrie_assets.printable import printable_lines

    with open_warehouse() as (_, warehouse), warehouse.read() as connection:
        letter = dead_letter(connection, number)
    if letter is None:
        raise _no_such(number)
    if output_format == "json":
        click.echo(_json(letter), nl=False)
        return
    click.echo(_place(letter))
    if letter.replayed_as is not None:
        click.echo(f"its event: {letter.replayed_as}")
    click.echo(printable_lines(letter.content))
    if (kept := len(letter.content.encode("utf-8", "surrogatepass"))) < letter.content_bytes:
        click.echo(f"({counted(letter.content_bytes, 'byte')} in the log, {count(kept)} kept)", err=True)


@dead_letters.command()
@click.option("--reason", help="Only those of this reason.")
@click.option("--resolved", is_flag=True, help="Also those that are resolved.")
@click.option(
    "--output",
    type=LocalPath(dir_okay=False),
    help="The file to write, for its owner only; it must not be there. Without it, standard output.",
)
def export(reason: str | None, resolved: bool, output: Path | None) -> None:
    """Write dead letters as JSON, one a line, with all that is kept of each.

    Edit the `content` of some of them, and give the file to `dead-letters replay --edited`.

    \b
    Examples:
      cowrie-assets dead-letters export --reason bad_timestamp --output letters.jsonl
      cowrie-assets dead-letters replay --edited letters.jsonl
    """
    from cowrie_assets.operations.dead_letters import iter_dead_letters
    from cowrie_assets.reports.staged_files import open_private

    _require_reason(reason)
    with open_warehouse() as (_, warehouse), warehouse.read() as connection:
        letters = iter_dead_letters(connection, reason=reason, resolved=resolved)
        if output is None:
            for letter in letters:
                click.echo(_json(letter), nl=False)
            return
        with open(output, "xb", opener=open_private) as file:
            written = sum(file.write(_json(letter)) > 0 for letter in letters)
    click.echo(f"{counted(written, 'dead letter')} written to {printable(str(output))}")


@dead_letters.command()
@click.argument("numbers", type=click.IntRange(1, MOST), metavar="[ID]...", nargs=-1)
@click.option("--reason", help="Only those of this reason.")
@click.option(
    "--edited",
    type=click.File("rb"),
    help="Take the contents from this file, as `export` wrote it and somebody edited it; - is standard input.",
)
@click.option("--dry-run", is_flag=True, help="Tell what would become an event, and change nothing.")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", show_default=True)
def replay(
    *, numbers: tuple[int, ...], reason: str | None, edited: "IO[bytes] | None", dry_run: bool, output_format: str
) -> None:
    """Read dead letters once more, and store what is an event now; then bring the summaries up to date.

    Worth it after an upgrade whose reader takes more, and for what somebody edited: the dead letter keeps what stood in
    the log, and says that its event is an edited one. Halves of an event that Cowrie tore over two logs at midnight are
    found and joined. What is still no event stays a dead letter. A second run changes nothing.

    \b
    Examples:
      cowrie-assets dead-letters replay --dry-run
      cowrie-assets dead-letters replay --reason bad_timestamp
      cowrie-assets dead-letters replay 17 18
      cowrie-assets dead-letters replay --edited letters.jsonl
    """
    from cowrie_assets.operations.replay import edited_contents
    from cowrie_assets.operations.replay import replay as run

    _require_reason(reason)
    if sum(map(bool, (numbers, reason, edited))) > 1:
        raise click.UsageError("numbers, --reason and --edited each choose the dead letters: give one of them")
    contents = None if edited is None else edited_contents(edited)
    with open_warehouse() as (settings, warehouse), shown_progress() as progress:
        _require_letters(warehouse, numbers)
        chosen = {"reason": reason, "ids": numbers or None, "edited": contents}
        result = run(warehouse, settings, **chosen, dry_run=dry_run, progress=progress)  # type: ignore[arg-type]
    if output_format == "json":
        from cowrie_assets.reports.json_writer import dump

        click.echo(printable_json(dump(_document(result))), nl=False)
    else:
        _print_replayed(result)


def _require_letters(warehouse: "Warehouse", numbers: "Sequence[int]") -> None:
    """Raises ClickException where one of the numbers is of no dead letter."""
    from cowrie_assets.operations.dead_letters import dead_letter

    with warehouse.read() as connection:
        for number in numbers:
            if dead_letter(connection, number) is None:
                raise _no_such(number)


def _no_such(number: int) -> click.ClickException:
    return click.ClickException(f"there is no dead letter {number}: `cowrie-assets dead-letters list` has the numbers")


def _document(result: "ReplayResult") -> dict[str, object]:
    names = ("dry_run", "replayed", "edited", "joined", "new", "archived")
    return {**{name: getattr(result, name) for name in names}, "still_dead": dict(result.left)}


def _print_replayed(result: "ReplayResult") -> None:
    become = "would become events" if result.dry_run else "became events"
    click.echo(
        f"{counted(result.letters, 'dead letter')} {become}: {count(result.replayed)} as they stand,"
        f" {count(result.edited)} as edited, {count(result.joined)} joined with the half before."
    )
    if result.letters and not result.dry_run:
        known = result.letters - result.new - result.archived
        click.echo(
            f"{counted(result.new, 'event')} new, {count(known)} known before, {count(result.archived)} of sealed days."
        )
    for why, number in sorted(result.left.items(), key=lambda each: (-each[1], each[0])):
        click.echo(f"{count(number)} left as {'it is' if number == 1 else 'they are'}: {printable(why)}")
    if result.refresh is not None:
        click.echo(f"Summaries: {result.refresh.sentence}.")


def _require_reason(reason: str | None) -> None:
    from cowrie_assets.operations.dead_letters import REASONS

    if reason is not None and reason not in REASONS:
        raise click.BadParameter(f"{reason!r} is none of {', '.join(REASONS)}", param_hint="--reason")


def _head(counts: "Sequence[ReasonCount]") -> str:
    unresolved, total = sum(each.unresolved for each in counts), sum(each.total for each in counts)
    reasons = "".join(f"; {each.reason} {count(each.unresolved)}" for each in counts if each.unresolved)
    more = f" ({count(total - unresolved)} resolved ones more: --resolved shows them)" if total > unresolved else ""
    return f"{counted(unresolved, 'dead letter')}{reasons}{more}"


def _print_reasons(output_format: str) -> None:
    from cowrie_assets.clock import iso_us
    from cowrie_assets.operations.dead_letters import count_by_reason
    from cowrie_assets.reports.json_writer import dump

    with open_warehouse() as (_, warehouse), warehouse.read() as connection:
        rows = [
            {
                "reason": each.reason,
                "unresolved": each.unresolved,
                "resolved": each.total - each.unresolved,
                "replayed": each.replayed,
                "logs": each.logs,
                "first_listed": iso_us(each.first_at),
                "last_listed": iso_us(each.last_at),
            }
            for each in count_by_reason(connection)
        ]
    if output_format == "json":
        click.echo(printable_json(dump(rows)), nl=False)
        return
    for line in table(rows):
        click.echo(line)
    if not rows:
        click.echo("There is no dead letter.")


def _text(letter: "DeadLetter") -> str:
    cut = " ..." if letter.content_bytes > _SHOWN_CHARACTERS else ""
    return f"\n{_place(letter)}\n  {printable(letter.content)}{cut}"


def _place(letter: "DeadLetter") -> str:
    place = f"{letter.sensor} {letter.path} line {letter.line_number}, byte {letter.byte_offset}"
    size = counted(letter.content_bytes, "byte")
    return f"{letter.id} {letter.reason}: {printable(place)}, {size}{_end(letter)}"


def _end(letter: "DeadLetter") -> str:
    from cowrie_assets.clock import iso_us

    return "" if letter.resolved_at is None else f", resolved at {iso_us(letter.resolved_at)}: {letter.resolution}"


def _json(letter: "DeadLetter") -> bytes:
    from cowrie_assets.clock import iso_us
    from cowrie_assets.reports.json_writer import dump

    document = {
        "id": letter.id,
        "sensor": letter.sensor,
        "path": letter.path,
        "line_number": letter.line_number,
        "byte_offset": letter.byte_offset,
        "reason": letter.reason,
        "content": letter.content,
        "content_bytes": letter.content_bytes,
        "created_at": iso_us(letter.created_at),
        "resolved_at": None if letter.resolved_at is None else iso_us(letter.resolved_at),
        "resolution": letter.resolution,
        "replayed_as": letter.replayed_as,
    }
    return printable_json(dump(document, pretty=False))
