<<<<<<< HEAD
"""What the UI starts."""

import os
import shutil
=======
"""What the services are started with."""

>>>>>>> w/walk
import subprocess
import sys
from pathlib import Path

<<<<<<< HEAD
_PACKAGE = Path(__file__).parents[2] / "cowrie_assets"
_DIRECTORY = """from pathlib import Path
from cowrie_assets.ui.run import _commands
command = _commands(Path(), 1, 2)["code server"]
print(command[command.index("--working-directory") + 1])"""
_LOAD = """import sys
from dagster._core.code_pointer import load_python_module
print(load_python_module("cowrie_assets.faults", sys.argv[1]).__file__)"""


def test_the_code_server_loads_the_package_that_started_it(tmp_path: Path) -> None:
    """Where PYTHONPATH names another copy than the one that is installed."""
    copy = tmp_path / "cowrie_assets"
    shutil.copytree(_PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "PYTHONSAFEPATH": "1"}

    def told(*arguments: str) -> str:
        command = [sys.executable, "-c", *arguments]
        return subprocess.check_output(command, env=environment, cwd=tmp_path, text=True).strip()

    assert told(_LOAD, told(_DIRECTORY)) == str(copy / "faults.py")
=======
import pytest

from cowrie_assets.ui.run import _environment


def test_dagster_loads_definitions_from_where_the_command_itself_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a checkout on PYTHONPATH would run the services, and an installed version the definitions."""
    (tmp_path / "definitions_of_this_checkout.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    program = (
        "from dagster._core.code_pointer import load_python_module\n"
        "load_python_module('definitions_of_this_checkout', None)"
    )
    environment = _environment(tmp_path / "dagster_home", 3080)
    subprocess.run([sys.executable, "-c", program], env=environment, check=True)
>>>>>>> w/walk
