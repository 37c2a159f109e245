"""What the UI starts."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

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
