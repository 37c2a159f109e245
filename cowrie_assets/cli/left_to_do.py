"""What is left to do, told on standard error beside what a command was asked for."""

from collections.abc import Iterable

import click

from cowrie_assets.printable import printable


def print_left_to_do(sentences: Iterable[str]) -> None:
    """A line for each kind of work that is left, with the command that does it."""
    for sentence in sentences:
        click.echo(f"Note: {printable(sentence)}", err=True)
