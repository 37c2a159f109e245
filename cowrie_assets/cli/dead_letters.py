"""`cowrie-assets dead-letters`: what could not be taken as an event."""

from typing import TYPE_CHECKING

import click

from cowrie_assets.cli.parameters import open_warehouse
from cowrie_assets.cli.printing import count, counted, printable_json
from cowrie_assets.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cowrie_assets.operations.dead_letters import DeadLetter, ReasonCount

_SHOWN_CHARACTERS = 160


@click.group(name="dead-letters", short_help="What could not be read: list.")
def dead_letters() -> None:
    """Lines that could not be taken as events, each with its reason and its place.

    \b
    Example:
      cowrie-assets dead-letters list --reason invalid_json
    """


@dead_letters.command(name="list")
@click.option("--reason", help="Only those of this reason, for example invalid_json.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="The newest so many.")
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
def list_(reason: str | None, limit: int, everything: bool, resolved: bool, output_format: str) -> None:
    """List dead letters, the newest first.

    \b
    Examples:
      cowrie-assets dead-letters list
      cowrie-assets dead-letters list --reason damaged_archive
      cowrie-assets dead-letters list --all --format json > dead-letters.jsonl
    """
    from cowrie_assets.operations.dead_letters import REASONS, count_by_reason, iter_dead_letters

    if reason is not None and reason not in REASONS:
        raise click.BadParameter(f"{reason!r} is none of {', '.join(REASONS)}", param_hint="--reason")
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


def _head(counts: "Sequence[ReasonCount]") -> str:
    unresolved, total = sum(each.unresolved for each in counts), sum(each.total for each in counts)
    reasons = "".join(f"; {each.reason} {count(each.unresolved)}" for each in counts if each.unresolved)
    more = f" ({count(total - unresolved)} resolved ones more: --resolved shows them)" if total > unresolved else ""
    return f"{counted(unresolved, 'dead letter')}{reasons}{more}"


def _text(letter: "DeadLetter") -> str:
    place = f"{letter.sensor} {letter.path} line {letter.line_number}, byte {letter.byte_offset}"
    cut = " ..." if letter.content_bytes > _SHOWN_CHARACTERS else ""
    head = f"{letter.reason}: {printable(place)}, {counted(letter.content_bytes, 'byte')}"
    return f"\n{head}{_end(letter)}\n  {printable(letter.content)}{cut}"


def _end(letter: "DeadLetter") -> str:
    from cowrie_assets.clock import iso_us

    return "" if letter.resolved_at is None else f", resolved at {iso_us(letter.resolved_at)}: {letter.resolution}"


def _json(letter: "DeadLetter") -> bytes:
    from cowrie_assets.clock import iso_us
    from cowrie_assets.reports.json_writer import dump

    document = {
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
    }
    return printable_json(dump(document, pretty=False))
