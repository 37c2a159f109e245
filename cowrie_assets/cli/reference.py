"""docs/CLI.md, made from the commands: `python -m cowrie_assets.cli.reference docs/CLI.md`. A test holds it current."""

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from cowrie_assets.cli.app import commands

_PROGRAM = "cowrie-assets"
_HEAD = """# Command line

Made from the code by `python -m cowrie_assets.cli.reference docs/CLI.md`; `cowrie-assets COMMAND --help` says the same.

Exit codes: 0 only where what was asked was done, 1 where it was not, 2 where the command line itself is wrong, 130
after Ctrl-C or SIGTERM.
"""
_EXAMPLES = re.compile(r"^Examples?:$", re.MULTILINE)


def reference() -> str:
    """The whole document."""
    return "\n".join([_HEAD, *_of_group(commands, _PROGRAM)])


def _of_group(group: click.Group, path: str) -> Iterator[str]:
    context = click.Context(group)
    for name in sorted(group.list_commands(context)):
        command, called = group.get_command(context, name), f"{path} {name}"
        if command is None:
            continue
        yield from _of_command(command, called)
        if isinstance(command, click.Group):
            yield from _of_group(command, called)


def _of_command(command: click.Command, called: str) -> Iterator[str]:
    context = click.Context(command, info_name=called)
    yield f"## `{' '.join([called, *command.collect_usage_pieces(context)])}`\n"
    text, *examples = _EXAMPLES.split(inspect.cleandoc(command.help or "").replace("\b", ""))
    yield f"{text.strip()}\n"
    rows = list(_of_parameters(command, context))
    if rows:
        yield "\n".join(["| option | meaning |", "|---|---|", *rows]) + "\n"
    for each in examples:
        yield f"```\n{inspect.cleandoc(each)}\n```\n"


def _of_parameters(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record is not None and record[1]:
            names, meaning = (part.replace("|", "\\|") for part in record)
            yield f"| `{names}` | {meaning} |"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference(), encoding="utf-8")
