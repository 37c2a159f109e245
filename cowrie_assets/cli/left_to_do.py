"""What is left to do, told on standard error beside what a command was asked for."""

from typing import TYPE_CHECKING

import click

from cowrie_assets.printable import printable

if TYPE_CHECKING:
    from cowrie_assets.settings import Settings
    from cowrie_assets.warehouse.engine import Warehouse


def print_left_to_do(warehouse: "Warehouse", settings: "Settings") -> None:
    """A line for each kind of work that is left, with the command that does it."""
    from cowrie_assets.health.left_to_do import left_to_do

    for sentence in left_to_do(warehouse, settings):
        click.echo(f"Note: {printable(sentence)}", err=True)
