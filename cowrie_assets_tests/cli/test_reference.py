"""docs/CLI.md says what the commands say."""

import pathlib
from collections.abc import Iterator

import pytest
from click import Command, Context, Group, Parameter, Path
from click.types import IntParamType

from cowrie_assets.cli.app import commands
from cowrie_assets.cli.parameters import LocalPath
from cowrie_assets.cli.reference import reference
from cowrie_assets_tests.cli.conftest import Cowrie

DOCUMENT = pathlib.Path(__file__).parents[2] / "docs" / "CLI.md"


def test_the_reference_is_current() -> None:
    """Made anew by `python -m cowrie_assets.cli.reference docs/CLI.md`."""
    assert DOCUMENT.read_text(encoding="utf-8") == reference()


def test_every_command_is_in_it_with_its_options() -> None:
    text = reference()
    assert all(f"## `cowrie-assets {name} " in text for name in commands.list_commands(Context(commands)))
    assert "| `--sensor NAME` |" in text
    assert "\b" not in text


def _parameters() -> Iterator[tuple[str, Parameter]]:
    def within(command: Command, path: str) -> Iterator[tuple[str, Parameter]]:
        yield from ((f"{path} {parameter.name}", parameter) for parameter in command.params)
        if isinstance(command, Group):
            for name in command.list_commands(Context(command)):
                found = command.get_command(Context(command), name)
                assert found is not None
                yield from within(found, f"{path} {name}")

    yield from within(commands, "cowrie-assets")


def test_numbers_are_bounded_and_paths_are_of_this_machine() -> None:
    """A number without a bound is one that no column holds; of a URL a folder `s3:` would be made."""
    types = {name: parameter.type for name, parameter in _parameters()}
    unbounded = [
        name for name, each in types.items() if isinstance(each, IntParamType) and getattr(each, "max", None) is None
    ]
    assert unbounded == []
    assert [name for name, each in types.items() if isinstance(each, Path) and not isinstance(each, LocalPath)] == []


@pytest.mark.parametrize(
    "command",
    [
        ("db", "backup", "--to", "s3://arch/backup"),
        ("report", "daily", "2026-08-31", "--output", "s3://arch/reports"),
        ("privacy", "--passwords-days", "999999999999"),
        ("dead-letters", "show", "99999999999999999999"),
        ("dead-letters", "replay", "99999999999999999999"),
    ],
)
def test_what_lies_beyond_is_a_usage_error(cowrie: Cowrie, command: tuple[str, ...]) -> None:
    refused = cowrie(*command)
    assert refused.code == 2, refused.err
    assert "Error: Invalid value for" in refused.err
