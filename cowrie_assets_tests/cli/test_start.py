"""A command starts at once: it loads only what it needs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cowrie_assets.cli.app import commands

_HEAVY = {"dagster", "pandas", "grpc", "alembic"}
_NOT_FOR_HELP = {"dagster", "sqlalchemy", "alembic", "rich", "orjson"}


def _run(code: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], env=os.environ | environment, capture_output=True, text=True, check=False
    )


def _loaded(environment: dict[str, str], *command: str) -> set[str]:
    """The modules that a command loads, besides those of the standard library: what its start costs, nearly all."""
    code = (
        "import sys; from cowrie_assets.cli.app import run; assert run(%r) == 0;"
        "print(*(name for name in sys.modules if name.split('.')[0] not in sys.stdlib_module_names))"
    )
    done = _run(code % (command,), environment)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.splitlines()[-1].split())


def test_help_loads_nothing_of_the_domain_and_little_else() -> None:
    loaded = _loaded({}, "--help")
    assert not _NOT_FOR_HELP & loaded
    assert len(loaded) < 60


@pytest.mark.parametrize("command", [["status"], ["report", "daily", "2026-08-31"], ["dead-letters", "list"]])
def test_no_command_loads_dagster_nor_alembic_where_no_table_changes(
    ingested_database: Path, command: list[str]
) -> None:
    loaded = _loaded({"COWRIE_DATABASE_URL": f"sqlite:///{ingested_database}"}, *command)
    assert not _HEAVY & loaded
    assert len(loaded) < 285


def test_every_command_shows_an_example() -> None:
    from click import Context
    from click.testing import CliRunner

    asked = [[name] for name in commands.list_commands(Context(commands))]
    asked += [
        ["db", "upgrade"],
        ["db", "current"],
        ["dead-letters", "list"],
    ]
    asked += [["history", "size"], ["history", "prune"]]
    for arguments in asked:
        shown = CliRunner().invoke(commands, [*arguments, "--help"])
        assert shown.exit_code == 0
        assert "Example" in shown.output, arguments


def test_the_version() -> None:
    from click.testing import CliRunner

    from cowrie_assets import __version__

    assert CliRunner().invoke(commands, ["--version"]).output == f"cowrie-assets, version {__version__}\n"
