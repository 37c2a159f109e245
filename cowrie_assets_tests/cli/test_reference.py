"""docs/CLI.md says what the commands say."""

from pathlib import Path

from click import Context

from cowrie_assets.cli.app import commands
from cowrie_assets.cli.reference import reference

DOCUMENT = Path(__file__).parents[2] / "docs" / "CLI.md"


def test_the_reference_is_current() -> None:
    """Made anew by `python -m cowrie_assets.cli.reference docs/CLI.md`."""
    assert DOCUMENT.read_text(encoding="utf-8") == reference()


def test_every_command_is_in_it_with_its_options() -> None:
    text = reference()
    assert all(f"## `cowrie-assets {name} " in text for name in commands.list_commands(Context(commands)))
    assert "| `--sensor NAME` |" in text
    assert "\b" not in text
