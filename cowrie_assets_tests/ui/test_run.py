"""What the services are started with."""

import subprocess
import sys
from pathlib import Path

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
