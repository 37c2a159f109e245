"""A command starts at once: it loads only what it needs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cowrie_assets.cli.app import commands
from cowrie_assets_tests.cpu_time import least_cpu_seconds, of_children

_HEAVY = "{'dagster', 'pandas', 'grpc'} & set(sys.modules)"
_NOT_FOR_HELP = "{'dagster', 'sqlalchemy', 'alembic', 'rich', 'orjson'} & set(sys.modules)"


def _run(code: str, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], env=os.environ | (environment or {}), capture_output=True, text=True, check=False
    )


def _seconds(bound: float, *arguments: str, environment: dict[str, str] | None = None) -> float:
    """Processor seconds: what the command takes where nothing else runs."""

    def command() -> None:
        done = _run(f"from cowrie_assets.cli.app import run; raise SystemExit(run({list(arguments)!r}))", environment)
        assert done.returncode == 0, done.stderr

    return least_cpu_seconds(command, bound, of_children)


def test_help_loads_nothing_of_the_domain_and_takes_less_than_half_a_second() -> None:
    done = _run(f"import sys; from cowrie_assets.cli.app import run; run(['--help']); print({_NOT_FOR_HELP})")
    assert done.stdout.endswith("set()\n")
    assert _seconds(0.5, "--help") < 0.5


@pytest.mark.parametrize("command", [["status"], ["report", "daily", "2026-08-31"], ["dead-letters", "list"]])
def test_no_command_loads_dagster_nor_alembic_where_no_table_changes(
    ingested_database: Path, command: list[str]
) -> None:
    environment = {"COWRIE_DATABASE_URL": f"sqlite:///{ingested_database}"}
    code = "import sys; from cowrie_assets.cli.app import run; assert run(%r) == 0; print(%s | %s)"
    done = _run(code % (command, _HEAVY, "{'alembic'} & set(sys.modules)"), environment)
    assert done.stdout.endswith("set()\n"), done.stderr
    assert _seconds(0.7, *command, environment=environment) < 0.7


def test_every_command_shows_an_example() -> None:
    from click.testing import CliRunner

    asked = [[name] for name in commands.commands] + [["db", "upgrade"], ["db", "current"], ["dead-letters", "list"]]
    for arguments in asked:
        shown = CliRunner().invoke(commands, [*arguments, "--help"])
        assert shown.exit_code == 0
        assert "Example" in shown.output, arguments


def test_the_version() -> None:
    from click.testing import CliRunner

    from cowrie_assets import __version__

    assert CliRunner().invoke(commands, ["--version"]).output == f"cowrie-assets, version {__version__}\n"
